/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_ENGINE_H
#define MAILBAN_DETECT_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/span.h"
#include "base/start.h"
#include "detect/literals.h"
#include "detect/pattern.h"
#include "detect/rules.h"

/* The rules, compiled as far as they have been needed. One engine serves all threads. */
struct engine;

/* One rule within the programs that it is for. */
struct engine_rule {
	const struct rule *rule;
	struct literals literals;
	bool wants_end;              /* its pattern looks at the end of the line */
	bool knows_first;            /* literals.first is what can be known */
};

/* A rule that a message with a certain first byte can match. */
struct engine_candidate {
	const struct engine_rule *rule; /* NULL: the list ends */
	uint16_t number;             /* in the ruleset */
	uint16_t alike;              /* how many begin as this one does, from it on: what is found of it holds for them */
	bool at_colon;               /* its beginning is not the message's but that of the part from the first colon on */
	bool compared;               /* begin says whether 16 bytes can be the beginning; else literals_begin() does */
	struct start begin;          /* the only beginning that it can have, as far as it tells */
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
};

/* The ruleset must outlive the engine. Compiles the program patterns, each text once; 0, or -1 after a
 * message. With prefilter false every rule of a program is tried on every line of it. */
int engine_new(struct engine **engine, const struct ruleset *set, bool prefilter);
void engine_free(struct engine *engine);

const struct ruleset *engine_ruleset(const struct engine *engine);
const struct engine_rule *engine_rule(const struct engine *engine, uint16_t number);

/* The program of that name; made at the first call and kept. Safe to call from any thread. */
const struct engine_program *engine_program(struct engine *engine, struct span name);

/* The compiled pattern of a rule; compiled at the first call. NULL after a message where it does not
 * compile. Safe to call from any thread. */
const struct pattern *engine_pattern(struct engine *engine, uint16_t number);

#endif
