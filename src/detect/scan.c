/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan: logs to events, on several threads, in the order of time.
 *
 * Each worker does all kinds of work in turn. It reads the next block of a log, which one worker at a time may read,
 * and finds the block's events. If no other worker merges, it merges blocks and hands events on. Decompression of one
 * log cannot be divided: meanwhile other workers find events in the blocks before, or read other logs.
 *
 * 1. Each log has a time up to which it was merged. Before its first block that is the time of its first line.
 * 2. The next block to merge is of the log that was merged least far. So the scan goes through logs side by side,
 *    and through rotations of one log one after another. The logs alone decide which block is next.
 * 3. Lines of a log may be out of order by SLACK. So an event is handed on when all logs were merged up to SLACK
 *    behind it.
 * 4. Workers may be ahead of (2) by few blocks. They choose logs in the same way, by how far logs were scanned.
 *    That changes nothing.
 *
 * The memory does not depend on the size of a log. Nothing is opened here.
 */
#include "detect/scan.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detect/block.h"
#include "detect/merge.h"
#include "detect/stream.h"

enum {
	SLACK = 60,                          /* seconds that lines of a log may be out of order */
	AHEAD_BYTES_MAX = 16 * 1024 * 1024,  /* of all events and batches that are not merged */
	AHEAD_NEXT_MAX = 16,                 /* of the log that is merged next: blocks that are not merged */
	BATCH_BYTES = 4096,                  /* about what a batch without events takes */
};

struct work {
	struct scan *scan;
	struct stream *streams;
	size_t left;               /* logs that are not yet merged */
	bool merging;              /* a worker does */
	struct merge merge;        /* of the worker that merges */
	struct sessions *sessions; /* of the worker that merges: the scan's, or own_sessions */
	struct sessions own_sessions;
	size_t ahead_bytes;        /* of batches that are not merged */
	pthread_mutex_t lock;      /* guards all but the merge; a worker owns some members of streams */
	pthread_cond_t changed;
};

struct worker {
	struct work *work;
	struct matcher *matcher;
	struct drift *drift;       /* this worker's own; NULL: not wanted */
	char *block;
	bool reports;              /* this worker tells the progress */
};

/* ---- merging ---- */

static size_t batch_bytes(const struct batch *batch)
{
	return BATCH_BYTES + batch->count * sizeof(*batch->events) + batch->texts_used;
}

/* The log that was merged least far; NULL: all were merged. */
static struct stream *next_to_merge(const struct work *w)
{
	struct stream *next = NULL;

	for (size_t i = 0; w->left > 0 && i < w->scan->log_count; i++) {
		struct stream *s = &w->streams[i];

		if (!s->merged && (next == NULL || s->merged_until < next->merged_until))
			next = s;
	}
	return next;
}

/* The time up to which all events are there. */
static int64_t settled_until(const struct work *w)
{
	const struct stream *next = next_to_merge(w);

	if (next == NULL)
		return INT64_MAX;
	return next->merged_until > WHEN_UNKNOWN + SLACK ? next->merged_until - SLACK : WHEN_UNKNOWN;
}

/* Hands an event to the caller of the scan. */
static void take_settled(void *context, const struct event *event)
{
	const struct scan *scan = context;

	scan->logs[event->source].events++;
	scan->take(scan->context, event);
}

static void take_merged(void *context, const struct event *event)
{
	struct work *w = context;

	sessions_take(w->sessions, event, take_settled, w->scan);
}

/* Called with the lock, which is given up meanwhile. */
static void merge_batch(struct work *w, struct stream *s, struct batch *batch)
{
	struct batch *repeats;
	int64_t until;

	s->done = batch->next;
	w->ahead_bytes -= batch_bytes(batch);
	stream_advance(s, batch);
	w->left -= s->merged;
	until = settled_until(w);
	pthread_mutex_unlock(&w->lock);
	repeats = stream_settle(s, batch, &w->sessions->pieces);
	merge_add(&w->merge, batch);
	merge_add(&w->merge, repeats);
	merge_hand_on(&w->merge, until, take_merged, w);
	pthread_mutex_lock(&w->lock);
	pthread_cond_broadcast(&w->changed);
}

/* Merges the blocks that are next in order, as far as they are there. One worker at a time does this. Called with the
 * lock. */
static bool merge_all(struct work *w)
{
	struct stream *s;
	bool any = false;

	if (w->merging)
		return false;
	w->merging = true;
	while ((s = next_to_merge(w)) != NULL && s->done != NULL && s->done->number == s->next_block) {
		merge_batch(w, s, s->done);
		any = true;
	}
	w->merging = false;
	return any;
}

/* ---- workers ---- */

static bool may_read(const struct work *w, const struct stream *s, const struct stream *next)
{
	uint64_t ahead = s->blocks_read - s->next_block;

	if (s->reading || s->ended || (s == next && ahead >= AHEAD_NEXT_MAX))
		return false;
	/* the block that the merge waits for is read in any case */
	return (s == next && ahead == 0) || w->ahead_bytes < AHEAD_BYTES_MAX;
}

/* The log to read next; NULL: none. If the merge waits for a block of a log, it is that log. Else, while few blocks are
 * ahead, it is the log that was scanned least far. */
static struct stream *choose(struct work *w)
{
	const struct stream *next = next_to_merge(w);
	struct stream *chosen = NULL;

	for (size_t i = 0; next != NULL && i < w->scan->log_count; i++) {
		struct stream *s = &w->streams[i];

		if (may_read(w, s, next) && (chosen == NULL || s->scanned_until < chosen->scanned_until))
			chosen = s;
		if (chosen == next && next->blocks_read == next->next_block)
			break;
	}
	return chosen;
}

static void read_and_scan(struct worker *worker, struct stream *s)
{
	struct work *w = worker->work;
	struct block block = { .bytes = worker->block, .source = s->source,
			       .stream = (uint32_t)(s - w->streams), .want_lines = w->scan->want_lines };
	uint64_t number;
	struct batch *batch;
	bool ended;

	s->reading = true;
	pthread_mutex_unlock(&w->lock);
	block.len = lines_read(&s->lines, worker->block, &block.offset);
	block.len = stream_unwrap(s, worker->block, block.len);
	block.behind_gap = s->lines.behind_gap;
	ended = s->lines.ended;
	pthread_mutex_lock(&w->lock);
	s->ended = ended;
	number = s->blocks_read++;
	s->reading = false;
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	matcher_begin(worker->matcher, source_reference(s->log->source), s->server);
	batch = block_scan(worker->matcher, &block);
	batch->number = number;
	batch->ends_log = ended;
	pthread_mutex_lock(&w->lock);
	stream_put(s, batch);
	w->ahead_bytes += batch_bytes(batch);
}

static void tell_progress(const struct work *w)
{
	uint64_t all_done = 0, all = 0, done, total;

	for (size_t i = 0; i < w->scan->log_count; i++) {
		source_progress(w->scan->logs[i].source, &done, &total);
		all_done += done;
		all += total;
	}
	w->scan->progress(w->scan->progress_context, all_done, all);
}

static void *worker_run(void *argument)
{
	struct worker *worker = argument;
	struct work *w = worker->work;

	pthread_mutex_lock(&w->lock);
	while (w->left > 0) {
		struct stream *s = choose(w);

		if (s != NULL)
			read_and_scan(worker, s);
		if (!merge_all(w) && s == NULL && w->left > 0)
			pthread_cond_wait(&w->changed, &w->lock);
		if (worker->reports)
			tell_progress(w);
	}
	pthread_cond_broadcast(&w->changed);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void worker_init(struct worker *worker, struct work *w)
{
	*worker = (struct worker){ .work = w, .matcher = matcher_new(w->scan->engine) };
	worker->block = mem_zalloc(LINES_ROOM, 1);
	if (w->scan->drift != NULL) {
		worker->drift = drift_new();
		matcher_watch(worker->matcher, worker->drift);
	}
}

static void worker_end(struct worker *worker)
{
	const struct scan *scan = worker->work->scan;

	for (size_t i = 0; i < engine_ruleset(scan->engine)->count; i++)
		scan->limit_hits[i] += matcher_limit_hits(worker->matcher, (uint16_t)i);
	if (scan->drift != NULL)
		drift_merge(scan->drift, worker->drift);
	drift_free(worker->drift);
	matcher_free(worker->matcher);
	free(worker->block);
}

static void work_init(struct work *w, struct scan *scan, struct matcher *matcher)
{
	w->left = scan->log_count;
	w->sessions = scan->sessions != NULL ? scan->sessions : &w->own_sessions;
	w->streams = mem_zalloc(scan->log_count + 1, sizeof(*w->streams));
	for (size_t i = 0; i < scan->log_count; i++)
		stream_begin(&w->streams[i], &scan->logs[i], (uint32_t)i, matcher, &w->sessions->pieces);
	qsort(w->streams, scan->log_count, sizeof(*w->streams), stream_compare);
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
}

static void work_end(struct work *w)
{
	for (size_t i = 0; i < w->scan->log_count; i++)
		stream_end(&w->streams[i], &w->sessions->pieces);
	w->scan->most_waiting = w->merge.most_bytes;
	merge_free(&w->merge);
	sessions_free(&w->own_sessions);
	free(w->streams);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->changed);
}

void scan_run(struct scan *scan)
{
	unsigned threads = scan->threads > 0 ? scan->threads : 1, started = 1;
	FREED_BY(mem_free) struct worker *workers = mem_zalloc(threads, sizeof(*workers));
	FREED_BY(mem_free) pthread_t *ids = mem_zalloc(threads, sizeof(*ids));
	struct work w = { .scan = scan };

	for (unsigned i = 0; i < threads; i++)
		worker_init(&workers[i], &w);
	work_init(&w, scan, workers[0].matcher);
	workers[0].reports = scan->progress != NULL;
	/* if a thread cannot be started, the others do its work */
	while (started < threads && pthread_create(&ids[started], NULL, worker_run, &workers[started]) == 0)
		started++;
	worker_run(&workers[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(ids[i], NULL);
	for (unsigned i = 0; i < threads; i++)
		worker_end(&workers[i]);
	work_end(&w);
}
