/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reading_driver: a run without rules, for the tests of readings: makes one, reads its sources to complete
 * lines, and gives each line to the test; then the positions go through their text, as through the state. */
#ifndef MAILBAN_TESTS_READING_DRIVER_H
#define MAILBAN_TESTS_READING_DRIVER_H

#include <stdlib.h>
#include <string.h>

#include "log/reading.h"

struct driver {
	struct positions positions;
	size_t room;                /* of one read */
	void (*take)(void *context, const char *line, size_t len);
	void *context;
	bool full;
	const char *directory;      /* of journals */
	struct buf notes;           /* of the last run, a line each */
	unsigned lost, unreadable;  /* how many notes of each kind the last run made */
	size_t sources;             /* how many the last run read */
	int64_t not_before;         /* of the last one of these */
};

static inline size_t driver_take_lines(struct driver *driver, const char *bytes, size_t len)
{
	size_t taken = 0;
	const char *end;

	while ((end = memchr(bytes + taken, '\n', len - taken)) != NULL) {
		driver->take(driver->context, bytes + taken, (size_t)(end - bytes) - taken);
		taken = (size_t)(end - bytes) + 1;
	}
	return taken;
}

static inline void driver_read(struct driver *driver, struct reading_source *s)
{
	struct buf waiting = { 0 };
	ssize_t got;

	while ((got = source_read(s->source, buf_room(&waiting, driver->room), driver->room)) > 0) {
		size_t taken;

		waiting.len += (size_t)got;
		taken = driver_take_lines(driver, waiting.ptr, waiting.len);
		memmove(waiting.ptr, waiting.ptr + taken, waiting.len - taken);
		waiting.len -= taken;
		s->consumed += taken;
	}
	s->failed = got < 0;
	driver->unreadable += s->failed;
	if (s->take_unterminated && !s->failed && waiting.len > 0) {
		driver->take(driver->context, waiting.ptr, waiting.len);
		s->consumed += waiting.len;
	}
	buf_free(&waiting);
}

/* commit: as if the run came to its end; else it was a dry one or was killed. Returns 0, or the line of the
 * positions' text that could not be read again. */
static inline unsigned driver_run(struct driver *driver, char *const *logs, size_t count, bool commit)
{
	struct reading_options options = { .full = driver->full, .directory = driver->directory };
	struct positions next = { 0 };
	struct buf text = { 0 };
	struct reading reading;
	unsigned bad = 0;

	reading_open(&reading, logs, count, &options);
	reading_begin(&reading, &driver->positions);
	driver->lost = driver->unreadable = 0;
	for (size_t i = 0; i < reading.count; i++) {
		driver_read(driver, &reading.sources[i]);
		driver->not_before = reading.sources[i].not_before;
	}
	reading_finish(&reading, &next);
	buf_clear(&driver->notes);
	driver->sources = reading.count;
	for (size_t i = 0; i < reading.note_count; i++) {
		buf_addf(&driver->notes, "%s\n", reading.notes[i].text);
		driver->lost += reading.notes[i].kind == READING_LOST;
		driver->unreadable += reading.notes[i].kind == READING_UNREADABLE;
	}
	buf_text(&driver->notes);
	reading_free(&reading);
	if (commit) {
		positions_format(&next, &text);
		positions_free(&driver->positions);
		bad = positions_parse(&driver->positions, (struct span){ text.ptr, text.len });
		buf_free(&text);
	}
	positions_free(&next);
	return bad;
}

static inline void driver_free(struct driver *driver)
{
	positions_free(&driver->positions);
	buf_free(&driver->notes);
}

#endif
