/* SPDX-License-Identifier: GPL-2.0-or-later */
/* totals: how many events of each class an address made, for `scan`. They count what came, whatever it weighs. */
#ifndef MAILBAN_JUDGE_TOTALS_H
#define MAILBAN_JUDGE_TOTALS_H

#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/hash.h"
#include "detect/event.h"

/* One address and class. */
struct total {
	struct addr addr;
	uint64_t count;
	int64_t first, last;     /* seconds since the epoch */
	uint8_t event_class;
};

/* Zero-initialise it; totals_free() gives the memory back. */
struct totals {
	struct total *all;       /* by address, then class, after totals_sort() */
	size_t count, capacity;
	struct hash index;
};

void totals_add(struct totals *totals, const struct addr *addr, const struct event *event);
void totals_sort(struct totals *totals);
void totals_free(struct totals *totals);

/* The total of the address and class; NULL: there is none. */
const struct total *totals_find(const struct totals *totals, const struct addr *addr, unsigned event_class);

#endif
