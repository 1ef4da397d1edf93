/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_SOURCE_H
#define MAILBAN_LOG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/file.h"
#include "base/buf.h"
#include "base/span.h"
#include "base/when.h"

/* A log to read: bytes in order, from wherever they come. One thread at a time may use one source;
 * different sources may be used side by side. */
struct source;

/* Opens a log, and loads the library that it needs. "-" is standard input, "journal:[UNIT,...]" the journal of this
 * host, or of a directory that is not NULL. Returns NULL where it cannot be opened, with one sentence about why ("is a
 * directory; ...") appended to why. *hindered (where not NULL) is then true for the disk, the rights or a missing
 * library, which may be well another time. It is false for what the file is. */
struct source *source_open(const char *path, const char *directory, struct buf *why, bool *hindered);

/* Then finds out what it is, from its first bytes, which whoever opens logs need not work on. A journal begins behind
 * the entry that cursor names, or at the first one where that is NULL. Returns false with a sentence where it is no log
 * or cannot be read; it is to be closed in any case. */
bool source_begin(struct source *source, const char *cursor, struct buf *why);
bool source_is_journal(const char *name); /* whether the name begins with journal: */
const char *source_units(const char *name); /* of a journal's name: what stands behind journal: */
const char *source_colon(const char *name); /* what stands behind a name in a message: "journal:" has its colon */
void source_close(struct source *source);

/* How large a compressed log may become: so many times as large as its file, and so many megabytes. */
struct source_bounds {
	uint32_t ratio, megabytes;
};

/* Reading what becomes larger ends with an error. Before source_begin(); without it the bounds are SOURCE_BOUNDS. */
void source_bound(struct source *source, const struct source_bounds *bounds);

#define SOURCE_BOUNDS ((struct source_bounds){ .ratio = 1000, .megabytes = 102400 })

/* Whether the disk, rights or a missing library caused the error, so that the source may be well another time. */
bool source_is_hindered(const struct source *source);

/* The next bytes, uncompressed, at most room of them. 0 at the end, -1 on an error, about which source_error() then
 * says why. A file is read up to the size that it had when it was opened. A file that is emptied or rewritten meanwhile
 * ends where its former bytes end. What a power failure leaves of a line is NULs: the last of many becomes a newline.
 * Holes are skipped behind their beginning. */
ssize_t source_read(struct source *source, char *bytes, size_t room);

/* Reads len bytes unless the end or an error comes before. Returns how many. */
size_t source_read_full(struct source *source, char *bytes, size_t len);

const char *source_name(const struct source *source);   /* for messages; lives as long as the source */
const char *source_error(const struct source *source);  /* NULL where there was none */

/* When the log was last written, in seconds since the epoch: places lines whose times have no year. */
int64_t source_reference(const struct source *source);

/* For a progress line: bytes of the file read so far and in all, as stored (compressed ones count as
 * compressed). total is 0 where it is not known. May be asked while another thread reads. */
void source_progress(const struct source *source, uint64_t *done, uint64_t *total);

/* The position of the first byte that source_read() gives, in uncompressed bytes from the log's start. */
uint64_t source_start(const struct source *source);

/* The position behind so many bytes of what source_read() gave: behind the last newline, or all of them. */
uint64_t source_offset(const struct source *source, uint64_t consumed);

/* The whole path of the file that path leads to, be it there or not, without links. NULL where a link on the way stands
 * in a folder that others than root and we ourselves can write to: source_open() opens nothing by it. A path of more
 * links than FILE_LINKS_MAX keeps one. The caller frees it. */
char *source_follow(const char *path);

/* All uncompressed bytes that were read of it until now, those twice that were read twice. */
uint64_t source_ever_read(const struct source *source);

bool source_is_compressed(const struct source *source);
bool source_is_stdin(const struct source *source);

/* The file as it was when it was opened; all zero for what is no file. */
struct file_look source_file(const struct source *source);

/* The server whose own file it is, as far as the first lines tell (struct header); NULL where they do not. It is worked
 * out anew each time. */
const char *source_server(const struct source *source);

/* A fingerprint of len bytes. */
struct print {
	uint64_t hash;
	uint32_t len;
};

enum { PRINT_BYTES = 4096 }; /* a fingerprint is of so many bytes, or of fewer where there are no more */

struct print print_of(const char *bytes, size_t len);

/* The first bytes, uncompressed: at most PRINT_BYTES. They live as long as the source. */
struct span source_head(const struct source *source);
bool source_is_at_head(const struct source *source); /* whether it starts with them */

/* Goes back to the first byte. Not for standard input and journals. */
void source_restart(struct source *source);

/* Makes offset the start, provided that the tail.len bytes before it are those of the fingerprint. Where
 * they are not, or cannot be read, returns false and the source starts at its first byte again.
 * Only before the first source_read(). */
bool source_resume(struct source *source, uint64_t offset, struct print tail);

/* Does the same without an offset, for a log whose head was cut off. The start becomes the place behind the last whole
 * lines of that fingerprint. Reads the whole log. */
bool source_find(struct source *source, struct print tail);

/* The fingerprint of the first bytes of what lies before offset. */
struct print source_head_print(const struct source *source, uint64_t offset);

/* The fingerprint of the last line before offset, which lies between the start and the last byte given; of a long
 * line, of its end. Its length is 0 where those bytes are not known any more. */
struct print source_tail(struct source *source, uint64_t offset);

/* For a journal: the cursor of the last entry read, NULL where there is none; and what journal_gap() returns. */
const char *source_cursor(const struct source *source);
int64_t source_gap(const struct source *source);

/* Whether the source begins with all bytes of the copy, as far as the copy can be read: why, unless it is NULL, gets
 * what source_error() says of the rest. Both start at their first byte afterwards. */
bool source_begins_with(struct source *source, struct source *copy, struct buf *why);

#endif
