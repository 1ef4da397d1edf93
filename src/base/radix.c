/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * radix: sorts a great many words by counting.
 *
 * A pass lays the words out by eleven bits, the lowest first. Bits that are the same in all words cost nothing.
 */
#include "base/radix.h"

enum { WORD_BITS = 64, DIGIT_BITS = 11, DIGIT_VALUES = 1 << DIGIT_BITS };

static void sort_by(const uint64_t *from, uint64_t *into, size_t count, unsigned shift)
{
	uint32_t starts[DIGIT_VALUES] = { 0 }, next = 0;

	for (size_t i = 0; i < count; i++)
		starts[from[i] >> shift & (DIGIT_VALUES - 1)]++;
	for (unsigned v = 0; v < DIGIT_VALUES; v++) {
		uint32_t here = starts[v];

		starts[v] = next;
		next += here;
	}
	for (size_t i = 0; i < count; i++)
		into[starts[from[i] >> shift & (DIGIT_VALUES - 1)]++] = from[i];
}

const uint64_t *radix_sort(uint64_t *words, uint64_t *scratch, size_t count, unsigned from_bit)
{
	uint64_t *from = words, *into = scratch, differing = 0;

	for (size_t i = 1; i < count; i++)
		differing |= words[i] ^ words[0];
	for (unsigned shift = from_bit; shift < WORD_BITS && differing >> shift != 0; shift += DIGIT_BITS) {
		uint64_t *swap = from;

		shift += (unsigned)__builtin_ctzll(differing >> shift);
		sort_by(from, into, count, shift);
		from = into;
		into = swap;
	}
	return from;
}
