/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_MATCH_H
#define MAILBAN_DETECT_MATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/drift.h"
#include "detect/engine.h"
#include "detect/event.h"
#include "log/header.h"
#include "log/stamp.h"

enum {
	MATCH_LINE_MAX = 1 << 16, /* bytes; a longer line is no line of a mail server and is passed over */
	/* Bytes of a message; no pattern that looks at the end of a line is tried on a longer one. Syslog daemons cut
	 * lines of 1024 bytes and more, and a client that makes its line long chooses where. */
	MATCH_WHOLE_MAX = 800,
	/* A matcher stops asking a rule that has met a limit of PCRE2 so often: each time costs a millisecond. */
	MATCH_LIMIT_HITS_MAX = 1000,
};

enum match_verdict {
	MATCH_NONE,      /* no rule knows the line */
	MATCH_EVENT,
	MATCH_REPEATED,  /* "last message repeated N times": the event before once more, N times; only count is set */
};

/* What one thread needs to turn lines into events. */
struct matcher;

struct matcher *matcher_new(struct engine *engine);
void matcher_free(struct matcher *matcher);

/* A new log, or another block of it: when it was last written, in seconds since the epoch; and the server whose own
 * file it is (struct header), borrowed, or NULL: it is not known to be anybody's. What looks like the line of another
 * program is none in such a file: a server may write a login's name as it came, newlines included. nginx does, in lines
 * like its own: nothing in its file is believed (matcher_believes()). */
void matcher_begin(struct matcher *matcher, int64_t reference, const char *server);

/* Whether lines of the server's own file are believed. server NULL: the file is not known to be anybody's. */
bool matcher_believes(const char *server);

/* For lines that have no header: what program they are of. NULL: they have one. Borrowed. */
void matcher_set_program(struct matcher *matcher, const char *program);

/* From now on counts what the rules know of each program's lines. Borrowed. */
void matcher_watch(struct matcher *matcher, struct drift *drift);

/* One line without its newline; its event's user points into it. The event's time is WHEN_UNKNOWN
 * where the line's cannot be read; its source and offset are the caller's to set. */
enum match_verdict matcher_line(struct matcher *matcher, struct span line, struct event *event);

/* The line that ends before its newline, or before \r and newline. */
static inline struct span match_line(const char *line, const char *newline)
{
	size_t len = (size_t)(newline - line);

	return (struct span){ line, len > 0 && newline[-1] == '\r' ? len - 1 : len };
}

/* When the line says it was written, in seconds since the epoch; false where that cannot be read. */
bool matcher_time(struct matcher *matcher, struct span line, int64_t *when);

/* The header of the line that matcher_line() saw last. */
const struct header *matcher_header(const struct matcher *matcher);

/* Tries one rule alone on a message, without its literals: for those who write rules. */
bool matcher_try(struct matcher *matcher, uint16_t rule, struct span message, struct event *event);

/* How often a rule ran into a limit of PCRE2 since the matcher was made; MATCH_LIMIT_HITS_MAX: it is asked no more. */
uint64_t matcher_limit_hits(const struct matcher *matcher, uint16_t rule);

#endif
