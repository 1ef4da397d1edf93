/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collect: from the ledgers, the history and the old list to one record an address.
 *
 * The history, the tally and the old list are sorted alike, and are walked once, side by side. A ban of a ledger is
 * fresh where the history does not know it. What a person took out of the list is forgotten; what the allowlist covers
 * is refused and forgotten. An entry of the list that the history does not explain, since a run died before it wrote
 * the state or a person changed its dates, is believed: the list is the truth.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "base/when.h"
#include "judge/allow.h"
#include "judge/judging.h"

int64_t past_end(uint32_t until)
{
	return until == PAST_FOREVER ? BAN_FOREVER : (int64_t)until;
}

uint32_t past_time(int64_t time)
{
	if (time < 0)
		return 0;
	return time < (int64_t)PAST_FOREVER ? (uint32_t)time : PAST_FOREVER;
}

bool judging_forbids(const struct judging *j, const struct addr *net)
{
	if (!j->in->settings->ban_private && allow_is_private(net))
		return true;
	return j->in->allow != NULL && j->in->allow->count > 0 && netset_overlaps(j->in->allow, net);
}

/* Whether a record of the history, from *at on, is the entry, or one of those that were joined to it. *at goes on to the
 * first record that is the entry or stands behind it. */
static bool is_explained(const struct history *history, size_t *at, const struct ban *ban)
{
	uint32_t since = past_time(ban->since), until = past_time(ban->until);

	for (; *at < history->count; (*at)++) {
		struct addr a = past_addr(&history->pasts[*at]);

		if (addr_compare(&a, &ban->net) >= 0)
			break;
	}
	for (size_t i = *at; i < history->count; i++) {
		struct addr a = past_addr(&history->pasts[i]);

		if (!addr_contains(&ban->net, &a))
			return false;
		if (history->pasts[i].since == since && history->pasts[i].until == until)
			return true;
	}
	return false;
}

void judging_sort_out(struct judging *j)
{
	const struct banlist *old = j->in->old;
	size_t at = 0;

	j->origins = mem_alloc(old->count, sizeof(*j->origins));
	for (size_t i = 0; i < old->count; i++) {
		const struct ban *ban = &old->bans[i];

		if (ban->person)
			j->origins[i] = ORIGIN_PERSON;
		else if (ban->by < CLASS_GOOD && is_explained(j->in->history, &at, ban))
			j->origins[i] = ORIGIN_KNOWN;
		else
			j->origins[i] = ORIGIN_FOREIGN;
	}
}

static void add_term(struct terms *terms, const struct term *term)
{
	terms->all = mem_grow(terms->all, &terms->capacity, terms->count + 1, sizeof(*terms->all));
	terms->all[terms->count++] = *term;
}

static void order_bans(struct bans_of *of)
{
	for (size_t i = 1; i < of->count; i++) {
		struct past moved = of->bans[i];
		size_t at = i;

		for (; at > 0 && of->bans[at - 1].since > moved.since; at--)
			of->bans[at] = of->bans[at - 1];
		of->bans[at] = moved;
	}
}

void judging_bans_of(const struct judging *j, const struct entry *e, struct bans_of *of)
{
	const struct ledger *ledger = &j->in->tally->ledger;
	const struct standing *s = store_standing(&ledger->store, e);
	const struct mark *marks = store_marks(&ledger->store, e);
	uint8_t prefix = entry_addr(ledger->settings, e).prefix;

	of->count = 0;
	if (s == NULL)
		return;
	for (size_t i = 0; i < e->mark_count; i++) {
		const struct mark *m = &marks[i];

		if (mark_kind(m) == MARK_ENDED)
			of->bans[of->count++] = (struct past){ .hi = e->hi, .lo = e->lo, .prefix = prefix, .since = m->time,
				.until = m->low, .hits = m->count, .by = (uint8_t)mark_class(m), .level = m->high,
				.sole = s->sole };
	}
	order_bans(of);
	if (s->until != 0)
		of->bans[of->count++] = (struct past){ .hi = e->hi, .lo = e->lo, .prefix = prefix, .since = s->since,
			.until = s->until, .hits = s->hits, .by = s->by, .level = s->level, .before = s->before,
			.level_before = s->level_before, .users = e->users,
			.sole = s->until <= j->horizon ? ledger_sole(ledger, e) : s->firm ? 0 : s->sole };
}

static void note_ban(struct judging *j, enum change_kind kind, const struct past *ban)
{
	struct addr a = past_addr(ban);
	struct policy_change *change = judging_note(j, kind, &a);

	change->since = ban->since;
	change->until = past_end(ban->until);
	change->hits = ban->hits;
	change->by = ban->by;
	change->level = ban->level;
}

static bool is_over(const struct judging *j, const struct past *ban)
{
	return ban->until != PAST_FOREVER && ban->until <= j->now;
}

static bool is_good_since(const struct judging *j, const struct entry *e, uint32_t since)
{
	const struct mark *marks = e != NULL ? store_marks(&j->in->tally->ledger.store, e) : NULL;

	for (size_t i = 0; e != NULL && i < e->mark_count; i++) {
		if (mark_kind(&marks[i]) == MARK_GOOD && marks[i].low >= since)
			return true;
	}
	return false;
}

/* An entry of the list that no history explains: *past is made to say the same. Where this run has come to the same
 * ban, or where a success came since, the entry is of a run that died before it wrote the state. */
static void believe(struct judging *j, const struct entry *e, const struct bans_of *of, size_t at,
	struct past *past)
{
	const struct ban *ban = &j->in->old->bans[at];

	if (j->origins[at] != ORIGIN_FOREIGN || ban->by >= CLASS_GOOD)
		return;
	for (size_t i = 0; i < of->count; i++) {
		if (of->bans[i].since == past_time(ban->since) && of->bans[i].until == past_time(ban->until))
			j->origins[at] = ORIGIN_KNOWN;
	}
	if (j->origins[at] == ORIGIN_KNOWN)
		return;
	if (is_good_since(j, e, past_time(ban->since))) {
		j->origins[at] = ORIGIN_KNOWN;
		return;
	}
	if (past == NULL || is_over(j, past) || past->since >= past_time(ban->until))
		return;
	past->since = past_time(ban->since);
	past->until = past_time(ban->until);
	past->hits = (uint32_t)(ban->hits < UINT32_MAX ? ban->hits : UINT32_MAX);
	past->by = ban->by;
	j->origins[at] = ORIGIN_KNOWN;
}

static bool is_same(const struct past *ban, const struct past *known)
{
	return known != NULL && ban->since == known->since && ban->until == known->until && ban->by == known->by;
}

/* Puts the bans of the address among the terms where one is fresh. */
static void add_terms(struct judging *j, const struct past *known, const struct bans_of *of, struct past *record)
{
	bool any = false;

	for (size_t i = 0; i < of->count; i++)
		any |= !is_same(&of->bans[i], known);
	if (!any)
		return;
	record->flags |= PAST_TOUCHED;
	/* one that had not ended was lifted */
	if (known != NULL && known->until <= of->bans[0].since)
		add_term(&j->terms, &(struct term){ .net = past_addr(known), .since = known->since, .until = known->until,
			.hits = known->hits, .by = known->by });
	for (size_t i = 0; i < of->count; i++) {
		const struct past *ban = i + 1 < of->count ? &of->bans[i] : record;
		bool fresh = !is_same(&of->bans[i], known);

		add_term(&j->terms, &(struct term){ .net = past_addr(ban), .since = ban->since, .until = ban->until,
			.hits = ban->hits, .by = ban->by, .fresh = fresh });
		if (fresh && is_over(j, ban))
			note_ban(j, CHANGE_OVER, ban);
	}
}

/* One address: what the history knows of it, its entry in the tally, its place in the old list; each may be missing. */
static void collect_one(struct judging *j, const struct past *known, const struct entry *e, size_t at)
{
	const struct standing *s = e != NULL ? store_standing(&j->in->tally->ledger.store, e) : NULL;
	struct bans_of of = { .count = 0 };
	struct past record;
	struct addr a;

	if (known != NULL && at == SIZE_MAX && past_is_withdrawn(known, j->in->history, j->in->old, j->in->now))
		known = NULL;
	if (e != NULL)
		judging_bans_of(j, e, &of);
	if (of.count > 0) {
		record = of.bans[of.count - 1];
		if (is_same(&record, known))
			record.packets = known->packets;
	} else if (known != NULL && (s == NULL || s->before == known->until)) {
		record = *known;
		record.sole = s != NULL ? s->sole : known->sole;
	} else if (s != NULL && s->before != 0) {
		/* the last ban was lifted, the one before it was not */
		record = (struct past){ .hi = e->hi, .lo = e->lo, .prefix = entry_addr(j->in->settings, e).prefix,
			.since = s->before, .until = s->before, .level = s->level_before, .sole = s->sole };
	} else {
		if (at != SIZE_MAX)
			believe(j, e, &of, at, NULL);
		return;
	}
	a = past_addr(&record);
	if (judging_forbids(j, &a)) {
		if (of.count > 0 && !is_same(&record, known))
			note_ban(j, CHANGE_REFUSED, &record);
		return;
	}
	if (at != SIZE_MAX)
		believe(j, e, &of, at, &record);
	record.flags &= (uint8_t)~PAST_TOUCHED;
	add_terms(j, known, &of, &record);
	history_add(&j->hosts, &record);
}

/* The next record of an address, not of a network. */
static size_t next_host(const struct history *history, size_t at)
{
	while (at < history->count && history->pasts[at].hosts > 0)
		at++;
	return at;
}

void judging_collect(struct judging *j)
{
	const struct history *history = j->in->history;
	const struct store *store = &j->in->tally->ledger.store;
	const struct banlist *old = j->in->old;
	uint32_t *numbers = store_sorted(store);
	size_t p = next_host(history, 0), n = 0, o = 0;

	while (p < history->count || n < store->entry_count) {
		const struct past *known = p < history->count ? &history->pasts[p] : NULL;
		const struct entry *e = n < store->entry_count ? store_entry(store, numbers[n]) : NULL;
		struct addr of_past = known != NULL ? past_addr(known) : (struct addr){ 0 };
		struct addr of_entry = e != NULL ? entry_addr(j->in->settings, e) : (struct addr){ 0 };
		int order = known == NULL ? 1 : e == NULL ? -1 : addr_compare(&of_past, &of_entry);
		const struct addr *a = order <= 0 ? &of_past : &of_entry;

		o = banlist_seek(old, o, a);
		collect_one(j, order <= 0 ? known : NULL, order >= 0 ? e : NULL,
			o < old->count && addr_equal(&old->bans[o].net, a) ? o : SIZE_MAX);
		if (order <= 0)
			p = next_host(history, p + 1);
		if (order >= 0)
			n++;
	}
	free(numbers);
}
