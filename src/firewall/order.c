/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order: sorts what the kernel listed.
 *
 * A listing comes in the order of the kernel's hash table. Comparing is what makes sorting slow, so this is
 * a radix sort, the lowest digit first: by prefix, by the lower and by the upper half of the address. It
 * moves small keys with the numbers of their entries, since an entry is large, and passes over digits that
 * are the same in all keys. That makes one algorithm right for both families: IPv4 takes three passes, IPv6
 * networks of /64 at most six.
 */
#include "firewall/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { DIGIT_BITS = 11, DIGITS = 1 << DIGIT_BITS };

struct key {
	uint64_t bits;
	uint32_t index;
};

struct keys {
	struct key *now, *other;
	size_t count;
};

static void sort_digit(struct keys *k, unsigned shift)
{
	size_t place[DIGITS] = { 0 }, sum = 0;
	struct key *swap = k->other;

	for (size_t i = 0; i < k->count; i++)
		place[k->now[i].bits >> shift & (DIGITS - 1)]++;
	for (unsigned d = 0; d < DIGITS; d++) {
		size_t here = place[d];

		place[d] = sum;
		sum += here;
	}
	for (size_t i = 0; i < k->count; i++)
		k->other[place[k->now[i].bits >> shift & (DIGITS - 1)]++] = k->now[i];
	k->other = k->now;
	k->now = swap;
}

/* Sorts by what the keys hold in bits, keeping the order that equal ones have. */
static void sort_bits(struct keys *k)
{
	uint64_t differ = 0;

	for (size_t i = 1; i < k->count; i++)
		differ |= k->now[i].bits ^ k->now[0].bits;
	for (unsigned shift = 0; shift < 64; shift += DIGIT_BITS) {
		if ((differ >> shift & (DIGITS - 1)) != 0)
			sort_digit(k, shift);
	}
}

struct firewall_entry *order_entries(struct firewall_entry *entries, size_t count)
{
	struct keys k = { .count = count };
	struct firewall_entry *sorted;

	if (count < 2)
		return entries;
	k.now = mem_alloc(count, sizeof(*k.now));
	k.other = mem_alloc(count, sizeof(*k.other));
	for (size_t i = 0; i < count; i++)
		k.now[i] = (struct key){ entries[i].net.prefix, (uint32_t)i };
	sort_bits(&k);
	for (size_t i = 0; i < count; i++)
		k.now[i].bits = entries[k.now[i].index].net.lo;
	sort_bits(&k);
	for (size_t i = 0; i < count; i++)
		k.now[i].bits = entries[k.now[i].index].net.hi;
	sort_bits(&k);
	sorted = mem_alloc(count, sizeof(*sorted));
	for (size_t i = 0; i < count; i++)
		sorted[i] = entries[k.now[i].index];
	free(k.now);
	free(k.other);
	free(entries);
	return sorted;
}
