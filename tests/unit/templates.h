/* SPDX-License-Identifier: GPL-2.0-or-later */
/* templates: the lines of tests/corpus/hostile.txt, whose fields a test fills as a client could. */
#ifndef MAILBAN_TESTS_TEMPLATES_H
#define MAILBAN_TESTS_TEMPLATES_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"

/* tests run in the folder of the project */
#define TEMPLATES_FILE "tests/corpus/hostile.txt"

enum { TEMPLATES_MAX = 400 };

struct template {
	char *rule, *program, *text;
};

struct templates {
	struct buf file;
	struct template all[TEMPLATES_MAX];
	size_t count;
};

static inline void templates_load(struct templates *t)
{
	char *save = NULL;

	*t = (struct templates){ 0 };
	assert_int_equal(file_read(TEMPLATES_FILE, &t->file), 0);
	(void)buf_text(&t->file);
	for (char *line = strtok_r(t->file.ptr, "\n", &save); line != NULL; line = strtok_r(NULL, "\n", &save)) {
		char *program = strchr(line, '\t'), *text = program != NULL ? strchr(program + 1, '\t') : NULL;

		if (*line == '#')
			continue;
		assert_non_null(text);
		assert_true(t->count < TEMPLATES_MAX);
		*program++ = '\0';
		*text++ = '\0';
		t->all[t->count++] = (struct template){ line, program, text };
	}
	assert_true(t->count > 0);
}

/* Whether the lines of the template are of a rule. The others are lines in which a client's words stand. */
static inline bool template_has_rule(const struct template *t)
{
	return strcmp(t->rule, "-") != 0;
}

/* What stands for a field at text: 'A', '4', 'N', 'X', 'W', or 0 where none begins there. */
static inline char template_field(const char *text)
{
	if (text[0] == '{' && text[1] != '\0' && text[2] == '}' && strchr("A4NXW", text[1]) != NULL)
		return text[1];
	return 0;
}

/* text with every address replaced, and all other fields by "x"; for a client that imitates a line. */
static inline void template_imitate(struct buf *out, const char *text, const char *v4, const char *address)
{
	while (*text != '\0') {
		char field = template_field(text);

		if (field == 0) {
			buf_add_char(out, *text++);
			continue;
		}
		buf_add_text(out, field == 'A' ? address : field == '4' ? v4 : "x");
		text += 3;
	}
}

#endif
