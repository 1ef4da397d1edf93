/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: what a run reads, in which order and from where, and where the next run goes on.
 *
 *	plan_make(&plan, &old, logs, log_count, &options);
 *	for each plan.notes[i]: tell; for each plan.sources[i]: scan, and fill in what is told back
 *	plan_finish(&plan, &next);       (may add notes of what broke off)
 *	plan_free(&plan);
 */
#ifndef MAILBAN_LOG_PLAN_H
#define MAILBAN_LOG_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/position.h"
#include "log/source.h"

struct plan_options {
	bool full;             /* read every log from its start */
	const char *directory; /* of journals; NULL: this host's */
};

/* One file to read. Belongs to the plan. */
struct plan_source {
	struct source *source;
	bool take_unterminated; /* a finished file: its last line counts even without a newline */
	/* told back by who has read it: */
	uint64_t consumed;      /* uncompressed bytes of lines taken, from source_start() on */
	int64_t last_time;      /* of the last line read, or POSITION_TIME_UNKNOWN */
	bool failed;            /* source_error() says why it broke off */
	/* plan's own: */
	size_t log;             /* index of its log */
	bool open, known;
	struct position old;    /* known: where the last run stopped; texts not owned */
};

enum plan_note_kind {
	PLAN_UNREADABLE,   /* the run is done in part */
	PLAN_LOST,         /* lines may have gone unread, because a file is not there any more */
};

struct plan_note {
	enum plan_note_kind kind;
	char *text;        /* "FILE: what is wrong; what to do" */
	int64_t from, to;  /* PLAN_LOST: the time span of what is lost; POSITION_TIME_UNKNOWN: not known */
};

struct plan_log;

struct plan {
	struct plan_source *sources; /* log by log, in each the oldest first */
	size_t count, capacity;
	struct plan_note *notes;
	size_t note_count, note_capacity;
	bool in_part;                /* a note says PLAN_UNREADABLE */
	/* plan's own: */
	struct plan_log *logs;
	size_t log_count, log_capacity;
	struct positions kept;       /* of files and logs that this run does not read */
};

/* logs: paths, globs, "journal:[UNIT,...]". Where log_count is 0, the usual paths, or else the journal.
 * A log that rotated is found with its siblings. old is not changed, and must live until plan_free().
 * Never fails: what cannot be read is a note. */
void plan_make(struct plan *plan, const struct positions *old, char *const *logs, size_t log_count,
	       const struct plan_options *options);

/* Adds the new positions to next, which is empty. Every source must have been read. */
void plan_finish(struct plan *plan, struct positions *next);
void plan_free(struct plan *plan);

#endif
