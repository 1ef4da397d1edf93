/* SPDX-License-Identifier: GPL-2.0-or-later */
/* span: bytes that somebody else owns. Log bytes are always (pointer, length), never NUL-terminated. */
#ifndef MAILBAN_BASE_SPAN_H
#define MAILBAN_BASE_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct span {
	const char *ptr;
	size_t len;
};

/* Whether the same len bytes stand at both places: memcmp() == 0 without a call, for texts that are mostly short. */
static inline __attribute__((always_inline)) bool span_same(const char *a, const char *b, size_t len)
{
	uint64_t x, y, v, w;
	uint32_t s, t, q, r;
	uint16_t j, k, m, n;

	if (len >= 8) {
		for (size_t i = 0; i + 16 < len; i += 8) {
			memcpy(&x, a + i, 8);
			memcpy(&y, b + i, 8);
			if (x != y)
				return false;
		}
		memcpy(&v, a + len - 8, 8);
		memcpy(&w, b + len - 8, 8);
		a += len < 16 ? 0 : len - 16;
		b += len < 16 ? 0 : len - 16;
		memcpy(&x, a, 8);
		memcpy(&y, b, 8);
		return ((x ^ y) | (v ^ w)) == 0;
	}
	if (len >= 4) {
		memcpy(&s, a, 4);
		memcpy(&t, b, 4);
		memcpy(&q, a + len - 4, 4);
		memcpy(&r, b + len - 4, 4);
		return ((s ^ t) | (q ^ r)) == 0;
	}
	if (len >= 2) {
		memcpy(&j, a, 2);
		memcpy(&k, b, 2);
		memcpy(&m, a + len - 2, 2);
		memcpy(&n, b + len - 2, 2);
		return ((j ^ k) | (m ^ n)) == 0;
	}
	return len == 0 || *a == *b;
}

/* memcpy() without a call for what is short. */
static inline __attribute__((always_inline)) void span_copy(char *to, const char *from, size_t len)
{
	uint64_t first[2], last[2];

	if (len < 8 || len > 32) {
		if (len > 0)
			memcpy(to, from, len);
		return;
	}
	/* the first and the last bytes, some of them twice */
	if (len <= 16) {
		memcpy(first, from, 8);
		memcpy(last, from + len - 8, 8);
		memcpy(to, first, 8);
		memcpy(to + len - 8, last, 8);
		return;
	}
	memcpy(first, from, 16);
	memcpy(last, from + len - 16, 16);
	memcpy(to, first, 16);
	memcpy(to + len - 16, last, 16);
}

/* Takes what stands before the first such byte, and the byte, off the front; all where there is none. */
struct span span_take(struct span *rest, char stop);

/* Takes a line off the front, and its newline, which is not part of it; false where nothing is left. */
bool span_take_line(struct span *rest, struct span *line);

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

/* Whether all of it is a decimal number up to most; one of 1 to 16 hexadecimal digits. */
bool span_decimal(struct span s, uint64_t most, uint64_t *value);
bool span_hex(struct span s, uint64_t *value);

/* Whether it is a text in which %HH stands for any byte but NUL. text has room for max bytes of it, and a NUL. */
bool span_unescape(struct span s, char *text, size_t max, size_t *len);

#endif
