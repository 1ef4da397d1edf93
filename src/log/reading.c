/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * reading: what a run reads, in which order and from where, and where the next run goes on.
 *
 * A log is the stream of all lines in its files, rotated ones included. The reading opens each file that may hold new
 * lines, and closes it at the end; between, the caller reads. New positions are made of the bytes that were read, from
 * the descriptors that were read. If files are renamed meanwhile, the next run finds them. Positions of logs that a
 * run does not name stay as they are. So do those of a log of which a file could not be read. Writes nothing; each
 * error is a note.
 */
#define _GNU_SOURCE
#include "log/reading.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "log/reading_inside.h"
#include "log/silence.h"

enum { NOTE_MAX = 1000, OTHERS_MAX = 200, STEP = 1 << 16 };

#define OTHERS_KEPT INT64_C(31536000) /* seconds: a year */

void reading_note(struct reading *reading, enum reading_note_kind kind, const char *format, ...)
{
	char text[NOTE_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	reading->notes = mem_grow(reading->notes, &reading->note_capacity, reading->note_count + 1,
				  sizeof(*reading->notes));
	reading->notes[reading->note_count++] = (struct reading_note){ .kind = kind, .text = mem_text(text) };
	reading->in_part |= kind == READING_UNREADABLE;
}

bool reading_same_file(const struct file_look *a, const struct file_look *b)
{
	return a->inode != 0 && a->inode == b->inode && a->device == b->device;
}

bool reading_same_place(const struct position *a, const struct position *b)
{
	return a->offset > 0 && a->offset == b->offset && a->head.hash == b->head.hash && a->tail.hash == b->tail.hash;
}

bool reading_is_live(const struct reading_log *log, const struct reading_file *file)
{
	return strcmp(file->path, log->names.log) == 0;
}

/* Whether the file may grow after this run, although a rotation may have renamed it. A daemon that does not know of a
 * rotation goes on writing to the older file. */
static bool may_grow(const struct reading_log *log, const struct reading_file *file)
{
	const struct reading_file *end = log->files + log->count;

	if (source_is_compressed(file->source))
		return false;
	return file + 1 == end || (file + 2 == end && reading_is_live(log, file + 1)) ||
	       (file->old != NULL && file->old->file.size != file->file.size);
}

struct reading_source *reading_add_source(struct reading *reading, const char *log, struct source *source)
{
	struct reading_source *added;

	reading->sources = mem_grow(reading->sources, &reading->capacity, reading->count + 1,
				    sizeof(*reading->sources));
	added = &reading->sources[reading->count++];
	*added = (struct reading_source){ .source = source, .not_before = WHEN_UNKNOWN,
					    .last_time = WHEN_UNKNOWN, .log = log };
	return added;
}

static void add_file(struct reading *reading, struct reading_log *log, struct reading_file *file)
{
	struct reading_source *added = reading_add_source(reading, log->names.log, file->source);

	added->take_unterminated = !may_grow(log, file);
	added->old = file->old;
	added->live = reading_is_live(log, file);
	if (!reading->full)
		added->not_before = reading->not_before;
	if (!reading->full && file->old == NULL && log->read_up_to > added->not_before) {
		added->not_before = log->read_up_to;
		added->rewritten = true;
	}
	file->source = NULL;
}

bool reading_is_done(const struct reading *reading, const struct reading_file *file)
{
	if (file->source == NULL)
		return true;
	if (reading->full)
		return false;
	if (source_head(file->source).len == 0)
		return true;
	return file->old != NULL && !source_is_compressed(file->source) && file->old->offset == file->file.size &&
	       source_start(file->source) == file->file.size;
}

/* Keeps the place in a file that is not read, under the name and with the size and time that the file has now. */
static void keep_place(struct reading *reading, const struct reading_log *log, const struct reading_file *file)
{
	struct position same;

	if (file->old == NULL || file->skip)
		return;
	same = *file->old;
	same.file = file->file;
	same.live = reading_is_live(log, file);
	positions_add(&reading->kept, &same, log->names.log);
}

/* Whether the log was there at the last run and has moved: to another folder, where rotated files are kept. */
static bool has_moved(const struct reading *reading, const struct reading_log *log)
{
	for (size_t i = 0; i < reading->old->count; i++) {
		if (reading->claimed[i] && strcmp(reading->old->items[i].log, log->names.log) == 0)
			return true;
	}
	return false;
}

static void finish_file(const struct reading_source *s, struct positions *next)
{
	uint64_t offset = source_offset(s->source, s->consumed);
	struct position position = {
		.offset = offset,
		.head = source_head_print(s->source, offset),
		.tail = source_tail(s->source, offset),
		.last_time = s->last_time,
		.packed = source_is_compressed(s->source),
		.file = source_file(s->source),
	};

	/* nothing identifies the file: to the next run it is new */
	if (position.head.len == 0 && !position.packed)
		return;
	if (position.last_time == WHEN_UNKNOWN && s->old != NULL)
		position.last_time = s->old->last_time;
	/* a compressed file is read once, whatever its name; bytes that the disk kept back are still to be read */
	position.live = s->live && !position.packed;
	if (position.packed && s->failed && source_is_hindered(s->source))
		position.file = (struct file_look){ 0 };
	positions_add(next, &position, s->log);
}

/* Makes the end of a copy its position. */
static void pass_over(struct reading *reading, const struct reading_log *log, struct reading_file *file)
{
	struct reading_source copy = { .source = file->source, .last_time = WHEN_UNKNOWN, .old = file->old,
				       .log = log->names.log };
	char *step = mem_alloc(STEP, 1);
	uint64_t given = 0;
	ssize_t got;

	for (; (got = source_read(file->source, step, STEP)) > 0; given += (uint64_t)got) {
		const char *newline = memrchr(step, '\n', (size_t)got);

		if (newline != NULL)
			copy.consumed = given + (uint64_t)(newline + 1 - step);
	}
	copy.failed = got < 0;
	finish_file(&copy, &reading->kept);
	free(step);
}

static void add_log(struct reading *reading, struct reading_log *log)
{
	if (log->count == 0 && has_moved(reading, log))
		return;
	if (log->count == 0)
		reading_note(reading, READING_UNREADABLE,
			     "%s: there is no such log; name another one, or see that it is written", log->names.log);
	else
		reading_note_lost(reading, log);
	for (size_t i = 0; i < log->count; i++) {
		struct reading_file *file = &log->files[i];

		if (reading->full && file->source != NULL)
			source_restart(file->source);
		if (reading_is_done(reading, file))
			keep_place(reading, log, file);
		else if (file->is_copy)
			pass_over(reading, log, file);
		else
			add_file(reading, log, file);
	}
}

/* The time before which nobody needs to know where a log was read that no run has read since. A wrong clock does not
 * make it later than the logs do. */
static int64_t forget_before(const struct positions *old)
{
	int64_t newest = WHEN_UNKNOWN;

	for (size_t i = 0; i < old->count; i++)
		newest = old->items[i].last_time > newest ? old->items[i].last_time : newest;
	if (newest > time(NULL))
		newest = time(NULL);
	return newest != WHEN_UNKNOWN ? newest - OTHERS_KEPT : WHEN_UNKNOWN;
}

/* Keeps positions of other logs, and of files that this run could not see. A file that can never be read leaves a
 * position at each rotation: only the newest ones stay. Where each day or container has a log of its own, each log
 * that is gone leaves one: it stays for a year. */
static void keep_others(struct reading *reading)
{
	int64_t forgotten = forget_before(reading->old);
	size_t kept = 0;

	for (size_t i = reading->old->count; i-- > 0;) {
		const struct position *old = &reading->old->items[i];
		bool keep = !reading->claimed[i];

		for (size_t j = 0; j < reading->log_count; j++) {
			const struct reading_log *log = &reading->logs[j];

			if (strcmp(log->names.log, old->log) == 0)
				keep &= !log->whole || log->count == 0;
		}
		if (i + 1 < reading->old->count && strcmp(old->log, old[1].log) != 0)
			kept = 0;
		keep &= old->last_time == WHEN_UNKNOWN || old->last_time >= forgotten;
		if (keep && kept++ < OTHERS_MAX)
			positions_add(&reading->kept, old, old->log);
	}
}

static void note_none(struct reading *reading)
{
	struct buf usual = { 0 };

	log_list_say_usual(&usual);
	reading_note(reading, READING_UNREADABLE,
		     "no log was found: there is none of %s, nor are there entries of mail units in a journal that may "
		     "be read; name a log on the command line or in the setting log", buf_text(&usual));
	buf_free(&usual);
}

/* Lists the logs by their names; no names may mean the journal. */
static void list_logs(struct reading *reading, char *const *names, size_t count, const char *directory)
{
	struct log_list list = { 0 };
	static char journal[] = "journal:";
	int64_t from = WHEN_UNKNOWN;

	reading->usual = count == 0 && directory == NULL;
	if (count == 0 && directory != NULL)
		log_list_make(&list, (char *[]){ journal }, 1);
	else
		from = silence_list(&list, names, count);
	reading->logs = mem_zalloc(list.count, sizeof(*reading->logs));
	reading->log_count = list.count;
	for (size_t i = 0; i < list.count; i++) {
		reading->logs[i].names = list.logs[i];
		reading->logs[i].read_up_to = from;
		list.logs[i] = (struct log_files){ 0 };
	}
	if (list.left_out != NULL)
		reading_note(reading, READING_UNREADABLE,
			     "%s: a run reads %d logs at most; this one and those behind it were not read; name fewer",
			     list.left_out, LOG_LIST_MOST);
	log_list_free(&list);
	if (reading->log_count == 0)
		note_none(reading);
}

void reading_open(struct reading *reading, char *const *logs, size_t log_count, const struct reading_options *options)
{
	*reading = (struct reading){
		.full = options->full, .bounds = options->bounds != NULL ? *options->bounds : SOURCE_BOUNDS,
	};
	list_logs(reading, logs, log_count, options->directory);
	for (size_t i = 0; i < reading->log_count; i++) {
		struct reading_log *log = &reading->logs[i];

		if (source_is_journal(log->names.log))
			reading_open_journal(log, options->directory);
		else
			reading_open_log(log);
	}
}

/* Once the usual logs are written again, they may get what the journal had meanwhile, when it was read in their place.
 * An entry of the future says nothing about that. */
static int64_t read_in_journal(const struct positions *old)
{
	for (size_t i = 0; i < old->count; i++) {
		const struct position *position = &old->items[i];

		if (position->cursor != NULL && strcmp(position->log, "journal:") == 0 &&
		    position->last_time != WHEN_UNKNOWN && position->last_time <= time(NULL))
			return position->last_time + 1;
	}
	return WHEN_UNKNOWN;
}

void reading_begin(struct reading *reading, const struct positions *old)
{
	reading->old = old;
	reading->not_before = reading->usual ? read_in_journal(old) : WHEN_UNKNOWN;
	reading->claimed = mem_zalloc(old->count, sizeof(*reading->claimed));
	for (size_t i = 0; i < reading->log_count; i++) {
		if (!source_is_journal(reading->logs[i].names.log))
			reading_begin_log(reading, &reading->logs[i]);
	}
	reading_match(reading);
	for (size_t i = 0; i < reading->log_count; i++) {
		struct reading_log *log = &reading->logs[i];

		if (source_is_journal(log->names.log))
			reading_add_journal(reading, log);
		else
			add_log(reading, log);
	}
	keep_others(reading);
}

static void finish_journal(const struct reading_source *s, struct positions *next)
{
	const char *cursor = source_cursor(s->source);
	struct position position = { .last_time = s->last_time };

	if (cursor == NULL && s->old != NULL)
		cursor = s->old->cursor;
	if (cursor == NULL)
		return;
	position.cursor = mem_text(cursor);
	if (position.last_time == WHEN_UNKNOWN && s->old != NULL)
		position.last_time = s->old->last_time;
	positions_add(next, &position, s->log);
	free(position.cursor);
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
		positions_add(next, &reading->kept.items[i], reading->kept.items[i].log);
	for (size_t i = 0; i < reading->count; i++) {
		reading->in_part |= reading->sources[i].failed;
		if (source_is_journal(reading->sources[i].log))
			finish_journal(&reading->sources[i], next);
		else
			finish_file(&reading->sources[i], next);
	}
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

		reading_close_log(log);
		source_close(log->journal);
		buf_free(&log->why);
		log_files_free(&log->names);
	}
	free(reading->logs);
	free(reading->sources);
	free(reading->notes);
	free(reading->claimed);
	positions_free(&reading->kept);
	*reading = (struct reading){ 0 };
}
