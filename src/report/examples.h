/* SPDX-License-Identifier: GPL-2.0-or-later */
/* examples: the first line of each class that counted against an address, to be shown in the report. */
#ifndef MAILBAN_REPORT_EXAMPLES_H
#define MAILBAN_REPORT_EXAMPLES_H

#include "addr/addr.h"
#include "base/span.h"
#include "detect/event.h"

struct examples;

struct examples *examples_new(void);
void examples_free(struct examples *examples);

/* Keeps a copy of the event's line, unless unit, the address or network that is judged, has a line of that class. A run
 * keeps only a bounded number of lines, the first ones. */
void examples_add(struct examples *examples, const struct addr *unit, const struct event *event);

/* The line that was kept; it lives as long as the examples. len 0: no line was kept. */
struct span examples_find(const struct examples *examples, const struct addr *unit, unsigned event_class);

#endif
