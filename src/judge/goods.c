/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * goods: from which networks logins and accepted mail came, and when.
 *
 * No network is banned that holds an address which speaks for it. For that it is enough to know, for each network of
 * the narrowest kind that is ever formed, the spans of time in which good events came, no further apart than
 * settings.known. Only the last span of each matters to the next run.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "judge/judging.h"

enum { GOODS_KEPT = 65536 };

/* The narrowest aggregate of the address's family; NULL: none are formed. */
static const struct judge_aggregate *narrowest(const struct judge_settings *settings, bool v4)
{
	for (unsigned i = 0; i < settings->aggregate_count; i++) {
		if (settings->aggregates[i].v4 == v4)
			return &settings->aggregates[i];
	}
	return NULL;
}

static void add_marks(struct judging *j, const struct entry *e)
{
	const struct mark *marks = store_marks(&j->in->tally->ledger.store, e);
	struct addr a = entry_addr(j->in->settings, e);
	const struct judge_aggregate *aggregate = NULL;

	for (size_t i = 0; i < e->mark_count; i++) {
		if (mark_kind(&marks[i]) != MARK_GOOD)
			continue;
		aggregate = aggregate != NULL ? aggregate : narrowest(j->in->settings, addr_is_v4(&a));
		if (aggregate == NULL)
			return;
		history_add_good(&j->goods, &(struct good_net){ addr_network(&a, aggregate->prefix), marks[i].time,
			marks[i].low });
	}
}

static int compare_goods(const void *a, const void *b)
{
	const struct good_net *x = a, *y = b;
	int order = addr_compare(&x->net, &y->net);

	if (order != 0)
		return order;
	return x->first < y->first ? -1 : x->first > y->first;
}

static void join_spans(struct history *goods, int64_t known)
{
	size_t kept = 0;

	for (size_t i = 0; i < goods->good_count; i++) {
		struct good_net *last = kept > 0 ? &goods->goods[kept - 1] : NULL, *next = &goods->goods[i];

		if (last == NULL || !addr_equal(&last->net, &next->net) ||
		    (int64_t)next->first - (int64_t)last->last > known)
			goods->goods[kept++] = *next;
		else if (next->last > last->last)
			last->last = next->last;
	}
	goods->good_count = kept;
}

static int compare_times(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? 1 : x > y ? -1 : 0;
}

/* The time that a good network must be newer than so that no more than GOODS_KEPT are kept. */
static uint32_t oldest_kept(const struct history *goods)
{
	uint32_t *times, oldest;

	if (goods->good_count <= GOODS_KEPT)
		return 0;
	times = mem_alloc(goods->good_count, sizeof(*times));
	for (size_t i = 0; i < goods->good_count; i++)
		times[i] = goods->goods[i].last;
	qsort(times, goods->good_count, sizeof(*times), compare_times);
	oldest = times[GOODS_KEPT];
	free(times);
	return oldest;
}

void judging_collect_goods(struct judging *j)
{
	const struct history *history = j->in->history;
	const struct store *store = &j->in->tally->ledger.store;
	uint32_t oldest;

	for (size_t i = 0; i < history->good_count; i++)
		history_add_good(&j->goods, &history->goods[i]);
	for (size_t i = 0; i < store->entry_count; i++)
		add_marks(j, store_entry(store, i));
	if (j->goods.good_count > 1)
		qsort(j->goods.goods, j->goods.good_count, sizeof(*j->goods.goods), compare_goods);
	join_spans(&j->goods, j->in->settings->known);
	oldest = oldest_kept(&j->goods);
	for (size_t i = 0; i < j->goods.good_count; i++) {
		const struct good_net *g = &j->goods.goods[i];
		bool last = i + 1 == j->goods.good_count || !addr_equal(&g->net, &j->goods.goods[i + 1].net);

		if (last && g->last > oldest && (int64_t)j->horizon - (int64_t)g->last <= j->in->settings->known)
			history_add_good(&j->hosts, g);
	}
}

static size_t first_in(const struct history *goods, const struct addr *net)
{
	size_t low = 0, high = goods->good_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (addr_compare(&goods->goods[middle].net, net) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool judging_is_good(const struct judging *j, const struct addr *net, uint32_t first, uint32_t last)
{
	const struct history *goods = &j->goods;

	for (size_t i = first_in(goods, net); i < goods->good_count && addr_contains(net, &goods->goods[i].net); i++) {
		if (goods->goods[i].first <= last && (int64_t)goods->goods[i].last >= (int64_t)first)
			return true;
	}
	return false;
}
