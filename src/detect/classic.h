/* SPDX-License-Identifier: GPL-2.0-or-later */
/* classic: the judgement of the shell recipe, for whoever wants to compare: `scan --classic`. */
#ifndef MAILBAN_DETECT_CLASSIC_H
#define MAILBAN_DETECT_CLASSIC_H

#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "detect/event.h"

enum { CLASSIC_PHRASES = 3 }; /* that the recipe looks for */

/* An address and how many lines about it hold each phrase. */
struct classic_row {
	uint64_t lo;                       /* of the mapped IPv4 address */
	uint32_t lines[CLASSIC_PHRASES];
	int64_t first[CLASSIC_PHRASES], last[CLASSIC_PHRASES]; /* seconds since the epoch */
};

/* Zero-initialise it. */
struct classic {
	struct classic_row *rows;
	size_t count, capacity;
	struct hash index;
};

/* Counts an event that brings its line. */
void classic_add(struct classic *classic, const struct event *event);
void classic_free(struct classic *classic);

/* What a scan shows of an address. */
struct classic_total {
	struct addr addr;
	uint64_t count;
	int64_t first, last;
	uint8_t event_class;               /* the one that comes nearest to the phrase */
};

/* Every IPv4 address with more than one line for any one phrase, sorted, with the lines of the phrase that has most of
 * them. Returns how many; the caller frees *rows. */
size_t classic_totals(const struct classic *classic, struct classic_total **rows);

#endif
