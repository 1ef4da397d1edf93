/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entries: the entries of systemd's journal that mail units wrote, as lines of a log; for log/journal.c. */
#ifndef MAILBAN_LOG_ENTRIES_H
#define MAILBAN_LOG_ENTRIES_H

#include <stdint.h>

#include "base/buf.h"
#include "base/when.h"

struct entries;

enum { ENTRIES_BYTES = 1 << 16 }; /* entries_next() gives about so many bytes: at most one line more */

/* Loads the libraries that entries may need. Call it while files can still be opened. */
void entries_load(void);

/* Opens the journal of this host, or of a folder where directory is not NULL. units are names or globs of units
 * between commas, "": all mail units. NULL where it cannot be read, with the reason appended to why. Opens all files
 * that are there, and none later. */
struct entries *entries_open(const char *units, const char *directory, struct buf *why);
void entries_close(struct entries *entries);

/* Goes behind the entry that cursor names; before the first one where cursor is NULL. If the cursor's entry is gone,
 * entries behind it may be gone, too: *gap is then the time of the journal's first entry, in seconds since the epoch.
 * Else *gap is WHEN_UNKNOWN. Returns 0, or -1 with the reason appended to why. */
int entries_begin(struct entries *entries, const char *cursor, int64_t *gap, struct buf *why);

/* Adds the next lines, and names the last entry of them; the cursor lives until the next call. Returns 1, 0 at the end,
 * or -1 with the reason. */
int entries_next(struct entries *entries, struct buf *lines, const char **cursor, struct buf *why);

/* When the newest entry was made, in seconds since the epoch; WHEN_UNKNOWN where there is none. */
int64_t entries_newest(const struct entries *entries);

#endif
