/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text: the pieces that reports for people are made of.
 *
 * A report is made in memory and printed in one go. Callers escape bytes from logs
 * (buf_add_escaped()). The texts that this file adds come from mailban itself.
 */
#include "report/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "base/when.h"

void text_pad(struct buf *out, size_t start, size_t width)
{
	while (out->len - start < width)
		buf_add_char(out, ' ');
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

	if (seconds == WHEN_UNKNOWN) {
		buf_add_char(out, '-');
		return;
	}
	when_add_minute(out, seconds - second);
	out->len--; /* the Z comes behind the seconds */
	buf_addf(out, ":%02dZ", (int)second);
}

void text_add_count(struct buf *out, uint64_t count, const char *one, const char *many)
{
	buf_addf(out, "%" PRIu64 " %s", count, count == 1 ? one : many);
}

static int digit_of(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of a "\xHH" at that place, or -1. */
static int escaped_byte(const struct buf *text, size_t at)
{
	int high, low;

	if (at + 4 > text->len || text->ptr[at] != '\\' || text->ptr[at + 1] != 'x')
		return -1;
	high = digit_of(text->ptr[at + 2]);
	low = digit_of(text->ptr[at + 3]);
	return high >= 0 && low >= 0 ? high * 16 + low : -1;
}

/* How many escapes from that place on are one visible character; 0: none are. */
static size_t character_at(const struct buf *text, size_t at, char bytes[4])
{
	size_t have = 0, count;
	uint32_t code;
	int byte;

	while (have < 4 && (byte = escaped_byte(text, at + 4 * have)) >= 0x80)
		bytes[have++] = (char)byte;
	count = have > 0 ? utf8_decode(bytes, have, &code) : 0;
	return count > 0 && utf8_is_seen(code) && code != 0xa0 ? count : 0;
}

void text_show_utf8(struct buf *text)
{
	size_t kept = 0;
	char bytes[4];

	for (size_t at = 0; at < text->len;) {
		size_t count = character_at(text, at, bytes);

		if (count > 0) {
			memcpy(text->ptr + kept, bytes, count);
			kept += count;
			at += 4 * count;
			continue;
		}
		/* a backslash of the text stands as two */
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
