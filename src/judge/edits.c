/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * edits: a person's changes of the blacklist.
 *
 * The blacklist is the truth: a line that is gone is a pardon. Each account knows whether the last list had its line,
 * and whether the list before had. So a line that a person took away differs from a line that a dying run never wrote.
 * Each account also knows whether a line of a person bans it. When that line goes, too, it is a pardon.
 */
#include "judge/edits.h"

/* The run that died wrote no list: the lines of the list before still stand. */
static void take_back_listing(struct judge *j)
{
	for (size_t i = 0; i < j->accounts.count; i++) {
		struct account *a = &j->accounts.all[i];

		if ((a->flags & ACCOUNT_WAS_LISTED) != 0)
			a->flags |= ACCOUNT_LISTED;
		else
			a->flags &= (uint8_t)~ACCOUNT_LISTED;
	}
}

static uint32_t end_of(const struct ban *ban)
{
	return ban->until < 1 ? 1 : ban->until >= ACCOUNT_FOREVER ? ACCOUNT_FOREVER : (uint32_t)ban->until;
}

static void note_end(struct buf *done, const struct ban *ban)
{
	addr_add_to(done, &ban->net);
	buf_add_char(done, ' ');
	when_add_minute(done, ban->until);
	buf_add_char(done, '\n');
}

/* Takes what a person did to the account's line, which is ban now, or NULL. A line that went into a wider line is no
 * pardon. */
static void take_one(struct account *a, const struct ban *ban, bool may_hold, struct buf *done)
{
	if (ban == NULL || ban_is_of_person(ban)) {
		a->flags &= (uint8_t)~ACCOUNT_LISTED;
		if (ban != NULL)
			note_end(done, ban);
		return;
	}
	if (may_hold && a->since != 0 && end_of(ban) / WHEN_MINUTE != a->until / WHEN_MINUTE) {
		a->until = end_of(ban);
		a->flags |= ACCOUNT_HELD;
		note_end(done, ban);
	}
}

void edits_take(struct judge *j, const struct banlist *list, enum edits_file file, struct buf *done)
{
	if (file == EDITS_UNWRITTEN || file == EDITS_OF_UNWRITTEN)
		take_back_listing(j);
	if (file == EDITS_NONE || file == EDITS_UNWRITTEN)
		return;
	for (size_t i = 0; i < j->accounts.count; i++) {
		struct account *a = &j->accounts.all[i];
		bool listed = (a->flags & ACCOUNT_LISTED) != 0;
		const struct ban *ban;

		if (!listed && (a->flags & ACCOUNT_COVERED) == 0)
			continue;
		ban = banlist_find(list, &a->addr);
		if (ban != NULL || banlist_covering(list, &a->addr, 0) != NULL) {
			/* lines of the list before have other ends though nobody changed them */
			if (listed)
				take_one(a, ban, file == EDITS_BY_PERSON, done);
			continue;
		}
		if (listed) {
			addr_add_to(done, &a->addr);
			buf_add_char(done, '\n');
		}
		judge_pardon(j, a);
	}
}
