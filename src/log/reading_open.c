/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading_open: opens the files of a log as they stand together at one moment.
 *
 * A rotation may happen while the files are listed and opened one by one. Then a file is seen twice or not at all. So
 * the folder is listed again behind the last open; if anything moved, all is done again. A compressed file that has
 * not changed since it was read is closed again: only uncompressing it would identify it by its bytes.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "log/reading_inside.h"

enum { ATTEMPTS = 5 };

/* The old position of a compressed file that has not changed since it was read to its end; NULL: there is none. */
static const struct position *known_unopened(const struct reading *reading, const struct reading_file *file)
{
	for (size_t i = 0; i < reading->old->count; i++) {
		const struct position *old = &reading->old->items[i];

		if (old->packed && !old->live && !reading->claimed[i] && file_looks_same(&old->file, &file->file))
			return old;
	}
	return NULL;
}

/* A damaged rotated file is told once: the next run knows it by its size and time. If only the disk failed, the next
 * run may read the file, so it gets no position. */
static void keep_damaged(struct reading *reading, const struct reading_log *log, const struct reading_file *file)
{
	struct position position = { .last_time = WHEN_UNKNOWN, .packed = true, .file = file->file };

	if (!reading_is_live(log, file) && !file->hindered)
		positions_add(&reading->kept, &position, log->names.log);
}

static void open_file(struct reading_file *file)
{
	(void)file_look(file->path, &file->file);
	file->source = source_open(file->path, NULL, &file->why, &file->hindered);
	if (file->source != NULL)
		file->file = source_file(file->source);
}

void reading_close_log(struct reading_log *log)
{
	for (size_t i = 0; i < log->count; i++) {
		source_close(log->files[i].source);
		buf_free(&log->files[i].why);
		free(log->files[i].path);
	}
	free(log->files);
	log->files = NULL;
	log->count = 0;
}

/* Whether the listed names still lead to the opened files, and no more names exist. */
static bool still_same(struct reading_log *log)
{
	log_files_list(&log->names);
	if (log->names.count != log->count)
		return false;
	for (size_t i = 0; i < log->count; i++) {
		const struct reading_file *file = &log->files[i];
		struct file_look now;
		bool there = file_look(file->path, &now);

		if (strcmp(log->names.paths[i], file->path) != 0 || there != (file->file.inode != 0) ||
		    (there && !reading_same_file(&now, &file->file)))
			return false;
	}
	return true;
}

/* Whether the file still exists that is being compressed into this one: then this one may be incomplete. */
static bool is_being_packed(const struct reading_log *log, const struct reading_file *packed)
{
	for (size_t i = 0; i < log->count; i++) {
		if (log->files[i].source != NULL && log_is_packed_name(log->files[i].path, packed->path))
			return true;
	}
	return false;
}

static void note_unreadable(struct reading *reading, struct reading_log *log, struct reading_file *file)
{
	if (is_being_packed(log, file))
		return;
	reading_note(reading, READING_UNREADABLE, "%s: %s", file->path, buf_text(&file->why));
	keep_damaged(reading, log, file);
	log->whole = false;
}

void reading_open_log(struct reading_log *log)
{
	for (unsigned attempt = 1; attempt <= ATTEMPTS; attempt++) {
		reading_close_log(log);
		log_files_list(&log->names);
		log->whole = log->names.listed;
		log->count = log->names.count;
		log->files = mem_zalloc(log->count, sizeof(*log->files));
		for (size_t i = 0; i < log->count; i++) {
			log->files[i].path = mem_text(log->names.paths[i]);
			open_file(&log->files[i]);
		}
		log->settled = still_same(log);
		if (log->settled)
			break;
	}
}

static void begin_file(struct reading *reading, struct reading_file *file)
{
	const struct position *old = reading->full ? NULL : known_unopened(reading, file);

	if (old == NULL && file->source == NULL)
		return;
	if (old != NULL) {
		buf_clear(&file->why);
		reading_claim(reading, file, old);
	} else {
		source_bound(file->source, &reading->bounds);
		if (source_begin(file->source, NULL, &file->why))
			return;
		file->hindered = source_is_hindered(file->source);
	}
	source_close(file->source);
	file->source = NULL;
}

void reading_begin_log(struct reading *reading, struct reading_log *log)
{
	for (size_t i = 0; i < log->count; i++)
		begin_file(reading, &log->files[i]);
	/* in a folder that changes all the time, a file that cannot be opened has only moved: the next run finds it */
	log->whole &= log->settled;
	for (size_t i = 0; i < log->count; i++) {
		if (log->files[i].why.len > 0 && log->settled)
			note_unreadable(reading, log, &log->files[i]);
	}
}
