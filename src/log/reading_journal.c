/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading_journal: a journal among the logs of a run.
 *
 * A journal has no files to find again. Reading goes on behind the entry that the state's cursor names. A journal
 * keeps only so much. If that entry is gone, reading goes on at the first later entry, and the time between is told as
 * lost.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "log/reading_inside.h"

/* The state names journals of other hosts by their folders. */
static void take_name(struct reading_log *log, const char *directory)
{
	struct buf text = { 0 };
	char *real;

	if (directory == NULL)
		return;
	real = realpath(directory, NULL);
	buf_addf(&text, "%s in %s", log->names.log, real != NULL ? real : directory);
	free(real);
	free(log->names.log);
	log->names.log = buf_take(&text);
}

static const struct position *find(struct reading *reading, const char *log)
{
	for (size_t i = 0; i < reading->old->count; i++) {
		const struct position *old = &reading->old->items[i];

		if (old->cursor != NULL && strcmp(old->log, log) == 0) {
			reading->claimed[i] = true;
			return old;
		}
	}
	return NULL;
}

static void note_gap(struct reading *reading, const char *log, int64_t from, int64_t to)
{
	struct buf span = { 0 };

	reading_add_span(&span, from, to);
	reading_note(reading, READING_LOST, "%s%s the entry that the last run stopped at is gone; entries "
		     "made%s, if there were any, are lost: let the journal keep more, or run more often",
		     log, source_colon(log), buf_text(&span));
	buf_free(&span);
}

static void keep_place(struct reading *reading, const struct position *old)
{
	if (old != NULL)
		positions_add(&reading->kept, old, old->log);
}

void reading_open_journal(struct reading_log *log, const char *directory)
{
	log->journal = source_open(log->names.log, directory, &log->why, NULL);
	take_name(log, directory);
}

void reading_add_journal(struct reading *reading, struct reading_log *log)
{
	const struct position *old = find(reading, log->names.log);
	const char *cursor = old != NULL && !reading->full ? old->cursor : NULL;
	struct reading_source *added;

	if (log->journal == NULL || !source_begin(log->journal, cursor, &log->why)) {
		reading_note(reading, READING_UNREADABLE, "%s%s %s", log->names.log, source_colon(log->names.log),
			     buf_text(&log->why));
		keep_place(reading, old);
		return;
	}
	added = reading_add_source(reading, log->names.log, log->journal);
	added->take_unterminated = true;
	added->old = old;
	if (!reading->full)
		added->not_before = log->read_up_to;
	if (source_gap(log->journal) != WHEN_UNKNOWN)
		note_gap(reading, log->names.log, old->last_time, source_gap(log->journal));
	log->journal = NULL;
}
