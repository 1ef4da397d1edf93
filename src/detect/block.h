/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_BLOCK_H
#define MAILBAN_DETECT_BLOCK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/event.h"
#include "detect/match.h"

/* The events of one block of a log, in the order of its lines. */
struct batch {
	struct event *events;      /* their users and lines point into texts */
	size_t count, capacity;
	char *texts;
	size_t texts_used, texts_room;
	uint64_t lines, too_long;
	int64_t last_time;         /* of the last line with a readable time; EVENT_TIME_UNKNOWN: none has */
	uint32_t leading_repeats;  /* the block began with "last message repeated", this often in all */
	uint64_t leading_offset;   /* of the first of them */
	bool ends_with_event;      /* the last line was the last event */
	struct batch *next;
	uint64_t number;           /* of the block within its log */
};

struct batch *batch_new(void);
void batch_free(struct batch *batch);

/* Turns the complete lines of a block into events. bytes end with a newline, but for a last line that is
 * taken without one. offset: of the first byte within the log. source: its number.
 * want_lines: events bring their lines. */
void block_scan(struct matcher *matcher, const char *bytes, size_t len, uint64_t offset, uint32_t source,
		bool want_lines, struct batch *batch);

#endif
