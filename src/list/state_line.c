/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state_line: reading and writing lines of the state.
 *
 * Reading never allocates and never looks beyond the line. The caller, who knows the meaning of the line, refuses it
 * when a value cannot be read.
 */
#include "list/state_line.h"

#include <string.h>

#include "base/points.h"

bool line_next(struct line *line)
{
	return span_take_line(&line->lines, &line->rest) && ++line->number != 0;
}

bool line_word(struct line *line)
{
	if (line->rest.len == 0)
		return false;
	line->value = span_take(&line->rest, ' ');
	line->name = span_take(&line->value, '=');
	return true;
}

bool line_class(const struct line *line, enum event_class *event_class)
{
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		if (line_is(line, event_class_name((enum event_class)i))) {
			*event_class = (enum event_class)i;
			return true;
		}
	}
	return false;
}

bool line_u64(const struct line *line, uint64_t *value)
{
	return span_decimal(line->value, UINT64_MAX, value);
}

static bool u32_of(struct span text, uint32_t *value)
{
	uint64_t number;

	if (!span_decimal(text, UINT32_MAX, &number))
		return false;
	*value = (uint32_t)number;
	return true;
}

bool line_u32(const struct line *line, uint32_t *value)
{
	return u32_of(line->value, value);
}

bool line_points(const struct line *line, int64_t *points)
{
	return points_parse(line->value.ptr, line->value.len, points);
}

bool line_u32_at(const struct line *line, uint32_t *value, uint32_t *at)
{
	struct span rest = line->value, first = span_take(&rest, '@');

	return u32_of(first, value) && u32_of(rest, at);
}

bool line_points_at(const struct line *line, int64_t *points, uint32_t *at)
{
	struct span rest = line->value, first = span_take(&rest, '@');

	return points_parse(first.ptr, first.len, points) && u32_of(rest, at);
}

bool line_addr(struct line *line, struct addr *addr)
{
	struct span word = span_take(&line->rest, ' ');

	return addr_parse_net(addr, word.ptr, word.len);
}

bool line_hex(struct line *line, uint64_t *value)
{
	return span_hex(span_take(&line->rest, ' '), value);
}

static bool user_of(struct span word, char *text, size_t max, size_t *len)
{
	return span_starts(word, "u:") && span_unescape((struct span){ word.ptr + 2, word.len - 2 }, text, max, len);
}

bool line_user(const struct line *line, char *text, size_t max, size_t *len)
{
	return user_of(line->name, text, max, len);
}

bool line_user_value(const struct line *line, char *text, size_t max, size_t *len)
{
	return user_of(line->value, text, max, len);
}

bool line_name_facts(const struct line *line, int64_t *points, uint32_t *fail, uint32_t *fails, uint32_t *login)
{
	struct span rest = line->value, first = span_take(&rest, '@'), second = span_take(&rest, '@');
	struct span third = span_take(&rest, '@');

	return points_parse(first.ptr, first.len, points) && u32_of(second, fail) &&
	       (third.len == 0 || u32_of(third, fails)) && (rest.len == 0 || u32_of(rest, login));
}

static void add_name(struct buf *out, const char *name)
{
	buf_add_char(out, ' ');
	buf_add_text(out, name);
}

static void add_digits(struct buf *out, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + value % 10);
	while ((value /= 10) != 0);
	buf_add(out, digits + at, sizeof(digits) - at);
}

void line_add_number(struct buf *out, const char *name, uint64_t value)
{
	if (value == 0)
		return;
	add_name(out, name);
	buf_add_char(out, '=');
	add_digits(out, value);
}

void line_add_number_at(struct buf *out, const char *name, uint64_t value, uint32_t at)
{
	if (value == 0)
		return;
	line_add_number(out, name, value);
	buf_add_char(out, '@');
	add_digits(out, at);
}

void line_add_points(struct buf *out, const char *name, int64_t points)
{
	if (points == 0)
		return;
	add_name(out, name);
	buf_add_char(out, '=');
	points_add(out, points);
}

void line_add_points_at(struct buf *out, const char *name, int64_t points, uint32_t at)
{
	if (points == 0)
		return;
	line_add_points(out, name, points);
	buf_add_char(out, '@');
	add_digits(out, at);
}

void line_add_flag(struct buf *out, const char *name, bool set)
{
	if (set)
		add_name(out, name);
}

void line_add_members(struct buf *out, const struct line_member *members, size_t count, const void *object)
{
	for (size_t i = 0; i < count; i++) {
		const void *at = (const char *)object + members[i].offset;

		if (members[i].size == sizeof(bool))
			line_add_flag(out, members[i].name, *(const bool *)at);
		else
			line_add_number(out, members[i].name, members[i].size == sizeof(uint32_t) ?
					*(const uint32_t *)at : *(const uint64_t *)at);
	}
}

bool line_take_member(const struct line *line, const struct line_member *members, size_t count, void *object)
{
	for (size_t i = 0; i < count; i++) {
		void *at = (char *)object + members[i].offset;

		if (!line_is(line, members[i].name))
			continue;
		if (members[i].size == sizeof(bool))
			return *(bool *)at = true;
		return members[i].size == sizeof(uint32_t) ? line_u32(line, at) :
							     span_decimal(line->value, INT64_MAX, at);
	}
	return false;
}

void line_add_user(struct buf *out, const char *text)
{
	static const char plain[] = "-._~+!$", digits[] = "0123456789abcdef";

	buf_add(out, "u:", 2);
	for (; *text != '\0'; text++) {
		unsigned char c = (unsigned char)*text;

		if ((c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    strchr(plain, c) != NULL) {
			buf_add_char(out, *text);
		} else {
			char escaped[] = { '%', digits[c >> 4], digits[c & 15] };

			buf_add(out, escaped, sizeof(escaped));
		}
	}
}

void line_add_user_value(struct buf *out, const char *name, const char *text)
{
	add_name(out, name);
	buf_add_char(out, '=');
	line_add_user(out, text);
}

void line_add_name_facts(struct buf *out, int64_t points, uint32_t fail, uint32_t fails, uint32_t login)
{
	buf_add_char(out, '=');
	points_add(out, points);
	buf_add_char(out, '@');
	add_digits(out, fail);
	if (fails == 0 && login == 0)
		return;
	buf_add_char(out, '@');
	add_digits(out, fails);
	if (login == 0)
		return;
	buf_add_char(out, '@');
	add_digits(out, login);
}
