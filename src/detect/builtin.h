/* SPDX-License-Identifier: GPL-2.0-or-later */
/* builtin: the rule files of src/rules, embedded when the program was built (scripts/embed). */
#ifndef MAILBAN_DETECT_BUILTIN_H
#define MAILBAN_DETECT_BUILTIN_H

#include <stddef.h>

struct builtin_file {
	const char *server; /* the file's name without folder and ending */
	const char *text;
	const char *bare;   /* the same, line by line, without samples and comments */
};

extern const struct builtin_file builtin_rules[]; /* ends with a NULL server */

#endif
