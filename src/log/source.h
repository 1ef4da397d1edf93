/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_SOURCE_H
#define MAILBAN_LOG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/buf.h"

/* A log to read: bytes in order, from wherever they come. One thread at a time may use one source;
 * different sources may be used side by side. */
struct source;

/* Opens a file for reading from its first byte; "-" is standard input. Returns NULL where it cannot be
 * read, with one sentence about why ("is a directory; ...") appended to why. */
struct source *source_open(const char *path, struct buf *why);
void source_close(struct source *source);

/* The next bytes, uncompressed, at most room of them. 0 at the end, -1 on an error, about which
 * source_error() then says why. */
ssize_t source_read(struct source *source, char *bytes, size_t room);

const char *source_name(const struct source *source);   /* for messages; lives as long as the source */
const char *source_error(const struct source *source);  /* NULL where there was none */

/* When the log was last written, in seconds since the epoch: places lines whose times have no year. */
int64_t source_reference(const struct source *source);

/* For a progress line: bytes of the file read so far and in all, as stored (compressed ones count as
 * compressed). total is 0 where it is not known. */
void source_progress(const struct source *source, uint64_t *done, uint64_t *total);

/* The position of the first byte that source_read() gives, in uncompressed bytes from the log's start. */
uint64_t source_start(const struct source *source);

#endif
