/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_REPORT_JSON_H
#define MAILBAN_REPORT_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/* Writes JSON (RFC 8259) into a text, with commas and indentation put where they belong. Control and 8-bit
 * bytes are written as \u00XX, one a byte. */
struct json {
	struct buf *out;
	unsigned depth;
	bool first;       /* the object or array that was opened last is still empty */
	bool value_next;  /* a name was written, and its value follows */
};

void json_begin(struct json *json, struct buf *out);
void json_open(struct json *json, char bracket);   /* '{' or '[' */
void json_close(struct json *json, char bracket);  /* '}' or ']'; the outermost one ends the line */
void json_list(struct json *json, const char *name); /* a name, and its array, opened */
void json_name(struct json *json, const char *name);
void json_text(struct json *json, const char *bytes, size_t len);
void json_word(struct json *json, const char *text);
void json_number(struct json *json, int64_t value);
void json_bool(struct json *json, bool value);
void json_null(struct json *json);
void json_points(struct json *json, int64_t points); /* a decimal number; base/points.h */
void json_time(struct json *json, int64_t seconds); /* "2026-11-21T03:17:05Z"; null for ever and unknown */

#endif
