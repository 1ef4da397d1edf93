/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fields: how history and pending evidence are written as text: words between single blanks, numbers in hex, lines
 * that end with a newline. Inside src/judge only. */
#ifndef MAILBAN_JUDGE_FIELDS_H
#define MAILBAN_JUDGE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"

struct fields {
	const char *at, *end;     /* what of the text is still to be read */
	const char *line_end;     /* of the line being read */
	unsigned long line;       /* its number, from 1 */
};

/* The next line; false at the end of the text. A last line without a newline is one too. */
bool fields_line(struct fields *f, const char *text, size_t len);

bool fields_at_end(const struct fields *f);                /* of the line */
bool fields_word(struct fields *f, const char **word, size_t *len);
bool fields_addr(struct fields *f, struct addr *a);
bool fields_number(struct fields *f, uint64_t max, uint64_t *value);
bool fields_u32(struct fields *f, uint32_t *value);
bool fields_u8(struct fields *f, uint8_t *value);

/* A blank and the number. */
void fields_add(struct buf *out, uint64_t value);

/* A blank and the numbers without the zeros at their end. */
void fields_add_all(struct buf *out, const uint64_t *values, size_t count);

#endif
