/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading_match: finds in the files of today the places where the last run stopped.
 *
 * 1. A position belongs to each file with the same first bytes and the same bytes before the place: what lies before
 *    the place was counted. A file goes on at the farthest one. Names decide nothing.
 * 2. The file of a position may have moved to another log of this run.
 * 3. A file of which all stands at the beginning of another file of its log is a copy, finished or not. It gets a
 *    position at its end, and nothing of it counts.
 * 4. A file may have lost its head. Then the last line that was read finds the place, wherever that line stands
 *    now.
 * 5. A file without a position is new and is read from its start.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "log/reading_inside.h"

/* So many bytes are spent for a log on comparisons that find nothing. Whoever may write into a log's folder can make
 * files that differ at their ends alone. Each compared with each other one would keep a run busy for ever. Behind the
 * bound a copy counts as new, and so does a file that was read before and touched. */
#define COMPARED_MOST (UINT64_C(1) << 34)

enum { COMPARISON = 256 }; /* bytes that might be read while the first ones are looked at */

/* Notes what a comparison took that found nothing. Returns found. */
static bool spend(struct reading_log *log, uint64_t bytes, bool found)
{
	if (!found)
		log->compared += COMPARISON + bytes;
	return found;
}

static bool may_compare(const struct reading_log *log)
{
	return log->compared < COMPARED_MOST;
}

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

static bool is_claimed(const struct reading *reading, const struct position *old)
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

/* The same, within the bound. */
static bool is_found_to_hold(struct reading_log *log, struct reading_file *file, const struct position *old)
{
	uint64_t before = source_ever_read(file->source);
	bool found = may_compare(log) && holds(file, old);

	return spend(log, source_ever_read(file->source) - before, found);
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

static void claim_same_bytes(struct reading *reading, struct reading_log *log, const struct position *old)
{
	for (size_t i = 0; i < log->count; i++) {
		struct reading_file *file = &log->files[i];

		if (is_free(file) && is_found_to_hold(log, file, old))
			reading_claim(reading, file, old);
	}
}

/* Whether all of the file stands at the beginning of the other one. */
static bool is_copy_of(struct reading_file *file, struct reading_file *other)
{
	struct span head = source_head(file->source), others = source_head(other->source);
	bool same = head.len <= others.len && span_same(head.ptr, others.ptr, head.len) &&
		    source_begins_with(other->source, file->source, NULL);

	/* the comparison moved both to their starts */
	if (file->old != NULL)
		(void)holds(file, file->old);
	if (other->old != NULL)
		(void)holds(other, other->old);
	return same;
}

/* Of equal files the last one counts, and so does the file that is written to. */
static void mark_copy(const struct reading *reading, struct reading_log *log, struct reading_file *file)
{
	if (reading_is_live(log, file) || reading_is_done(reading, file))
		return;
	for (size_t i = 0; i < log->count && !file->is_copy && may_compare(log); i++) {
		struct reading_file *other = &log->files[i];
		uint64_t before = source_ever_read(file->source);

		if (other == file || other->source == NULL || other->is_copy)
			continue;
		before += source_ever_read(other->source);
		file->is_copy = is_copy_of(file, other);
		(void)spend(log, source_ever_read(file->source) + source_ever_read(other->source) - before,
			    file->is_copy);
	}
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

/* Matches positions of one offset. Each goes to its old file first, if that file still holds it: whether that file grew
 * says whether it may grow again. */
static void match_equal(struct reading *reading, struct reading_log *log, const struct position **order, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (is_of(order[i], log) && !is_claimed(reading, order[i]))
			claim_same_inodes(reading, log, order[i]);
	}
	for (size_t i = 0; i < count; i++) {
		if (is_of(order[i], log))
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
	for (size_t i = 0; i < reading->log_count && !is_claimed(reading, old); i++) {
		claim_same_inodes(reading, &reading->logs[i], old);
		if (in_run && !is_claimed(reading, old))
			claim_same_bytes(reading, &reading->logs[i], old);
	}
}

/* Whether the file may be the rest of the one where the last run stopped: it does not begin later. */
static bool may_be_rest(const struct reading_file *file, const struct position *old)
{
	int64_t begins = reading_first_time(file);

	return begins == WHEN_UNKNOWN || old->last_time == WHEN_UNKNOWN || begins <= old->last_time;
}

/* Whether the place's line stands in the file. */
static bool has_line(struct reading_log *log, struct reading_file *file, const struct position *old)
{
	uint64_t before = source_ever_read(file->source);
	bool found = may_compare(log) && may_be_rest(file, old) && source_find(file->source, old->tail);

	return spend(log, source_ever_read(file->source) - before, found);
}

/* tail -n 1000 log > rest; cat rest > log: the head is gone, but the last line read is there. */
static void match_cut(struct reading *reading, struct reading_log *log, const struct position *old)
{
	for (size_t i = log->count; i-- > 0 && is_of(old, log) && !is_claimed(reading, old);) {
		struct reading_file *file = &log->files[i];

		if (is_free(file) && !file->is_copy && has_line(log, file, old))
			reading_claim(reading, file, old);
	}
}

/* If the disk keeps back the bytes that would identify a file, the next run reads it. Taken as new, the file would
 * count twice. */
static void leave_hindered(struct reading *reading, struct reading_log *log, struct reading_file *file)
{
	if (file->source == NULL || !source_is_hindered(file->source))
		return;
	reading_note(reading, READING_UNREADABLE,
		     "%s: cannot be read as far as the last run did; nothing of it was counted", file->path);
	if (file->old != NULL)
		reading->claimed[file->old - reading->old->items] = false;
	file->old = NULL;
	log->whole = false;
	skip(file);
}

/* Whether the file was read as far as that place or farther, and is the same up to there. */
static bool has_passed(struct reading_log *log, struct reading_file *file, const struct position *old)
{
	bool same;

	if (file->old == NULL)
		return false;
	if (file->source == NULL)
		return reading_same_place(file->old, old);
	if (source_start(file->source) != file->old->offset || !may_compare(log))
		return false;
	source_restart(file->source);
	same = is_found_to_hold(log, file, old);
	(void)holds(file, file->old);
	return same;
}

/* Nothing is lost with a file where a copy of it was read as far. */
static void claim_passed(struct reading *reading, struct reading_log *log, const struct position *old)
{
	for (size_t i = 0; i < log->count && is_of(old, log) && !is_claimed(reading, old); i++) {
		if (has_passed(log, &log->files[i], old))
			reading->claimed[old - reading->old->items] = true;
	}
}

static void note_alike(struct reading *reading, const struct reading_log *log)
{
	if (!may_compare(log))
		reading_note(reading, READING_LOST, "%s: so many files of it are alike and not the same that some were "
			     "not compared: lines may count twice; look at who makes them", log->names.log);
}

void reading_match(struct reading *reading)
{
	const struct position **order = order_of(reading->old);

	skip_second_names(reading);
	for (size_t i = 0; i < reading->log_count; i++)
		match_log(reading, &reading->logs[i], order);
	for (size_t i = 0; i < reading->old->count; i++) {
		if (!is_claimed(reading, order[i]))
			match_moved(reading, order[i]);
	}
	for (size_t i = 0; i < reading->log_count; i++) {
		for (size_t j = 0; j < reading->logs[i].count; j++)
			mark_copy(reading, &reading->logs[i], &reading->logs[i].files[j]);
	}
	for (size_t i = 0; i < reading->old->count * reading->log_count; i++)
		match_cut(reading, &reading->logs[i % reading->log_count], order[i / reading->log_count]);
	for (size_t i = 0; i < reading->old->count * reading->log_count; i++)
		claim_passed(reading, &reading->logs[i % reading->log_count], order[i / reading->log_count]);
	for (size_t i = 0; i < reading->log_count; i++) {
		for (size_t j = 0; j < reading->logs[i].count; j++)
			leave_hindered(reading, &reading->logs[i], &reading->logs[i].files[j]);
		note_alike(reading, &reading->logs[i]);
	}
	free(order);
}
