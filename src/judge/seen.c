/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * seen: the addresses that failed for one user name, and when each last did.
 *
 * A name that botnets guess has more of them than are remembered, and each failure is by another address: so the usual
 * case is that none of them is it, and that the first one goes. They stand in a ring, by time, and are looked through
 * several at a time. What is remembered depends on the events alone.
 */
#include "judge/seen.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { STEP = 8 }; /* compared at a time: the compiler makes few instructions of it; room is a multiple */

void seen_free(struct seen *seen)
{
	free(seen->entries);
	*seen = (struct seen){ 0 };
}

static void grow(struct seen *seen)
{
	unsigned room = seen->room != 0 ? seen->room * 2U : STEP;
	uint32_t *entries = mem_alloc(room, 2 * sizeof(*entries));

	for (unsigned i = 0; i < room; i++) {
		entries[i] = i < seen->count ? seen_entry(seen, i) : UINT32_MAX;
		entries[room + i] = i < seen->count ? seen_time(seen, i) : 0;
	}
	free(seen->entries);
	*seen = (struct seen){ .entries = entries, .times = entries + room, .count = seen->count, .room = (uint8_t)room };
}

/* Which one the address is; their number where it is none. */
static size_t find(const struct seen *seen, uint32_t entry)
{
	for (size_t i = 0; i < seen->room; i += STEP) {
		uint32_t any = 0;

		for (size_t k = 0; k < STEP; k++)
			any |= seen->entries[i + k] == entry ? UINT32_MAX : 0;
		for (size_t k = 0; any != 0; k++) {
			if (seen->entries[i + k] == entry)
				return (i + k - seen->first) & (seen->room - 1U);
		}
	}
	return seen->count;
}

static void put(struct seen *seen, size_t i, uint32_t entry, uint32_t time)
{
	size_t at = (seen->first + i) & (seen->room - 1U);

	seen->entries[at] = entry;
	seen->times[at] = time;
}

bool seen_add(struct seen *seen, uint32_t entry, uint32_t time, int64_t window)
{
	size_t at = find(seen, entry);
	bool recent = false;

	if (at < seen->count) {
		recent = (int64_t)time - (int64_t)seen_time(seen, at) <= window;
		time = time > seen_time(seen, at) ? time : seen_time(seen, at);
		for (; at + 1 < seen->count; at++)
			put(seen, at, seen_entry(seen, at + 1), seen_time(seen, at + 1));
	} else if (seen->count < SEEN_MAX) {
		if (seen->count == seen->room)
			grow(seen);
		seen->count++;
	} else {
		seen->first = (uint8_t)((seen->first + 1U) & (SEEN_MAX - 1U));
	}
	/* it goes where its time belongs, which nearly always is the end */
	at = seen->count - 1U;
	for (; at > 0 && seen_time(seen, at - 1) > time; at--)
		put(seen, at, seen_entry(seen, at - 1), seen_time(seen, at - 1));
	put(seen, at, entry, time);
	return !recent;
}
