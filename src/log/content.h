/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_CONTENT_H
#define MAILBAN_LOG_CONTENT_H

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

/* Names by its magic number what a file is that is no log: "a program". NULL where the file may be a log. */
const char *content_foreign(const char *bytes, size_t len);

#endif
