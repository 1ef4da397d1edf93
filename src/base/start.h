/* SPDX-License-Identifier: GPL-2.0-or-later */
/* start: what sixteen bytes must begin with, or have at some places, asked with two loads. */
#ifndef MAILBAN_BASE_START_H
#define MAILBAN_BASE_START_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { START_MAX = 16 };

struct start {
	char text[START_MAX];     /* zero where mask is */
	uint8_t mask[START_MAX];  /* 255 where the byte matters, else 0 */
};

/* Sixteen bytes that begin with len bytes of text, at most START_MAX. */
static inline struct start start_of(const char *text, size_t len)
{
	struct start s = { { 0 }, { 0 } };

	memcpy(s.text, text, len);
	memset(s.mask, 0xff, len);
	return s;
}

/* Whether the sixteen bytes at p, which must be readable, are such ones. */
static inline bool start_fits(const struct start *s, const char *p)
{
	uint64_t bytes[2], text[2], mask[2];

	memcpy(bytes, p, sizeof(bytes));
	memcpy(text, s->text, sizeof(text));
	memcpy(mask, s->mask, sizeof(mask));
	return (((bytes[0] & mask[0]) ^ text[0]) | ((bytes[1] & mask[1]) ^ text[1])) == 0;
}

#endif
