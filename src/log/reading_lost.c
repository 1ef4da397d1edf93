/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading_lost: says which lines went unread.
 *
 * A file that could still grow when the last run read it may be gone in any shape. Then the lines written to it
 * afterwards are lost. A missing number among the rotated files is a file that no run saw. Both files may have held
 * nothing; the time span says how much can be lost.
 */
#include <string.h>

#include "base/when.h"
#include "log/header.h"
#include "log/reading_inside.h"
#include "log/stamp.h"

int64_t reading_first_time(const struct reading_file *file)
{
	struct span head = source_head(file->source), line;
	struct stamp_reader reader;

	stamp_begin(&reader, source_reference(file->source));
	/* the first line may be cut through */
	while (span_take_line(&head, &line)) {
		struct header header;
		int64_t when;

		header_parse(&header, line.ptr, line.len);
		if (stamp_read(&reader, header.stamp, &when))
			return when;
	}
	return WHEN_UNKNOWN;
}

/* The time of the first line that this run reads from the start of a file, in the files behind the given one. */
static int64_t next_time(const struct reading_log *log, const struct reading_file *behind)
{
	for (const struct reading_file *file = behind; file < log->files + log->count; file++) {
		if (file->source != NULL && file->old == NULL && source_head(file->source).len > 0)
			return reading_first_time(file);
	}
	return WHEN_UNKNOWN;
}

void reading_add_span(struct buf *text, int64_t from, int64_t to)
{
	if (from != WHEN_UNKNOWN) {
		buf_add_text(text, " after ");
		when_add_minute(text, from);
	}
	if (to != WHEN_UNKNOWN) {
		buf_add_text(text, from != WHEN_UNKNOWN ? " and before " : " before ");
		when_add_minute(text, to);
	}
}

static bool is_emptied(const struct reading_log *log, const struct position *old)
{
	const struct reading_file *live = log->count > 0 ? &log->files[log->count - 1] : NULL;

	return live != NULL && reading_same_file(&live->file, &old->file);
}

/* The time of the last line read, or when it was written, where its clock was ahead. */
static int64_t last_time(const struct position *old)
{
	int64_t written = old->file.written / 1000000000;

	return old->file.inode != 0 && written < old->last_time ? written : old->last_time;
}

static void note_gone(struct reading *reading, struct reading_log *log, const struct position *old)
{
	const char *what = "the file that the last run stopped in is gone";
	const char *advice = "keep rotated logs until the next run";
	int64_t from = last_time(old), to = next_time(log, log->files);
	struct buf span = { 0 };

	if (to != WHEN_UNKNOWN && to < from) {
		to = WHEN_UNKNOWN;
		what = "was rewritten since the last run, without the last line that was read";
		advice = "lines from before that time do not count again";
	} else if (is_emptied(log, old)) {
		what = "was emptied since the last run";
		advice = "mailban needs no emptying of its logs";
	}
	if (from > log->read_up_to)
		log->read_up_to = from;
	reading_add_span(&span, from, to);
	reading_note(reading, READING_LOST,
		     "%s: %s; lines written%s, if there were any, are lost: %s", log->names.log, what, buf_text(&span),
		     advice);
	buf_free(&span);
}

static bool has_number(const struct reading_log *log, unsigned number)
{
	for (size_t i = 0; i < log->count; i++) {
		unsigned n;

		if (log_rotation_number(log->names.log, log->files[i].path, &n) && n == number)
			return true;
	}
	return false;
}

/* Whether a newer file holds the same place: copies may have any number. */
static bool has_newer_copy(const struct reading_log *log, const struct reading_file *file)
{
	for (const struct reading_file *newer = file + 1; newer < log->files + log->count; newer++) {
		if (newer->old != NULL && reading_same_place(newer->old, file->old))
			return true;
	}
	return false;
}

/* Whether that is where the last run stopped in the live file, of which this one may have been a copy. */
static bool was_live(const struct reading *reading, const struct reading_log *log, const struct position *old)
{
	for (size_t i = 0; i < reading->old->count; i++) {
		const struct position *live = &reading->old->items[i];

		if (live->live && strcmp(live->log, log->names.log) == 0 &&
		    (live == old || reading_same_place(live, old)))
			return true;
	}
	return false;
}

/* Notes a gap between the file where the last run stopped and the live file: no number may be missing. */
static void note_gaps(struct reading *reading, const struct reading_log *log, const struct reading_file *file)
{
	int64_t from = file->file.written / 1000000000, to = next_time(log, file);
	unsigned number, lowest = has_number(log, 0) ? 0 : 1;
	struct buf span = { 0 };

	if (file->old == NULL || !was_live(reading, log, file->old) || has_newer_copy(log, file) ||
	    !log_rotation_number(log->names.log, file->path, &number))
		return;
	while (number > lowest && has_number(log, number - 1))
		number--;
	if (number <= lowest)
		return;
	reading_add_span(&span, from, to);
	reading_note(reading, READING_LOST, "%s: number %u of its rotated files is gone; lines written%s are "
		     "lost: keep rotated logs until the next run", log->names.log, number - 1, buf_text(&span));
	buf_free(&span);
}

/* Whether the file may have held more than was read. */
static bool may_have_grown(const struct position *old)
{
	return old->cursor == NULL && (old->live || (!old->packed && old->offset < old->file.size));
}

void reading_note_lost(struct reading *reading, struct reading_log *log)
{
	log->read_up_to = WHEN_UNKNOWN;
	if (!log->whole)
		return;
	for (size_t i = 0; i < reading->old->count; i++) {
		const struct position *old = &reading->old->items[i];

		if (may_have_grown(old) && !reading->claimed[i] && strcmp(old->log, log->names.log) == 0)
			note_gone(reading, log, old);
	}
	for (size_t i = 0; i < log->count; i++)
		note_gaps(reading, log, &log->files[i]);
}
