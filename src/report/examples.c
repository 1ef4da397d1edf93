/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * examples: the first line of each class that counted against an address.
 *
 * A report that names an address shows a log line of it, so that a person can check the judgement. Only the first lines
 * are kept: that bounds the memory, and does not depend on threads.
 */
#include "report/examples.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/mem.h"

enum { EXAMPLES_MAX = 20000, LINE_BYTES_MAX = 800 };

struct example {
	struct addr unit;
	unsigned event_class;
	char *line;
	size_t len;
};

struct examples {
	struct example *items;
	size_t count, capacity;
	struct hash index;   /* numbers of items by unit and class */
};

struct examples *examples_new(void)
{
	struct examples *e = mem_zalloc(1, sizeof(*e));

	hash_seed(&e->index);
	return e;
}

void examples_free(struct examples *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < e->count; i++)
		free(e->items[i].line);
	free(e->items);
	hash_free(&e->index);
	free(e);
}

static uint32_t hash_of(const struct examples *e, const struct addr *unit, unsigned event_class)
{
	return hash_of_numbers(&e->index, unit->hi ^ event_class, unit->lo);
}

/* The example of the unit and class, or NULL. */
static const struct example *find(const struct examples *e, const struct addr *unit, unsigned event_class)
{
	uint32_t hash = hash_of(e, unit, event_class);
	size_t at;

	for (uint32_t n = hash_first(&e->index, hash, &at); n != HASH_NONE; n = hash_next(&e->index, hash, &at)) {
		if (e->items[n].event_class == event_class && addr_equal(&e->items[n].unit, unit))
			return &e->items[n];
	}
	return NULL;
}

void examples_add(struct examples *e, const struct addr *unit, const struct event *event)
{
	size_t len = event->line.len < LINE_BYTES_MAX ? event->line.len : LINE_BYTES_MAX;

	if (e->count >= EXAMPLES_MAX || event->event_class >= CLASS_GOOD || (event->flags & EVENT_NO_ADDRESS))
		return;
	if (find(e, unit, event->event_class) != NULL)
		return;
	e->items = mem_grow(e->items, &e->capacity, e->count + 1, sizeof(*e->items));
	e->items[e->count] = (struct example){ *unit, event->event_class, mem_text_of(event->line.ptr, len), len };
	hash_put(&e->index, hash_of(e, unit, event->event_class), (uint32_t)e->count++);
}

struct span examples_find(const struct examples *e, const struct addr *unit, unsigned event_class)
{
	const struct example *example = find(e, unit, event_class);

	return example != NULL ? (struct span){ example->line, example->len } : (struct span){ 0 };
}
