/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading_match: finds in the files of today the places where the last run stopped.
 *
 * 1. A position belongs to a file with the same first bytes and the same bytes before the place. A file has at
 *    most one position, and a position one file.
 * 2. Positions far into their files choose first, since they prove most. Of several files that fit, the one with
 *    the same inode is taken, then the oldest. Names decide nothing.
 * 3. The file of a position may have moved to another log of this run.
 * 4. A file may have lost its head. Then the last line that was read finds the place, wherever that line stands
 *    now.
 * 5. A file without a position is new and is read from its start. An unfinished copy of a file, which gzip or
 *    logrotate makes, is passed over.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "log/reading_inside.h"

static bool is_free(const struct reading_file *file)
{
	return file->source != NULL && file->old == NULL;
}

static void skip(struct reading_file *file)
{
	source_close(file->source);
	file->source = NULL;
	file->skip = true;
}

bool reading_is_claimed(const struct reading *reading, const struct position *old)
{
	return reading->claimed[old - reading->old->items];
}

void reading_claim(struct reading *reading, struct reading_file *file, const struct position *old)
{
	file->old = old;
	reading->claimed[old - reading->old->items] = true;
}

/* Whether the file holds the place; then its source starts there. */
static bool holds(struct reading_file *file, const struct position *old)
{
	struct span head = source_head(file->source);
	struct print print;

	if (old->offset == 0 || old->head.len == 0 || head.len < old->head.len)
		return false;
	print = print_of(head.ptr, old->head.len);
	return print.hash == old->head.hash && source_resume(file->source, old->offset, old->tail);
}

/* Whether the file is reached by another name, in this log or one before it. */
static bool is_seen(const struct reading *reading, const struct reading_log *log, const struct reading_file *file)
{
	for (const struct reading_log *l = reading->logs; l <= log; l++) {
		/* in its own log the name of the live file goes first */
		const struct reading_file *from = l == log ? file + 1 : l->files;

		for (const struct reading_file *f = from; f < l->files + l->count; f++) {
			/* a file that was refused is not read under that name */
			if ((f->source != NULL || f->old != NULL) && reading_same_file(&f->file, &file->file))
				return true;
		}
	}
	return false;
}

static void skip_second_names(struct reading *reading)
{
	for (size_t i = 0; i < reading->log_count; i++) {
		for (size_t j = reading->logs[i].count; j-- > 0;) {
			struct reading_file *file = &reading->logs[i].files[j];

			if (file->source != NULL && is_seen(reading, &reading->logs[i], file))
				skip(file);
		}
	}
}

/* Of a file and its compressed copy beside it, one counts. gzip removes the file when the copy is complete, and a
 * person may have uncompressed a copy to look at it. */
static void skip_packed_copy(struct reading *reading, const struct reading_log *log, struct reading_file *file,
			     struct reading_file *packed)
{
	if (!log_is_packed_name(file->path, packed->path) || file->source == NULL)
		return;
	if (packed->source == NULL) {
		if (packed->old != NULL && holds(file, packed->old))
			skip(file);
	} else if (source_begins_with(file->source, packed->source)) {
		struct position known = { .last_time = WHEN_UNKNOWN, .packed = true, .file = packed->file };

		/* comparing them again at each run would read both to their ends */
		positions_add_copy(&reading->kept, &known, log->names.log);
		skip(packed);
	}
}

static void skip_packed_copies(struct reading *reading, struct reading_log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		for (size_t j = 0; j < log->count; j++)
			skip_packed_copy(reading, log, &log->files[i], &log->files[j]);
	}
}

static bool is_of(const struct position *old, const struct reading_log *log)
{
	return strcmp(old->log, log->names.log) == 0;
}

/* An inode is given away again when its file is deleted. A file whose time changed and whose size did not was not
 * appended to: only its bytes can tell whether it is the same. */
static bool is_same_inode(const struct reading_file *file, const struct position *old)
{
	return reading_same_file(&file->file, &old->file) &&
	       (file->file.size != old->file.size || file->file.written == old->file.written);
}

static void claim_same_inodes(struct reading *reading, struct reading_log *log, const struct position *old)
{
	for (size_t i = 0; i < log->count; i++) {
		struct reading_file *file = &log->files[i];

		if (is_free(file) && is_same_inode(file, old) && holds(file, old)) {
			reading_claim(reading, file, old);
			return;
		}
	}
}

static bool claim_same_bytes(struct reading *reading, struct reading_log *log, const struct position *old)
{
	for (size_t i = 0; i < log->count; i++) {
		if (is_free(&log->files[i]) && holds(&log->files[i], old)) {
			reading_claim(reading, &log->files[i], old);
			return true;
		}
	}
	return false;
}

/* Whether all of the file stands at the beginning of the other one. Both are at their starts afterwards. */
static bool is_copy_of(struct reading_file *file, struct reading_file *other)
{
	struct span head = source_head(file->source), others = source_head(other->source);

	return head.len > 0 && head.len <= others.len && memcmp(head.ptr, others.ptr, head.len) == 0 &&
	       source_begins_with(other->source, file->source);
}

/* Whether the file is as it was when the last run read it itself. */
static bool is_unchanged(const struct reading *reading, const struct reading_file *file)
{
	for (size_t i = 0; i < reading->old->count; i++) {
		const struct file_look *old = &reading->old->items[i].file;

		if (reading_same_file(&file->file, old) && file->file.size == old->size &&
		    file->file.written == old->written)
			return true;
	}
	return false;
}

/* Between copying and emptying, a log stands in two files. The file that was read before, up to offset, is the log
 * itself. A file that was rotated at the last run is never the log, even if a new log got its inode. */
static void skip_copies_of_live(const struct reading *reading, struct reading_log *log, uint64_t offset)
{
	struct reading_file *live = log->count > 0 ? &log->files[log->count - 1] : NULL;

	if (live == NULL || live->source == NULL || live->old == NULL || !live->old->live ||
	    live->old->offset != offset || !reading_same_file(&live->file, &live->old->file))
		return;
	for (struct reading_file *file = log->files; file < live; file++) {
		if (!is_free(file) || is_unchanged(reading, file))
			continue;
		if (is_copy_of(file, live))
			skip(file);
		/* the comparison moved the source to its start */
		if (!holds(live, live->old))
			source_restart(live->source);
	}
}

/* A copy that somebody made before the log was read for the first time: it is read to be known again, whatever becomes
 * of its name, and none of it counts. */
static void mark_copies(struct reading *reading, struct reading_log *log)
{
	struct reading_file *live = log->count > 0 ? &log->files[log->count - 1] : NULL;

	for (size_t i = 0; i < reading->old->count; i++) {
		if (is_of(&reading->old->items[i], log))
			return;
	}
	for (struct reading_file *file = log->files; live != NULL && live->source != NULL && file < live; file++)
		file->is_copy = file->source != NULL && is_copy_of(file, live);
}

static int by_offset_down(const void *left, const void *right)
{
	const struct position *a = *(const struct position *const *)left, *b = *(const struct position *const *)right;

	if (a->offset != b->offset)
		return a->offset < b->offset ? 1 : -1;
	return a < b ? -1 : a > b;
}

/* The old positions, the farthest first: a file that holds two of them gets the farther one. */
static const struct position **order_of(const struct positions *old)
{
	const struct position **order = mem_alloc(old->count, sizeof(*order));

	for (size_t i = 0; i < old->count; i++)
		order[i] = &old->items[i];
	if (old->count > 0)
		qsort(order, old->count, sizeof(*order), by_offset_down);
	return order;
}

/* Matches positions of one offset. Each goes to its old file first, if that file still holds it. */
static void match_equal(struct reading *reading, struct reading_log *log, const struct position **order, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_of(order[i], log) && !reading_is_claimed(reading, order[i]))
			claim_same_inodes(reading, log, order[i]);
	}
	skip_copies_of_live(reading, log, order[0]->offset);
	for (size_t i = 0; i < count; i++) {
		if (is_of(order[i], log) && !reading_is_claimed(reading, order[i]))
			claim_same_bytes(reading, log, order[i]);
	}
}

static void match_log(struct reading *reading, struct reading_log *log, const struct position **order)
{
	size_t end;

	for (size_t i = 0; i < reading->old->count; i = end) {
		for (end = i + 1; end < reading->old->count && order[end]->offset == order[i]->offset;)
			end++;
		match_equal(reading, log, order + i, end - i);
	}
}

/* A position without a file in its own log may have moved to another log of this run. For a log that this run does not
 * read, the inode must be the same: that log may still exist. */
static void match_moved(struct reading *reading, const struct position *old)
{
	bool in_run = false;

	for (size_t i = 0; i < reading->log_count; i++)
		in_run |= is_of(old, &reading->logs[i]);
	for (size_t i = 0; i < reading->log_count && !reading_is_claimed(reading, old); i++) {
		claim_same_inodes(reading, &reading->logs[i], old);
		if (in_run && !reading_is_claimed(reading, old))
			claim_same_bytes(reading, &reading->logs[i], old);
	}
}

/* Whether the file may be the rest of the one where the last run stopped: it does not begin later. */
static bool may_be_rest(const struct reading_file *file, const struct position *old)
{
	int64_t begins = reading_first_time(file);

	return begins == WHEN_UNKNOWN || old->last_time == WHEN_UNKNOWN || begins <= old->last_time;
}

/* tail -n 1000 log > rest; cat rest > log: the head is gone, but the last line read is there. */
static void match_cut(struct reading *reading, struct reading_log *log, const struct position *old)
{
	for (size_t i = log->count; i-- > 0 && is_of(old, log) && !reading_is_claimed(reading, old);) {
		struct reading_file *file = &log->files[i];

		if (is_free(file) && may_be_rest(file, old) && source_find(file->source, old->tail))
			reading_claim(reading, file, old);
	}
}

/* If the disk keeps back the bytes that would identify a file, the next run reads it. Taken as new, the file would
 * count twice. */
static void leave_hindered(struct reading *reading, struct reading_log *log, struct reading_file *file)
{
	if (file->source == NULL || !source_is_hindered(file->source))
		return;
	reading_note(reading, READING_UNREADABLE, WHEN_UNKNOWN, WHEN_UNKNOWN,
		     "%s: cannot be read as far as the last run did; nothing of it was counted", file->path);
	if (file->old != NULL)
		reading->claimed[file->old - reading->old->items] = false;
	file->old = NULL;
	log->whole = false;
	skip(file);
}

/* A copy and its log were read to the same place: where one of them is, nothing is lost with the other. */
static void claim_twins(struct reading *reading, const struct position *old)
{
	for (size_t i = 0; i < reading->old->count && !reading_is_claimed(reading, old); i++) {
		const struct position *twin = &reading->old->items[i];

		if (reading->claimed[i] && old->offset > 0 && twin->offset == old->offset &&
		    twin->head.hash == old->head.hash && twin->tail.hash == old->tail.hash)
			reading->claimed[old - reading->old->items] = true;
	}
}

void reading_match(struct reading *reading)
{
	const struct position **order = order_of(reading->old);

	skip_second_names(reading);
	for (size_t i = 0; i < reading->log_count; i++) {
		skip_packed_copies(reading, &reading->logs[i]);
		mark_copies(reading, &reading->logs[i]);
		match_log(reading, &reading->logs[i], order);
	}
	for (size_t i = 0; i < reading->old->count; i++) {
		if (!reading_is_claimed(reading, order[i]))
			match_moved(reading, order[i]);
	}
	for (size_t i = 0; i < reading->old->count * reading->log_count; i++)
		match_cut(reading, &reading->logs[i % reading->log_count], order[i / reading->log_count]);
	for (size_t i = 0; i < reading->old->count; i++)
		claim_twins(reading, &reading->old->items[i]);
	for (size_t i = 0; i < reading->log_count; i++) {
		for (size_t j = 0; j < reading->logs[i].count; j++)
			leave_hindered(reading, &reading->logs[i], &reading->logs[i].files[j]);
	}
	free(order);
}
