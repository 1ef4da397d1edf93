/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules_inside: what rules.c, rules_text.c and the embedded rules share. */
#ifndef MAILBAN_DETECT_RULES_INSIDE_H
#define MAILBAN_DETECT_RULES_INSIDE_H

#include <stdbool.h>

#include "detect/rules.h"

/* What a rule's text says, each attribute under its own name. */
struct rule_attributes {
	const char *name;
	unsigned line;             /* of its file, from 1 */
	const char *description, *class, *program, *match;
	double points;             /* 0: not said */
	long pieces;
	bool address, connection, begins, ends, accepted, sends, opens, waits, checker, pam;
};

struct builtin_file {
	const char *server; /* the file's name without folder and ending */
	const char *name;   /* as messages say it */
	const char *text;
	const struct rule_attributes *rules; /* the same without samples; the last one has no name */
};

/* The files of src/rules, embedded when the program was built (scripts/embed). They end with a NULL server. */
extern const struct builtin_file builtin_rules[];

struct rules_text {
	const char *name;    /* as messages say it */
	const char *server;
	const char *text;
};

/* Reads all rules of a text into the set. 0, or -1 after a message. */
int rules_read_text(struct ruleset *set, const struct rules_text *text);

/* Sets what follows from attributes that are sound. */
void rules_set_attributes(struct rule *rule, const struct rule_attributes *said);

/* Puts a rule where one of its name stands, or at the end. The set owns it then. */
void rules_place(struct ruleset *set, struct rule *rule);
void rules_free_rule(struct rule *rule);

#endif
