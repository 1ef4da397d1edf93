/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fields: the one description of an entry of a report, and the entry's forms.
 *
 * A caller describes an entry once, as fields. JSON has all fields; a sentence picks the fields that a person reads,
 * and says how wide each is. Bytes from logs are escaped in each form.
 */
#include "report/fields.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/points.h"
#include "base/utf8.h"
#include "base/when.h"
#include "report/text.h"

enum { LINE_SHOWN = 100 }; /* bytes: longer texts are lines of logs */

/* ---- JSON and tabs ---- */

static void add_json(const struct field *f, struct json *j)
{
	if (f->kind == FIELD_ADDR && f->addr != NULL)
		json_word(j, addr_text(f->addr).text);
	else if (f->kind == FIELD_TEXT && f->text.ptr != NULL)
		json_text(j, f->text.ptr, f->text.len);
	else if (f->kind == FIELD_NUMBER)
		json_number(j, f->number);
	else if (f->kind == FIELD_POINTS)
		json_points(j, f->number);
	else if (f->kind == FIELD_TIME && f->number != 0)
		json_time(j, f->number);
	else if (f->kind == FIELD_BOOL)
		json_bool(j, f->number != 0);
	else if (f->kind == FIELD_LIST) {
		json_open(j, '[');
		for (const struct field *one = f->list; one->kind != FIELD_END; one++)
			add_json(one, j);
		json_close(j, ']');
	} else {
		json_null(j);
	}
}

/* Whether the field says anything to a person: no 0, and not empty. */
static bool is_something(const struct field *f)
{
	return f->kind == FIELD_ADDR ? f->addr != NULL : f->kind == FIELD_TEXT ? f->text.len > 0 :
	       f->kind == FIELD_LIST ? f->list->kind != FIELD_END : f->number != 0;
}

void fields_members(const struct field *f, struct json *j)
{
	for (; f->kind != FIELD_END; f++) {
		if (f->where == FIELD_SAID || (f->where == FIELD_SOME && !is_something(f)))
			continue;
		json_name(j, f->name);
		add_json(f, j);
	}
}

void fields_json(const struct field *f, struct json *j)
{
	json_open(j, '{');
	fields_members(f, j);
	json_close(j, '}');
}

/* How texts of fields are added. */
struct form {
	size_t most;   /* at most so many bytes, or entries of a list */
	bool utf8;     /* characters that a person sees are not escaped */
};

static void add_text(const struct field *f, struct form form, struct buf *out);

void fields_tsv(const struct field *f, struct buf *out)
{
	for (bool first = true; f->kind != FIELD_END; f++, first = false) {
		if (!first)
			buf_add_char(out, '\t');
		if (f->kind == FIELD_TIME)
			text_add_second(out, f->number);
		else
			add_text(f, (struct form){ SIZE_MAX, false }, out);
	}
	buf_add_char(out, '\n');
}

/* ---- sentences ---- */

static void add_list(const struct field *list, struct form form, struct buf *out)
{
	for (size_t i = 0; list[i].kind != FIELD_END; i++) {
		buf_add_text(out, i == 0 ? "" : ", ");
		if (i == form.most) {
			buf_add_text(out, "...");
			return;
		}
		add_text(&list[i], (struct form){ SIZE_MAX, form.utf8 }, out);
	}
}

static void add_escaped(struct span text, struct form form, struct buf *out)
{
	if (form.utf8)
		utf8_add_escaped(out, text);
	else
		buf_add_escaped(out, text.ptr, text.len);
}

/* A word is cut at its end. A line of a log is cut in its middle, since its end may have the reason
 * (helo=<ylmf-pc>). */
static void add_bytes(struct span text, struct form form, struct buf *out)
{
	size_t tail = text.len > form.most && form.most >= LINE_SHOWN ? form.most / 3 : 0;

	add_escaped((struct span){ text.ptr, text.len < form.most ? text.len : form.most - tail }, form, out);
	if (text.len > form.most)
		buf_add_text(out, "...");
	add_escaped((struct span){ text.ptr + text.len - tail, tail }, form, out);
}

static void add_time(int64_t time, struct buf *out)
{
	if (time == WHEN_UNKNOWN)
		buf_add_text(out, "at an unknown time");
	else if (time != 0)
		when_add_minute(out, time);
}

static void add_text(const struct field *f, struct form form, struct buf *out)
{
	if (f->kind == FIELD_ADDR && f->addr != NULL)
		addr_add_to(out, f->addr);
	else if (f->kind == FIELD_TEXT && f->text.ptr == NULL)
		buf_add_char(out, '-');
	else if (f->kind == FIELD_TEXT)
		add_bytes(f->text, form, out);
	else if (f->kind == FIELD_NUMBER)
		buf_addf(out, "%" PRId64, f->number);
	else if (f->kind == FIELD_POINTS)
		points_add_rough(out, f->number);
	else if (f->kind == FIELD_TIME)
		add_time(f->number, out);
	else if (f->kind == FIELD_LIST)
		add_list(f->list, form, out);
}

static const struct field *find(const struct field *f, const char *name, size_t len)
{
	while (f->kind != FIELD_END && (strncmp(f->name, name, len) != 0 || f->name[len] != '\0'))
		f++;
	if (f->kind == FIELD_END)
		abort();
	return f;
}

static void pad(size_t start, size_t width, bool right, struct buf *out)
{
	size_t len = out->len - start, blanks = len < width ? width - len : 0;

	if (blanks == 0)
		return;
	memset(buf_room(out, blanks), ' ', blanks);
	out->len += blanks;
	if (right) {
		memmove(out->ptr + start + blanks, out->ptr + start, len);
		memset(out->ptr + start, ' ', blanks);
	}
}

/* Adds the word behind a number, from "one|many}". */
static void add_word(const char *words, bool one, struct buf *out)
{
	size_t len = strcspn(words, "|");

	buf_add_char(out, ' ');
	if (one)
		buf_add(out, words, len);
	else
		buf_add(out, words + len + 1, strcspn(words + len + 1, "}"));
}

/* Adds the field for the text between { and }. */
static void add_place(const struct field *f, const char *place, bool utf8, struct buf *out)
{
	const char *how = place + strcspn(place, ":.|}");
	const struct field *field = find(f, place, (size_t)(how - place));
	size_t start = out->len;
	bool right = how[0] == ':' && how[1] == '>';

	add_text(field, (struct form){ *how == '.' ? strtoul(how + 1, NULL, 10) : SIZE_MAX, utf8 }, out);
	if (*how == ':')
		pad(start, strtoul(how + 1 + right, NULL, 10), right, out);
	else if (*how == '|')
		add_word(how + 1, field->number == 1, out);
}

/* Adds the sentence from at to its end, or to the ] of the opened [. Returns the place of that end. */
static const char *say(const struct field *f, const char *at, bool utf8, struct buf *out, bool *something)
{
	for (; *at != '\0' && *at != ']'; at++) {
		size_t start = out->len;
		bool inner = false;

		if (*at == '[') {
			at = say(f, at + 1, utf8, out, &inner);
			out->len = inner ? out->len : start;
		} else if (*at == '{') {
			*something = is_something(find(f, at + 1, strcspn(at + 1, ":.|}"))) || *something;
			add_place(f, at + 1, utf8, out);
			at += strcspn(at, "}");
		} else {
			buf_add_char(out, *at);
		}
	}
	return at;
}

void fields_say(const struct field *fields, const char *sentence, struct buf *out)
{
	bool something = false;

	(void)say(fields, sentence, false, out, &something);
}

void fields_say_utf8(const struct field *fields, const char *sentence, struct buf *out)
{
	bool something = false;

	(void)say(fields, sentence, true, out, &something);
}

void fields_tell(const struct field *fields, struct json *json, const char *sentence, struct buf *out)
{
	if (json != NULL)
		fields_json(fields, json);
	else
		fields_say(fields, sentence, out);
}
