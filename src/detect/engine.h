/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_ENGINE_H
#define MAILBAN_DETECT_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "detect/literals.h"
#include "detect/pattern.h"
#include "detect/rules.h"

/* The rules, compiled as far as they have been needed. One engine serves all threads. */
struct engine;

/* A rule, and what is known of its pattern before a message is tried. */
struct engine_rule {
	const struct rule *rule;
	uint16_t number;             /* in the ruleset */
	struct literals literals;
	uint8_t first[PATTERN_BYTES]; /* a bit for each byte that a message can begin with; all of them where the
	                              * literals have beginnings */
	bool wants_end;              /* its pattern looks at the end of the line */
	bool prepared;               /* the three above are set */
};

/* A rule to try on messages with a certain first byte, and a beginning that such a message must have. */
struct engine_candidate {
	const struct engine_rule *rule; /* NULL: the list ends */
	const struct literal *begin; /* its length 0: any beginning will do */
};

/* The rules that can match lines of one program, in the order in which they are tried. */
struct engine_program {
	char *name;
	size_t name_len;
	uint16_t *rules;             /* numbers in the ruleset */
	uint16_t rule_count;
	uint32_t *first;             /* 256 places in lists: where those that a message with this first byte can
	                                match begin; NULL where the program has no rules */
	struct engine_candidate *lists;
	uint32_t pieces;             /* as its rules have it; 0: its lines are whole */
};

/* The ruleset must outlive the engine. Compiles the program patterns, each text once; 0, or -1 after a
 * message. With prefilter false every rule of a program is tried on every line of it. */
int engine_new(struct engine **engine, const struct ruleset *set, bool prefilter);
void engine_free(struct engine *engine);

const struct ruleset *engine_ruleset(const struct engine *engine);

/* Safe to call from any thread. */
const struct engine_rule *engine_rule(struct engine *engine, uint16_t number);

/* Compiles all patterns now, for whoever cannot have executable memory later. Costs 65 million instructions. A pattern
 * that is compiled later then has no JIT: PCRE2 interprets it, which is cheaper for logs of up to ENGINE_FEW_BYTES. */
void engine_compile(struct engine *engine);

enum { ENGINE_FEW_BYTES = 256 * 1024 };

/* The program of that name; made at the first call and kept. Safe to call from any thread. */
const struct engine_program *engine_program(struct engine *engine, struct span name);

/* Whether lines of programs that rules are for were left out, since there are too many names of programs. */
bool engine_left_out(const struct engine *engine);

/* The compiled pattern of a rule; compiled at the first call. NULL after a message where it does not
 * compile. Safe to call from any thread. */
const struct pattern *engine_pattern(struct engine *engine, uint16_t number);

#endif
