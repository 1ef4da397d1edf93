/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reading: what a run reads, in which order and from where, and where the next run goes on.
 *
 *	reading_open(&reading, logs, log_count, &options);
 *	reading_begin(&reading, &old);            works on bytes of strangers, and opens nothing
 *	for each reading.notes[i]: tell; for each reading.sources[i]: scan, and fill in what is told back
 *	reading_finish(&reading, &next);
 *	reading_free(&reading);
 */
#ifndef MAILBAN_LOG_READING_H
#define MAILBAN_LOG_READING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "log/position.h"
#include "log/source.h"

struct reading_options {
	bool full;             /* read every log from its start */
	const char *directory; /* of journals; NULL: this host's */
	const struct source_bounds *bounds; /* of what is compressed; NULL: SOURCE_BOUNDS */
};

/* One file to read. Belongs to the reading. */
struct reading_source {
	struct source *source;
	bool take_unterminated; /* a finished file: its last line counts even without a newline */
	int64_t not_before;     /* older lines were counted by earlier runs; WHEN_UNKNOWN: none were */
	bool rewritten;         /* that is because the last line read is gone */
	/* told back by who has read it: */
	uint64_t consumed;      /* uncompressed bytes of lines taken, from source_start() on */
	int64_t last_time;      /* of the last line read, or WHEN_UNKNOWN */
	uint64_t left_out;      /* events from before not_before */
	bool failed;            /* it broke off; source_error() says why, and the reader has told it */
	/* its own: */
	const char *log;        /* the name of its log */
	const struct position *old; /* where the last run stopped in this file, or NULL */
	bool live;              /* it is the file that is written to, or may still be */
};

enum reading_note_kind {
	READING_UNREADABLE,   /* the run is done in part */
	READING_LOST,         /* lines may have gone unread, because a file is not there any more */
};

struct reading_note {
	enum reading_note_kind kind;
	char *text;        /* "FILE: what is wrong; what to do" */
};

struct reading_log;

struct reading {
	struct reading_source *sources; /* log by log, in each the oldest first */
	size_t count, capacity;
	struct reading_note *notes;
	size_t note_count, note_capacity;
	bool in_part;                /* a note says READING_UNREADABLE, or a source failed */
	/* its own: */
	const struct positions *old;
	bool full, usual;            /* usual: no log was named */
	int64_t not_before;          /* what the files had before that was read in the journal; WHEN_UNKNOWN: nothing */
	struct source_bounds bounds;
	bool *claimed;               /* which of the old positions were found again */
	struct reading_log *logs;
	size_t log_count;
	struct positions kept;       /* of files and logs of which this run reads nothing */
};

/* Opens all files that may be read, and looks at none. logs: paths, globs, "journal:[UNIT,...]". Where log_count is 0,
 * the usual paths, or else the journal. Where a directory is named and no log, it is that directory's journal. A log
 * that rotated is found with its siblings. */
void reading_open(struct reading *reading, char *const *logs, size_t log_count, const struct reading_options *options);

/* Finds out what they are and where to go on. old is not changed, and must live until reading_free().
 * Neither ever fails: what cannot be read is a note, which the second one makes. */
void reading_begin(struct reading *reading, const struct positions *old);

/* Adds the new positions to next, which is empty. Every source must have been read to its end. */
void reading_finish(struct reading *reading, struct positions *next);
void reading_free(struct reading *reading);

#endif
