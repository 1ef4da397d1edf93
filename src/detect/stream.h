/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stream: a log that is read block by block, and what its blocks must know of each other. For detect/scan. */
#ifndef MAILBAN_DETECT_STREAM_H
#define MAILBAN_DETECT_STREAM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "detect/block.h"
#include "detect/lines.h"
#include "detect/sessions.h"
#include "log/wrapping.h"

struct stream {
	struct scan_log *log;
	uint32_t source;           /* number of the log among those given */
	uint64_t name;             /* number of the log's name, the same for all of its rotations */
	struct log_lines lines;        /* of the worker that is reading */
	const char *server;        /* whose own file it is */
	enum wrapping wrapping;
	bool in_pieces;            /* of the worker that is reading: the last line was a piece of a longer one */
	bool reading, ended;       /* a worker reads a block; the last one was read */
	uint64_t blocks_read;
	uint64_t next_block;       /* the one to merge next */
	struct batch *done;        /* scanned and not merged, by number */
	int64_t scanned_until;     /* the time that the blocks scanned go up to */
	int64_t merged_until;      /* the time that those merged go up to; before the first one, when the log begins */
	bool merged;               /* all of it */
	/* its own: */
	struct event last;         /* the event of the last line, for "last message repeated" */
	uint64_t last_host;        /* the host that wrote it (detect/repeated) */
	struct buf last_text;      /* its line, or else its user */
	bool last_is_event;
};

/* The matcher reads the time of the first lines. Pieces tell whether reading stopped between pieces of a line. */
void stream_begin(struct stream *stream, struct scan_log *log, uint32_t source, struct matcher *matcher,
		  struct pieces *pieces);
void stream_end(struct stream *stream, struct pieces *pieces);

/* Compares two streams, for qsort(3): by when their logs begin, then by their first bytes, whatever they are named. */
int stream_compare(const void *a, const void *b);

/* Takes the wrapping off the lines that were read, as wrapping_take_off() does. */
size_t stream_unwrap(struct stream *stream, char *bytes, size_t len);

/* Keeps a batch that was scanned until its turn to be merged comes, in the order of numbers. */
void stream_put(struct stream *stream, struct batch *batch);

/* Moves merged_until and merged on: the next batch is about to be merged. */
void stream_advance(struct stream *stream, const struct batch *batch);

/* Completes the batch by what the blocks before it said: times of lines that have none. Takes out what is not to be
 * believed. Counts for the log. Returns events of the lines at its front that say how often the line before it was
 * repeated; the caller frees the batch. */
struct batch *stream_settle(struct stream *stream, struct batch *batch, struct pieces *pieces);

#endif
