/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * assemble: from records and the old list to the new list.
 *
 * Three sorted sequences are merged: hosts, networks, and what stays of the old list. Nothing is listed inside another
 * entry unless it outlives it, and a person's line always stays. A host that stands inside a network which the
 * judgement did not form is remembered apart, and listed when that network is gone.
 * Then the new list is laid beside the old one: what is the same keeps its bytes, comments stay above their entries, and
 * every difference is noted with its reason. A list may have a million entries of which a few change: only those are
 * made, and the new list grows in the old one's place.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/judging.h"

enum { DEPTH = 130 };

/* An entry of the new list that later ones may lie in. */
struct around {
	struct addr net;
	int64_t until;
	bool foreign;
};

struct merge {
	struct judging *j;
	size_t host, net, old;
	size_t allow;             /* the first of the allowlist that stands behind the old entry */
	struct around stack[DEPTH];
	unsigned depth;
	bool unsorted;
};

static bool ended(const struct judging *j, uint32_t until)
{
	return until != PAST_FOREVER && until <= j->now;
}

struct ban *judging_listed(const struct judging *j, size_t at)
{
	uint32_t number = j->listed[at];

	return number & LISTED_MADE ? &j->made.bans[number & ~LISTED_MADE] : &j->in->old->bans[number];
}

static void list_number(struct judging *j, uint32_t number)
{
	if (j->listed_count == j->listed_capacity)
		j->listed = mem_grow(j->listed, &j->listed_capacity, j->listed_count + 1, sizeof(*j->listed));
	j->listed[j->listed_count++] = number;
}

void judging_list_made(struct judging *j, const struct ban *ban)
{
	banlist_add(&j->made, ban);
	list_number(j, (uint32_t)(j->made.count - 1) | LISTED_MADE);
}

static bool same_ban(const struct ban *a, const struct ban *b)
{
	return a->since == b->since && a->until == b->until && a->by == b->by && a->hits == b->hits &&
	       a->hosts == b->hosts && !a->person && !b->person;
}

/* Lists a ban: as the old list's entry where that says the same, which is the one that comes next there. */
static void list_entry(struct merge *m, const struct ban *ban, bool foreign)
{
	const struct banlist *old = m->j->in->old;

	if (foreign || (m->old < old->count && addr_equal(&old->bans[m->old].net, &ban->net) &&
			same_ban(&old->bans[m->old], ban)))
		list_number(m->j, (uint32_t)m->old);
	else
		judging_list_made(m->j, ban);
	if (m->depth < DEPTH)
		m->stack[m->depth++] = (struct around){ ban->net, ban->until, foreign };
}

/* The innermost entry around net that lasts as long; NULL: there is none. */
static const struct around *find_around(struct merge *m, const struct addr *net, int64_t until)
{
	while (m->depth > 0 && !addr_contains(&m->stack[m->depth - 1].net, net))
		m->depth--;
	for (unsigned i = m->depth; i-- > 0;) {
		if (m->stack[i].until >= until)
			return &m->stack[i];
	}
	return NULL;
}

static struct ban ban_of(const struct past *p)
{
	return (struct ban){ .net = past_addr(p), .since = p->since, .until = past_end(p->until), .hits = p->hits,
			     .hosts = p->hosts, .by = p->by };
}

static void list_host(struct merge *m, struct past *p)
{
	struct ban ban = ban_of(p);
	const struct around *around;

	p->flags &= (uint8_t)~PAST_APART;
	if (ended(m->j, p->until))
		return;
	around = find_around(m, &ban.net, 0);
	if (around == NULL)
		list_entry(m, &ban, false);
	else if (around->foreign)
		p->flags |= PAST_APART;
}

static void list_net(struct merge *m, const struct past *p)
{
	struct ban ban = ban_of(p);

	if (!ended(m->j, p->until) && find_around(m, &ban.net, ban.until) == NULL)
		list_entry(m, &ban, false);
}

/* What the allowlist leaves of an entry is listed in its place. */
static void list_split(struct merge *m, const struct ban *ban)
{
	struct netset whole = { 0 }, rest = { 0 };

	netset_add(&whole, &ban->net);
	netset_finish(&whole);
	netset_subtract(&rest, &whole, m->j->in->allow);
	for (size_t i = 0; i < rest.count; i++) {
		struct ban part = *ban;

		part.net = rest.nets[i];
		part.text = NULL;
		part.line_len = part.above_len = 0;
		judging_list_made(m->j, &part);
	}
	m->unsorted = true;
	netset_free(&whole);
	netset_free(&rest);
}

/* Old entries come in their order, and so the allowlist is gone through once. */
static bool is_allowed_in_part(struct merge *m, const struct addr *net)
{
	const struct netset *allow = m->j->in->allow;

	if (allow == NULL)
		return false;
	while (m->allow < allow->count && addr_compare(&allow->nets[m->allow], net) <= 0)
		m->allow++;
	return (m->allow > 0 && addr_contains(&allow->nets[m->allow - 1], net)) ||
	       (m->allow < allow->count && addr_contains(net, &allow->nets[m->allow]));
}

/* Whether the networks that come next fill all of an entry and last as long: a run that died had collapsed them, and
 * they have grown since. */
static bool is_made_anew(const struct merge *m, const struct ban *ban)
{
	const struct history *nets = &m->j->nets;
	struct netset anew = { 0 };
	bool whole;

	for (size_t i = m->net; i < nets->count; i++) {
		struct addr net = past_addr(&nets->pasts[i]);

		if (!addr_contains(&ban->net, &net))
			break;
		if (past_end(nets->pasts[i].until) >= ban->until)
			netset_add(&anew, &net);
	}
	netset_finish(&anew);
	netset_collapse(&anew);
	whole = netset_contains(&anew, &ban->net);
	netset_free(&anew);
	return whole;
}

static void list_old(struct merge *m, const struct ban *ban, enum origin origin)
{
	if (origin == ORIGIN_KNOWN)
		return;
	if (origin == ORIGIN_PERSON) {
		find_around(m, &ban->net, 0);
		list_entry(m, ban, true);
		return;
	}
	if (ban->until <= m->j->in->now)
		return;
	/* a run that died formed the network, and did not know of the good event yet, or of what is banned inside since */
	if (ban->by < CLASS_GOOD && ban->hosts > 0 &&
	    (judging_is_good(m->j, &ban->net, past_time(ban->since), past_time(ban->until) - 1) || is_made_anew(m, ban)))
		return;
	if (is_allowed_in_part(m, &ban->net))
		list_split(m, ban);
	else if (find_around(m, &ban->net, ban->until) == NULL)
		list_entry(m, ban, true);
}

/* The next record and its address: 1 a network's, 2 a host's, 0 there is none. */
static int next_record(const struct merge *m, struct addr *least)
{
	const struct history *nets = &m->j->nets, *hosts = &m->j->hosts;
	struct addr host = { 0 };

	if (m->host < hosts->count)
		host = past_addr(&hosts->pasts[m->host]);
	if (m->net < nets->count) {
		*least = past_addr(&nets->pasts[m->net]);
		if (m->host == hosts->count || addr_compare(least, &host) <= 0)
			return 1;
	}
	*least = host;
	return m->host < hosts->count ? 2 : 0;
}

/* Where the old entries end that go before a record: a person's line of the same address does, others go behind it. */
static size_t end_before(const struct banlist *old, size_t from, const struct addr *least)
{
	size_t end = banlist_seek(old, from, least);

	if (end < old->count && old->bans[end].person && addr_equal(&old->bans[end].net, least))
		end++;
	return end;
}

/* Few entries are out of order, and not far from their places. */
static void sort_listed(struct judging *j)
{
	for (size_t i = 1; i < j->listed_count; i++) {
		uint32_t moved = j->listed[i];
		struct addr net = judging_listed(j, i)->net;
		size_t at = i;

		for (; at > 0 && addr_compare(&judging_listed(j, at - 1)->net, &net) > 0; at--)
			j->listed[at] = j->listed[at - 1];
		j->listed[at] = moved;
	}
}

static void merge_all(struct judging *j)
{
	struct merge m = { .j = j };
	const struct banlist *old = j->in->old;
	int which;

	do {
		struct addr least;
		size_t end;

		which = next_record(&m, &least);
		end = which == 0 ? old->count : end_before(old, m.old, &least);
		for (; m.old < end; m.old++)
			list_old(&m, &old->bans[m.old], j->origins[m.old]);
		if (which == 1)
			list_net(&m, &j->nets.pasts[m.net++]);
		else if (which == 2)
			list_host(&m, &j->hosts.pasts[m.host++]);
	} while (which != 0);
	if (m.unsorted)
		sort_listed(j);
}

static struct policy_change *note(struct judging *j, enum change_kind kind, const struct ban *ban)
{
	struct policy_change *change = judging_note(j, kind, &ban->net);

	change->since = ban->since;
	change->until = ban->until;
	change->hits = ban->hits;
	change->hosts = ban->hosts;
	change->by = ban->by;
	return change;
}

static void note_gone(struct judging *j, const struct ban *ban)
{
	enum change_kind kind = CHANGE_FORGIVEN;

	if (ban->until <= j->in->now)
		kind = CHANGE_EXPIRED;
	else if (judging_forbids(j, &ban->net))
		kind = CHANGE_ALLOWED;
	else if (banlist_covering(&j->out->list, &ban->net) != NULL)
		kind = CHANGE_INTO;
	else if (ban->hosts > 0)
		kind = CHANGE_DISSOLVED;
	note(j, kind, ban);
}

/* The level of a host's ban, and whether the history knew the ban before. */
static bool was_known(const struct judging *j, const struct ban *ban, uint8_t *level)
{
	const struct past *now = history_find(&j->hosts, &ban->net), *before = history_find(j->in->history, &ban->net);

	*level = now != NULL ? now->level : 1;
	/* what a person took out of the list was gone, and is back */
	return before != NULL && before->since == past_time(ban->since) &&
	       !past_is_withdrawn(before, j->in->history, j->in->old, j->in->now);
}

static void note_new(struct judging *j, const struct ban *ban)
{
	uint8_t level;

	if (ban->hosts > 0) {
		note(j, CHANGE_NETWORK, ban)->level = 1;
		j->out->added++;
	} else if (!was_known(j, ban, &level)) {
		note(j, CHANGE_ADDED, ban)->level = level;
		j->out->added++;
	}
}

/* A ban that began later than the old one, with a higher level, is another ban. */
static void note_changed(struct judging *j, const struct ban *before, const struct ban *ban)
{
	uint8_t level;

	if (ban->hosts > 0) {
		note(j, CHANGE_NETWORK, ban)->level = 1;
	} else if (ban->since >= before->until) {
		was_known(j, ban, &level);
		note(j, CHANGE_ADDED, ban)->level = level;
		j->out->added++;
	} else if (ban->since != before->since) {
		was_known(j, ban, &level);
		note(j, CHANGE_MOVED, ban)->level = level;
	}
}

/* Comments whose entry is gone go above the next one. */
static void put_above(struct banlist *list, struct buf *carried, struct ban *ban)
{
	if (carried->len == 0)
		return;
	buf_add_span(carried, ban_above(ban));
	banlist_set_text(list, ban, (struct span){ carried->ptr, carried->len }, ban_line(ban));
	buf_clear(carried);
}

/* What the new list says of the address that an entry of the old one is of; *o is the first old entry that is not
 * behind it. */
static void lay_one(struct judging *j, size_t i, size_t *o, struct buf *carried)
{
	struct ban *ban = judging_listed(j, i);
	struct banlist *old = j->in->old;

	if ((j->listed[i] & LISTED_MADE) == 0) {
		(*o)++;
	} else if (*o < old->count && addr_equal(&old->bans[*o].net, &ban->net)) {
		const struct ban *before = &old->bans[(*o)++];

		ban->text = before->text;
		ban->above_len = before->above_len;
		if (same_ban(before, ban))
			ban->line_len = before->line_len;
		else
			note_changed(j, before, ban);
	} else {
		note_new(j, ban);
	}
	put_above(&j->out->list, carried, ban);
}

/* Whether an entry of the old list stands before one of the new list, and is not that one. */
static bool is_before(const struct judging *j, size_t o, size_t i)
{
	if (i == j->listed_count)
		return true;
	if ((j->listed[i] & LISTED_MADE) == 0)
		return o < j->listed[i];
	return addr_compare(&j->in->old->bans[o].net, &judging_listed(j, i)->net) < 0;
}

/* Goes through both lists side by side; what is gone is put into gone. Entries that stay are not looked at. */
static void lay_beside(struct judging *j, struct banlist *gone)
{
	const struct banlist *old = j->in->old;
	struct banlist *list = &j->out->list;
	struct buf carried = { 0 };
	size_t o = 0;

	for (size_t i = 0; i <= j->listed_count; i++) {
		for (; o < old->count && is_before(j, o, i); o++) {
			buf_add_span(&carried, ban_above(&old->bans[o]));
			banlist_add(gone, &old->bans[o]);
		}
		if (i < j->listed_count)
			lay_one(j, i, &o, &carried);
	}
	list->tail = old->tail;
	list->as_read = old->as_read;
	if (carried.len > 0) {
		buf_add_span(&carried, old->tail);
		list->tail = banlist_keep_text(list, carried.ptr, carried.len);
	}
	buf_free(&carried);
}

/* The entries that stay close up in the old list's place, then those that were made are merged in from behind. What
 * stands in its place already is not touched: it may be nearly all. */
static void build(struct judging *j)
{
	struct banlist *list = &j->out->list, *old = j->in->old;
	size_t kept = 0;

	for (size_t i = 0; i < j->listed_count; i++) {
		if ((j->listed[i] & LISTED_MADE) != 0)
			continue;
		if (kept < j->listed[i])
			old->bans[kept] = old->bans[j->listed[i]];
		kept++;
	}
	list->bans = old->bans;
	list->capacity = old->capacity;
	list->count = j->listed_count;
	old->bans = NULL;
	old->count = old->capacity = 0;
	if (list->count > list->capacity) {
		list->bans = mem_resize(list->bans, list->count, sizeof(*list->bans));
		list->capacity = list->count;
	}
	for (size_t i = list->count; i-- > kept;)
		list->bans[i] = j->listed[i] & LISTED_MADE ? j->made.bans[j->listed[i] & ~LISTED_MADE] : list->bans[--kept];
}

void judging_assemble(struct judging *j)
{
	struct banlist gone = { 0 };

	merge_all(j);
	if (j->in->settings->collapse)
		judging_collapse(j);
	lay_beside(j, &gone);
	build(j);
	for (size_t i = 0; i < gone.count; i++)
		note_gone(j, &gone.bans[i]);
	banlist_free(&gone);
}
