/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text: the pieces that reports for people are made of.
 *
 * A report is made in memory and printed in one go. What comes from logs is escaped by those who add it
 * (buf_add_escaped()); what is added here comes from mailban itself.
 */
#include "report/text.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/when.h"

void text_pad(struct buf *out, size_t start, size_t width)
{
	while (out->len - start < width)
		buf_add_char(out, ' ');
}

void text_add_addr(struct buf *out, const struct addr *addr, size_t width)
{
	size_t start = out->len;

	addr_add_to(out, addr);
	text_pad(out, start, width);
}

void text_add_until(struct buf *out, int64_t until)
{
	if (until == WHEN_FOREVER) {
		buf_add_text(out, "for ever");
		return;
	}
	buf_add_text(out, "until ");
	when_add_minute(out, until);
}

void text_add_second(struct buf *out, int64_t seconds)
{
	int64_t second = (seconds % 60 + 60) % 60;

	when_add_minute(out, seconds - second);
	out->len--; /* the Z comes behind the seconds */
	buf_addf(out, ":%02dZ", (int)second);
}

void text_add_count(struct buf *out, uint64_t count, const char *one, const char *many)
{
	buf_addf(out, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

/* The byte of "\xHH" there, or -1. */
static int escaped_byte(const struct buf *text, size_t at)
{
	static const char digits[] = "0123456789abcdef";
	const char *high, *low;

	if (at + 4 > text->len || text->ptr[at] != '\\' || text->ptr[at + 1] != 'x')
		return -1;
	high = memchr(digits, text->ptr[at + 2], 16);
	low = memchr(digits, text->ptr[at + 3], 16);
	return high != NULL && low != NULL ? (int)((high - digits) << 4 | (low - digits)) : -1;
}

/* Controls, format characters and marks of direction, surrogates, what is for private use or no character. */
static bool is_shown(uint32_t c)
{
	return c >= 0xa1 && c != 0xad && c != 0x61c && (c < 0x180b || c > 0x180f) && (c < 0x200b || c > 0x200f) &&
	       (c < 0x2028 || c > 0x202e) && (c < 0x2060 || c > 0x206f) && (c < 0xd800 || c > 0xf8ff) && c != 0xfeff &&
	       (c < 0xfff0 || c > 0xffff) && c < 0xe0000;
}

/* How many escapes from there on are one character that can be shown; 0: none. */
static unsigned character_at(const struct buf *text, size_t at, char bytes[4])
{
	int first = escaped_byte(text, at), next;
	unsigned count = first >= 0xf0 && first < 0xf5 ? 4 : first >= 0xe0 ? 3 : first >= 0xc2 ? 2 : 0;
	uint32_t c = (uint32_t)first & (0xffU >> (count + 1));

	if (count == 0 || first >= 0xf5)
		return 0;
	bytes[0] = (char)first;
	for (unsigned i = 1; i < count; i++) {
		next = escaped_byte(text, at + 4 * (size_t)i);
		if (next < 0x80 || next > 0xbf)
			return 0;
		c = c << 6 | ((uint32_t)next & 0x3f);
		bytes[i] = (char)next;
	}
	return is_shown(c) && (count < 3 || c >= 0x800) && (count < 4 || c >= 0x10000) ? count : 0;
}

void text_show_utf8(struct buf *text)
{
	size_t kept = 0;
	char bytes[4];

	for (size_t at = 0; at < text->len;) {
		unsigned count = character_at(text, at, bytes);

		if (count > 0) {
			memcpy(text->ptr + kept, bytes, count);
			kept += count;
			at += 4 * (size_t)count;
			continue;
		}
		/* a backslash of the text is two */
		if (text->ptr[at] == '\\' && at + 1 < text->len && text->ptr[at + 1] == '\\')
			text->ptr[kept++] = text->ptr[at++];
		text->ptr[kept++] = text->ptr[at++];
	}
	text->len = kept;
}

void text_cut(struct buf *text, size_t columns)
{
	size_t count = 0, at = 0, cut = 0;

	for (; at < text->len; at++) {
		if (((unsigned char)text->ptr[at] & 0xc0) == 0x80)
			continue;
		if (count == columns - 3)
			cut = at;
		if (count++ == columns) {
			text->len = cut;
			buf_add_text(text, "...");
			return;
		}
	}
}

void text_print(const struct buf *out)
{
	/* an error shows in ferror(stdout), which main looks at */
	if (out->len > 0)
		(void)!fwrite(out->ptr, 1, out->len, stdout);
}
