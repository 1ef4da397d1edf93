/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event_order: the order in which events are handed on, whatever logs they came from.
 *
 * 1. By time, in seconds.
 * 2. Of one second, what belongs to no connection that is known comes first: by address, those without one first;
 *    of one address evidence before good, and else class by class; the rest (rule, count, repetitions, texts)
 *    only keeps the order of different events the same.
 * 3. Then the connections, one after another; the lines of one as they stand in its log. A server process writes
 *    them into one log. What they mean depends on their order: it begins a connection, fails and ends it, and takes
 *    the next client, the same one perhaps, all in a second. Where a log was rotated in between, the log that
 *    begins earlier comes first.
 *
 * So the order does not depend on how logs are named, ordered, rotated, or divided by program.
 */
#include "detect/event_order.h"

#include <stdlib.h>
#include <string.h>

enum { FAR = 16 }; /* steps an event: beyond that they are in no order, and sorted from scratch */

static inline int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
}

/* Like memcmp(), a text that begins the other one first. */
static int compare_texts(struct span a, struct span b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	int way = len > 0 ? memcmp(a.ptr, b.ptr, len) : 0;

	return way != 0 ? way : compare(a.len, b.len);
}

/* Which of two stands first in its log. */
static int compare_places(const struct event *a, const struct event *b)
{
	return a->stream != b->stream ? compare(a->stream, b->stream) : compare(a->offset, b->offset);
}

static int compare_rest(const struct event *a, const struct event *b)
{
	/* good is the last one of the classes */
	const uint64_t numbers[][2] = {
		{ a->event_class, b->event_class },
		{ a->rule, b->rule },
		{ a->count, b->count },
		{ a->repeats, b->repeats },
	};
	int way = 0;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]) && way == 0; i++)
		way = compare(numbers[i][0], numbers[i][1]);
	way = way != 0 ? way : compare_texts(a->user, b->user);
	way = way != 0 ? way : compare_texts(a->line, b->line);
	return way != 0 ? way : compare_places(a, b);
}

int event_order_in_second(const struct event *a, const struct event *b)
{
	if (a->connection != b->connection)
		return compare(a->connection, b->connection);
	if (a->connection != 0)
		return compare_places(a, b);
	if (a->addr.hi != b->addr.hi)
		return compare(a->addr.hi, b->addr.hi);
	return a->addr.lo != b->addr.lo ? compare(a->addr.lo, b->addr.lo) : compare_rest(a, b);
}

static int compare_events(const void *a, const void *b)
{
	const struct event *const *x = a, *const *y = b;

	return event_order_is_before(*x, *y) ? -1 : event_order_is_before(*y, *x);
}

void event_order_sort(struct event **events, size_t count)
{
	size_t steps = 0;

	for (size_t i = 1; i < count; i++) {
		struct event *event = events[i];
		size_t at = i;

		for (; at > 0 && event_order_is_before(event, events[at - 1]); at--)
			events[at] = events[at - 1];
		events[at] = event;
		steps += i - at;
		if (steps > FAR * (i + FAR)) {
			qsort(events, count, sizeof(*events), compare_events);
			return;
		}
	}
}
