/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network: where banned hosts make a ban of their whole network.
 *
 * What happens is a matter of the times of events alone: the bans that began in this run are gone through in the order
 * in which they began, each in the light of what stood at that moment, so that it makes no difference into how many runs
 * the logs were cut. A network is formed at the ban that makes the number of its banned hosts full, and ends with the
 * last of them; a ban of another host inside makes it grow. A good event inside dissolves it, and its hosts stand alone.
 * Networks of one aggregate prefix never reach beyond the widest one around them: each such group is worked out alone.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/judging.h"

/* One of the widest networks that can be formed, with all that matters inside. */
struct group {
	struct addr net;
	struct terms terms;       /* sorted by address, then since */
	bool *done;               /* a term: it has begun, at the moment that is looked at */
	size_t *fresh;            /* terms in the order of time */
	size_t fresh_count;
	struct history nets;
};

static int compare_terms(const struct term *a, const struct term *b)
{
	int order = addr_compare(&a->net, &b->net);

	if (order != 0)
		return order;
	return a->since < b->since ? -1 : a->since > b->since;
}

static int compare_terms_void(const void *a, const void *b)
{
	return compare_terms(a, b);
}

static bool is_single(const struct judging *j, const struct addr *net)
{
	return net->prefix == (addr_is_v4(net) ? ADDR_BITS : j->in->settings->ipv6_prefix);
}

static void add(struct terms *terms, const struct term *term)
{
	terms->all = mem_grow(terms->all, &terms->capacity, terms->count + 1, sizeof(*terms->all));
	terms->all[terms->count++] = *term;
}

static void add_records(const struct judging *j, struct group *g)
{
	const struct history *hosts = &j->hosts;

	for (size_t i = history_lower_bound(hosts, &g->net); i < hosts->count; i++) {
		const struct past *p = &hosts->pasts[i];
		struct addr a = past_addr(p);

		if (!addr_contains(&g->net, &a))
			return;
		if ((p->flags & PAST_TOUCHED) == 0)
			add(&g->terms, &(struct term){ .net = a, .since = p->since, .until = p->until, .hits = p->hits,
				.by = p->by });
	}
}

/* Lines that persons wrote, and others that no history explains, are banned hosts like any. */
static void add_foreign(const struct judging *j, struct group *g)
{
	const struct banlist *old = j->in->old;

	for (size_t i = banlist_seek(old, 0, &g->net); i < old->count; i++) {
		const struct ban *ban = &old->bans[i];

		if (!addr_contains(&g->net, &ban->net))
			return;
		if (j->origins[i] == ORIGIN_KNOWN || !is_single(j, &ban->net))
			continue;
		add(&g->terms, &(struct term){ .net = ban->net, .since = ban->person ? 0 : past_time(ban->since),
			.until = ban->person ? PAST_FOREVER : past_time(ban->until), .foreign = true,
			.hits = (uint32_t)(ban->hits < UINT32_MAX ? ban->hits : UINT32_MAX),
			.by = ban->by < CLASS_GOOD ? ban->by : CLASS_GOOD,
			.lasting = ban->person || ban->by >= CLASS_GOOD });
	}
}

static bool stands(uint32_t since, uint32_t until, uint32_t at)
{
	return since <= at && (until == PAST_FOREVER || until > at);
}

/* What the banned hosts inside net come to, as a network's record; hosts says how many there are. */
static struct past sum_hosts(const struct group *g, const struct addr *net, uint32_t at)
{
	struct past sum = { .hi = net->hi, .lo = net->lo, .prefix = net->prefix, .since = at, .by = CLASS_GOOD, .level = 1 };
	const struct addr *last = NULL;
	size_t low = 0, high = g->terms.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (addr_compare(&g->terms.all[middle].net, net) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (size_t i = low; i < g->terms.count && addr_contains(net, &g->terms.all[i].net); i++) {
		const struct term *t = &g->terms.all[i];

		if (!g->done[i] || !stands(t->since, t->until, at) || (last != NULL && addr_equal(last, &t->net)))
			continue;
		last = &t->net;
		sum.hosts++;
		if (t->lasting)
			continue;
		sum.hits = t->hits < UINT32_MAX - sum.hits ? sum.hits + t->hits : UINT32_MAX;
		sum.until = t->until > sum.until ? t->until : sum.until;
		sum.by = t->by < sum.by ? t->by : sum.by;
	}
	return sum;
}

static struct past *standing_net(const struct group *g, const struct addr *net, uint32_t at)
{
	for (size_t i = 0; i < g->nets.count; i++) {
		struct addr a = past_addr(&g->nets.pasts[i]);

		if (stands(g->nets.pasts[i].since, g->nets.pasts[i].until, at) && addr_equal(&a, net))
			return &g->nets.pasts[i];
	}
	return NULL;
}

/* Whether an earlier ban of the same host has made it one of the network's already. */
static bool is_member(const struct group *g, size_t at, const struct past *net)
{
	const struct term *t = &g->terms.all[at];

	for (size_t i = at; i-- > 0 && addr_equal(&g->terms.all[i].net, &t->net);) {
		if (g->terms.all[i].until > net->since)
			return true;
	}
	return false;
}

static void join(const struct group *g, size_t at, struct past *net)
{
	const struct term *t = &g->terms.all[at];

	net->until = t->until > net->until ? t->until : net->until;
	net->hits = t->hits < UINT32_MAX - net->hits ? net->hits + t->hits : UINT32_MAX;
	net->hosts += !is_member(g, at, net);
	if (t->since == net->since && t->by < net->by)
		net->by = t->by;
}

/* What was said of the network already, in this run: what was said last is of networks around the same hosts. */
static struct policy_change *note_too_wide(struct judging *j, const struct addr *net)
{
	struct policy_result *out = j->out;

	for (size_t i = out->change_count; i-- > 0 && out->changes[i].kind == CHANGE_TOO_WIDE;) {
		const struct addr *told = &out->changes[i].net;

		if (addr_equal(told, net))
			return &out->changes[i];
		if (!addr_contains(told, net) && !addr_contains(net, told))
			break;
	}
	return judging_note(j, CHANGE_TOO_WIDE, net);
}

/* Whether net is not wider than a run may ban by itself; says so where it is, once with all that it came to. */
static bool is_narrow_enough(struct judging *j, const struct past *sum)
{
	struct addr net = past_addr(sum);
	unsigned widest = addr_is_v4(&net) ? j->in->settings->max_prefix4 : j->in->settings->max_prefix6;
	struct policy_change *change;

	if (addr_text_prefix(&net) >= widest || j->in->force)
		return true;
	change = note_too_wide(j, &net);
	change->since = sum->since;
	change->until = past_end(sum->until);
	change->hits = sum->hits;
	change->hosts = sum->hosts;
	change->by = sum->by;
	j->out->over_limit = true;
	return false;
}

static void form(struct judging *j, struct group *g, const struct term *t, const struct judge_aggregate *aggregate)
{
	struct addr net = addr_network(&t->net, aggregate->prefix);
	uint32_t known = (uint32_t)j->in->settings->known;
	struct past sum;

	if (judging_is_good(j, &net, t->since > known ? t->since - known : 0, t->since) || judging_forbids(j, &net))
		return;
	sum = sum_hosts(g, &net, t->since);
	if (sum.hosts >= aggregate->hosts && sum.until > t->since && is_narrow_enough(j, &sum))
		history_add(&g->nets, &sum);
}

/* Networks in which a good event came until then, while they stood, go. */
static void dissolve(const struct judging *j, struct history *nets, uint32_t until)
{
	size_t kept = 0;

	for (size_t i = 0; i < nets->count; i++) {
		const struct past *p = &nets->pasts[i];
		struct addr net = past_addr(p);
		uint32_t last = p->until <= until ? p->until - 1 : until;

		if (!judging_is_good(j, &net, p->since, last))
			nets->pasts[kept++] = *p;
	}
	nets->count = kept;
}

/* Networks of each prefix come and go by themselves. A wider one hides those inside as long as it stands. */
static void go_through(struct judging *j, struct group *g)
{
	const struct judge_settings *settings = j->in->settings;

	for (size_t i = 0; i < g->fresh_count; i++) {
		const struct term *t = &g->terms.all[g->fresh[i]];

		if (j->goods.good_count > 0)
			dissolve(j, &g->nets, t->since);
		g->done[g->fresh[i]] = true;
		for (unsigned k = 0; k < settings->aggregate_count; k++) {
			const struct judge_aggregate *aggregate = &settings->aggregates[k];
			struct addr net = addr_network(&t->net, aggregate->prefix);
			struct past *standing;

			if (aggregate->v4 != addr_is_v4(&t->net))
				continue;
			standing = standing_net(g, &net, t->since);
			if (standing != NULL)
				join(g, g->fresh[i], standing);
			else
				form(j, g, t, aggregate);
		}
	}
}

/* For qsort(3) of terms by time: the fields come first. */
struct moment {
	uint32_t since;
	size_t at;
};

static int compare_moments(const void *a, const void *b)
{
	const struct moment *x = a, *y = b;

	if (x->since != y->since)
		return x->since < y->since ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static void order_fresh(struct group *g)
{
	struct moment *moments = mem_alloc(g->terms.count, sizeof(*moments));

	g->done = mem_alloc(g->terms.count, sizeof(*g->done));
	g->fresh = mem_alloc(g->terms.count, sizeof(*g->fresh));
	g->fresh_count = 0;
	for (size_t i = 0; i < g->terms.count; i++) {
		g->done[i] = !g->terms.all[i].fresh;
		if (g->terms.all[i].fresh)
			moments[g->fresh_count++] = (struct moment){ g->terms.all[i].since, i };
	}
	qsort(moments, g->fresh_count, sizeof(*moments), compare_moments);
	for (size_t i = 0; i < g->fresh_count; i++)
		g->fresh[i] = moments[i].at;
	free(moments);
}

static int compare_pasts(const void *a, const void *b)
{
	struct addr x = past_addr(a), y = past_addr(b);

	return addr_compare(&x, &y);
}

/* The networks of old that lie in the group, from *at on. */
static void take_nets(const struct history *old, size_t *at, const struct addr *group, struct history *to)
{
	for (; *at < old->count; (*at)++) {
		struct addr net = past_addr(&old->pasts[*at]);

		if (!addr_contains(group, &net))
			return;
		history_add(to, &old->pasts[*at]);
	}
}

static void finish_group(struct judging *j, struct group *g)
{
	if (g->nets.count > 1)
		qsort(g->nets.pasts, g->nets.count, sizeof(*g->nets.pasts), compare_pasts);
	for (size_t i = 0; i < g->nets.count; i++)
		history_add(&j->nets, &g->nets.pasts[i]);
	free(g->terms.all);
	free(g->done);
	free(g->fresh);
	history_free(&g->nets);
}

static size_t do_group(struct judging *j, const struct addr *around, size_t from, const struct history *old,
	size_t *old_at)
{
	struct group g = { .net = *around };
	size_t to = from;

	for (; to < j->terms.count && addr_contains(around, &j->terms.all[to].net); to++)
		add(&g.terms, &j->terms.all[to]);
	add_records(j, &g);
	add_foreign(j, &g);
	qsort(g.terms.all, g.terms.count, sizeof(*g.terms.all), compare_terms_void);
	order_fresh(&g);
	take_nets(old, old_at, around, &g.nets);
	go_through(j, &g);
	finish_group(j, &g);
	return to;
}

/* The widest aggregate around the address; prefix 0 where none are formed of its family. */
static uint8_t widest(const struct judge_settings *settings, bool v4)
{
	uint8_t prefix = 0;

	for (unsigned i = 0; i < settings->aggregate_count; i++) {
		if (settings->aggregates[i].v4 == v4)
			prefix = settings->aggregates[i].prefix;
	}
	return prefix;
}

/* The networks of the history that still are some. One that the list lacks was taken out by a person, unless a good
 * event dissolved it in a run that died. */
static void recall_nets(struct judging *j, struct history *nets)
{
	const struct history *history = j->in->history;

	for (size_t i = 0; i < history->count; i++) {
		struct addr net = past_addr(&history->pasts[i]);

		if (history->pasts[i].hosts > 0 && !judging_forbids(j, &net) &&
		    (!past_is_withdrawn(&history->pasts[i], history, j->in->old, j->in->now) ||
		     judging_is_good(j, &net, history->pasts[i].since, PAST_FOREVER)))
			history_add(nets, &history->pasts[i]);
	}
}

void judging_form_networks(struct judging *j)
{
	struct history old = { 0 };
	size_t at = 0, old_at = 0;

	judging_collect_goods(j);
	recall_nets(j, &old);
	while (at < j->terms.count) {
		const struct addr *a = &j->terms.all[at].net;
		uint8_t prefix = widest(j->in->settings, addr_is_v4(a));
		struct addr around = addr_network(a, prefix);

		if (prefix == 0) {
			at++;
			continue;
		}
		for (; old_at < old.count && compare_pasts(&old.pasts[old_at],
			     &(struct past){ .hi = around.hi, .lo = around.lo, .prefix = around.prefix }) < 0; old_at++)
			history_add(&j->nets, &old.pasts[old_at]);
		at = do_group(j, &around, at, &old, &old_at);
	}
	for (; old_at < old.count; old_at++)
		history_add(&j->nets, &old.pasts[old_at]);
	if (j->goods.good_count > 0)
		dissolve(j, &j->nets, PAST_FOREVER);
	history_free(&old);
}
