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
	uint32_t times;
};

/* The events of one block of a log, in the order of its lines. */
struct batch {
	struct event *events;      /* their users and lines point into texts */
	size_t count, capacity;
	char *texts;
	size_t texts_used, texts_room;
	uint64_t lines, too_long;
	int64_t last_time;         /* of the last line with a readable time; EVENT_TIME_UNKNOWN: none has */
	struct repeated *leading;  /* the block began with so many lines "last message repeated" */
	size_t leading_count, leading_capacity;
	bool ends_with_event;      /* the last line was the last event */
	struct batch *next;
	uint64_t number;           /* of the block within its log */
};

struct batch *batch_new(void);
void batch_free(struct batch *batch);

/* Some complete lines of a log. */
struct block {
	const char *bytes;         /* end with a newline, but for a last line that is taken without one */
	size_t len;
	uint64_t offset;           /* of the first byte within the log */
	uint32_t source;           /* its number */
	bool behind_gap;           /* the line before them was passed over: nothing here repeats it */
	bool want_lines;           /* events bring their lines */
};

/* Turns a block into events. */
void block_scan(struct matcher *matcher, const struct block *block, struct batch *batch);

#endif
