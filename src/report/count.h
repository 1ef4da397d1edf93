/* SPDX-License-Identifier: GPL-2.0-or-later */
/* count: how often each of many texts came. */
#ifndef MAILBAN_REPORT_COUNT_H
#define MAILBAN_REPORT_COUNT_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/span.h"

struct count {
	char *text;             /* any bytes */
	size_t len;
	uint64_t count;
};

/* Zero-initialise it; counts_free() gives the memory back. */
struct counts {
	struct count *items;
	size_t count, capacity;
	struct hash index;      /* numbers of items by their text; of no use once the items are sorted */
};

enum { COUNTS_MAX = 100000 };

void counts_add(struct counts *counts, struct span text, uint64_t count);

/* Sorts the items: the most frequent first, equally frequent ones by their bytes. Nothing may be added afterwards. */
void counts_sort(struct counts *counts);
void counts_free(struct counts *counts);

#endif
