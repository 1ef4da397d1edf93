/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_APP_EXPLAIN_H
#define MAILBAN_APP_EXPLAIN_H

#include "base/buf.h"
#include "detect/match.h"

/* Says in words why a rule made no event of the line that the matcher saw last: its program, what it must
 * begin with or hold, or how far the pattern got; or that another rule (of that number) came first. chosen:
 * the rule that the line fell to, or -1. Appends lines to out. */
void explain_rule(struct buf *out, struct engine *engine, struct matcher *matcher, uint16_t rule, int chosen);

#endif
