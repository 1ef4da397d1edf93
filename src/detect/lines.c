/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lines: a log cut into blocks of whole lines.
 *
 * The incomplete line at the end of a block begins the next block. A line longer than any of a mail server is passed
 * over and never held whole. The cuts make no difference to the lines.
 */
#define _GNU_SOURCE
#include "detect/lines.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

/* Drops the rest of a line that is too long, and moves the bytes behind it to the front. */
static size_t skip_rest_of_line(struct log_lines *l, char *bytes, size_t len)
{
	char *newline = memchr(bytes, '\n', len);
	size_t rest = newline != NULL ? (size_t)(newline + 1 - bytes) : len;

	if (newline != NULL) {
		l->skipping = false;
		l->gap = true;
		l->too_long++;
		memmove(bytes, newline + 1, len - rest);
	}
	l->offset += rest;
	return len - rest;
}

static void keep_carry(struct log_lines *l, const char *bytes, size_t len)
{
	if (len > MATCH_LINE_MAX + 1) {
		l->skipping = true;
		l->offset += len;
		len = 0;
	}
	if (len > 0)
		memcpy(l->carry, bytes, len);
	l->carry_len = len;
}

size_t lines_read(struct log_lines *l, char *block, uint64_t *offset)
{
	size_t len = l->carry_len, got, complete;
	const char *newline;

	if (l->carry == NULL)
		l->carry = mem_alloc(MATCH_LINE_MAX + 1, 1);
	memcpy(block, l->carry, len);
	got = source_read_full(l->log->source, block + len, LINES_BLOCK);
	l->log->failed = source_error(l->log->source) != NULL;
	len += got;
	l->carry_len = 0;
	if (l->skipping)
		len = skip_rest_of_line(l, block, len);
	*offset = source_start(l->log->source) + l->offset;
	newline = len > 0 ? memrchr(block, '\n', len) : NULL;
	complete = newline != NULL ? (size_t)(newline + 1 - block) : 0;
	if (got < LINES_BLOCK) {
		l->ended = true;
		/* a damaged place may cut an address off before its last digit: an unfinished line there counts for
		 * nothing */
		if (l->log->take_unterminated && !l->log->failed)
			complete = len;
	}
	l->behind_gap = l->gap;
	if (complete > 0)
		l->gap = false;
	l->offset += complete;
	if (!l->skipping)
		l->log->consumed = l->offset;
	keep_carry(l, block + complete, len - complete);
	return complete;
}

void lines_free(struct log_lines *l)
{
	free(l->carry);
	l->carry = NULL;
}
