/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text: the pieces that reports for people are made of. */
#ifndef MAILBAN_REPORT_TEXT_H
#define MAILBAN_REPORT_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Adds blanks until out has at least width bytes behind offset start. */
void text_pad(struct buf *out, size_t start, size_t width);

/* Adds how long a ban lasts, in words: "until ..." or "for ever". */
void text_add_until(struct buf *out, int64_t until);

/* Adds seconds since the epoch as 2026-11-21T03:17:05Z, and - for WHEN_UNKNOWN. */
void text_add_second(struct buf *out, int64_t seconds);

/* "1 address", "2 addresses". */
void text_add_count(struct buf *out, uint64_t count, const char *one, const char *many);

/* Cuts a text that is longer than so many characters, and ends it with "...". */
void text_cut(struct buf *text, size_t columns);

/* Writes all of it to stdout. */
void text_print(const struct buf *out);

#endif
