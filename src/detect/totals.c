/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * totals: a row for each address.
 *
 * They are made only for commands that show them: a run has none. Accounts remember the places of their rows.
 */
#include "detect/totals.h"

#include <stdlib.h>

#include "base/count.h"
#include "base/mem.h"

static void add(struct total *t, uint32_t count, uint32_t first, uint32_t last)
{
	if (t->count == 0 || first < t->first)
		t->first = first;
	if (t->count == 0 || last > t->last)
		t->last = last;
	t->count = count_sum(t->count, count);
}

void totals_add(struct totals *t, uint32_t *place, const struct addr *addr, const struct event *event, uint32_t time)
{
	if (*place == 0) {
		t->rows = mem_grow(t->rows, &t->capacity, t->count + 1, sizeof(*t->rows));
		t->rows[t->count++] = (struct totals_row){ .addr = *addr };
		*place = (uint32_t)t->count;
	}
	add(&t->rows[*place - 1].by_class[event->event_class], event->count, time, time);
}

static int compare(const void *a, const void *b)
{
	const struct totals_row *x = a, *y = b;

	return addr_compare(&x->addr, &y->addr);
}

/* An account that was forgotten and made again has two rows. */
void totals_sort(struct totals *t)
{
	size_t kept = 0;

	if (t->count == 0)
		return;
	qsort(t->rows, t->count, sizeof(*t->rows), compare);
	for (size_t i = 1; i < t->count; i++) {
		if (!addr_equal(&t->rows[i].addr, &t->rows[kept].addr)) {
			t->rows[++kept] = t->rows[i];
			continue;
		}
		for (unsigned c = 0; c < CLASS_COUNT; c++) {
			const struct total *more = &t->rows[i].by_class[c];

			if (more->count > 0)
				add(&t->rows[kept].by_class[c], more->count, more->first, more->last);
		}
	}
	t->count = kept + 1;
}

void totals_free(struct totals *t)
{
	free(t->rows);
	*t = (struct totals){ 0 };
}

const struct totals_row *totals_find(const struct totals *t, const struct addr *addr)
{
	const struct totals_row key = { .addr = *addr };

	return t->count == 0 ? NULL : bsearch(&key, t->rows, t->count, sizeof(key), compare);
}
