/* SPDX-License-Identifier: GPL-2.0-or-later */
/* span: see span.h. */
#define _GNU_SOURCE
#include "base/span.h"

int span_compare(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int order = len > 0 ? memcmp(a.ptr, b.ptr, len) : 0;

	return order != 0 ? order : (a.len > b.len) - (a.len < b.len);
}

struct span span_take(struct span *rest, char stop)
{
	const char *end = rest->len > 0 ? memchr(rest->ptr, stop, rest->len) : NULL;
	struct span taken = { rest->ptr, end != NULL ? (size_t)(end - rest->ptr) : rest->len };

	rest->ptr += taken.len + (end != NULL);
	rest->len -= taken.len + (end != NULL);
	return taken;
}

bool span_take_line(struct span *rest, struct span *line)
{
	if (rest->len == 0)
		return false;
	*line = span_take(rest, '\n');
	return true;
}

struct span span_word(struct span *rest, const char *separators)
{
	struct span word;

	while (rest->len > 0 && strchr(separators, *rest->ptr) != NULL && *rest->ptr != '\0') {
		rest->ptr++;
		rest->len--;
	}
	word = (struct span){ rest->ptr, 0 };
	while (word.len < rest->len && (word.ptr[word.len] == '\0' || strchr(separators, word.ptr[word.len]) == NULL))
		word.len++;
	rest->ptr += word.len;
	rest->len -= word.len;
	return word;
}

bool span_holds(struct span s, const char *text)
{
	return memmem(s.ptr, s.len, text, strlen(text)) != NULL;
}

bool span_decimal(struct span s, uint64_t most, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < s.len; i++) {
		unsigned digit = (unsigned char)s.ptr[i] - (unsigned)'0';

		if (digit > 9 || digit > most || *value > (most - digit) / 10)
			return false;
		*value = *value * 10 + digit;
	}
	return s.len > 0;
}

static int hex_digit(char c)
{
	char low = (char)(c | 0x20);

	return c >= '0' && c <= '9' ? c - '0' : low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

bool span_hex(struct span s, uint64_t *value)
{
	*value = 0;
	for (size_t i = 0; i < s.len; i++) {
		int digit = hex_digit(s.ptr[i]);

		if (digit < 0)
			return false;
		*value = *value << 4 | (unsigned)digit;
	}
	return s.len > 0 && s.len <= 16;
}

bool span_unescape(struct span s, char *text, size_t max, size_t *len)
{
	*len = 0;
	for (size_t i = 0; i < s.len; i++) {
		char c = s.ptr[i];
		uint64_t byte;

		if (c == '%') {
			if (i + 2 >= s.len || !span_hex((struct span){ s.ptr + i + 1, 2 }, &byte))
				return false;
			c = (char)byte;
			i += 2;
		}
		if (c == '\0' || *len == max)
			return false;
		text[(*len)++] = c;
	}
	text[*len] = '\0';
	return true;
}
