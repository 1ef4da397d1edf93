/* SPDX-License-Identifier: GPL-2.0-or-later */
/* state_line: lines of the state: words between single blanks. A word is NAME=VALUE or NAME alone. What is 0 is not
 * written.
 *
 *	struct line line = { .lines = lines };
 *	while (line_next(&line))
 *		while (line_word(&line))
 *			if (line_is(&line, "time") && !line_u32(&line, &time)) ...
 *
 * Numbers are decimal, keys hexadecimal, points as points_add() writes them. A user name is written u:NAME.
 * There %HH stands for all but letters, digits and -._~+!$ so that a name holds no blank, no = and no control byte. */
#ifndef MAILBAN_LIST_STATE_LINE_H
#define MAILBAN_LIST_STATE_LINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"
#include "base/span.h"
#include "detect/event.h"

struct line {
	struct span lines;      /* what is still to be read */
	unsigned number;        /* of the line at hand, from 1 */
	/* its own: */
	struct span rest;       /* of the line */
	struct span name, value;
};

/* Goes on to the next line; false behind the last one. */
bool line_next(struct line *line);

/* Goes on to the next word of the line; false behind the last one. */
bool line_word(struct line *line);

/* Whether the word, or the part before its =, is that name. Inline, so that the compiler knows the name's length. */
static inline bool line_is(const struct line *line, const char *name)
{
	return span_is(line->name, name);
}

bool line_class(const struct line *line, enum event_class *event_class);

/* Read the value behind the = of the word. False where it is no such value. */
bool line_u32(const struct line *line, uint32_t *value);
bool line_u64(const struct line *line, uint64_t *value);
bool line_points(const struct line *line, int64_t *points);

/* "A@B" behind the =: two values, the second one a number. */
bool line_u32_at(const struct line *line, uint32_t *value, uint32_t *at);
bool line_points_at(const struct line *line, int64_t *points, uint32_t *at);

/* The user name that the word is, or that stands behind its =; false where it is none. text has room for max bytes and
 * a NUL. */
bool line_user(const struct line *line, char *text, size_t max, size_t *len);
bool line_user_value(const struct line *line, char *text, size_t max, size_t *len);

/* POINTS@FAIL, POINTS@FAIL@FAILS or POINTS@FAIL@FAILS@LOGIN behind it. */
bool line_name_facts(const struct line *line, int64_t *points, uint32_t *fail, uint32_t *fails, uint32_t *login);

/* Take the next word as a whole: an address or network; a hexadecimal number. False where it is none. */
bool line_addr(struct line *line, struct addr *addr);
bool line_hex(struct line *line, uint64_t *value);

/* Append a blank and the word; nothing where the value is 0. */
void line_add_number(struct buf *out, const char *name, uint64_t value);
void line_add_points(struct buf *out, const char *name, int64_t points);
void line_add_number_at(struct buf *out, const char *name, uint64_t value, uint32_t at);
void line_add_points_at(struct buf *out, const char *name, int64_t points, uint32_t at);
void line_add_flag(struct buf *out, const char *name, bool set);

/* A word that stands for a member of a struct: a flag, or a number of 32 or 64 bits, up to INT64_MAX. */
struct line_member {
	const char *name;
	size_t offset, size;
};
#define LINE_MEMBER(name, type, member) { name, offsetof(type, member), sizeof(((type *)0)->member) }

/* Append the words of so many members. Read the word if it is one of them; false where it is none, or has no such
 * value. */
void line_add_members(struct buf *out, const struct line_member *members, size_t count, const void *object);
bool line_take_member(const struct line *line, const struct line_member *members, size_t count, void *object);

/* Append a user name as u:NAME without a blank before it; as NAME=u:USER with a blank; and the facts behind u:NAME. */
void line_add_user(struct buf *out, const char *text);
void line_add_user_value(struct buf *out, const char *name, const char *text);
void line_add_name_facts(struct buf *out, int64_t points, uint32_t fail, uint32_t fails, uint32_t login);

#endif
