/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * count: how often each of many texts came.
 *
 * A hash table with a seed of its own: the texts come from logs, and what an attacker types must not decide
 * how long it takes. Its memory is bounded; what goes beyond is counted as others. Sorted before it is shown.
 */
#include "report/count.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/msg.h"

static uint64_t hash(uint64_t seed, struct span text)
{
	uint64_t h = seed;

	for (size_t i = 0; i < text.len; i++) {
		h = (h ^ (unsigned char)text.ptr[i]) * UINT64_C(0x9e3779b97f4a7c15);
		h ^= h >> 32;
	}
	return h;
}

/* The slot of a text: it holds the number of its item and one, or 0 where there is none. */
static size_t *slot_of(const struct counts *counts, struct span text)
{
	for (size_t at = (size_t)hash(counts->seed, text);; at++) {
		size_t *slot = &counts->slots[at & (counts->slot_count - 1)];
		const struct count *item = *slot > 0 ? &counts->items[*slot - 1] : NULL;

		if (item == NULL || (item->len == text.len && memcmp(item->text, text.ptr, text.len) == 0))
			return slot;
	}
}

static void make_room(struct counts *counts)
{
	if (counts->slots == NULL && getrandom(&counts->seed, sizeof(counts->seed), 0) != (ssize_t)sizeof(counts->seed))
		msg_die("no random numbers to be had from the kernel; nothing was written");
	if (counts->slots != NULL && counts->count < counts->slot_count / 2)
		return;
	free(counts->slots);
	counts->slot_count = counts->slot_count > 0 ? 2 * counts->slot_count : 64;
	counts->slots = mem_zalloc(counts->slot_count, sizeof(*counts->slots));
	for (size_t i = 0; i < counts->count; i++)
		*slot_of(counts, (struct span){ counts->items[i].text, counts->items[i].len }) = i + 1;
}

void counts_add(struct counts *counts, struct span text, uint64_t count, int64_t when)
{
	struct count *item;
	size_t *slot;

	make_room(counts);
	slot = slot_of(counts, text);
	if (*slot == 0 && counts->count == COUNTS_MAX) {
		counts->others += count;
		return;
	}
	if (*slot == 0) {
		counts->items = mem_grow(counts->items, &counts->capacity, counts->count + 1, sizeof(*counts->items));
		counts->items[counts->count++] = (struct count){ mem_text_of(text.ptr, text.len), text.len, 0, when, when };
		*slot = counts->count;
	}
	item = &counts->items[*slot - 1];
	item->count += count;
	item->first = when < item->first ? when : item->first;
	item->last = when > item->last ? when : item->last;
}

static int compare(const void *left, const void *right)
{
	const struct count *a = left, *b = right;
	int order;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	order = memcmp(a->text, b->text, a->len < b->len ? a->len : b->len);
	if (order != 0)
		return order;
	return a->len < b->len ? -1 : a->len > b->len;
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
	free(counts->slots);
	*counts = (struct counts){ 0 };
}
