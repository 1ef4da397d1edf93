/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_UNPACK_H
#define MAILBAN_LOG_UNPACK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "base/buf.h"
#include "log/content.h"

/* One compressed stream while it is being uncompressed. */
struct unpack;

/* Reads the next stored bytes, at most room. Returns how many, 0 at the end, or -1 with errno set. */
typedef ssize_t unpack_pull(void *owner, char *bytes, size_t room);

/* Loads the library that uncompressing needs, for callers that cannot open files later. False where the library cannot
 * be loaded, with the reason appended to why. True in a build without it: unpack_open() then says so. */
bool unpack_load(enum content content, struct buf *why);

/* Begins to uncompress what pull gives. NULL where this build cannot, with the reason appended to why.
 * The caller closes it. */
struct unpack *unpack_open(enum content content, unpack_pull *pull, void *owner, struct buf *why);

/* The next uncompressed bytes: 0 at the end, -1 on an error with the reason appended to why. */
ssize_t unpack_read(struct unpack *unpack, char *bytes, size_t room, struct buf *why);
void unpack_close(struct unpack *unpack);

#endif
