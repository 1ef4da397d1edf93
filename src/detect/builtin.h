/* SPDX-License-Identifier: GPL-2.0-or-later */
/* builtin: the rule files of src/rules, embedded when the program was built (scripts/embed). */
#ifndef MAILBAN_DETECT_BUILTIN_H
#define MAILBAN_DETECT_BUILTIN_H

#include <stdbool.h>

/* What a rule's text says, each attribute under its own name. */
struct rule_attributes {
	const char *name;
	unsigned line;             /* of its file, from 1 */
	const char *description, *class, *program, *match;
	double points;             /* 0: not said */
	long pieces;
	bool address, connection, begins, ends, accepted, sends, opens, waits;
};

struct builtin_file {
	const char *server; /* the file's name without folder and ending */
	const char *name;   /* as messages say it */
	const char *text;
	const struct rule_attributes *rules; /* the same without samples; the last one has no name */
};

extern const struct builtin_file builtin_rules[]; /* ends with a NULL server */

#endif
