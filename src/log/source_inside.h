/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source_inside: what a source is made of; for src/log/source*.c alone. */
#ifndef MAILBAN_LOG_SOURCE_INSIDE_H
#define MAILBAN_LOG_SOURCE_INSIDE_H

#include <stdatomic.h>

#include "log/content.h"
#include "log/journal.h"
#include "log/source.h"
#include "log/unpack.h"

struct source {
	char *name;
	int fd;                      /* -1: none, as of the journal */
	bool is_stdin;
	bool regular;                /* can be read at any offset */
	bool hindered;               /* what failed may succeed another time: it is not the bytes that are wrong */
	enum content content;
	struct unpack *unpack;       /* NULL: plain, not begun yet, or unpacked */
	bool unpacked;               /* to the end */
	uint64_t unpacked_bytes;     /* since its beginning */
	struct source_bounds bounds; /* of them */
	struct journal *journal;     /* NULL: a file */
	struct file_look file;
	int64_t reference;
	uint64_t first, start, at;   /* uncompressed: where the text begins, where we began, the next byte */
	uint64_t given;              /* bytes since start: fewer than lie between, where a hole was skipped */
	uint64_t ever;               /* bytes given in all, however often it began anew */
	atomic_uint_fast64_t stored; /* bytes of the file taken so far */
	char head[PRINT_BYTES];      /* the first bytes, uncompressed */
	size_t head_len;
	size_t head_given;           /* what cannot be read twice gives its head from here first */
	char peeked[PRINT_BYTES];    /* the first stored bytes */
	size_t peeked_len, peeked_given;
	char last[PRINT_BYTES];      /* the bytes before at */
	size_t last_len;
	struct buf error;            /* NUL-terminated where it is not empty */
};

/* Opens the file. False where it cannot be read, with one sentence appended to why. */
bool source_open_file(struct source *source, const char *path, struct buf *why);

/* Append the sentence, and return false: what the file is; an error, which the next run may not meet. */
bool source_refuse(struct buf *why, const char *text);
bool source_refuse_for(struct source *source, struct buf *why, int error);
const char *source_kind(mode_t mode); /* the sentence about a file that is not regular */

/* pread(2) until it is not interrupted. */
ssize_t source_pread(const struct source *source, char *bytes, size_t room, uint64_t at);

/* Where from at on a plain file holds anything: at, the end of the hole there, or the end of the file. */
uint64_t source_data_at(const struct source *source, uint64_t at);

/* Fills len bytes of what comes next unless the end comes before. Returns how many, or -1. Does not count
 * as reading: at and last stay what they are. */
ssize_t source_fill(struct source *source, char *bytes, size_t len);

/* Whether the bytes before at still stand in the plain file. */
bool source_still_stands(const struct source *source);

#endif
