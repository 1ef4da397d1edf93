/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * totals: a row an address and class.
 *
 * Made only where they are shown: a run needs none.
 */
#include "judge/totals.h"

#include <stdlib.h>

#include "base/mem.h"

static uint32_t hash_of(const struct totals *t, const struct addr *addr, unsigned event_class)
{
	return hash_of_numbers(&t->index, addr->hi ^ (uint64_t)event_class << 56, addr->lo);
}

static struct total *find(const struct totals *t, const struct addr *addr, unsigned event_class, uint32_t hash)
{
	size_t at;

	for (uint32_t n = hash_first(&t->index, hash, &at); n != HASH_NONE; n = hash_next(&t->index, hash, &at)) {
		if (t->all[n].event_class == event_class && addr_equal(&t->all[n].addr, addr))
			return &t->all[n];
	}
	return NULL;
}

const struct total *totals_find(const struct totals *t, const struct addr *addr, unsigned event_class)
{
	return find(t, addr, event_class, hash_of(t, addr, event_class));
}

void totals_add(struct totals *t, const struct addr *addr, const struct event *event)
{
	struct total *row;
	uint32_t hash;

	hash_seed(&t->index);
	hash = hash_of(t, addr, event->event_class);
	row = find(t, addr, event->event_class, hash);
	if (row == NULL) {
		t->all = mem_grow(t->all, &t->capacity, t->count + 1, sizeof(*t->all));
		hash_put(&t->index, hash, (uint32_t)t->count);
		row = &t->all[t->count++];
		*row = (struct total){ .addr = *addr, .event_class = event->event_class, .first = event->time,
				       .last = event->time };
	}
	row->count += event->count;
	row->first = event->time < row->first ? event->time : row->first;
	row->last = event->time > row->last ? event->time : row->last;
}

static int compare(const void *a, const void *b)
{
	const struct total *x = a, *y = b;
	int order = addr_compare(&x->addr, &y->addr);

	return order != 0 ? order : (int)x->event_class - (int)y->event_class;
}

void totals_sort(struct totals *t)
{
	if (t->count > 0)
		qsort(t->all, t->count, sizeof(*t->all), compare);
	hash_clear(&t->index);
	for (size_t i = 0; i < t->count; i++)
		hash_put(&t->index, hash_of(t, &t->all[i].addr, t->all[i].event_class), (uint32_t)i);
}

void totals_free(struct totals *t)
{
	free(t->all);
	hash_free(&t->index);
	*t = (struct totals){ 0 };
}
