/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merge: batches of several logs whose events are handed on by time.
 *
 * Events stay where their block was scanned, in batches that are sorted each for itself. A heap of batches has the one
 * with the first event at its top. That batch gives events until the first event of another batch is due. Blocks of
 * one log seldom overlap by more than seconds, so most events cost one look at another batch.
 *
 * One event can keep a batch: if the clock of a host is ahead, each batch may hold such an event. When many batches
 * are kept, their events are packed into one. Threads make no difference: the same batches and times in the same order
 * give the same calls.
 */
#include "detect/merge.h"

#include <stdlib.h>

#include "base/mem.h"

enum {
	WAITING_MAX = 64 * 1024 * 1024, /* bytes of waiting events and their texts */
	RUNS_MAX = 128,                 /* batches that wait */
};

static inline uint64_t bytes_of(const struct event *event)
{
	return sizeof(*event) + (event->line.len > 0 ? event->line.len : event->user.len);
}

static inline bool is_due(const struct merge *m, size_t a, size_t b)
{
	return event_is_before(*m->runs[a].next, *m->runs[b].next);
}

static void swap(struct merge *m, size_t a, size_t b)
{
	struct run run = m->runs[a];

	m->runs[a] = m->runs[b];
	m->runs[b] = run;
}

static void sift_up(struct merge *m, size_t at)
{
	for (; at > 0 && is_due(m, at, (at - 1) / 2); at = (at - 1) / 2)
		swap(m, at, (at - 1) / 2);
}

/* Which of the two batches below is due first; 0: there is none. */
static size_t first_below(const struct merge *m, size_t at)
{
	size_t left = 2 * at + 1;

	if (left >= m->count)
		return 0;
	return left + 1 < m->count && is_due(m, left + 1, left) ? left + 1 : left;
}

static void sift_down(struct merge *m)
{
	size_t at = 0, below;

	while ((below = first_below(m, at)) != 0 && is_due(m, below, at)) {
		swap(m, at, below);
		at = below;
	}
}

/* Brings the heap in order when its top is empty, or another batch is due. */
static void restore_heap(struct merge *m)
{
	struct run *top = &m->runs[0];

	if (top->next == top->end) {
		batch_free(top->batch);
		*top = m->runs[--m->count];
	}
	sift_down(m);
}

static void hand_on(struct merge *m, int64_t before, uint64_t room, merge_take *take, void *context)
{
	while (m->count > 0) {
		struct run *top = &m->runs[0];
		size_t below = first_below(m, 0);
		const struct event *rival = below != 0 ? *m->runs[below].next : NULL;

		do {
			const struct event *event = *top->next;

			if (event->time >= before && m->bytes <= room)
				return;
			m->bytes -= bytes_of(event);
			take(context, event);
			top->next++;
		} while (top->next < top->end && (rival == NULL || event_is_before(*top->next, rival)));
		restore_heap(m);
	}
}

static void add_run(struct merge *m, struct batch *batch)
{
	m->runs = mem_grow(m->runs, &m->capacity, m->count + 1, sizeof(*m->runs));
	m->runs[m->count] = (struct run){ batch->sorted, batch->sorted + batch->count, batch };
	sift_up(m, m->count++);
}

static void pack_event(void *context, const struct event *event)
{
	batch_add_copy(context, event);
}

static void pack(struct merge *m)
{
	uint64_t bytes = m->bytes;
	struct batch *batch;
	size_t count = 0;

	for (size_t i = 0; i < m->count; i++)
		count += (size_t)(m->runs[i].end - m->runs[i].next);
	batch = batch_new(count, (size_t)bytes - count * sizeof(struct event));
	hand_on(m, INT64_MAX, 0, pack_event, batch);
	batch_sort(batch);
	m->bytes = bytes;
	add_run(m, batch);
}

void merge_add(struct merge *m, struct batch *batch)
{
	if (batch->count == 0) {
		batch_free(batch);
		return;
	}
	for (size_t i = 0; i < batch->count; i++)
		m->bytes += bytes_of(&batch->events[i]);
	m->most_bytes = m->bytes > m->most_bytes ? m->bytes : m->most_bytes;
	add_run(m, batch);
}

void merge_hand_on(struct merge *m, int64_t before, merge_take *take, void *context)
{
	hand_on(m, before, WAITING_MAX, take, context);
	if (m->count > RUNS_MAX)
		pack(m);
}

void merge_free(struct merge *m)
{
	free(m->runs);
}
