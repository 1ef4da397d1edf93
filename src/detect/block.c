/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * block: some complete lines of a log to their events.
 *
 * A block knows nothing of the blocks before it. Its first lines may tell no time, or repeat a line of an earlier
 * block. detect/stream, which puts blocks in order, completes them. So the result does not depend on where a log was
 * cut.
 */
#define _GNU_SOURCE
#include "detect/block.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detect/repeated.h"

enum { LINE_USUAL = 128 }; /* bytes: of shorter lines a block has more events than room at first */

struct cursor {
	struct matcher *matcher;
	struct batch *batch;
	const struct block *block;
	const char *resolved_at;   /* up to here the time is known: resolved_time, or none */
	int64_t resolved_time;
	bool previous_is_event;    /* the line before was the last event of the batch, or repeated it */
	struct span host;          /* that wrote the last event */
	bool only_repeats;         /* so far */
};

struct batch *batch_new(size_t count, size_t text_bytes)
{
	struct batch *b = mem_zalloc(1, sizeof(*b));

	b->last_time = WHEN_UNKNOWN;
	b->events = mem_grow(NULL, &b->capacity, count, sizeof(*b->events));
	b->texts = mem_alloc(text_bytes, 1);
	return b;
}

void batch_free(struct batch *batch)
{
	free(batch->events);
	free(batch->sorted);
	free(batch->texts);
	free(batch->leading);
	free(batch);
}

void batch_sort(struct batch *b)
{
	b->sorted = mem_grow(b->sorted, &b->sorted_room, b->count, sizeof(*b->sorted));
	for (size_t i = 0; i < b->count; i++)
		b->sorted[i] = &b->events[i];
	event_sort(b->sorted, b->count);
}

/* The time of the nearest line before at whose time can be read. Each line is looked at once, however many lines have
 * no time. */
static int64_t time_before(struct cursor *c, const char *at)
{
	const char *end = at;
	int64_t when = c->resolved_time;

	while (end > c->resolved_at) {
		const char *before = memrchr(c->block->bytes, '\n', (size_t)(end - 1 - c->block->bytes));
		const char *line = before != NULL ? before + 1 : c->block->bytes;

		if (line < c->resolved_at)
			break;
		if (matcher_time(c->matcher, match_line(line, end - 1), &when))
			break;
		end = line;
	}
	c->resolved_at = at;
	c->resolved_time = when;
	return when;
}

static struct event *next_event(struct batch *b)
{
	if (b->count == b->capacity)
		b->events = mem_grow(b->events, &b->capacity, b->count + 1, sizeof(*b->events));
	return &b->events[b->count];
}

static struct span keep_text(struct batch *b, struct span text)
{
	char *copy = b->texts + b->texts_used;

	if (text.len > 0)
		memcpy(copy, text.ptr, text.len);
	b->texts_used += text.len;
	return (struct span){ copy, text.len };
}

static void keep_texts(struct batch *b, struct event *event, struct span line)
{
	if (line.len > 0) {
		size_t user_at = event->user.len > 0 ? (size_t)(event->user.ptr - line.ptr) : 0;

		event->line = keep_text(b, line);
		event->user.ptr = event->line.ptr + user_at;
	} else {
		event->line.len = 0;
		event->user = keep_text(b, event->user);
	}
}

void batch_add_copy(struct batch *b, const struct event *event)
{
	struct event *copy = next_event(b);

	*copy = *event;
	keep_texts(b, copy, event->line);
	b->count++;
}

static void take_event(struct cursor *c, struct event *event, struct span line)
{
	event->offset = c->block->offset + (uint64_t)(line.ptr - c->block->bytes);
	event->source = c->block->source;
	event->stream = c->block->stream;
	if (event->time == WHEN_UNKNOWN) {
		event->time = time_before(c, line.ptr);
	} else {
		c->resolved_at = line.ptr;
		c->resolved_time = event->time;
	}
	/* the order of events depends on the address, too */
	if ((event->flags & EVENT_NO_ADDRESS) != 0)
		event->addr = (struct addr){ .prefix = ADDR_BITS };
	keep_texts(c->batch, event, c->block->want_lines ? line : (struct span){ NULL, 0 });
	c->batch->count++;
	c->previous_is_event = true;
	c->host = matcher_header(c->matcher)->host;
	c->only_repeats = false;
}

static void take_repeated(struct cursor *c, uint32_t times, const char *line)
{
	struct span host = matcher_header(c->matcher)->host;
	struct batch *b = c->batch;
	struct event *again;

	if (c->only_repeats) {
		b->leading = mem_grow(b->leading, &b->leading_capacity, b->leading_count + 1, sizeof(*b->leading));
		b->leading[b->leading_count++] = (struct repeated){
			c->block->offset + (uint64_t)(line - c->block->bytes), repeated_host(host), times
		};
		return;
	}
	c->previous_is_event = c->previous_is_event && span_equal(host, c->host);
	if (!c->previous_is_event)
		return;
	again = next_event(b);
	*again = b->events[b->count - 1];
	/* the repeated line is counted times more; a line that repeats a repetition means the same line */
	again->count = event_times(again->repeats > 0 ? again->count / again->repeats : again->count, times);
	again->repeats = again->lines = times;
	again->offset = c->block->offset + (uint64_t)(line - c->block->bytes);
	b->count++;
}

static void take_line(struct cursor *c, struct span line)
{
	struct event *event = next_event(c->batch);
	enum match_verdict verdict = matcher_line(c->matcher, line, event);

	c->batch->headless += matcher_header(c->matcher)->stamp.len == 0;
	c->batch->too_long += line.len > MATCH_LINE_MAX;
	if (verdict == MATCH_EVENT)
		take_event(c, event, line);
	else if (verdict == MATCH_REPEATED)
		take_repeated(c, event->count, line.ptr);
	else
		c->previous_is_event = c->only_repeats = false;
}

struct batch *block_scan(struct matcher *matcher, const struct block *block)
{
	/* all lines, or all users, are together no longer than the block: texts never move while it fills */
	struct batch *batch = batch_new(block->len / LINE_USUAL, block->len);
	struct cursor c = { .matcher = matcher, .batch = batch, .block = block, .resolved_at = block->bytes,
			    .resolved_time = WHEN_UNKNOWN, .only_repeats = !block->behind_gap };
	const char *at = block->bytes, *end = at + block->len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		newline = newline != NULL ? newline : end;
		batch->lines++;
		take_line(&c, match_line(at, newline));
		at = newline + 1;
	}
	batch->ends_with_event = c.previous_is_event && !c.only_repeats;
	batch->last_host = batch->ends_with_event ? repeated_host(c.host) : 0;
	batch->last_time = time_before(&c, at);
	batch_sort(batch);
	return batch;
}
