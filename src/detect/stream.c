/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stream: a log that is read block by block, and what its blocks must know of each other.
 *
 * A block does not know which line its first line repeats, nor the time of first lines without one. A stream does,
 * since its blocks come to it one after another. It also knows up to which time its log has been read.
 */
#include "detect/stream.h"

#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "log/rotation.h"

enum { LAST_EVENTS = 16 }; /* of a block; the earliest of them counts as its end */

/* When the log begins, by its first bytes. The clock of a host may be wrong, so the earliest of their lines counts. A
 * log that is read from a later place has no such time. */
static int64_t first_time(const struct source *source, struct matcher *matcher)
{
	struct span head = source_head(source);
	const char *line = head.ptr, *end = head.ptr + head.len, *newline;
	int64_t when, first = INT64_MAX;

	if (!source_is_at_head(source))
		return WHEN_UNKNOWN;
	while (line < end && (newline = memchr(line, '\n', (size_t)(end - line))) != NULL) {
		if (matcher_time(matcher, match_line(line, newline), &when) && when < first)
			first = when;
		line = newline + 1;
	}
	return first < INT64_MAX ? first : WHEN_UNKNOWN;
}

/* Up to when a block goes. One line of a host whose clock is ahead does not decide. */
static int64_t block_until(const struct batch *batch)
{
	size_t first = batch->count > LAST_EVENTS ? batch->count - LAST_EVENTS : 0;
	int64_t until = batch->last_time;

	for (size_t i = first; i < batch->count; i++) {
		if (batch->events[i].time != WHEN_UNKNOWN && batch->events[i].time < until)
			until = batch->events[i].time;
	}
	return until;
}

static uint64_t number_of_name(const char *name)
{
	FREED_BY(mem_free) char *base = mem_text(name);
	uint64_t number;

	if (!rotation_base(name, base))
		base[rotation_unpacked_length(name)] = '\0';
	number = digest_of(base, strlen(base));
	return number;
}

void stream_begin(struct stream *s, struct scan_log *log, uint32_t source, struct matcher *matcher,
		  struct pieces *pieces)
{
	struct span head = source_head(log->source);

	*s = (struct stream){ .log = log, .lines.log = log, .source = source,
			      .server = source_server(log->source), .wrapping = wrapping_of(head.ptr, head.len) };
	s->name = number_of_name(source_name(log->source));
	s->in_pieces = pieces_take(pieces, s->name);
	log->last_time = WHEN_UNKNOWN;
	matcher_begin(matcher, source_reference(log->source), s->server);
	s->scanned_until = s->merged_until = first_time(log->source, matcher);
}

void stream_end(struct stream *s, struct pieces *pieces)
{
	/* the last one of a log's rotations decides */
	(void)pieces_take(pieces, s->name);
	if (s->in_pieces)
		pieces_add(pieces, s->name);
	s->log->lines += s->lines.too_long;
	s->log->too_long += s->lines.too_long;
	lines_free(&s->lines);
	buf_free(&s->last_text);
}

int stream_compare(const void *a, const void *b)
{
	const struct stream *x = a, *y = b;

	if (x->merged_until != y->merged_until)
		return x->merged_until < y->merged_until ? -1 : 1;
	return span_compare(source_head(x->log->source), source_head(y->log->source));
}

size_t stream_unwrap(struct stream *s, char *bytes, size_t len)
{
	if (s->wrapping == WRAPPING_NONE)
		return len;
	/* a line that was passed over may be a piece */
	s->in_pieces |= s->lines.behind_gap;
	return wrapping_take_off(s->wrapping, &s->in_pieces, bytes, len);
}

void stream_put(struct stream *s, struct batch *batch)
{
	struct batch **place = &s->done;

	while (*place != NULL && (*place)->number < batch->number)
		place = &(*place)->next;
	batch->next = *place;
	*place = batch;
	if (batch->last_time != WHEN_UNKNOWN && batch->last_time > s->scanned_until)
		s->scanned_until = batch->last_time;
}

void stream_advance(struct stream *s, const struct batch *batch)
{
	s->next_block++;
	s->merged = batch->ends_log;
	if (batch->last_time != WHEN_UNKNOWN)
		s->merged_until = block_until(batch);
	else if (s->merged_until == WHEN_UNKNOWN)
		s->merged_until = source_reference(s->log->source);
}

/* Gives lines without a time that of the last line before them, else that of the log. */
static void settle_times(const struct stream *s, struct batch *batch)
{
	int64_t last = s->log->last_time;
	size_t unknown = 0;

	for (; unknown < batch->count && batch->events[unknown].time == WHEN_UNKNOWN; unknown++)
		batch->events[unknown].time = last != WHEN_UNKNOWN ? last : source_reference(s->log->source);
	if (unknown > 0)
		batch_sort(batch);
}

/* How many of the lines at the front repeat the last event. Another host speaks of a line of its own. */
static size_t count_repeats(struct stream *s, const struct batch *batch)
{
	size_t count = 0;

	while (s->last_is_event && count < batch->leading_count) {
		s->last_is_event = batch->leading[count].host == s->last_host;
		count += s->last_is_event;
	}
	return count;
}

static struct batch *settle_repeats(struct stream *s, const struct batch *batch)
{
	struct event again = s->last;
	uint32_t once = again.repeats > 0 ? again.count / again.repeats : again.count;
	size_t count = count_repeats(s, batch);
	struct batch *repeats = batch_new(count, count * s->last_text.len);

	for (size_t i = 0; i < count; i++) {
		again.count = event_times(once, batch->leading[i].times);
		again.repeats = again.lines = batch->leading[i].times;
		again.offset = batch->leading[i].offset;
		batch_add_copy(repeats, &again);
	}
	batch_sort(repeats);
	return repeats;
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
	s->last_host = batch->last_host;
	buf_clear(&s->last_text);
	if (s->last.line.len == 0) {
		buf_add_span(&s->last_text, s->last.user);
		s->last.user.ptr = s->last_text.ptr;
		return;
	}
	buf_add_span(&s->last_text, s->last.line);
	if (s->last.user.len > 0)
		s->last.user.ptr = s->last_text.ptr + (s->last.user.ptr - s->last.line.ptr);
	s->last.line.ptr = s->last_text.ptr;
}

/* Takes out the events of lines that may be the rest of a longer one. */
static void settle_pieces(const struct stream *s, struct pieces *pieces, struct batch *batch)
{
	size_t kept = 0;
	bool changed = false;

	for (size_t i = 0; i < batch->count; i++) {
		struct event *event = &batch->events[i];
		uint64_t connection = event->connection;

		if (!pieces_believes(pieces, s->name, event))
			continue;
		changed |= kept != i || event->connection != connection;
		batch->events[kept++] = *event;
	}
	changed |= kept != batch->count;
	batch->count = kept;
	if (changed)
		batch_sort(batch);
}

struct batch *stream_settle(struct stream *s, struct batch *batch, struct pieces *pieces)
{
	struct batch *repeats;

	settle_times(s, batch);
	repeats = settle_repeats(s, batch);
	/* before pieces are taken out: a line may repeat the last event as its line is */
	remember_last(s, batch);
	settle_pieces(s, pieces, repeats);
	settle_pieces(s, pieces, batch);
	s->log->lines += batch->lines;
	s->log->too_long += batch->too_long;
	s->log->headless += batch->headless;
	if (batch->last_time != WHEN_UNKNOWN)
		s->log->last_time = batch->last_time;
	return repeats;
}
