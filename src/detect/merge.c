/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * merge: batches of several logs whose events are handed on by time.
 *
 * Events stay where their block was scanned, in batches that are sorted each for itself. The batch with the first event
 * gives events until the first event of another batch is due. Blocks of one log seldom overlap by more than seconds, so
 * most events cost one look at another batch, and few batches wait.
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

/* The run with the first event, but for that one; NULL: there is no other. */
static struct run *first_but(const struct merge *m, const struct run *but)
{
	struct run *first = NULL;

	for (size_t i = 0; i < m->count; i++) {
		struct run *run = &m->runs[i];

		if (run != but && (first == NULL || event_is_before(*run->next, *first->next)))
			first = run;
	}
	return first;
}

static void hand_on(struct merge *m, int64_t before, uint64_t room, merge_take *take, void *context)
{
	while (m->count > 0) {
		struct run *run = first_but(m, NULL), *other = first_but(m, run);

		do {
			const struct event *event = *run->next;

			if (event->time >= before && m->bytes <= room)
				return;
			m->bytes -= bytes_of(event);
			take(context, event);
			run->next++;
		} while (run->next < run->end && (other == NULL || event_is_before(*run->next, *other->next)));
		if (run->next < run->end)
			continue;
		batch_free(run->batch);
		*run = m->runs[--m->count];
	}
}

static void add_run(struct merge *m, struct batch *batch)
{
	m->runs = mem_grow(m->runs, &m->capacity, m->count + 1, sizeof(*m->runs));
	m->runs[m->count++] = (struct run){ batch->sorted, batch->sorted + batch->count, batch };
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
