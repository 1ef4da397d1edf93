/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * buf: a text that grows.
 *
 * The blacklist, the state and each report are made here first and go out in one piece. So no error can leave half of
 * them behind. Growth doubles, and a size that overflows ends the program.
 */
#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"

void buf_free(struct buf *b)
{
	free(b->ptr);
	*b = (struct buf){ 0 };
}

void buf_clear(struct buf *b)
{
	b->len = 0;
}

char *buf_room(struct buf *b, size_t len)
{
	size_t need;

	if (__builtin_add_overflow(b->len, len, &need))
		msg_die("a text would outgrow the address space");
	b->ptr = mem_grow(b->ptr, &b->cap, need, 1);
	return b->ptr + b->len;
}

void buf_add(struct buf *b, const char *bytes, size_t len)
{
	if (len == 0)
		return;
	memcpy(buf_room(b, len), bytes, len);
	b->len += len;
}

void buf_add_span(struct buf *b, struct span s)
{
	buf_add(b, s.ptr, s.len);
}

void buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_addf(struct buf *b, const char *format, ...)
{
	va_list args;
	int need;

	va_start(args, format);
	need = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (need < 0)
		msg_die("a text could not be formatted");
	buf_room(b, (size_t)need + 1);
	va_start(args, format);
	vsnprintf(b->ptr + b->len, (size_t)need + 1, format, args);
	va_end(args);
	b->len += (size_t)need;
}

const char *buf_text(struct buf *b)
{
	*buf_room(b, 1) = '\0';
	return b->ptr;
}

char *buf_take(struct buf *b)
{
	char *text;

	buf_text(b);
	text = b->ptr;
	*b = (struct buf){ 0 };
	return text;
}

void buf_add_escaped(struct buf *b, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		if (c == '\\')
			buf_add(b, "\\\\", 2);
		else if (c >= 0x20 && c < 0x7f)
			buf_add_char(b, (char)c);
		else
			buf_addf(b, "\\x%02x", c);
	}
}
