/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LIST_STATE_H
#define MAILBAN_LIST_STATE_H

#include <stddef.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/span.h"

/* The names of the sections. */
#define STATE_POSITIONS "positions"
#define STATE_EVIDENCE "evidence"
#define STATE_HISTORY "history"
#define STATE_DRIFT "drift"

struct state_section {
	char *name;
	char *lines; /* each with its newline */
	size_t len;
};

/* What lasts from run to run: named sections of text lines, each read and written by the module that it
 * belongs to. Zero-initialised it is the state before the first run. */
struct state {
	struct state_section *sections; /* sorted by name */
	size_t count, capacity;
};

void state_free(struct state *state);

/* Reads the file; one that does not exist is the empty state. Returns 0, or -1 after a message that says
 * what to do about a file that cannot be read, is damaged, is none, or is of a newer version. */
int state_load(struct state *state, const char *path);

/* The lines of a section; len 0 where there are none. They live until the section is set or the state freed. */
struct span state_lines(const struct state *state, const char *name);

/* Puts the lines in the place of the section's. name is one word; each line ends with a newline. */
void state_set(struct state *state, const char *name, struct span lines);

/* For a module that cannot read line number (1 is the first) of its section: says so, as for a damaged file. */
void state_bad_line(const char *path, const char *name, unsigned number);

void state_format(const struct state *state, struct buf *out);

/* Brings the new file to the disk, for file_commit() to put in place; nothing to commit (file->path NULL) where the
 * file holds the same already. Returns 0 or -errno. */
int state_prepare(const struct state *state, const char *path, struct file_new *file);

#endif
