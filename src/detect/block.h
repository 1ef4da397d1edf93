/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_BLOCK_H
#define MAILBAN_DETECT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/event.h"
#include "detect/match.h"

/* A line "last message repeated". */
struct repeated {
	uint64_t offset;
	uint64_t host;             /* the host that wrote it (detect/repeated) */
	uint32_t times;
};

/* The events of one block of a log. */
struct batch {
	struct event *events;      /* in the order of its lines; their users and lines point into texts */
	size_t count, capacity;
	struct event **sorted;     /* the same in the order in which they are handed on (detect/event) */
	size_t sorted_room;
	char *texts;
	size_t texts_used;
	uint64_t lines, too_long, headless;
	int64_t last_time;         /* of the last line with a readable time; WHEN_UNKNOWN: no line has one */
	struct repeated *leading;  /* the block began with so many lines "last message repeated" */
	size_t leading_count, leading_capacity;
	bool ends_with_event;      /* the last line was the last event */
	uint64_t last_host;        /* the host that wrote that line (detect/repeated) */
	bool ends_log;             /* nothing comes behind the block */
	struct batch *next;
	uint64_t number;           /* of the block within its log */
};

/* With room for so many events and bytes of their texts. */
struct batch *batch_new(size_t count, size_t text_bytes);
void batch_free(struct batch *batch);

/* Adds a copy of the event and of its texts, for which there is room. */
void batch_add_copy(struct batch *batch, const struct event *event);

/* Sorts the events anew. */
void batch_sort(struct batch *batch);

/* Some complete lines of a log. */
struct block {
	const char *bytes;         /* end with a newline, but for a last line that is taken without one */
	size_t len;
	uint64_t offset;           /* of the first byte within the log */
	uint32_t source, stream;   /* its numbers (struct event) */
	bool behind_gap;           /* the line before them was passed over: nothing here repeats it */
	bool want_lines;           /* events bring their lines */
};

/* Turns a block into events, and sorts them. The caller frees the batch. */
struct batch *block_scan(struct matcher *matcher, const struct block *block);

#endif
