/* SPDX-License-Identifier: GPL-2.0-or-later */
/* merge: batches of several logs whose events are handed on by time. Begins as zero. */
#ifndef MAILBAN_DETECT_MERGE_H
#define MAILBAN_DETECT_MERGE_H

#include <stddef.h>
#include <stdint.h>

#include "detect/block.h"

/* A batch of which events wait, in their order. */
struct run {
	struct event **next, **end;
	struct batch *batch;
};

struct merge {
	struct run *runs;
	size_t count, capacity;
	uint64_t bytes;          /* of events that wait, with their texts */
	uint64_t most_bytes;     /* the most that ever waited */
};

/* Takes over a batch of sorted events, and frees it when all of them were handed on. */
void merge_add(struct merge *merge, struct batch *batch);

/* Takes an event that is handed on, and does not keep it. */
typedef void merge_take(void *context, const struct event *event);

/* Hands on each event before that time (seconds since the epoch), in order. Where more wait than there is room for, the
 * first of them are handed on all the same. */
void merge_hand_on(struct merge *merge, int64_t before, merge_take *take, void *context);

void merge_free(struct merge *merge); /* when nothing waits any more */

#endif
