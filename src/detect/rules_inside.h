/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules_inside: what rules.c and rules_text.c share. */
#ifndef MAILBAN_DETECT_RULES_INSIDE_H
#define MAILBAN_DETECT_RULES_INSIDE_H

#include "detect/builtin.h"
#include "detect/rules.h"

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
