/* SPDX-License-Identifier: GPL-2.0-or-later */
/* edit: the work that all commands share with which a person changes the blacklist. */
#ifndef MAILBAN_APP_EDIT_H
#define MAILBAN_APP_EDIT_H

#include <stdbool.h>
#include <stdint.h>

#include "addr/addr.h"
#include "app/config.h"
#include "app/options.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/span.h"
#include "list/allow.h"
#include "list/ban.h"
#include "list/split.h"

/* The blacklist, held under its lock. */
struct edit {
	const struct options *options;
	const struct config *config;
	struct file_lock lock;
	struct file_look look;  /* of the blacklist's file, before it was read */
	struct banlist list;
	int64_t now;            /* seconds since the epoch, a whole minute */
	struct buf said;        /* text that edit_commit() prints when the work is done, and notes as a deed */
	struct buf told;        /* text that it prints alone: there was nothing to do */
};

/* Takes the blacklist's lock for the command of that name (not in a dry run) and reads the blacklist. Returns
 * EXIT_ALL_WELL, or another status after saying what is wrong. edit_end() is to be called in both cases, and may be
 * called for an edit that was not begun, whose lock.fd is -1. */
int edit_begin(struct edit *edit, const char *name, const struct config *config, const struct options *options);

/* Writes the list where it changed, unless the file changed since it was read: an editor takes no lock. Makes the sets
 * equal to it, unless --no-sync; in a dry run prints the difference instead. Returns EXIT_ALL_WELL, EXIT_IN_PART where
 * the sets could not be changed, or EXIT_NOTHING, having said why. */
int edit_commit(struct edit *edit);

void edit_end(struct edit *edit);

/* Reads an address or network that a person typed; false after saying what is wrong with it. */
bool edit_parse_net(struct addr *net, const char *text);

/* Joins words of the command line to one note; false after saying why they cannot be a note. */
bool edit_join_note(struct buf *note, char *const *words, int count);

/* Whether the network is wider than max-prefix allows and --force was not given; then says so. */
bool edit_too_wide(const struct edit *edit, const struct addr *net);

/* Prints the difference between a file and its new text. */
void edit_print_difference(const struct options *options, const char *path, struct span new_text);

/* Replaces the allowlist by the new text, unless the file changed since it was read: an editor takes no lock. In a dry
 * run prints the difference instead. Returns as file_replace() does, after saying what failed. */
int edit_replace_allow(const struct edit *edit, const struct buf *text, const struct file_look *before);

/* Adds a line that says what the command does. edit_commit() prints it to stdout once that is done. With --quiet it
 * prints nothing, nor in a dry run, whose output is a difference. */
void edit_say(struct edit *edit, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The same where there is nothing to do: it is noted as no deed. */
void edit_tell(struct edit *edit, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Says which entries left, and which networks were split around name. */
void edit_say_split(struct edit *edit, const struct split *split, const char *name);

#endif
