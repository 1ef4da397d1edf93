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
