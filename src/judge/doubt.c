/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * doubt: bans that the history says should stand in the list, and that the list lacks.
 *
 * Either a person took the line out: the ban is forgotten as if it had never been, and what the address does from then
 * on counts afresh. Or the last run lifted the ban, wrote the list and died before it wrote the state: then this run
 * reads the same success again and must come to the same end, with all the evidence that was left. Which of the two it
 * was is known when the events are in: only in the second case the ban is gone by itself. Until then such addresses,
 * which are few, are followed both ways.
 */
#include "judge/tally_inside.h"
#include "judge/window.h"

/* The list is asked for the address itself first: that is where nearly all of them stand. */
bool past_is_withdrawn(const struct past *past, const struct history *history, const struct banlist *old, int64_t now)
{
	struct addr a = past_addr(past);

	if (old == NULL || (past->flags & PAST_APART) != 0)
		return false;
	if (past->until != PAST_FOREVER && (past->until <= history->over || (int64_t)past->until <= now))
		return false;
	return banlist_find(old, &a) == NULL && banlist_covering(old, &a) == NULL;
}

struct entry *tally_afresh(struct tally *tally, const struct addr *unit)
{
	const struct past *past;
	uint32_t number;
	struct entry *e;
	bool made;

	if (!tally->has_doubts)
		ledger_init(&tally->afresh, tally->settings);
	tally->has_doubts = true;
	e = store_get(&tally->afresh.store, unit, &number, &made);
	if (!made)
		return e;
	past = history_find(tally->history, unit);
	*store_standing_made(&tally->afresh.store, e) = (struct standing){ .sole = past->sole, .before = past->before,
		.level_before = past->level_before };
	return e;
}

/* The entry goes on as the other one, with the numbers that it has itself. */
static void replace(struct tally *tally, struct entry *e, const struct entry *by)
{
	struct store *store = &tally->ledger.store;
	const struct mark *marks = store_marks(&tally->afresh.store, by);

	for (size_t i = e->mark_count; i-- > 0;) {
		if (mark_kind(&store_marks(store, e)[i]) != MARK_TOTAL)
			store_remove(store, e, i);
	}
	for (size_t i = 0; i < by->mark_count; i++)
		*store_insert(store, e, e->mark_count) = marks[i];
	e->has_goods = by->has_goods;
	e->has_sums = false;
	e->users = by->users;
	*store_standing(store, e) = *store_standing(&tally->afresh.store, by);
}

void tally_resolve(struct tally *tally)
{
	struct store *store = &tally->ledger.store;

	for (size_t i = 0; i < store->entry_count; i++) {
		struct entry *e = store_entry(store, i);
		struct standing *s = store_standing(store, e);
		struct addr a = entry_addr(tally->settings, e);

		if (s == NULL || !s->doubted)
			continue;
		s->doubted = false;
		if (!s->lifted)
			replace(tally, e, tally_afresh(tally, &a));
	}
}
