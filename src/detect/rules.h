/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_RULES_H
#define MAILBAN_DETECT_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/event.h"

/* One rule as its file says it. Texts are NUL-terminated and owned by the ruleset. */
struct rule {
	char *name;
	char *server;          /* the file's name without folder and ending */
	char *description;
	char *source;          /* the rule's text as it stands in its file; NULL without samples */
	char *file;            /* where it stands, for messages: a path, or "built-in:SERVER" */
	unsigned line;
	enum event_class event_class;
	uint32_t points;       /* thousandths, as events have them */
	uint16_t flags;        /* enum event_flag */
	uint32_t pieces;       /* bytes of a message from which on the program's lines are pieces of longer ones; 0:
	                        * never */
	char *program_text, *match_text;
	char **hits, **misses; /* samples, NULL-terminated */
};

struct ruleset {
	struct rule *rules;    /* built-in ones in the order of their files, then those of the folder */
	size_t count, capacity;
};

/* Whether built-in rules get their samples and source, which only commands need that show or prove rules. */
enum rules_samples { RULES_WITHOUT_SAMPLES, RULES_WITH_SAMPLES };

/* Loads the built-in rules, and those of the .conf files of dir, unless that is NULL or missing. The latter always have
 * their samples, and replace rules of the same name. Compiles no pattern. Returns 0, or -1 after a message with file
 * and line. */
int rules_load(struct ruleset *set, const char *dir, enum rules_samples samples);
void rules_free(struct ruleset *set);

bool rules_is_builtin(const struct rule *rule);
const struct rule *rules_find(const struct ruleset *set, const char *name);

/* Says that there is no rule of that name, and which one may be meant. */
void rules_tell_unknown(const struct ruleset *set, const char *name);

#endif
