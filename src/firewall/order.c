/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * order: sorts what the kernel listed.
 *
 * A listing comes in the order of the kernel's hash table. Comparing is what makes sorting slow, so this
 * is a radix sort, the last byte first: of keys with the number of their entry, since an entry is large.
 * A byte that is the same in all keys costs nothing, which is what makes one algorithm right for both
 * families: IPv4 takes four passes, IPv6 networks of /64 eight.
 */
#include "firewall/order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { RADIX = 256, KEY_BYTES = 17 };

struct key {
	uint64_t hi, lo;
	uint32_t index;
	uint8_t prefix;
};

/* Byte 0 is the prefix, which decides last; then the address from its end. */
static unsigned byte_of(const struct key *k, unsigned n)
{
	if (n == 0)
		return k->prefix;
	return (unsigned)((n <= 8 ? k->lo >> (8 * (n - 1)) : k->hi >> (8 * (n - 9))) & 0xff);
}

/* Sorts by one byte from one array into the other; false, and nothing moved, where all bytes are equal. */
static bool pass(const struct key *from, struct key *to, size_t count, unsigned n)
{
	size_t place[RADIX] = { 0 }, sum = 0;

	for (size_t i = 0; i < count; i++)
		place[byte_of(&from[i], n)]++;
	if (place[byte_of(&from[0], n)] == count)
		return false;
	for (unsigned b = 0; b < RADIX; b++) {
		size_t here = place[b];

		place[b] = sum;
		sum += here;
	}
	for (size_t i = 0; i < count; i++)
		to[place[byte_of(&from[i], n)]++] = from[i];
	return true;
}

void order_entries(struct firewall_entry *entries, size_t count)
{
	struct key *keys, *other, *swap;
	struct firewall_entry *sorted;

	if (count < 2)
		return;
	keys = mem_alloc(count, sizeof(*keys));
	other = mem_alloc(count, sizeof(*other));
	for (size_t i = 0; i < count; i++)
		keys[i] = (struct key){ .hi = entries[i].net.hi, .lo = entries[i].net.lo, .index = (uint32_t)i,
					.prefix = entries[i].net.prefix };
	for (unsigned n = 0; n < KEY_BYTES; n++) {
		if (pass(keys, other, count, n)) {
			swap = keys;
			keys = other;
			other = swap;
		}
	}
	sorted = mem_alloc(count, sizeof(*sorted));
	for (size_t i = 0; i < count; i++)
		sorted[i] = entries[keys[i].index];
	memcpy(entries, sorted, count * sizeof(*sorted));
	free(sorted);
	free(keys);
	free(other);
}
