/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_POSITION_H
#define MAILBAN_LOG_POSITION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "base/when.h"
#include "log/source.h"

/* How far one file of a log was read. The file is known again by its bytes; file is but a hint that saves
 * uncompressing what has not changed. */
struct position {
	char *log;               /* the log that the file belongs to: an absolute path, or journal:... */
	uint64_t offset;         /* uncompressed bytes read, all of them complete lines */
	struct print head, tail; /* of the first bytes, and of those before offset */
	int64_t last_time;       /* of the last line read, in seconds since the epoch, or WHEN_UNKNOWN */
	bool live;               /* it was the file that is written to */
	bool packed;             /* the file is compressed */
	struct file_look file;   /* as it was when it was read; inode 0: not known */
	char *cursor;            /* of a journal: the last entry read. Else NULL */
};

/* What the state keeps of all logs: the lines of its section "positions". Zero-initialise it. */
struct positions {
	struct position *items;
	size_t count, capacity;
};

void positions_free(struct positions *positions);

/* Adds a copy of the position and its texts, log being the name of the log. */
void positions_add(struct positions *positions, const struct position *position, const char *log);

/* Reads the lines that positions_format() wrote. Returns 0, or the number of the line that is none of these
 * (1 is the first); positions is then empty. */
unsigned positions_parse(struct positions *positions, struct span lines);
void positions_format(const struct positions *positions, struct buf *out);

#endif
