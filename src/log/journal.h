/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_JOURNAL_H
#define MAILBAN_LOG_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"
#include "base/when.h"

/* The mail units' entries of a journal, as lines of a log. */
struct journal;

/* Starts the reader of this host's journal, or of a folder's where directory is not NULL. units are names or globs of
 * units between commas, "": all mail units. NULL where it cannot be started, with the reason appended to why. */
struct journal *journal_open(const char *units, const char *directory, struct buf *why);
void journal_close(struct journal *journal);

/* Begins behind the entry that cursor names, or at the first entry where that is NULL. False where the journal cannot
 * be read, with the reason appended to why. */
bool journal_begin(struct journal *journal, const char *cursor, struct buf *why);

/* The next bytes of lines: 0 at the end, -1 on an error with the reason appended to why. */
ssize_t journal_read(struct journal *journal, char *bytes, size_t room, struct buf *why);

/* The last entry that was given, or the cursor it began with; NULL where there is none. The entry's line
 * must have been given to its end, else NULL too. */
const char *journal_cursor(struct journal *journal);

/* The time of the journal's first entry, in seconds since the epoch, if the cursor's entry is gone: entries behind it
 * may be gone, too. Else WHEN_UNKNOWN. */
int64_t journal_gap(const struct journal *journal);

/* When the newest entry of those units was made, in seconds since the epoch; WHEN_UNKNOWN where there is none, or where
 * the journal cannot be read. */
int64_t journal_newest(const char *units, const char *directory);

#endif
