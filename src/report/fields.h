/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields: the one description of an entry of a report. An entry is an array of fields, each a name, a kind and a value;
 * JSON, fields between tabs and sentences are all made of it.
 *
 *	const struct field entry[] = { field_addr("address", &addr), field_number("hits", hits), field_end() };
 *	fields_json(entry, &json);                                       {"address": "192.0.2.7", "hits": 3}
 *	fields_say(entry, "{address:24} {hits|hit|hits}\n", &out);       192.0.2.7                3 hits */
#ifndef MAILBAN_REPORT_FIELDS_H
#define MAILBAN_REPORT_FIELDS_H

#include <stdbool.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"
#include "base/span.h"
#include "report/json.h"

enum field_kind {
	FIELD_END,
	FIELD_ADDR,
	FIELD_TEXT,    /* any bytes: escaped */
	FIELD_NUMBER,
	FIELD_POINTS,
	FIELD_TIME,    /* a minute in sentences, a second between tabs and in JSON; 0: never */
	FIELD_BOOL,    /* says nothing in sentences */
	FIELD_LIST,    /* fields without names */
};

/* Where the field is told. */
enum field_where {
	FIELD_ALWAYS,
	FIELD_SOME,    /* in JSON only where the value is not 0 and not empty */
	FIELD_SAID,    /* in sentences only */
};

struct field {
	const char *name;
	enum field_kind kind;
	enum field_where where;
	int64_t number;            /* also points, times (seconds since the epoch), and true as 1 */
	const struct addr *addr;   /* NULL: null in JSON */
	struct span text;          /* ptr NULL: null in JSON */
	const struct field *list;  /* up to its end */
};

static inline struct field field_addr(const char *name, const struct addr *addr)
{
	return (struct field){ .name = name, .kind = FIELD_ADDR, .addr = addr };
}

static inline struct field field_text(const char *name, struct span text)
{
	text.ptr = text.ptr != NULL ? text.ptr : "";
	return (struct field){ .name = name, .kind = FIELD_TEXT, .text = text };
}

/* NULL is null in JSON, and - in sentences. */
static inline struct field field_word(const char *name, const char *word)
{
	return (struct field){ .name = name, .kind = FIELD_TEXT, .text = { word, word != NULL ? strlen(word) : 0 } };
}

static inline struct field field_number(const char *name, uint64_t number)
{
	return (struct field){ .name = name, .kind = FIELD_NUMBER, .number = (int64_t)number };
}

static inline struct field field_points(const char *name, int64_t points)
{
	return (struct field){ .name = name, .kind = FIELD_POINTS, .number = points };
}

static inline struct field field_time(const char *name, int64_t seconds)
{
	return (struct field){ .name = name, .kind = FIELD_TIME, .number = seconds };
}

static inline struct field field_bool(const char *name, bool value)
{
	return (struct field){ .name = name, .kind = FIELD_BOOL, .number = value };
}

static inline struct field field_list(const char *name, const struct field *list)
{
	return (struct field){ .name = name, .kind = FIELD_LIST, .list = list };
}

static inline struct field field_end(void)
{
	return (struct field){ .kind = FIELD_END };
}

static inline struct field field_some(struct field field)
{
	field.where = FIELD_SOME;
	return field;
}

static inline struct field field_said(struct field field)
{
	field.where = FIELD_SAID;
	return field;
}

/* The field; where the condition does not hold, JSON leaves it out. */
static inline struct field field_if(bool condition, struct field field)
{
	return condition ? field : field_said(field);
}

/* Writes one object, or its members without the braces. */
void fields_json(const struct field *fields, struct json *json);
void fields_members(const struct field *fields, struct json *json);

/* Adds the values with tabs between them, and a newline. */
void fields_tsv(const struct field *fields, struct buf *out);

/* Adds a sentence; the second leaves characters of UTF-8 as they are that a person sees. {NAME} is the value; {NAME:9}
 * at least 9 wide; {NAME:>9} the same with blanks in front. {NAME.9} is at most 9 bytes, or 9 entries of a list;
 * {NAME|one|many} is a number with its word. Text in [ ] is left out where all fields in it are empty. A name that no
 * field has is a mistake of the program, and ends it. */
void fields_say(const struct field *fields, const char *sentence, struct buf *out);
void fields_say_utf8(const struct field *fields, const char *sentence, struct buf *out);

/* Writes the object, or where json is NULL the sentence. */
void fields_tell(const struct field *fields, struct json *json, const char *sentence, struct buf *out);

#endif
