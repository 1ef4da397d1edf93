/* SPDX-License-Identifier: GPL-2.0-or-later */
/* examples: the first line of each class that counted against an address, to be shown in the report. */
#ifndef MAILBAN_APP_EXAMPLES_H
#define MAILBAN_APP_EXAMPLES_H

#include "addr/addr.h"
#include "base/span.h"
#include "detect/event.h"

struct examples;

struct examples *examples_new(void);
void examples_free(struct examples *examples);

/* Keeps the event's line where its address (the unit that is banned, as unit says) has none of its class yet;
 * a bounded number of the first ones of a run. */
void examples_add(struct examples *examples, const struct addr *unit, const struct event *event);

/* len 0: none was kept. */
struct span examples_find(const struct examples *examples, const struct addr *unit, unsigned event_class);

#endif
