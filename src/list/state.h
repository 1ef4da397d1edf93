/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state: the file that lasts from run to run.
 *
 * It names the blacklist that it goes with by two digests: of the list that the run read, and of the one that it wrote.
 * Both files are on the disk before the state is renamed, then the blacklist. So a run that dies in between leaves
 * the new blacklist beside the old one, and whoever comes next finishes it: state_recover(). */
#ifndef MAILBAN_LIST_STATE_H
#define MAILBAN_LIST_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/span.h"

/* The names of the sections. */
#define STATE_ACCOUNTS "accounts"
#define STATE_BLACKLIST "blacklist"
#define STATE_CONNECTIONS "connections"
#define STATE_DRIFT "drift"
#define STATE_ENTERED "entered"
#define STATE_HISTORY "history"
#define STATE_JUDGE "judge"
#define STATE_MYNETWORKS "mynetworks"
#define STATE_NAMES "names"
#define STATE_POSITIONS "positions"
#define STATE_TOLD "told"
#define STATE_RUNS "runs"
#define STATE_SESSIONS "sessions"
#define STATE_TOPS "tops"

struct state_section {
	char *name;
	char *lines; /* each with its newline */
	size_t len;
	bool own;    /* lines is to be freed; else it lies in the text that was read */
};

/* Named sections of text lines, each read and written by the module that it belongs to. Zero-initialised it is the
 * state before the first run. */
struct state {
	struct state_section *sections; /* sorted by name */
	size_t count, capacity;
	char *text;                     /* as it was read; NULL: nothing was */
	uint64_t sum;                   /* the checksum of the file that was read, or prepared; 0: there is none */
	unsigned version;               /* of the file that was read: 2, or 1, of which positions and drift are left; 0:
	                                 * none */
};

void state_free(struct state *state);

/* Reads the file; one that does not exist is the empty state. Returns 0, or -1 after a message that says what to do.
 * Then the file cannot be read, is damaged, is no state or is of a newer version. */
int state_load(struct state *state, const char *path);

/* Reads a text in the same way, and takes it over; name is for messages. */
int state_parse(struct state *state, struct buf *text, const char *name);

/* state_load() in two steps: the first one reads the file, the second one can run in the glass. Where there is no file,
 * text->ptr is NULL. */
int state_read(const char *path, struct buf *text);
int state_parse_read(struct state *state, struct buf *text, const char *path);

/* The lines of a section; len 0 where there are none. They live until the section is set or the state freed. */
struct span state_lines(const struct state *state, const char *name);

/* Puts the lines in the place of the section's. name is one word; each line ends with a newline. The first one copies,
 * the second one takes the text over and leaves an empty one. */
void state_set(struct state *state, const char *name, struct span lines);
void state_take(struct state *state, const char *name, struct buf *lines);

/* Forgets the text that was read, and all lines in it but those of the section of that name. */
void state_keep_only(struct state *state, const char *name);

/* For whoever has read a section: bad is the number of the line that cannot be read, from 1; 0: all can. Returns 0, or
 * -1 after saying so, as for a damaged file. */
int state_check(const char *path, const char *name, unsigned bad);

/* Appends the whole file. Returns its checksum. */
uint64_t state_format(const struct state *state, struct buf *out);

/* Brings the new file to the disk, for file_commit() to put in place; nothing to commit (file->path NULL) where it
 * says what was read. Returns 0 or -errno. */
int state_prepare(struct state *state, const char *path, struct file_new *file);

/* The digests of the blacklist that was read and of the one that was written; false where the state names none. */
bool state_digests(const struct state *state, uint64_t *read, uint64_t *written);
void state_set_digests(struct state *state, uint64_t read, uint64_t written);

/* The digest of a file, to compare with these; 0: there is no file, or it cannot be read. */
uint64_t state_digest_of(const char *path);

/* Whether the file was changed since it looked so and had that digest. One that was only copied or touched is not. */
bool state_is_edited(const char *path, const struct file_look *look, uint64_t digest);

enum state_recovered {
	STATE_WELL,          /* no run died between state and blacklist, or what it had begun is finished now */
	STATE_UNWRITTEN,     /* one died, and the list that it read was changed since: it is left as it is */
	STATE_UNFINISHED,    /* one died, and it is not to be finished here: writes was false */
	STATE_UNREADABLE,    /* after a message: the state does not say whether one died */
	STATE_FAILED,        /* after a message: the list cannot be put in place */
};

/* Finishes what a run that died between state and blacklist had begun: the new list takes its place. Call it under the
 * lock, before the blacklist is read; writes says whether anything may be changed. */
enum state_recovered state_recover(const char *state_path, const char *blacklist_path, bool writes);

#endif
