/* SPDX-License-Identifier: GPL-2.0-or-later */
/* totals: how many events of each class an address made, for `scan`. They count what came, whatever it weighs. */
#ifndef MAILBAN_DETECT_TOTALS_H
#define MAILBAN_DETECT_TOTALS_H

#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "detect/event.h"

/* Of one class. Times in seconds since the epoch. */
struct total {
	uint32_t count;
	uint32_t first, last;
};

/* Of one address. */
struct totals_row {
	struct addr addr;
	struct total by_class[CLASS_COUNT];
};

/* Zero-initialise it; totals_free() gives the memory back. */
struct totals {
	struct totals_row *rows; /* by address, each once, after totals_sort() */
	size_t count, capacity;
};

/* Counts an event. *place is the number of the address's row plus one; 0: it has none yet, and gets one. */
void totals_add(struct totals *totals, uint32_t *place, const struct addr *addr, const struct event *event,
		uint32_t time);
void totals_sort(struct totals *totals);
void totals_free(struct totals *totals);

/* The row of the address; NULL: there is none. The rows are sorted. */
const struct totals_row *totals_find(const struct totals *totals, const struct addr *addr);

#endif
