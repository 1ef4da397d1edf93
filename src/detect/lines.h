/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_LINES_H
#define MAILBAN_DETECT_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/match.h"
#include "log/source.h"

enum {
	LINES_BLOCK = 256 * 1024,                        /* read at a time: with its events it fits in a core's
	                                                    second-level cache */
	LINES_ROOM = LINES_BLOCK + MATCH_LINE_MAX + 1,   /* bytes that lines_read() needs room for */
};

/* One log among those that a scan reads, and what the scan tells of it. */
struct scan_log {
	struct source *source;
	bool take_unterminated;  /* a last line without a newline counts, unless the log broke off there; else it is
	                            left for the next run */
	/* told by the scan: */
	uint64_t consumed;       /* uncompressed bytes of complete lines, from source_start() on */
	uint64_t lines;
	uint64_t events;
	uint64_t too_long;       /* lines over MATCH_LINE_MAX, passed over */
	uint64_t headless;       /* lines that have no time in a known form */
	int64_t last_time;       /* of the last line that has a readable time; WHEN_UNKNOWN: none has */
	bool failed;             /* source_error() says why; what came before it is counted */
};

/* A log cut into blocks of whole lines. Give it the log, of which it sets consumed and failed; the rest begins as
 * zero. */
struct log_lines {
	struct scan_log *log;
	bool ended;              /* nothing more comes */
	bool behind_gap;         /* the lines given last stand behind one that was passed over */
	uint64_t too_long;       /* lines over MATCH_LINE_MAX that were never given, since they were never held whole */
	/* its own: */
	uint64_t offset;         /* of what carry begins with, from source_start() on */
	char *carry;             /* the beginning of a line whose end has not been read */
	size_t carry_len;
	bool skipping;           /* inside a line that is too long */
	bool gap;                /* such a line ended, and no lines were given since */
};

/* Fills block, of LINES_ROOM bytes, with the next whole lines; *offset is where the first one begins in the log's
 * uncompressed bytes. Returns their length: 0 where no line is whole yet, or the log has ended. */
size_t lines_read(struct log_lines *lines, char *block, uint64_t *offset);

void lines_free(struct log_lines *lines);

#endif
