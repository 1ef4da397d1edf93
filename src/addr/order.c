/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order: sorts a great many addresses by counting.
 *
 * A radix sort over the bits that differ at all, of keys that remember where they came from; so it serves
 * every kind of item that has an address. IPv4 networks fit into words, of which a million take three passes. Stable.
 */
#include "addr/order.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/radix.h"

enum {
	DIGITS = 17, VALUES = 256, /* of a key: the prefix, then 16 bytes from the last to the first */
	/* an IPv4 network as one word: the address, the prefix, the number */
	NUMBER_BITS = 26, PREFIX_BITS = 6, WORD_BITS = 64,
};

_Static_assert(NUMBER_BITS + PREFIX_BITS + WORD_BITS / 2 == WORD_BITS, "an IPv4 network and its number fill a word");

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

static inline const struct addr *item(const struct addr *first, size_t stride, size_t i)
{
	return (const struct addr *)(const void *)((const char *)first + i * stride);
}

static size_t count_v4(const struct addr *first, size_t stride, size_t count)
{
	size_t v4 = 0;

	for (size_t i = 0; i < count; i++)
		v4 += addr_is_v4(item(first, stride, i));
	return v4;
}

/* Writes the numbers of the items of one family, of which there are so many. */
static void order_family(const struct addr *first, size_t stride, size_t count, bool v4, size_t members,
			 uint32_t *order)
{
	struct key *keys = mem_alloc(members, sizeof(*keys)), *scratch = mem_alloc(members, sizeof(*scratch));
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		const struct addr *a = item(first, stride, i);

		if (addr_is_v4(a) == v4)
			keys[n++] = (struct key){ a->hi, a->lo, (uint32_t)i, a->prefix };
	}
	sort_family(keys, scratch, members, order);
	free(keys);
	free(scratch);
}

static void order_v4(const struct addr *first, size_t stride, size_t count, size_t members, uint32_t *order)
{
	uint64_t *words = mem_alloc(members, sizeof(*words)), *scratch = mem_alloc(members, sizeof(*scratch));
	const uint64_t *sorted;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		const struct addr *a = item(first, stride, i);

		if (addr_is_v4(a))
			words[n++] = a->lo << (WORD_BITS / 2) | (uint64_t)(a->prefix - ADDR_V4_BITS) << NUMBER_BITS | i;
	}
	sorted = radix_sort(words, scratch, members, NUMBER_BITS);
	for (size_t i = 0; i < members; i++)
		order[i] = (uint32_t)(sorted[i] & ((UINT32_C(1) << NUMBER_BITS) - 1));
	free(words);
	free(scratch);
}

uint32_t *addr_order(const struct addr *first, size_t stride, size_t count)
{
	uint32_t *order = mem_alloc(count, sizeof(*order));
	size_t v4 = count_v4(first, stride, count);

	if (count > UINT32_MAX)
		msg_die("a list of more than 4294967295 addresses is beyond this program");
	if (count >> NUMBER_BITS == 0)
		order_v4(first, stride, count, v4, order);
	else
		order_family(first, stride, count, true, v4, order);
	if (v4 < count)
		order_family(first, stride, count, false, count - v4, order + v4);
	return order;
}
