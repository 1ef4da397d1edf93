/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LIST_BLACKLIST_H
#define MAILBAN_LIST_BLACKLIST_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/span.h"
#include "list/ban.h"

enum { BLACKLIST_FORMERS = 10 }; /* former versions that stay beside it: blacklist.1 is the last one */

#define BLACKLIST_HEADER "# mailban blacklist 1\n"

/* Reads the blacklist into an empty list, sorted, every entry with its line and what stands above it. A file
 * that is not there is an empty list. Returns 0, or -1 after saying which line is unreadable or why the file
 * is; the list is then empty. */
int blacklist_read(const char *path, struct banlist *list);

/* Reads a text in memory in the same way; name is for messages. The list takes the text over. */
int blacklist_parse(struct buf *text, const char *name, struct banlist *list);

/* Keeps one of several entries for an address in a sorted list. It is a person's, else the one that ends last, else the
 * first with a note. The remarks above the others go above the next entry. */
void blacklist_drop_duplicates(struct banlist *list);

/* The whole file as it would be written, added to out. The list is sorted. */
void blacklist_format(const struct banlist *list, struct buf *out);

/* Prepares a file that holds the list, for file_commit(). There is nothing to commit (file->path NULL) where the file
 * holds exactly that already. The same goes for an empty list without a file. The list is sorted, and was read from
 * path if it was read at all. *digest is that of the file as it will be; 0: there will be none. Returns 0 or -errno. */
int blacklist_prepare(const char *path, const struct banlist *list, struct file_new *file, uint64_t *digest);

/* The path of a former version, 1 the last one; 0: of the file itself. They stand beside the file that a link leads to.
 * The caller frees it. */
char *blacklist_former(const char *path, unsigned n);

/* Adds the line of one entry as mailban writes it, without a newline: the address, and behind # what is known of the
 * ban. Of a person's line that is the note alone. A note may be empty. */
void blacklist_add_line(struct buf *out, const struct ban *ban, struct span note);

/* What a person wrote behind # in an entry's line: the whole remark of a person's line, or the note of a ban. len 0:
 * nothing. */
struct span blacklist_note(const struct ban *ban);

/* Replaces an entry of the list by its ban as it is now. The lines above it and a person's note stay; the rest of its
 * line is written anew. */
void blacklist_change(struct banlist *list, struct ban *entry, const struct ban *now);

/* "auth", "unknown", ..., "hand". */
const char *blacklist_by_name(unsigned by);

enum { BLACKLIST_REMARK_COLUMN = 25 }; /* where the remark begins behind a short address, from 0 */

/* Takes the line of an entry apart, without its newline. Returns NULL, or what is wrong with it. note is the text that
 * a person wrote behind #. */
const char *blacklist_take_line(struct span line, struct ban *ban, struct span *note);

#endif
