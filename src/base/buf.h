/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_BASE_BUF_H
#define MAILBAN_BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/mem.h"
#include "base/span.h"

/* A text that grows. Zero-initialise it; buf_free() gives the memory back. ptr is not NUL-terminated
 * unless buf_text() was the last call. */
struct buf {
	char *ptr;
	size_t len, cap;
};

void buf_free(struct buf *b);
void buf_clear(struct buf *b);                     /* keeps the memory */
char *buf_room(struct buf *b, size_t len);         /* room for len more bytes; the caller adds to b->len */
void buf_add(struct buf *b, const char *bytes, size_t len);
void buf_add_span(struct buf *b, struct span s);
void buf_add_text(struct buf *b, const char *text);
void buf_add_char(struct buf *b, char c);
void buf_addf(struct buf *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
static inline struct span buf_span(const struct buf *b) /* its bytes, until the next change */
{
	return (struct span){ b->ptr, b->len };
}

const char *buf_text(struct buf *b);               /* NUL-terminated, valid until the next change */
char *buf_take(struct buf *b);                     /* the same, which the caller frees; b is empty then */

/* Bytes from a log as a person may see them: control and 8-bit bytes become \xHH, a backslash \\. */
void buf_add_escaped(struct buf *b, const char *bytes, size_t len);

#endif
