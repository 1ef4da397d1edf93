/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_CONTENT_H
#define MAILBAN_LOG_CONTENT_H

#include <stdbool.h>
#include <stddef.h>

/* What the first bytes of a file say about the rest. */
enum content {
	CONTENT_PLAIN,
	CONTENT_GZIP,
	CONTENT_XZ,
	CONTENT_ZSTD,
	CONTENT_BZIP2,
	CONTENT_LZ4,
};

enum content content_of(const char *bytes, size_t len);
const char *content_name(enum content content); /* "gzip", ... */

/* Whether text that begins like this is no text at all. A log with a few NUL bytes, control bytes or
 * bytes that are no UTF-8 is text. */
bool content_is_binary(const char *bytes, size_t len);

#endif
