/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fail2ban: a filter of fail2ban to rules. */
#ifndef MAILBAN_DETECT_FAIL2BAN_H
#define MAILBAN_DETECT_FAIL2BAN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/span.h"
#include "detect/rules.h"

enum { F2B_HITS = 3 }; /* samples of a log that a rule keeps */

/* What is known of a rule beside what a rule has. */
struct f2b_note {
	char *comment;   /* lines that stand above it */
	bool made_up;    /* its hit is not of a log */
};

/* What was made of a filter. Zero-initialise it. */
struct f2b_filter {
	struct ruleset set;      /* its rules, with hits as far as they have been found */
	struct f2b_note *notes;  /* one a rule */
	char *head, *tail;       /* lines that stand above and below them all */
	size_t left_out;         /* expressions that could not be carried over */
};

/* Makes rules of the filter, FILE or FILE[NAME=VALUE,...]. Each is of the class, or where that is NULL of what its
 * text speaks of: reject or auth. What is not carried over, or is not anchored as ours are, is told on stderr and
 * stands in the comments. Returns 0, or -1 after a message; free it in any case. */
int f2b_make(struct f2b_filter *filter, const char *name, const char *class_name);
void f2b_free(struct f2b_filter *filter);

/* Keeps a copy of the message as a hit of the rule, unless the rule has F2B_HITS of them. */
void f2b_add_hit(struct f2b_filter *filter, size_t rule, struct span message);

/* Adds the file of rules. A rule without a hit stands in it as a comment, since no rule is loaded without one. */
void f2b_write(const struct f2b_filter *filter, struct buf *out);

enum { F2B_VARIANTS = 8 };

/* Adds a message that the pattern may recognise; each variant below F2B_VARIANTS gives another one. The caller checks
 * that the pattern does, for its looks ahead and behind are not heeded. */
void f2b_sample(const char *match, unsigned variant, struct buf *out);

#endif
