/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seen: the addresses that failed for one user name, and when each last did. Inside src/judge only. */
#ifndef MAILBAN_JUDGE_SEEN_H
#define MAILBAN_JUDGE_SEEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEEN_MAX = 64 };    /* those that failed last */

struct seen {
	uint32_t *entries;     /* numbers in the store: a ring of room places, those without one hold UINT32_MAX */
	uint32_t *times;       /* of each, behind the entries in the same memory */
	uint8_t first, count, room;
};

void seen_free(struct seen *seen);

/* Notes that the address failed, forgetting the one that did so longest ago where there are too many. False where it
 * had failed inside the window already. */
bool seen_add(struct seen *seen, uint32_t entry, uint32_t time, int64_t window);

/* The i-th of them, from 0, which failed longest ago: its number in the store, and when. */
static inline uint32_t seen_entry(const struct seen *seen, size_t i)
{
	return seen->entries[(seen->first + i) & (seen->room - 1U)];
}

static inline uint32_t seen_time(const struct seen *seen, size_t i)
{
	return seen->times[(seen->first + i) & (seen->room - 1U)];
}

#endif
