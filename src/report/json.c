/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * json: the one writer of JSON for all commands.
 *
 * It makes commas, indentation and escapes; callers open, name and close. Text from a log may be any bytes: all but
 * printable ASCII is escaped, so that the output is valid UTF-8 whatever was logged. A byte that is no part of a
 * character of UTF-8 stands for the character of that number.
 */
#include "report/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/points.h"
#include "base/utf8.h"
#include "base/when.h"
#include "report/text.h"

void json_begin(struct json *j, struct buf *out)
{
	*j = (struct json){ .out = out, .first = true };
}

static void new_line(struct json *j)
{
	buf_add_char(j->out, '\n');
	for (unsigned i = 0; i < j->depth; i++)
		buf_add_text(j->out, "  ");
}

static void before_value(struct json *j)
{
	if (j->value_next) {
		j->value_next = false;
		return;
	}
	if (!j->first)
		buf_add_char(j->out, ',');
	if (j->depth > 0)
		new_line(j);
	j->first = false;
}

void json_open(struct json *j, char bracket)
{
	before_value(j);
	buf_add_char(j->out, bracket);
	j->depth++;
	j->first = true;
}

void json_close(struct json *j, char bracket)
{
	j->depth--;
	if (!j->first)
		new_line(j);
	buf_add_char(j->out, bracket);
	j->first = false;
	if (j->depth == 0)
		buf_add_char(j->out, '\n');
}

/* Characters above U+FFFF are two units of UTF-16. */
static void add_code(struct json *j, uint32_t code)
{
	if (code == '"' || code == '\\')
		buf_addf(j->out, "\\%c", (int)code);
	else if (code >= 0x20 && code < 0x7f)
		buf_add_char(j->out, (char)code);
	else if (code < 0x10000)
		buf_addf(j->out, "\\u%04" PRIx32, code);
	else
		buf_addf(j->out, "\\u%04" PRIx32 "\\u%04" PRIx32, 0xd7c0 + (code >> 10), 0xdc00 + (code & 0x3ff));
}

static void add_quoted(struct json *j, const char *bytes, size_t len)
{
	buf_add_char(j->out, '"');
	for (size_t i = 0; i < len;) {
		uint32_t code = (unsigned char)bytes[i];
		size_t taken = utf8_decode(bytes + i, len - i, &code);

		add_code(j, taken > 0 ? code : (unsigned char)bytes[i]);
		i += taken > 0 ? taken : 1;
	}
	buf_add_char(j->out, '"');
}

void json_name(struct json *j, const char *name)
{
	before_value(j);
	add_quoted(j, name, strlen(name));
	buf_add_text(j->out, ": ");
	j->value_next = true;
}

void json_list(struct json *j, const char *name)
{
	json_name(j, name);
	json_open(j, '[');
}

void json_text(struct json *j, const char *bytes, size_t len)
{
	before_value(j);
	add_quoted(j, bytes, len);
}

void json_word(struct json *j, const char *text)
{
	json_text(j, text, strlen(text));
}

void json_number(struct json *j, int64_t value)
{
	before_value(j);
	buf_addf(j->out, "%" PRId64, value);
}

void json_bool(struct json *j, bool value)
{
	before_value(j);
	buf_add_text(j->out, value ? "true" : "false");
}

void json_null(struct json *j)
{
	before_value(j);
	buf_add_text(j->out, "null");
}

void json_points(struct json *j, int64_t points)
{
	before_value(j);
	if (points < 0)
		buf_add_char(j->out, '-');
	points_add(j->out, points < 0 ? -points : points);
}

void json_time(struct json *j, int64_t seconds)
{
	if (seconds == WHEN_FOREVER || seconds == WHEN_UNKNOWN) {
		json_null(j);
		return;
	}
	before_value(j);
	buf_add_char(j->out, '"');
	text_add_second(j->out, seconds);
	buf_add_char(j->out, '"');
}
