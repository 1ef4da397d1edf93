/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slow_list: the blacklist that the slow judge's accounts come to, and what a person does to it between runs. */
#ifndef MAILBAN_TESTS_SLOW_LIST_H
#define MAILBAN_TESTS_SLOW_LIST_H

#include "list/allow.h"
#include "list/ban.h"
#include "slow_judge.h"

struct slow_line {
	struct addr net;
	int64_t until, points;
	struct slow_account *account; /* NULL: a line that is a person's, made by hand, or that no account knows */
	bool person, hand, takes, deferred;
};

struct slow_list {
	struct slow_line lines[2 * SLOW_ACCOUNTS];
	size_t count;
};

static inline struct slow_line *slow_list_find(struct slow_list *list, const struct addr *net)
{
	for (size_t i = 0; i < list->count; i++) {
		if (addr_equal(&list->lines[i].net, net))
			return &list->lines[i];
	}
	return NULL;
}

static inline bool slow_may_list(const struct slow_judge *j, const struct slow_account *a, int64_t now,
	const struct netset *allow)
{
	unsigned most = addr_is_v4(&a->addr) ? j->s->max_prefix4 : j->s->max_prefix6;

	return a->since >= 0 && a->until > now && (j->s->ban_private || !allow_is_private(&a->addr)) &&
	       !netset_overlaps(allow, &a->addr) && addr_text_prefix(&a->addr) >= most;
}

/* Whether a wider line that stands outlives it. */
static inline bool slow_goes_inside(const struct slow_list *list, const struct slow_line *in)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct slow_line *out = &list->lines[i];

		if (!out->deferred && out->takes && out->net.prefix < in->net.prefix && addr_contains(&out->net, &in->net) &&
		    out->until >= in->until)
			return slow_saw[SLOW_INSIDE]++, true;
	}
	return false;
}

/* Of those that are new the ones with most points take their places first. */
static inline void slow_take_places(const struct slow_judge *j, struct slow_list *list)
{
	uint64_t taken = 0;

	for (;;) {
		struct slow_line *best = NULL;

		for (size_t i = 0; i < list->count; i++) {
			struct slow_line *l = &list->lines[i];

			if (!l->takes && !l->deferred && (best == NULL || l->points > best->points ||
			    (l->points == best->points && addr_compare(&l->net, &best->net) < 0)))
				best = l;
		}
		if (best == NULL)
			return;
		best->takes = slow_goes_inside(list, best) || taken++ < j->s->max_new;
		best->deferred = !best->takes;
		slow_saw[SLOW_DEFERRED] += best->deferred;
	}
}

static inline void slow_remove(struct slow_list *list, bool (*goes)(const struct slow_list *, const struct slow_line *))
{
	struct slow_list kept = { .count = 0 };

	for (size_t i = 0; i < list->count; i++) {
		if (!goes(list, &list->lines[i]))
			kept.lines[kept.count++] = list->lines[i];
	}
	*list = kept;
}

static inline bool slow_leaves(const struct slow_list *list, const struct slow_line *l)
{
	return l->deferred || (!l->person && !l->hand && slow_goes_inside(list, l));
}

/* Makes the list of the last run to that of this one. */
static inline void slow_decide(struct slow_judge *j, int64_t now, const struct netset *allow, struct slow_list *list)
{
	struct slow_list old = *list;

	list->count = 0;
	for (size_t i = 0; i < old.count; i++) {
		const struct slow_line *l = &old.lines[i];

		if (l->person || (l->account == NULL && l->until > now && !netset_overlaps(allow, &l->net)))
			list->lines[list->count++] = *l;
	}
	for (size_t i = 0; i < list->count; i++)
		list->lines[i].takes = true;
	for (size_t i = 0; i < j->account_count; i++) {
		struct slow_account *a = &j->accounts[i];
		struct slow_line *l = slow_list_find(list, &a->addr);
		int64_t until = a->until == UINT32_MAX ? WHEN_FOREVER : a->until;

		if (!slow_may_list(j, a, now, allow) || (l != NULL && (l->person || l->until > until)))
			continue;
		if (l == NULL)
			l = &list->lines[list->count++];
		*l = (struct slow_line){ .net = a->addr, .account = a, .until = until, .points = slow_balance(j, a),
			.takes = slow_list_find(&old, &a->addr) != NULL };
	}
	slow_take_places(j, list);
	slow_remove(list, slow_leaves);
}

/* ---- what a person does ---- */

static inline bool slow_is_forgotten_line(const struct slow_list *list, const struct slow_line *l)
{
	(void)list;
	return l->until == 0;
}

static inline bool slow_bans(const struct slow_list *list, const struct addr *addr)
{
	for (size_t i = 0; i < list->count; i++) {
		if (addr_contains(&list->lines[i].net, addr))
			return true;
	}
	return false;
}

/* The networks around lose what they took from the address, of the classes in their order. */
static inline void slow_give_back(struct slow_judge *j, const struct slow_account *a)
{
	double faded = slow_fading(slow_more(j->clock - a->time, 0), j->s->half_life);

	for (unsigned i = 0; i < j->s->aggregate_count && slow_times(a->share, faded) >= POINT / 50; i++) {
		struct addr around = addr_network(&a->addr, j->s->aggregates[i].prefix);
		struct slow_account *net = slow_find(j, &around);
		int64_t left;

		if (j->s->aggregates[i].v4 != addr_is_v4(&a->addr) || net == NULL || net->net == NULL || net->time == 0)
			continue;
		left = slow_times(a->share, net->time >= a->time ? slow_late(j, net, a->time) :
			slow_fading(net->time - a->time, j->s->half_life));
		slow_saw[SLOW_GIVEN_BACK] += left > 0;
		for (unsigned c = 0; c < CLASS_GOOD; c++) {
			int64_t part = slow_less(left, net->points[c]);

			net->points[c] -= part;
			left -= part;
		}
		net->hosts -= net->hosts > 0;
	}
}

/* What was counted is gone; of a network, of all inside. */
static inline void slow_pardon(struct slow_judge *j, struct slow_list *list, const struct slow_account *a)
{
	for (size_t i = 0; i < j->account_count; i++) {
		struct slow_account *in = &j->accounts[i];
		struct slow_line *own = slow_list_find(list, &in->addr);

		if (in != a && (a->net == NULL || !addr_contains(&a->addr, &in->addr)))
			continue;
		if (own != NULL)
			own->account = NULL;
		slow_give_back(j, in);
		in->time = 0;
		slow_saw[SLOW_PARDONED]++;
		slow_empty(in);
	}
}

/* He takes a line away: an account that no line bans any more is pardoned. */
static inline void slow_take_line(struct slow_judge *j, struct slow_list *list, struct slow_line *line)
{
	const struct slow_account *a = line->account;
	const struct addr net = line->net;
	bool own = line->person || line->hand;

	line->until = 0;
	slow_remove(list, slow_is_forgotten_line);
	for (size_t i = 0; i < j->account_count; i++) {
		const struct slow_account *in = &j->accounts[i];

		if ((own ? addr_contains(&net, &in->addr) : in == a) && !slow_bans(list, &in->addr))
			slow_pardon(j, list, in);
	}
}

#endif
