/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order: sorts a great many addresses by counting.
 *
 * A radix sort over the bytes that differ at all, of keys that remember where they came from; so it serves
 * every kind of item that has an address. A million IPv4 addresses take four passes. Stable.
 */
#include "addr/order.h"

#include <stdlib.h>

#include "base/mem.h"
#include "base/msg.h"

enum { DIGITS = 17, VALUES = 256 }; /* the prefix, then 16 bytes from the last to the first */

struct key {
	uint64_t hi, lo;
	uint32_t number;
	uint8_t prefix;
};

static inline unsigned digit_of(const struct key *k, unsigned digit)
{
	if (digit == 0)
		return k->prefix;
	return (unsigned)((digit <= 8 ? k->lo >> (8 * (digit - 1)) : k->hi >> (8 * (digit - 9))) & 0xff);
}

/* One stable pass: from is laid out in into by that digit. */
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

/* Sorts keys of one family and writes their numbers. A digit that is the same everywhere costs nothing. */
static void sort_family(struct key *keys, struct key *scratch, size_t count, uint32_t *order)
{
	struct key *from = keys, *into = scratch, differing = { 0 };

	for (size_t i = 1; i < count; i++) {
		differing.hi |= keys[i].hi ^ keys[0].hi;
		differing.lo |= keys[i].lo ^ keys[0].lo;
		differing.prefix |= keys[i].prefix ^ keys[0].prefix;
	}
	for (unsigned digit = 0; digit < DIGITS; digit++) {
		struct key *swap = from;

		if (digit_of(&differing, digit) == 0)
			continue;
		sort_by(from, into, count, digit);
		from = into;
		into = swap;
	}
	for (size_t i = 0; i < count; i++)
		order[i] = from[i].number;
}

uint32_t *addr_order(const struct addr *first, size_t stride, size_t count)
{
	struct key *keys = mem_alloc(count, sizeof(*keys)), *scratch = mem_alloc(count, sizeof(*scratch));
	uint32_t *order = mem_alloc(count, sizeof(*order));
	size_t v4 = 0, v6 = count;

	if (count > UINT32_MAX)
		msg_die("a list of more than 4294967295 addresses is beyond this program; nothing was written");
	/* IPv4 from the front, IPv6 from the back, which turns these round: read from the back they stand as before */
	for (size_t i = 0; i < count; i++) {
		const struct addr *a = (const struct addr *)(const void *)((const char *)first + i * stride);

		keys[addr_is_v4(a) ? v4++ : --v6] = (struct key){ a->hi, a->lo, (uint32_t)i, a->prefix };
	}
	for (size_t i = v6, j = count; i + 1 < j; i++) {
		struct key swap = keys[--j];

		keys[j] = keys[i];
		keys[i] = swap;
	}
	sort_family(keys, scratch, v4, order);
	sort_family(keys + v4, scratch, count - v4, order + v4);
	free(keys);
	free(scratch);
	return order;
}
