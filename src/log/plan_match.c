/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan_match: finds in the files of today the places where the last run stopped.
 *
 * A position belongs to the file that begins with the same bytes and has the same bytes before the place;
 * each file has at most one, and each position one file. Where several would do, the one with the same
 * inode is taken, then the oldest; a name decides nothing. Positions that are left over may belong to a
 * file that has moved to another log of this run. What has no position is new and is read from its start,
 * unless it is a copy in the making: of a file that is being compressed, or emptied after copying.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "log/plan_inside.h"

static bool same_file(const struct source_file *a, const struct source_file *b)
{
	return a->inode != 0 && a->inode == b->inode && a->device == b->device;
}

static bool is_free(const struct plan_file *file)
{
	return file->source != NULL && file->old == NULL;
}

static void skip(struct plan_file *file)
{
	source_close(file->source);
	file->source = NULL;
	file->skip = true;
}

bool plan_is_claimed(const struct plan *plan, const struct position *old)
{
	return plan->claimed[old - plan->old->items];
}

void plan_claim(struct plan *plan, struct plan_file *file, const struct position *old)
{
	file->old = old;
	plan->claimed[old - plan->old->items] = true;
}

/* Whether the file holds the place; then its source starts there. */
static bool holds(struct plan_file *file, const struct position *old)
{
	struct span head = source_head(file->source);
	struct print print;

	if (old->offset == 0 || old->head.len == 0 || head.len < old->head.len)
		return false;
	print = print_of(head.ptr, old->head.len);
	return print.hash == old->head.hash && source_resume(file->source, old->offset, old->tail);
}

/* The file reached by another name, in this log or one before it. */
static bool is_seen(const struct plan *plan, const struct plan_log *log, const struct plan_file *file)
{
	for (const struct plan_log *l = plan->logs; l <= log; l++) {
		/* in its own log the name that is written to goes first */
		const struct plan_file *from = l == log ? file + 1 : l->files;

		for (const struct plan_file *f = from; f < l->files + l->count; f++) {
			if (!f->skip && same_file(&f->file, &file->file))
				return true;
		}
	}
	return false;
}

static void skip_second_names(struct plan *plan)
{
	for (size_t i = 0; i < plan->log_count; i++) {
		for (size_t j = plan->logs[i].count; j-- > 0;) {
			struct plan_file *file = &plan->logs[i].files[j];

			if (file->source != NULL && is_seen(plan, &plan->logs[i], file))
				skip(file);
		}
	}
}

/* Of a file and its compressed copy beside it, only one counts: gzip removes the first when the second is
 * complete, and a person may have uncompressed one to look at it. */
static void skip_packed_copy(struct plan *plan, const struct plan_log *log, struct plan_file *file,
			     struct plan_file *packed)
{
	if (!log_is_packed_name(file->path, packed->path) || file->source == NULL)
		return;
	if (packed->source == NULL) {
		if (packed->old != NULL && holds(file, packed->old))
			skip(file);
	} else if (source_begins_with(file->source, packed->source)) {
		struct position known = { .last_time = POSITION_TIME_UNKNOWN, .packed = true, .file = packed->file };

		/* to compare them again at each run would cost a reading of both */
		positions_add_copy(&plan->kept, &known, log->names.log);
		skip(packed);
	}
}

static void skip_packed_copies(struct plan *plan, struct plan_log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		for (size_t j = 0; j < log->count; j++)
			skip_packed_copy(plan, log, &log->files[i], &log->files[j]);
	}
}

static bool is_of(const struct position *old, const struct plan_log *log)
{
	return strcmp(old->log, log->names.log) == 0;
}

/* An inode is given away again when its file is deleted. One that did not grow and was written all the same
 * is no log that was appended to: only its bytes can tell then. */
static bool is_same_inode(const struct plan_file *file, const struct position *old)
{
	return same_file(&file->file, &old->file) &&
	       (file->file.size != old->file.size || file->file.written == old->file.written);
}

static void claim_same_inodes(struct plan *plan, struct plan_log *log, const struct position *old)
{
	for (size_t i = 0; i < log->count; i++) {
		struct plan_file *file = &log->files[i];

		if (is_free(file) && is_same_inode(file, old) && holds(file, old)) {
			plan_claim(plan, file, old);
			return;
		}
	}
}

static bool claim_same_bytes(struct plan *plan, struct plan_log *log, const struct position *old)
{
	for (size_t i = 0; i < log->count; i++) {
		if (is_free(&log->files[i]) && holds(&log->files[i], old)) {
			plan_claim(plan, &log->files[i], old);
			return true;
		}
	}
	return false;
}

/* Between copying and emptying, the log is there twice: the file that was read before is the log itself. */
static void skip_copies_of_live(struct plan_log *log)
{
	struct plan_file *live = log->count > 0 ? &log->files[log->count - 1] : NULL;

	if (live == NULL || live->source == NULL || live->old == NULL || !same_file(&live->file, &live->old->file))
		return;
	for (struct plan_file *file = log->files; file < live; file++) {
		struct span head, live_head = source_head(live->source);

		if (!is_free(file))
			continue;
		head = source_head(file->source);
		if (head.len == 0 || head.len > live_head.len || memcmp(head.ptr, live_head.ptr, head.len) != 0)
			continue;
		if (source_begins_with(live->source, file->source))
			skip(file);
		/* comparing has moved it to its start */
		if (!holds(live, live->old))
			source_restart(live->source);
	}
}

static int by_offset_down(const void *left, const void *right)
{
	const struct position *a = *(const struct position *const *)left, *b = *(const struct position *const *)right;

	if (a->offset != b->offset)
		return a->offset < b->offset ? 1 : -1;
	return a < b ? -1 : a > b;
}

/* The old positions, the farthest first: of two that a file holds, it is the farther one. */
static const struct position **order_of(const struct positions *old)
{
	const struct position **order = mem_alloc(old->count, sizeof(*order));

	for (size_t i = 0; i < old->count; i++)
		order[i] = &old->items[i];
	if (old->count > 0)
		qsort(order, old->count, sizeof(*order), by_offset_down);
	return order;
}

static void match_log(struct plan *plan, struct plan_log *log, const struct position **order)
{
	for (size_t i = 0; i < plan->old->count; i++) {
		if (is_of(order[i], log) && !plan_is_claimed(plan, order[i]))
			claim_same_inodes(plan, log, order[i]);
	}
	skip_copies_of_live(log);
	for (size_t i = 0; i < plan->old->count; i++) {
		if (is_of(order[i], log) && !plan_is_claimed(plan, order[i]))
			claim_same_bytes(plan, log, order[i]);
	}
}

/* A position that no file of its log holds may have moved to another log; one of a log that this run does
 * not read only with its inode, for that log may be there still. */
static void match_moved(struct plan *plan, const struct position *old)
{
	bool in_run = false;

	for (size_t i = 0; i < plan->log_count; i++)
		in_run |= is_of(old, &plan->logs[i]);
	for (size_t i = 0; i < plan->log_count && !plan_is_claimed(plan, old); i++) {
		claim_same_inodes(plan, &plan->logs[i], old);
		if (in_run && !plan_is_claimed(plan, old))
			claim_same_bytes(plan, &plan->logs[i], old);
	}
}

void plan_match(struct plan *plan)
{
	const struct position **order = order_of(plan->old);

	skip_second_names(plan);
	for (size_t i = 0; i < plan->log_count; i++) {
		skip_packed_copies(plan, &plan->logs[i]);
		match_log(plan, &plan->logs[i], order);
	}
	for (size_t i = 0; i < plan->old->count; i++) {
		if (!plan_is_claimed(plan, order[i]))
			match_moved(plan, order[i]);
	}
	free(order);
}
