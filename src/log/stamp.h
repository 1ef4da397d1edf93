/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_STAMP_H
#define MAILBAN_LOG_STAMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

/* Turns the texts of times into seconds since the epoch. One reader a thread and a source: it remembers the last minute
 * that it worked out. Times without a zone are local to TZ (localtime(3)). In the hour that comes twice, of two that a
 * clock shows alike, the first one is meant. */
struct stamp_reader {
	int64_t reference;       /* when the log was last written: a time without a year is the nearest one
	                            not more than two weeks after this */
	char minute_text[32];    /* the last text up to the minute, and what it meant */
	size_t minute_len;
	int64_t minute;
};

void stamp_begin(struct stamp_reader *reader, int64_t reference);

/* Whether the text is a time; then *when is it, in seconds since the epoch. */
bool stamp_read(struct stamp_reader *reader, struct span text, int64_t *when);

#endif
