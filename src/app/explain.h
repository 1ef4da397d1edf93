/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_APP_EXPLAIN_H
#define MAILBAN_APP_EXPLAIN_H

#include "base/buf.h"
#include "detect/match.h"

/* Says why a rule made no event of the line that the matcher saw last. Reasons are the line's program, text that it
 * must begin with or hold, how far the pattern got, or that another rule came first. chosen: the number of the rule
 * that matched the line, or -1. Appends lines to out. */
void explain_rule(struct buf *out, struct engine *engine, struct matcher *matcher, uint16_t rule, int chosen);

#endif
