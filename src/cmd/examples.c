/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * examples: the first line of each class that counted against an address.
 *
 * A report that names an address shows a line that it is about, so that a person can judge the judgement. The
 * first ones are kept, which bounds the memory and does not depend on threads.
 */
#define _GNU_SOURCE
#include "cmd/examples.h"

#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/msg.h"

enum { EXAMPLES_MAX = 20000, SLOTS = 1 << 16, LINE_BYTES_MAX = 400 };

struct example {
	struct addr unit;
	unsigned event_class;
	char *line;
	size_t len;
};

struct examples {
	struct example *items;
	size_t count, capacity;
	uint64_t seed;
	uint16_t slots[SLOTS];   /* open addressing: index of an item and one; 0: free */
};

struct examples *examples_new(void)
{
	struct examples *e = mem_zalloc(1, sizeof(*e));

	if (getrandom(&e->seed, sizeof(e->seed), 0) != (ssize_t)sizeof(e->seed))
		msg_die("no random numbers to be had from the kernel; nothing was written");
	return e;
}

void examples_free(struct examples *e)
{
	if (e == NULL)
		return;
	for (size_t i = 0; i < e->count; i++)
		free(e->items[i].line);
	free(e->items);
	free(e);
}

static bool is_for(const struct example *example, const struct addr *unit, unsigned event_class)
{
	return example->event_class == event_class && addr_equal(&example->unit, unit);
}

/* The slot that holds the unit and class, or the free one where they would stand. */
static size_t slot_of(const struct examples *e, const struct addr *unit, unsigned event_class)
{
	uint64_t hash = (unit->hi ^ e->seed ^ event_class) * UINT64_C(0x9e3779b97f4a7c15);
	size_t slot;

	hash = (hash ^ hash >> 32 ^ unit->lo) * UINT64_C(0x9e3779b97f4a7c15);
	slot = (size_t)(hash >> 40) % SLOTS;
	while (e->slots[slot] != 0 && !is_for(&e->items[e->slots[slot] - 1], unit, event_class))
		slot = (slot + 1) % SLOTS;
	return slot;
}

void examples_add(struct examples *e, const struct addr *unit, const struct event *event)
{
	size_t slot, len = event->line.len < LINE_BYTES_MAX ? event->line.len : LINE_BYTES_MAX;

	if (e->count >= EXAMPLES_MAX || event->event_class >= CLASS_GOOD || (event->flags & EVENT_NO_ADDRESS))
		return;
	slot = slot_of(e, unit, event->event_class);
	if (e->slots[slot] != 0)
		return;
	e->items = mem_grow(e->items, &e->capacity, e->count + 1, sizeof(*e->items));
	e->items[e->count++] = (struct example){ *unit, event->event_class, mem_text_of(event->line.ptr, len), len };
	e->slots[slot] = (uint16_t)e->count;
}

struct span examples_find(const struct examples *e, const struct addr *unit, unsigned event_class)
{
	size_t slot = slot_of(e, unit, event_class);

	if (e->slots[slot] == 0)
		return (struct span){ 0 };
	return (struct span){ e->items[e->slots[slot] - 1].line, e->items[e->slots[slot] - 1].len };
}
