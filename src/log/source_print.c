/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_print: fingerprints of what a source holds, and going on where another run stopped.
 *
 * Two parts of the uncompressed text identify a log: its first bytes, and the last line before the place where reading
 * stopped. So compressing, renaming and copying change nothing. The last line alone finds the place in a log whose
 * head was cut off. The hash is no secret: whoever can choose these bytes of a log can as well delete it.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/mem.h"
#include "log/source_inside.h"

enum {
	STEP = 1 << 16,
	TAIL_MAX = 1024,
	TAIL_LEAST = 40, /* a shorter line may come again: the line before it is taken, too */
};

struct print print_of(const char *bytes, size_t len)
{
	return (struct print){ .hash = digest_fnv64(DIGEST_FNV64_FIRST, bytes, len), .len = (uint32_t)len };
}

static bool same_print(struct print a, struct print b)
{
	return a.hash == b.hash && a.len == b.len;
}

/* Reads up to offset, and keeps nothing. */
static bool read_up_to(struct source *source, uint64_t offset)
{
	FREED_BY(mem_free) char *step = mem_alloc(STEP, 1);
	ssize_t got = 1;

	while (got > 0 && source->at < offset) {
		uint64_t left = offset - source->at;

		got = source_read(source, step, left < STEP ? (size_t)left : STEP);
	}
	return source->at == offset;
}

static bool go_to(struct source *source, uint64_t offset, size_t tail_len)
{
	ssize_t got;

	if (offset < source->first || offset - source->first < tail_len || tail_len > sizeof(source->last))
		return false;
	if (source->content != CONTENT_PLAIN)
		return read_up_to(source, offset) && source->last_len >= tail_len;
	if (offset > source->file.size)
		return false;
	got = source_pread(source, source->last, tail_len, offset - tail_len);
	source->hindered |= got < 0;
	if (got != (ssize_t)tail_len)
		return false;
	source->last_len = tail_len;
	source->at = offset;
	return true;
}

bool source_resume(struct source *source, uint64_t offset, struct print tail)
{
	if (!source->regular)
		return false;
	if (!go_to(source, offset, tail.len) ||
	    !same_print(tail, print_of(source->last + source->last_len - tail.len, tail.len))) {
		source_restart(source);
		return false;
	}
	source->start = offset;
	source->given = 0;
	return true;
}

/* Whether whole lines of that fingerprint end at end; begin may lie before the newline ahead of them. */
static bool ends_with(const char *begin, const char *end, struct print print)
{
	return (size_t)(end - begin) > print.len && end[-(ptrdiff_t)print.len - 1] == '\n' &&
	       same_print(print, print_of(end - print.len, print.len));
}

/* Where lines of that fingerprint end for the last time; 0: nowhere. Of equal lines the last one counts, by (1) of
 * src/README.md. */
static uint64_t find_lines(struct source *source, struct print print)
{
	FREED_BY(mem_free) char *bytes = mem_alloc(1 + PRINT_BYTES + STEP, 1);
	size_t kept = 1;
	uint64_t found = 0, from = source->at;
	ssize_t got;

	bytes[0] = '\n';
	for (; (got = source_read(source, bytes + kept, STEP)) > 0; from = source->at) {
		const char *begin = bytes + kept, *end = begin + got, *at = begin;

		while ((at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
			at++;
			if (ends_with(bytes, at, print))
				found = from + (uint64_t)(at - begin);
		}
		kept = (size_t)(end - bytes) < print.len + 1 ? (size_t)(end - bytes) : print.len + 1;
		memmove(bytes, end - kept, kept);
	}
	return found;
}

bool source_find(struct source *source, struct print tail)
{
	uint64_t offset;

	if (!source->regular || tail.len < TAIL_LEAST || tail.len > PRINT_BYTES)
		return false;
	offset = find_lines(source, tail);
	source_restart(source);
	return offset > 0 && source_resume(source, offset, tail);
}

struct print source_head_print(const struct source *source, uint64_t offset)
{
	uint64_t len = offset > source->first ? offset - source->first : 0;

	return print_of(source->head, len < source->head_len ? (size_t)len : source->head_len);
}

/* The fingerprint of the last line of the bytes. A line that begins before the bytes counts from their start. */
static struct print print_of_last_line(const char *bytes, size_t len)
{
	const char *begin = NULL;

	if (len > TAIL_LEAST)
		begin = memrchr(bytes, '\n', len - TAIL_LEAST);
	begin = begin != NULL ? begin + 1 : bytes;
	return print_of(begin, (size_t)(bytes + len - begin));
}

struct print source_tail(struct source *source, uint64_t offset)
{
	uint64_t known = source->at - source->last_len;
	uint64_t want = offset - source->first < TAIL_MAX ? offset - source->first : TAIL_MAX;
	char bytes[TAIL_MAX];

	if (offset >= known && offset - known >= want)
		return print_of_last_line(source->last + (offset - known) - want, (size_t)want);
	/* behind offset lies the beginning of a long line: read it again, if the file is still the same */
	if (source->regular && source->content == CONTENT_PLAIN && source_still_stands(source) &&
	    source_pread(source, bytes, (size_t)want, offset - want) == (ssize_t)want)
		return print_of_last_line(bytes, (size_t)want);
	return print_of(bytes, 0);
}

bool source_begins_with(struct source *source, struct source *copy, struct buf *why)
{
	FREED_BY(mem_free) char *steps = mem_alloc(2, STEP);
	size_t got;
	bool same;

	source_restart(source);
	source_restart(copy);
	do {
		got = source_read_full(copy, steps + STEP, STEP);
		same = source_read_full(source, steps, got) == got && memcmp(steps, steps + STEP, got) == 0;
	} while (same && got == STEP);
	if (same && why != NULL)
		buf_add_span(why, buf_span(&copy->error));
	source_restart(source);
	source_restart(copy);
	return same;
}
