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
static inline bool span_same(const char *a, const char *b, size_t len)
{
	uint64_t x, y;
	uint32_t v, w;

	if (len < 4) {
		for (size_t i = 0; i < len; i++) {
			if (a[i] != b[i])
				return false;
		}
		return true;
	}
	if (len < 8) {
		memcpy(&v, a, 4);
		memcpy(&w, b, 4);
		if (v != w)
			return false;
		memcpy(&v, a + len - 4, 4);
		memcpy(&w, b + len - 4, 4);
		return v == w;
	}
	for (size_t i = 0; i + 8 < len; i += 8) {
		memcpy(&x, a + i, 8);
		memcpy(&y, b + i, 8);
		if (x != y)
			return false;
	}
	memcpy(&x, a + len - 8, 8);
	memcpy(&y, b + len - 8, 8);
	return x == y;
}

#endif
