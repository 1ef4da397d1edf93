/* SPDX-License-Identifier: GPL-2.0-or-later */
/* event_order: the order in which events are handed on, whatever logs they came from. */
#ifndef MAILBAN_DETECT_EVENT_ORDER_H
#define MAILBAN_DETECT_EVENT_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "detect/event.h"

/* Which of two events of one second comes first: <0, 0, >0. Said in event_order.c. */
int event_order_in_second(const struct event *a, const struct event *b);

/* Whether a comes before b. Most events have seconds of their own. */
static inline bool event_order_is_before(const struct event *a, const struct event *b)
{
	return a->time != b->time ? a->time < b->time : event_order_in_second(a, b) < 0;
}

/* Sorts. Events that are nearly in order already, as those of a log are, cost a few steps each. */
void event_order_sort(struct event **events, size_t count);

#endif
