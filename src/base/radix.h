/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_BASE_RADIX_H
#define MAILBAN_BASE_RADIX_H

#include <stddef.h>
#include <stdint.h>

/* Sorts fewer than 2^32 words by all their bits from that number on (0: all of them); words that are the same there
 * stay in their order. Scratch has room for as many. Returns the one of both arrays that the sorted words stand in. */
const uint64_t *radix_sort(uint64_t *words, uint64_t *scratch, size_t count, unsigned from_bit);

#endif
