/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * policy: the judgement.
 *
 * A pure function: the tally of this run, the old list, the history, the allowlist, the settings and the time go in; the
 * new list, the new history and what is to be told come out. Opens no file, asks no clock, prints nothing. The steps are
 * collect (one record an address), network (hosts to networks), knocks (who still knocks stays), assemble (records to a
 * list, laid beside the old one); here they are called in their order, and the history is put together and bounded.
 */
#include "judge/policy.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/judging.h"

enum {
	DAY = 86400,
	HISTORY_KEPT = 2000000, /* records; those whose bans ended first go first */
};

struct policy_change *policy_note(struct policy_result *out, enum change_kind kind, const struct addr *net)
{
	out->changes = mem_grow(out->changes, &out->change_capacity, out->change_count + 1, sizeof(*out->changes));
	out->changes[out->change_count] = (struct policy_change){ .kind = kind, .net = *net };
	return &out->changes[out->change_count++];
}

struct policy_change *judging_note(struct judging *j, enum change_kind kind, const struct addr *net)
{
	return policy_note(j->out, kind, net);
}

static int compare_changes(const void *a, const void *b)
{
	const struct policy_change *x = a, *y = b;
	size_t least = x->user.len < y->user.len ? x->user.len : y->user.len;
	int order;

	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = addr_compare(&x->net, &y->net);
	if (order == 0 && least > 0)
		order = memcmp(x->user.ptr, y->user.ptr, least);
	if (order == 0 && x->user.len != y->user.len)
		order = x->user.len < y->user.len ? -1 : 1;
	if (order == 0 && x->since != y->since)
		order = x->since < y->since ? -1 : 1;
	if (order == 0 && x->when != y->when)
		order = x->when < y->when ? -1 : 1;
	return order;
}

static struct addr knock_net(const struct knocks *knocks, size_t i)
{
	return *(const struct addr *)(const void *)((const char *)knocks->net + i * knocks->stride);
}

static uint64_t knock_packets(const struct knocks *knocks, size_t i)
{
	return *(const uint64_t *)(const void *)((const char *)knocks->packets + i * knocks->stride);
}

/* A banned one that has knocked since the last run, and whose ban is near its end, stays for another length of it. */
static void renew_one(struct judging *j, struct past *p, uint64_t packets)
{
	/* a set that was made anew counts from zero */
	uint64_t grown = packets >= p->packets ? packets - p->packets : packets;
	int64_t length = judge_ban_length(j->in->settings, p->by, p->level);
	struct policy_change *change;
	struct addr a = past_addr(p);

	p->packets = (uint32_t)(packets < UINT32_MAX ? packets : UINT32_MAX);
	if (!j->in->settings->renew || grown == 0 || p->until == PAST_FOREVER || p->until <= j->now ||
	    length == BAN_FOREVER || ((int64_t)p->until - (int64_t)j->now) * 4 > length)
		return;
	p->until = past_time((int64_t)p->until + length);
	change = judging_note(j, CHANGE_RENEWED, &a);
	change->since = p->since;
	change->until = past_end(p->until);
	change->hits = p->hits;
	change->hosts = p->hosts;
	change->by = p->by;
	change->level = p->level;
	change->packets = grown;
}

/* Records and sets are gone through side by side. */
static void renew(struct judging *j, struct history *records)
{
	size_t i = 0;

	for (unsigned s = 0; s < KNOCKS_SETS; s++) {
		const struct knocks *knocks = &j->in->knocks[s];

		for (size_t k = 0; i < records->count && k < knocks->count;) {
			struct addr a = past_addr(&records->pasts[i]), net = knock_net(knocks, k);
			int order = addr_compare(&net, &a);

			if (order == 0)
				renew_one(j, &records->pasts[i], knock_packets(knocks, k));
			k += order <= 0;
			i += order >= 0;
		}
	}
}

static struct span name_text(const struct tally *tally, uint64_t user)
{
	const struct name *name = user != 0 ? names_find(&tally->names, user) : NULL;

	return name != NULL ? (struct span){ name->text, name->len } : (struct span){ NULL, 0 };
}

static void note_breaches(struct judging *j)
{
	const struct tally *tally = j->in->tally;

	for (size_t i = 0; i < tally->ledger.breach_count; i++) {
		const struct breach *b = &tally->ledger.breaches[i];
		struct policy_change *change = judging_note(j, CHANGE_BREACH, &b->addr);

		change->when = b->time;
		change->hits = b->failures;
		change->users = b->users;
		change->user = name_text(tally, b->user);
	}
}

static int compare_attacks(const void *a, const void *b)
{
	const struct attack *x = a, *y = b;

	if (x->user != y->user)
		return x->user < y->user ? -1 : 1;
	return x->time < y->time ? -1 : x->time > y->time;
}

static void note_attacks(struct judging *j)
{
	struct tally *tally = j->in->tally;

	if (tally->attack_count == 0)
		return;
	qsort(tally->attacks, tally->attack_count, sizeof(*tally->attacks), compare_attacks);
	for (size_t i = 0; i < tally->attack_count; i++) {
		const struct name *name = names_find(&tally->names, tally->attacks[i].user);
		struct policy_change *change;
		struct addr a;

		if (name == NULL || name->seen.count == 0 || (i > 0 && tally->attacks[i - 1].user == tally->attacks[i].user))
			continue;
		a = entry_addr(j->in->settings, store_entry(&tally->ledger.store, seen_entry(&name->seen, 0)));
		change = judging_note(j, CHANGE_ATTACKED, &a);
		change->when = tally->attacks[i].time;
		change->hits = name->addresses;
		change->user = (struct span){ name->text, name->len };
	}
}

/* Known customers that failed for their own names in this run. */
static void note_known(struct judging *j)
{
	const struct tally *tally = j->in->tally;
	const struct store *store = &tally->ledger.store;

	for (size_t n = 0; n < store->entry_count; n++) {
		const struct entry *e = store_entry(store, n);
		const struct mark *marks = store_marks(store, e);
		struct addr a = entry_addr(j->in->settings, e);

		for (size_t i = 0; i < e->mark_count; i++) {
			struct policy_change *change;
			uint64_t hits = 0;
			bool first = mark_kind(&marks[i]) == MARK_KNOWN;

			for (size_t k = 0; k < i && first; k++)
				first = mark_kind(&marks[k]) != MARK_KNOWN || mark_user(&marks[k]) != mark_user(&marks[i]);
			for (size_t k = i; k < e->mark_count && first; k++) {
				if (mark_kind(&marks[k]) == MARK_KNOWN && mark_user(&marks[k]) == mark_user(&marks[i]) &&
				    marks[k].time > tally->loaded_last)
					hits += marks[k].count;
			}
			if (hits == 0)
				continue;
			change = judging_note(j, CHANGE_KNOWN, &a);
			change->hits = hits;
			change->when = marks[i].time;
			change->user = name_text(tally, mark_user(&marks[i]));
		}
	}
}

static bool is_remembered(const struct judging *j, const struct past *p)
{
	int64_t forget = j->in->settings->forget;

	if (p->hosts > 0)
		return p->until > j->horizon || p->until > j->now;
	if (p->until == PAST_FOREVER || forget >= BAN_FOREVER - (int64_t)p->until - 2 * DAY)
		return true;
	/* by what was read last, however far behind the clock; another log may be a little behind that one */
	return (int64_t)p->until + forget + 2 * DAY >= (int64_t)j->horizon;
}

static int compare_ends(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* The end that a ban must be later than so that no more than HISTORY_KEPT records are kept. */
static uint32_t oldest_kept(const struct history *hosts)
{
	uint32_t *ends, oldest;

	if (hosts->count <= HISTORY_KEPT)
		return 0;
	ends = mem_alloc(hosts->count, sizeof(*ends));
	for (size_t i = 0; i < hosts->count; i++)
		ends[i] = hosts->pasts[i].until;
	qsort(ends, hosts->count, sizeof(*ends), compare_ends);
	oldest = ends[HISTORY_KEPT];
	free(ends);
	return oldest;
}

static size_t keep_remembered(const struct judging *j, struct history *records, uint32_t oldest)
{
	size_t kept = 0;

	for (size_t i = 0; i < records->count; i++) {
		struct past *p = &records->pasts[i];

		p->flags &= (uint8_t)~PAST_TOUCHED;
		if (p->until > oldest && is_remembered(j, p))
			records->pasts[kept++] = *p;
	}
	records->count = kept;
	return kept;
}

/* The records of hosts become the history; those of networks are merged in from behind. */
static void put_history_together(struct judging *j)
{
	struct history *history = &j->out->history;
	size_t hosts = keep_remembered(j, &j->hosts, oldest_kept(&j->hosts)), nets = keep_remembered(j, &j->nets, 0), to;

	*history = j->hosts;
	j->hosts = (struct history){ 0 };
	if (nets == 0)
		return;
	to = hosts + nets;
	history->pasts = mem_grow(history->pasts, &history->capacity, to, sizeof(*history->pasts));
	history->count = to;
	while (nets > 0) {
		struct addr net = past_addr(&j->nets.pasts[nets - 1]), host = { 0 };

		if (hosts > 0)
			host = past_addr(&history->pasts[hosts - 1]);
		if (hosts > 0 && addr_compare(&host, &net) > 0)
			history->pasts[--to] = history->pasts[--hosts];
		else
			history->pasts[--to] = j->nets.pasts[--nets];
	}
}

/* Not the time itself: a run that finds nothing new is to leave the state as it is. */
static void note_what_is_over(struct history *history, uint32_t now)
{
	for (size_t i = 0; i < history->count; i++) {
		uint32_t until = history->pasts[i].until;

		if (until != PAST_FOREVER && until <= now && until > history->over)
			history->over = until;
	}
}

void policy_judge(const struct policy_input *input, struct policy_result *result)
{
	static const struct history no_history;
	struct policy_input in = *input;
	struct judging j = { .in = &in, .out = result };

	*result = (struct policy_result){ 0 };
	if (in.history == NULL)
		in.history = &no_history;
	j.horizon = tally_horizon(in.tally);
	j.now = past_time(in.now);
	tally_resolve(in.tally);
	judging_sort_out(&j);
	judging_collect(&j);
	judging_form_networks(&j);
	renew(&j, &j.hosts);
	renew(&j, &j.nets);
	judging_assemble(&j);
	note_breaches(&j);
	note_attacks(&j);
	note_known(&j);
	put_history_together(&j);
	note_what_is_over(&result->history, j.now);
	if (result->added > in.settings->max_new && !in.force)
		result->over_limit = true;
	if (result->change_count > 1)
		qsort(result->changes, result->change_count, sizeof(*result->changes), compare_changes);
	free(j.origins);
	free(j.listed);
	banlist_free(&j.made);
	free(j.terms.all);
	history_free(&j.hosts);
	history_free(&j.nets);
	history_free(&j.goods);
}

void policy_result_free(struct policy_result *result)
{
	banlist_free(&result->list);
	history_free(&result->history);
	free(result->changes);
	*result = (struct policy_result){ 0 };
}
