/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * text: the pieces that reports for people are made of.
 *
 * A report is made in memory and printed in one go. What comes from logs is escaped by those who add it
 * (buf_add_escaped()); what is added here comes from mailban itself.
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

void text_print(const struct buf *out)
{
	/* an error shows in ferror(stdout), which main looks at */
	if (out->len > 0)
		(void)!fwrite(out->ptr, 1, out->len, stdout);
}
