/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order: sorts addresses, whatever item they stand in, byte by byte from the last one on.
 *
 * A scan may make an account for every third line. qsort(3) of them is a tenth of its instructions, and this a
 * hundredth. A byte that is the same in all addresses costs nothing.
 */
#include "addr/order.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"

enum { DIGITS = 18, VALUES = 256 }; /* the prefix, 16 bytes from the last to the first, the family */

struct key {
	uint64_t hi, lo;
	uint32_t number;
	uint8_t prefix, family;
};

static unsigned digit_of(const struct key *k, unsigned digit)
{
	if (digit == 0)
		return k->prefix;
	if (digit == DIGITS - 1)
		return k->family;
	return (unsigned)((digit <= 8 ? k->lo >> (8 * (digit - 1)) : k->hi >> (8 * (digit - 9))) & 0xff);
}

/* Lays the keys out by that digit, equal ones in their former order. */
static void sort_by(const struct key *from, struct key *into, size_t count, unsigned digit)
{
	size_t starts[VALUES] = { 0 }, next = 0;

	for (size_t i = 0; i < count; i++)
		starts[digit_of(&from[i], digit)]++;
	for (unsigned v = 0; v < VALUES; v++) {
		size_t here = starts[v];

		starts[v] = next;
		next += here;
	}
	for (size_t i = 0; i < count; i++)
		into[starts[digit_of(&from[i], digit)]++] = from[i];
}

/* Returns which of the two arrays holds the sorted keys. */
static struct key *sort(struct key *keys, struct key *scratch, size_t count)
{
	struct key differing = { 0 };

	for (size_t i = 1; i < count; i++) {
		differing.hi |= keys[i].hi ^ keys[0].hi;
		differing.lo |= keys[i].lo ^ keys[0].lo;
		differing.prefix |= keys[i].prefix ^ keys[0].prefix;
		differing.family |= keys[i].family ^ keys[0].family;
	}
	for (unsigned digit = 0; digit < DIGITS; digit++) {
		struct key *sorted = scratch;

		if (digit_of(&differing, digit) == 0)
			continue;
		sort_by(keys, sorted, count, digit);
		scratch = keys;
		keys = sorted;
	}
	return keys;
}

uint32_t *addr_order(const struct addr *first, size_t stride, size_t count)
{
	struct key *keys = mem_alloc(count, sizeof(*keys)), *scratch = mem_alloc(count, sizeof(*scratch)), *sorted;
	uint32_t *order = mem_alloc(count, sizeof(*order));

	if (count > UINT32_MAX)
		msg_die("a list of more than 4294967295 addresses is beyond this program");
	for (size_t i = 0; i < count; i++) {
		const void *at = (const char *)first + i * stride;
		const struct addr *a = at;

		keys[i] = (struct key){ a->hi, a->lo, (uint32_t)i, a->prefix, !addr_is_v4(a) };
	}
	sorted = sort(keys, scratch, count);
	for (size_t i = 0; i < count; i++)
		order[i] = sorted[i].number;
	free(keys);
	free(scratch);
	return order;
}

static bool is_sorted(const char *items, size_t size, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const void *here = items + i * size, *before = items + (i - 1) * size;

		if (addr_compare(before, here) > 0)
			return false;
	}
	return true;
}

void addr_sort(void *items, size_t size, size_t count)
{
	char *bytes = items, *copy;
	uint32_t *order;

	if (is_sorted(bytes, size, count))
		return;
	order = addr_order(items, size, count);
	copy = mem_alloc(count, size);
	memcpy(copy, items, count * size);
	for (size_t i = 0; i < count; i++)
		memcpy(bytes + i * size, copy + order[i] * size, size);
	free(order);
	free(copy);
}
