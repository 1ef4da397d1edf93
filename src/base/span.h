/* SPDX-License-Identifier: GPL-2.0-or-later */
/* span: bytes that somebody else owns. Log bytes are always (pointer, length), never NUL-terminated. */
#ifndef MAILBAN_BASE_SPAN_H
#define MAILBAN_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* How many items an array has. */
#define LENGTH_OF(array) (sizeof(array) / sizeof((array)[0]))

struct span {
	const char *ptr;
	size_t len;
};

/* Whether the same len bytes stand at both places: without a call where they are 8 to 16, as names of programs are. */
static inline bool span_same(const char *a, const char *b, size_t len)
{
	uint64_t x[2], y[2];

	if (len < 8 || len > 16)
		return len == 0 || memcmp(a, b, len) == 0;
	memcpy(x, a, 8);
	memcpy(y, b, 8);
	memcpy(x + 1, a + len - 8, 8);
	memcpy(y + 1, b + len - 8, 8);
	return ((x[0] ^ y[0]) | (x[1] ^ y[1])) == 0;
}

static inline bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && span_same(a.ptr, b.ptr, a.len);
}

/* The order of memcmp(); of a text and its beginning the beginning comes first. <0, 0, >0. */
int span_compare(struct span a, struct span b);

/* Takes what stands before the first such byte, and the byte, off the front; all where there is none. */
struct span span_take(struct span *rest, char stop);

/* Takes a line off the front, and its newline, which is not part of it; false where nothing is left. */
bool span_take_line(struct span *rest, struct span *line);

/* Takes the next word off the front, and the separators before it. A word holds no byte of the text separators. Its
 * length is 0 where none is left. */
struct span span_word(struct span *rest, const char *separators);

/* Whether it is the text, begins with it, or has it somewhere. */
static inline bool span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

static inline bool span_starts(struct span s, const char *text)
{
	return s.len >= strlen(text) && memcmp(s.ptr, text, strlen(text)) == 0;
}

bool span_holds(struct span s, const char *text);

/* Takes the text off the front; false where it does not begin so. */
static inline bool span_skip(struct span *rest, const char *text)
{
	bool there = span_starts(*rest, text);

	if (there)
		*rest = (struct span){ rest->ptr + strlen(text), rest->len - strlen(text) };
	return there;
}

/* The first reads a decimal number up to `most`, the second 1 to 16 hexadecimal digits. False where the span is
 * anything else. */
bool span_decimal(struct span s, uint64_t most, uint64_t *value);
bool span_hex(struct span s, uint64_t *value);

/* Reads a span in which %HH stands for any byte but NUL. Writes the bytes and a NUL into text, which has room for max
 * bytes and the NUL. False where %HH is wrong or the room too small. */
bool span_unescape(struct span s, char *text, size_t max, size_t *len);

#endif
