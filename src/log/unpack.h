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

/* Gives the next stored bytes, at most room: 0 at the end, -1 on an error (errno). */
typedef ssize_t unpack_pull(void *owner, char *bytes, size_t room);

/* Loads what uncompressing needs, for whoever cannot open files later. False where this build can and it is not to be
 * had, with the reason appended to why. */
bool unpack_load(enum content content, struct buf *why);

/* Begins to uncompress what pull gives. NULL where this build cannot, with the reason appended to why. */
struct unpack *unpack_open(enum content content, unpack_pull *pull, void *owner, struct buf *why);

/* The next uncompressed bytes: 0 at the end, -1 on an error with the reason appended to why. */
ssize_t unpack_read(struct unpack *unpack, char *bytes, size_t room, struct buf *why);
void unpack_close(struct unpack *unpack);

#endif
