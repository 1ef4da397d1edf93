/* SPDX-License-Identifier: GPL-2.0-or-later */
/* search: the place of a key in what is sorted. */
#ifndef MAILBAN_BASE_SEARCH_H
#define MAILBAN_BASE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>

/* Returns how many items, each of size bytes, stand before the key. That is also the number of the first item that does
 * not, or count. is_before() must hold for these items, and for no item behind them. The compiler inlines it. */
static inline size_t search_first(const void *items, size_t count, size_t size,
	bool (*is_before)(const void *item, const void *key), const void *key)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (is_before((const char *)items + middle * size, key))
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

#endif
