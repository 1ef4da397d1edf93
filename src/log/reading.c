/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading: what a run reads, in which order and from where, and where the next run goes on.
 *
 * Each log is the stream of all lines that its files hold, rotated ones included. It opens what may
 * hold new lines and closes it again; between, somebody else reads. The new positions are made of what was
 * really read, from the descriptors that were read: what happens to the names meanwhile is the next run's
 * affair. Positions of logs that a run does not name stay as they are, and so do those of a log whose
 * files could not all be read. Writes nothing; no error is fatal here, each is a note.
 */
#include "log/reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "log/reading_inside.h"

enum { NOTE_MAX = 1000 };

void reading_note(struct reading *reading, enum reading_note_kind kind, int64_t from, int64_t to, const char *format, ...)
{
	char text[NOTE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	reading->notes = mem_grow(reading->notes, &reading->note_capacity, reading->note_count + 1, sizeof(*reading->notes));
	reading->notes[reading->note_count++] =
		(struct reading_note){ .kind = kind, .text = mem_text(text), .from = from, .to = to };
	reading->in_part |= kind == READING_UNREADABLE;
}

bool reading_is_live(const struct reading_log *log, const struct reading_file *file)
{
	return strcmp(file->path, log->names.log) == 0;
}

/* Whether the file may be written to after this run, although a rotation may have renamed it. */
static bool may_grow(const struct reading_log *log, const struct reading_file *file)
{
	const struct reading_file *end = log->files + log->count;

	if (source_is_compressed(file->source))
		return false;
	return file + 1 == end || (file + 2 == end && reading_is_live(log, file + 1));
}

static void add_source(struct reading *reading, struct reading_log *log, struct reading_file *file)
{
	reading->sources = mem_grow(reading->sources, &reading->capacity, reading->count + 1, sizeof(*reading->sources));
	reading->sources[reading->count++] = (struct reading_source){
		.source = file->source,
		.take_unterminated = !may_grow(log, file),
		.last_time = POSITION_TIME_UNKNOWN,
		.log = log->names.log,
		.old = file->old,
		.live = reading_is_live(log, file),
	};
	file->source = NULL;
}

/* Whether nothing can have been added to the file since the last run. */
static bool is_done(const struct reading_file *file)
{
	if (file->source == NULL)
		return true;
	if (source_head(file->source).len == 0)
		return true;
	return file->old != NULL && !source_is_compressed(file->source) && file->old->offset == file->file.size;
}

static void reading_file(struct reading *reading, struct reading_log *log, struct reading_file *file, bool full)
{
	if (full && file->source != NULL)
		source_restart(file->source);
	if (!full && is_done(file)) {
		struct position same;

		if (file->old == NULL || file->skip)
			return;
		same = *file->old;
		same.file = file->file;
		same.live = reading_is_live(log, file);
		positions_add_copy(&reading->kept, &same, log->names.log);
	} else if (file->source != NULL) {
		add_source(reading, log, file);
	}
}

static void reading_log(struct reading *reading, struct reading_log *log, bool full)
{
	if (log->count == 0)
		reading_note(reading, READING_UNREADABLE, POSITION_TIME_UNKNOWN, POSITION_TIME_UNKNOWN,
			  "%s: there is no such log; name another one, or see that it is written", log->names.log);
	else
		reading_note_lost(reading, log);
	for (size_t i = 0; i < log->count; i++)
		reading_file(reading, log, &log->files[i], full);
}

/* The positions that this run has nothing to say about. */
static void keep_others(struct reading *reading)
{
	for (size_t i = 0; i < reading->old->count; i++) {
		const struct position *old = &reading->old->items[i];
		bool keep = !reading->claimed[i];

		for (size_t j = 0; j < reading->log_count; j++) {
			const struct reading_log *log = &reading->logs[j];

			if (strcmp(log->names.log, old->log) == 0)
				keep &= !log->whole || log->count == 0;
		}
		if (keep)
			positions_add_copy(&reading->kept, old, old->log);
	}
}

void reading_make(struct reading *reading, const struct positions *old, char *const *logs, size_t log_count,
	       const struct reading_options *options)
{
	struct log_list list;

	*reading = (struct reading){ .old = old, .claimed = mem_zalloc(old->count, sizeof(bool)) };
	log_list_make(&list, logs, log_count);
	reading->logs = mem_zalloc(list.count, sizeof(*reading->logs));
	reading->log_count = list.count;
	for (size_t i = 0; i < list.count; i++) {
		reading->logs[i].names = list.logs[i];
		list.logs[i] = (struct log_files){ 0 };
		reading_open_log(reading, &reading->logs[i], options->full);
	}
	log_list_free(&list);
	if (reading->log_count == 0)
		reading_note(reading, READING_UNREADABLE, POSITION_TIME_UNKNOWN, POSITION_TIME_UNKNOWN,
			  "no log was found at the usual paths; name one on the command line or in the setting log");
	reading_match(reading);
	for (size_t i = 0; i < reading->log_count; i++)
		reading_log(reading, &reading->logs[i], options->full);
	keep_others(reading);
}

static void finish_source(struct reading *reading, const struct reading_source *s, struct positions *next)
{
	uint64_t offset = source_start(s->source) + s->consumed;
	struct position position = {
		.offset = offset,
		.head = source_head_print(s->source, offset),
		.tail = source_tail(s->source, offset),
		.last_time = s->last_time,
		.packed = source_is_compressed(s->source),
		.file = source_file(s->source),
	};

	if (s->failed)
		reading_note(reading, READING_UNREADABLE, POSITION_TIME_UNKNOWN, POSITION_TIME_UNKNOWN, "%s: %s",
			  source_name(s->source), source_error(s->source));
	/* nothing to know it by: to the next run it is new */
	if (position.head.len == 0 && !position.packed)
		return;
	if (position.last_time == POSITION_TIME_UNKNOWN && s->old != NULL)
		position.last_time = s->old->last_time;
	/* a compressed file is done with, whatever its name */
	position.live = s->live && !position.packed;
	positions_add_copy(next, &position, s->log);
}

static int by_log(const void *left, const void *right)
{
	const struct position *a = left, *b = right;
	int order = strcmp(a->log, b->log);

	if (order == 0)
		order = (a->file.written > b->file.written) - (a->file.written < b->file.written);
	return order != 0 ? order : (a->file.inode > b->file.inode) - (a->file.inode < b->file.inode);
}

void reading_finish(struct reading *reading, struct positions *next)
{
	for (size_t i = 0; i < reading->kept.count; i++)
		positions_add_copy(next, &reading->kept.items[i], reading->kept.items[i].log);
	for (size_t i = 0; i < reading->count; i++)
		finish_source(reading, &reading->sources[i], next);
	if (next->count > 0)
		qsort(next->items, next->count, sizeof(*next->items), by_log);
}

void reading_free(struct reading *reading)
{
	for (size_t i = 0; i < reading->count; i++)
		source_close(reading->sources[i].source);
	for (size_t i = 0; i < reading->note_count; i++)
		free(reading->notes[i].text);
	for (size_t i = 0; i < reading->log_count; i++) {
		struct reading_log *log = &reading->logs[i];

		for (size_t j = 0; j < log->count; j++) {
			source_close(log->files[j].source);
			free(log->files[j].path);
		}
		free(log->files);
		log_files_free(&log->names);
	}
	free(reading->logs);
	free(reading->sources);
	free(reading->notes);
	free(reading->claimed);
	positions_free(&reading->kept);
	*reading = (struct reading){ 0 };
}
