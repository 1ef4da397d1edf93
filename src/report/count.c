/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * count: how often each of many texts came.
 *
 * Attackers choose the texts, and the table's seed is random, so that nobody can make the table slow. Memory is
 * bounded: texts beyond COUNTS_MAX are not counted.
 */
#include "report/count.h"

#include <stdlib.h>

#include "base/mem.h"

/* The number of a text's item, or HASH_NONE. */
static uint32_t find(const struct counts *counts, struct span text, uint32_t hash)
{
	size_t at;

	for (uint32_t n = hash_first(&counts->index, hash, &at); n != HASH_NONE;
	     n = hash_next(&counts->index, hash, &at)) {
		if (span_equal((struct span){ counts->items[n].text, counts->items[n].len }, text))
			return n;
	}
	return HASH_NONE;
}

static uint32_t make(struct counts *counts, struct span text, uint32_t hash)
{
	uint32_t number = (uint32_t)counts->count++;

	counts->items = mem_grow(counts->items, &counts->capacity, counts->count, sizeof(*counts->items));
	counts->items[number] = (struct count){ mem_text_of(text.ptr, text.len), text.len, 0 };
	hash_put(&counts->index, hash, number);
	return number;
}

void counts_add(struct counts *counts, struct span text, uint64_t count)
{
	uint32_t hash, number;

	hash_seed(&counts->index);
	hash = hash_of_bytes(&counts->index, text.ptr, text.len);
	number = find(counts, text, hash);
	if (number == HASH_NONE && counts->count == COUNTS_MAX)
		return;
	if (number == HASH_NONE)
		number = make(counts, text, hash);
	counts->items[number].count += count;
}

static int compare(const void *left, const void *right)
{
	const struct count *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return span_compare((struct span){ a->text, a->len }, (struct span){ b->text, b->len });
}

void counts_sort(struct counts *counts)
{
	if (counts->count > 1)
		qsort(counts->items, counts->count, sizeof(*counts->items), compare);
}

void counts_free(struct counts *counts)
{
	for (size_t i = 0; i < counts->count; i++)
		free(counts->items[i].text);
	free(counts->items);
	hash_free(&counts->index);
	*counts = (struct counts){ 0 };
}
