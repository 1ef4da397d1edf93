/* SPDX-License-Identifier: GPL-2.0-or-later */
/* text: the pieces that reports for people are made of. */
#ifndef MAILBAN_REPORT_TEXT_H
#define MAILBAN_REPORT_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"

/* Blanks until what began at offset start of the text is at least width bytes long. */
void text_pad(struct buf *out, size_t start, size_t width);

/* An address, padded to width. */
void text_add_addr(struct buf *out, const struct addr *addr, size_t width);

/* How long a ban lasts, in words: "until ..." or "for ever". */
void text_add_until(struct buf *out, int64_t until);

/* 2026-11-21T03:17:05Z of seconds since the epoch. */
void text_add_second(struct buf *out, int64_t seconds);

/* "1 address", "2 addresses". */
void text_add_count(struct buf *out, uint64_t count, const char *one, const char *many);

/* Escapes \\xHH that are letters of UTF-8 become them again, but for what is none or would move others: control and
 * format characters, marks of direction. */
void text_show_utf8(struct buf *text);

/* Cuts what is longer than so many characters, and ends it with "...". */
void text_cut(struct buf *text, size_t columns);

/* Writes all of it to stdout. */
void text_print(const struct buf *out);

#endif
