/* SPDX-License-Identifier: GPL-2.0-or-later */
/* span: bytes that somebody else owns. Log bytes are always (pointer, length), never NUL-terminated. */
#ifndef MAILBAN_BASE_SPAN_H
#define MAILBAN_BASE_SPAN_H

#include <stddef.h>

struct span {
	const char *ptr;
	size_t len;
};

#endif
