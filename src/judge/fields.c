/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fields: how history and pending evidence are written as text.
 *
 * A state may hold a million records and is read at every run, so that reading is a walk over the bytes without copies.
 * Nothing is guessed: a word that is not what is expected makes the reader say false, and the caller names the line.
 */
#include "judge/fields.h"

#include <string.h>

bool fields_line(struct fields *f, const char *text, size_t len)
{
	const char *next;

	if (f->line == 0) {
		f->at = text;
		f->end = text + len;
	} else {
		f->at = f->line_end < f->end ? f->line_end + 1 : f->end;
	}
	if (f->at == f->end)
		return false;
	next = memchr(f->at, '\n', (size_t)(f->end - f->at));
	f->line_end = next != NULL ? next : f->end;
	f->line++;
	return true;
}

bool fields_at_end(const struct fields *f)
{
	return f->at == f->line_end;
}

bool fields_word(struct fields *f, const char **word, size_t *len)
{
	const char *blank = memchr(f->at, ' ', (size_t)(f->line_end - f->at));

	*word = f->at;
	*len = (size_t)((blank != NULL ? blank : f->line_end) - f->at);
	f->at += *len + (blank != NULL);
	return *len > 0;
}

bool fields_addr(struct fields *f, struct addr *a)
{
	const char *word;
	size_t len;

	return fields_word(f, &word, &len) && addr_parse_net(a, word, len);
}

bool fields_number(struct fields *f, uint64_t max, uint64_t *value)
{
	const char *begin = f->at;
	uint64_t v = 0;

	for (; f->at < f->line_end && *f->at != ' '; f->at++) {
		unsigned c = (unsigned char)*f->at, digit = c - '0';

		if (digit > 9)
			digit = c - 'a' < 6 ? c - 'a' + 10 : 16;
		if (digit > 15 || v >> 60 != 0)
			return false;
		v = v << 4 | digit;
	}
	if (f->at == begin || v > max)
		return false;
	if (f->at < f->line_end)
		f->at++;
	*value = v;
	return true;
}

bool fields_u32(struct fields *f, uint32_t *value)
{
	uint64_t v;

	if (!fields_number(f, UINT32_MAX, &v))
		return false;
	*value = (uint32_t)v;
	return true;
}

bool fields_u8(struct fields *f, uint8_t *value)
{
	uint64_t v;

	if (!fields_number(f, UINT8_MAX, &v))
		return false;
	*value = (uint8_t)v;
	return true;
}

void fields_add(struct buf *out, uint64_t value)
{
	char digits[17];
	size_t at = sizeof(digits);

	do
		digits[--at] = "0123456789abcdef"[value & 15];
	while ((value >>= 4) != 0);
	digits[--at] = ' ';
	buf_add(out, digits + at, sizeof(digits) - at);
}

void fields_add_all(struct buf *out, const uint64_t *values, size_t count)
{
	while (count > 0 && values[count - 1] == 0)
		count--;
	for (size_t i = 0; i < count; i++)
		fields_add(out, values[i]);
}
