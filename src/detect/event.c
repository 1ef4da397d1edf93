/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event: the one table of classes, and the order in which events are handed on, whatever logs they came from.
 *
 * 1. By time, in seconds.
 * 2. Of one second, events without a known connection come first: by address, those without an address first. Of one
 *    address evidence comes before good, and then class by class. All other members only keep the order the same.
 * 3. Then the connections, one after another; the events of one in the order of its log. Their meaning depends on that
 *    order: a process may begin a connection, fail, end it and take its next client, all in a second. Where the log was
 *    rotated in between, the file that begins earlier comes first.
 *
 * So the order does not depend on how logs are named, ordered, rotated, or divided by program.
 */
#include "detect/event.h"

#include <stdlib.h>
#include <string.h>

#include "base/points.h"

/* Steps an event: events that need more are in no order, and sorted from scratch. */
enum { FAR = 16 };

const struct event_class_row event_classes[CLASS_COUNT] = {
	[CLASS_AUTH] = { "auth", "A failed login.", POINT, false },
	[CLASS_UNKNOWN] = { "unknown", "A connection of a client without a verified name that came to nothing.",
			    POINT / 2, true },
	[CLASS_HELO] = { "helo", "The greeting of a known bot.", 5 * POINT, false },
	[CLASS_REJECT] = { "reject", "A refused command of a client without a verified name; two fifths with one.",
			   POINT / 4, true },
	[CLASS_PROBE] = { "probe", "What no mail program does.", POINT, true },
	[CLASS_GOOD] = { "good", "A login or an accepted mail.", 0, false },
	[CLASS_TROUBLE] = { "trouble", "This server's own trouble.", 0, false },
};

void event_class_add_names(struct buf *out)
{
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "", event_classes[i].name);
}

bool event_class_parse(enum event_class *event_class, const char *name)
{
	for (unsigned i = 0; i < CLASS_COUNT; i++) {
		if (strcmp(event_classes[i].name, name) == 0) {
			*event_class = (enum event_class)i;
			return true;
		}
	}
	return false;
}

uint32_t event_times(uint32_t count, uint32_t times)
{
	uint32_t product;

	return __builtin_mul_overflow(count, times, &product) ? UINT32_MAX : product;
}

static inline int compare(uint64_t a, uint64_t b)
{
	return (a > b) - (a < b);
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

	for (size_t i = 0; i < LENGTH_OF(numbers) && way == 0; i++)
		way = compare(numbers[i][0], numbers[i][1]);
	way = way != 0 ? way : span_compare(a->user, b->user);
	way = way != 0 ? way : span_compare(a->line, b->line);
	return way != 0 ? way : compare_places(a, b);
}

int event_compare_in_second(const struct event *a, const struct event *b)
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

	return event_is_before(*x, *y) ? -1 : event_is_before(*y, *x);
}

void event_sort(struct event **events, size_t count)
{
	size_t steps = 0;

	for (size_t i = 1; i < count; i++) {
		struct event *event = events[i];
		size_t at = i;

		for (; at > 0 && event_is_before(event, events[at - 1]); at--)
			events[at] = events[at - 1];
		events[at] = event;
		steps += i - at;
		if (steps > FAR * (i + FAR)) {
			qsort(events, count, sizeof(*events), compare_events);
			return;
		}
	}
}
