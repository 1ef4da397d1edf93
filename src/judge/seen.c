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

enum { STEP = 8 }; /* room is a multiple of it: so many are compared at a time */

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

/* Whether the address is one of them: all are compared, without a branch between. */
static inline bool holds(const struct seen *seen, uint32_t entry)
{
	typedef uint32_t lanes __attribute__((vector_size(16), may_alias));
	const lanes *at = (const lanes *)(const void *)seen->entries;
	lanes wanted = { entry, entry, entry, entry }, any = { 0 };

	for (size_t i = 0; i + 2 * STEP <= seen->room; i += 2 * STEP, at += 4)
		any |= (lanes)(at[0] == wanted) | (lanes)(at[1] == wanted) | (lanes)(at[2] == wanted) | (lanes)(at[3] == wanted);
	if (seen->room == STEP)
		any |= (lanes)(at[0] == wanted) | (lanes)(at[1] == wanted);
	return (any[0] | any[1] | any[2] | any[3]) != 0;
}

/* Which one the address is; their number where it is none. */
static inline size_t find(const struct seen *seen, uint32_t entry)
{
	size_t i = 0;

	if (!holds(seen, entry))
		return seen->count;
	while (seen->entries[i] != entry)
		i++;
	return (i - seen->first) & (seen->room - 1U);
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
	} else if (seen_time(seen, 1) > time) {
		/* older than all that stay: it is the first again */
		put(seen, 0, entry, time);
		return true;
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
