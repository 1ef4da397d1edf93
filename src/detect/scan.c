/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan: logs to events, on several threads, in the order of the logs and their lines.
 *
 * Each worker does all of the work in turn: it reads the next block of a log (one reader a log at a time),
 * finds the block's events, and, where the block is next in order, hands the events on. While one worker
 * reads a log another one finds events in its last block or reads the next log, so that decompression, which
 * cannot be divided within a log, is done side by side. Events of later logs wait in memory up to a limit.
 * The memory does not depend on the size of a log. Nothing is opened here.
 */
#include "detect/scan.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detect/block.h"
#include "detect/lines.h"

enum {
	GROUP = 16,                          /* events that are announced at a time */
	AHEAD_BYTES_MAX = 16 * 1024 * 1024,  /* events that wait for an earlier log, in all */
	AHEAD_BLOCKS_MAX = 4096,             /* blocks of one log that wait for an earlier log */
};

/* A log while it is read. The lock guards everything but lines, which belongs to the worker that is reading, and
 * what is handed on, which belongs to the one that hands on. */
struct stream {
	struct scan_log *log;
	struct lines lines;
	const char *server;        /* whose own file it is */
	bool reading, ended;
	uint64_t bytes_done, bytes_total; /* as stored, for the progress */
	uint64_t blocks_read;
	uint64_t next_block;       /* the one to hand on next */
	struct batch *done;        /* found and waiting, by number */
	size_t waiting_bytes;
	struct event last;         /* the event of the last line, for "last message repeated" */
	struct buf last_user, last_line;
	bool last_is_event;
};

struct work {
	struct scan *scan;
	struct stream *streams;
	size_t turn;               /* the log whose events are handed on */
	bool handing_on;
	size_t waiting_bytes;      /* of batches of logs behind the one whose turn it is */
	struct batch *free;
	pthread_mutex_t lock;
	pthread_cond_t changed;
	atomic_uint changes;       /* how often something was told of by it */
};

struct worker {
	struct work *work;
	struct matcher *matcher;
	struct drift *drift;       /* this worker's own; NULL: not wanted */
	char *block;
	bool reports;              /* this one tells the progress */
};

/* ---- waiting ---- */

/* Called with the lock. */
static void tell_change(struct work *w)
{
	atomic_fetch_add(&w->changes, 1);
	pthread_cond_broadcast(&w->changed);
}

/* Waits until another worker has done something; called with the lock. A block is read in less time than it takes to
 * sleep and to be woken, so for about that long the worker stays awake. */
static void wait_for_change(struct work *w)
{
	enum { LOOKS = 2000 };
	unsigned seen = atomic_load(&w->changes);

	pthread_mutex_unlock(&w->lock);
	for (unsigned i = 0; i < LOOKS && atomic_load(&w->changes) == seen; i++) {
#ifdef __x86_64__
		__builtin_ia32_pause();
#endif
	}
	pthread_mutex_lock(&w->lock);
	while (atomic_load(&w->changes) == seen)
		pthread_cond_wait(&w->changed, &w->lock);
}

/* ---- handing on ---- */

static void hand_on(struct work *w, struct stream *s, struct event *event)
{
	if (event->time == EVENT_TIME_UNKNOWN)
		event->time = s->log->last_time != EVENT_TIME_UNKNOWN ? s->log->last_time
								       : source_reference(s->log->source);
	s->log->events++;
	w->scan->take(w->scan->context, event);
}

static void hand_on_leading_repeats(struct work *w, struct stream *s, const struct batch *batch)
{
	struct event again = s->last;
	uint32_t once = again.repeats > 0 ? again.count / again.repeats : again.count;

	for (size_t i = 0; s->last_is_event && i < batch->leading_count; i++) {
		again.count = event_times(once, batch->leading[i].times);
		again.repeats = batch->leading[i].times;
		again.offset = batch->leading[i].offset;
		again.user = (struct span){ s->last_user.ptr, s->last_user.len };
		again.line = (struct span){ s->last_line.ptr, s->last_line.len };
		hand_on(w, s, &again);
	}
}

static void remember_last(struct stream *s, const struct batch *batch)
{
	bool only_repeats = batch->leading_count > 0 && batch->leading_count == batch->lines;

	if (batch->lines == 0 || only_repeats)
		return;
	s->last_is_event = batch->ends_with_event;
	if (!s->last_is_event)
		return;
	s->last = batch->events[batch->count - 1];
	buf_clear(&s->last_user);
	buf_add_span(&s->last_user, s->last.user);
	buf_clear(&s->last_line);
	buf_add_span(&s->last_line, s->last.line);
}

/* A number below 0 is larger than all. */
static void expect(const struct work *w, const struct batch *batch, size_t number, enum scan_when when)
{
	if (w->scan->expect != NULL && number < batch->count)
		w->scan->expect(w->scan->context, &batch->events[number],
				batch->count - number < GROUP ? batch->count - number : GROUP, when);
}

static void hand_on_batch(struct work *w, struct stream *s, struct batch *batch)
{
	hand_on_leading_repeats(w, s, batch);
	for (size_t i = 0; i < batch->count + 2 * GROUP; i += GROUP) {
		size_t next = i - 2 * GROUP;

		expect(w, batch, i, SCAN_SOON);
		expect(w, batch, i - GROUP, SCAN_VERY_SOON);
		expect(w, batch, next, SCAN_NEXT);
		for (size_t k = next; i >= 2 * GROUP && k < batch->count && k < next + GROUP; k++)
			hand_on(w, s, &batch->events[k]);
	}
	remember_last(s, batch);
	s->log->lines += batch->lines;
	s->log->too_long += batch->too_long;
	if (batch->last_time != EVENT_TIME_UNKNOWN)
		s->log->last_time = batch->last_time;
}

static size_t batch_bytes(const struct batch *batch)
{
	return batch->count * sizeof(*batch->events) + batch->texts_used;
}

static void put_in_order(struct stream *s, struct batch *batch)
{
	struct batch **place = &s->done;

	while (*place != NULL && (*place)->number < batch->number)
		place = &(*place)->next;
	batch->next = *place;
	*place = batch;
	s->waiting_bytes += batch_bytes(batch);
}

/* Moves the turn on past logs of which everything has been handed on. */
static void move_turn(struct work *w)
{
	while (w->turn < w->scan->log_count) {
		struct stream *s = &w->streams[w->turn];

		if (s->reading || !s->ended || s->next_block < s->blocks_read)
			return;
		w->turn++;
		if (w->turn < w->scan->log_count)
			w->waiting_bytes -= w->streams[w->turn].waiting_bytes;
	}
}

/* Hands on what is next in order, as far as it is there. Called with the lock, which is given up while
 * events are handed on; only one worker does this at a time. */
static bool hand_on_all(struct work *w)
{
	bool any = false;

	if (w->handing_on)
		return false;
	w->handing_on = true;
	for (;;) {
		struct stream *s;
		struct batch *batch;

		move_turn(w);
		if (w->turn >= w->scan->log_count)
			break;
		s = &w->streams[w->turn];
		batch = s->done;
		if (batch == NULL || batch->number != s->next_block)
			break;
		s->done = batch->next;
		s->waiting_bytes -= batch_bytes(batch);
		pthread_mutex_unlock(&w->lock);
		hand_on_batch(w, s, batch);
		pthread_mutex_lock(&w->lock);
		s->next_block++;
		batch->next = w->free;
		w->free = batch;
		any = true;
		tell_change(w);
	}
	w->handing_on = false;
	return any;
}

/* ---- workers ---- */

static struct batch *take_batch(struct work *w)
{
	struct batch *batch = w->free;

	if (batch == NULL)
		return batch_new();
	w->free = batch->next;
	return batch;
}

/* The log to read next: the first one that nobody is reading; logs behind the turn only while the events
 * that wait for it are few. NULL: none. */
static struct stream *choose(struct work *w)
{
	size_t end = w->turn + 2 * (size_t)w->scan->threads;

	for (size_t i = w->turn; i < w->scan->log_count && i < end; i++) {
		struct stream *s = &w->streams[i];

		if (i > w->turn && w->waiting_bytes > AHEAD_BYTES_MAX)
			return NULL;
		if (!s->reading && !s->ended && s->blocks_read - s->next_block < (i > w->turn ? AHEAD_BLOCKS_MAX : 16))
			return s;
	}
	return NULL;
}

static void read_and_scan(struct worker *worker, struct stream *s)
{
	struct work *w = worker->work;
	struct block block = { .bytes = worker->block, .source = (uint32_t)(s->log - w->scan->logs),
			       .want_lines = w->scan->want_lines };
	struct batch *batch = take_batch(w);
	uint64_t bytes_done = 0, bytes_total = 0;

	s->reading = true;
	pthread_mutex_unlock(&w->lock);
	block.len = lines_read(&s->lines, worker->block, &block.offset);
	block.behind_gap = s->lines.behind_gap;
	source_progress(s->log->source, &bytes_done, &bytes_total);
	pthread_mutex_lock(&w->lock);
	s->bytes_done = bytes_done;
	s->bytes_total = bytes_total;
	s->ended = s->lines.ended;
	batch->number = s->blocks_read++;
	s->reading = false;
	tell_change(w);
	pthread_mutex_unlock(&w->lock);
	matcher_begin(worker->matcher, source_reference(s->log->source));
	matcher_set_server(worker->matcher, s->server);
	block_scan(worker->matcher, &block, batch);
	pthread_mutex_lock(&w->lock);
	put_in_order(s, batch);
	if (s > &w->streams[w->turn])
		w->waiting_bytes += batch_bytes(batch);
}

/* Only who reads a source may ask it how far it is; so that is written down while it is asked. */
static void tell_progress(const struct work *w)
{
	uint64_t done = 0, total = 0;

	for (size_t i = 0; i < w->scan->log_count; i++) {
		done += w->streams[i].bytes_done;
		total += w->streams[i].bytes_total;
	}
	w->scan->progress(w->scan->progress_context, done, total);
}

static void *worker_run(void *argument)
{
	struct worker *worker = argument;
	struct work *w = worker->work;

	pthread_mutex_lock(&w->lock);
	while (w->turn < w->scan->log_count) {
		struct stream *s = choose(w);

		if (s != NULL)
			read_and_scan(worker, s);
		if (!hand_on_all(w) && s == NULL && w->turn < w->scan->log_count)
			wait_for_change(w);
		if (worker->reports)
			tell_progress(w);
	}
	tell_change(w);
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void worker_init(struct worker *worker, struct work *w)
{
	*worker = (struct worker){ .work = w, .matcher = matcher_new(w->scan->engine) };
	worker->block = mem_zalloc(LINES_ROOM, 1);
	if (w->scan->want_phrases)
		matcher_want_phrases(worker->matcher);
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

static void work_init(struct work *w, struct scan *scan)
{
	*w = (struct work){ .scan = scan };
	w->streams = mem_zalloc(scan->log_count + 1, sizeof(*w->streams));
	for (size_t i = 0; i < scan->log_count; i++) {
		w->streams[i].log = &scan->logs[i];
		w->streams[i].lines.source = scan->logs[i].source;
		w->streams[i].server = source_server(scan->logs[i].source);
		w->streams[i].lines.take_unterminated = scan->logs[i].take_unterminated;
		source_progress(scan->logs[i].source, &w->streams[i].bytes_done, &w->streams[i].bytes_total);
		scan->logs[i].last_time = EVENT_TIME_UNKNOWN;
	}
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->changed, NULL);
}

static void work_end(struct work *w)
{
	for (size_t i = 0; i < w->scan->log_count; i++) {
		struct stream *s = &w->streams[i];

		s->log->consumed = s->lines.consumed;
		s->log->failed = s->lines.failed;
		s->log->lines += s->lines.too_long;
		s->log->too_long += s->lines.too_long;
		lines_free(&s->lines);
		buf_free(&s->last_user);
		buf_free(&s->last_line);
	}
	for (struct batch *batch = w->free, *next; batch != NULL; batch = next) {
		next = batch->next;
		batch_free(batch);
	}
	free(w->streams);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->changed);
}

void scan_run(struct scan *scan)
{
	unsigned threads = scan->threads > 0 ? scan->threads : 1, started = 1;
	struct worker *workers = mem_zalloc(threads, sizeof(*workers));
	pthread_t *ids = mem_zalloc(threads, sizeof(*ids));
	struct work w;

	work_init(&w, scan);
	for (unsigned i = 0; i < threads; i++)
		worker_init(&workers[i], &w);
	workers[0].reports = scan->progress != NULL;
	/* a thread that cannot be had is done without: the others do its work */
	while (started < threads && pthread_create(&ids[started], NULL, worker_run, &workers[started]) == 0)
		started++;
	worker_run(&workers[0]);
	for (unsigned i = 1; i < started; i++)
		pthread_join(ids[i], NULL);
	for (unsigned i = 0; i < threads; i++)
		worker_end(&workers[i]);
	work_end(&w);
	free(workers);
	free(ids);
}
