/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_PATTERN_H
#define MAILBAN_DETECT_PATTERN_H

#define PCRE2_CODE_UNIT_WIDTH 8

#include <pcre2.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "detect/rules.h"

enum {
	PATTERN_GROUPS_MAX = 4,
	PATTERN_BYTES = 256 / 8,  /* room for a bit for each byte */
};

/* A rule's match pattern, ready to be tried. Read-only once made: threads share it. */
struct pattern {
	pcre2_code *code;
	bool jit;                                     /* compiled to machine code */
	unsigned address;                             /* number of the <ADDR> group; 0: none */
	unsigned users[PATTERN_GROUPS_MAX];           /* numbers of the groups named user; 0 ends the list */
	unsigned counts[PATTERN_GROUPS_MAX];
	unsigned named[PATTERN_GROUPS_MAX];
	unsigned sessions[PATTERN_GROUPS_MAX];
};

/* Compiles the match pattern of a rule, anchored at the start, with <ADDR> put in and JIT where the host
 * allows it. Returns 0, or -1 after a message that names rule, offset and PCRE2's words. */
int pattern_compile(struct pattern *pattern, const struct rule *rule);
void pattern_free(struct pattern *pattern);

/* Sets a bit for each byte that a matching message can begin with, as PCRE2 tells them; all bits where it does not. */
void pattern_first_bytes(const struct rule *rule, uint8_t set[PATTERN_BYTES]);

/* Whether a match pattern looks at the end of the line, which may have been cut off. */
bool pattern_wants_end(const char *text);

/* Compiles a program pattern, anchored at both ends. NULL after a message. */
pcre2_code *pattern_compile_program(const struct rule *rule);

#endif
