/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * edits: a person's changes of the blacklist.
 *
 * The blacklist is the truth: a line that is gone was a pardon. Each account knows whether the list that its run wrote
 * had a line of it, and whether the list before had. So lines that a person took away are told from lines that a dying
 * run never wrote.
 */
#include "judge/edits.h"

enum { MINUTE = 60 };

/* The run that died wrote no list: what stood in the one before stands still. */
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

/* Whether the account's line was taken away. One that went into a wider line is not pardoned. */
static bool take_one(struct account *a, const struct banlist *list, bool may_hold, struct buf *done)
{
	const struct ban *ban = banlist_find(list, &a->addr);

	if (ban == NULL && banlist_covering(list, &a->addr) == NULL)
		return true;
	if (ban == NULL || ban->person || ban->by == BAN_BY_HAND) {
		a->flags &= (uint8_t)~ACCOUNT_LISTED;
		if (ban != NULL)
			note_end(done, ban);
		return false;
	}
	if (may_hold && a->since != 0 && end_of(ban) / MINUTE != a->until / MINUTE) {
		a->until = end_of(ban);
		a->flags |= ACCOUNT_HELD;
		note_end(done, ban);
	}
	return false;
}

void edits_take(struct judge *j, const struct banlist *list, enum edits_file file, struct buf *done)
{
	if (file == EDITS_UNWRITTEN || file == EDITS_OF_UNWRITTEN)
		take_back_listing(j);
	if (file == EDITS_NONE || file == EDITS_UNWRITTEN)
		return;
	for (size_t i = 0; i < j->accounts.count; i++) {
		struct account *a = &j->accounts.all[i];

		/* lines of the list before have other ends without anybody's doing */
		if ((a->flags & ACCOUNT_LISTED) == 0 || !take_one(a, list, file == EDITS_BY_PERSON, done))
			continue;
		addr_add_to(done, &a->addr);
		buf_add_char(done, '\n');
		judge_pardon(j, a);
	}
}
