/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * classic: the judgement of the shell recipe.
 *
 * The recipe is `grep PHRASE maillog | grep -o '\[[0-9.]*\]' | sort | uniq -c` for each of three phrases. It bans an
 * address that was counted more than once, for ever, and knows no points, no login and no network. Here the event says
 * which address a line is about: the recipe also took addresses that strangers wrote between brackets.
 */
#include "detect/classic.h"

#include <stdlib.h>

#include "addr/order.h"
#include "base/mem.h"

void classic_free(struct classic *c)
{
	free(c->rows);
	hash_free(&c->index);
	*c = (struct classic){ 0 };
}

static struct classic_row *row_of(struct classic *c, uint64_t lo)
{
	uint32_t hash;
	size_t at;

	hash_seed(&c->index);
	hash = hash_of_numbers(&c->index, lo, 0);
	for (uint32_t n = hash_first(&c->index, hash, &at); n != HASH_NONE; n = hash_next(&c->index, hash, &at)) {
		if (c->rows[n].lo == lo)
			return &c->rows[n];
	}
	c->rows = mem_grow(c->rows, &c->capacity, c->count + 1, sizeof(*c->rows));
	hash_put(&c->index, hash, (uint32_t)c->count);
	c->rows[c->count] = (struct classic_row){ .lo = lo };
	return &c->rows[c->count++];
}

void classic_add(struct classic *c, const struct event *event)
{
	static const char *const phrases[] = { "authentication failed", "disconnect from unknown", "from unknown" };
	struct classic_row *row;

	/* the recipe does not know the words of a line that says the line before was repeated */
	if (event->repeats > 0 || (event->flags & EVENT_NO_ADDRESS) || !addr_is_v4(&event->addr))
		return;
	row = row_of(c, event->addr.lo);
	for (unsigned i = 0; i < CLASSIC_PHRASES; i++) {
		if (!span_holds(event->line, phrases[i]))
			continue;
		if (row->lines[i] == 0 || event->time < row->first[i])
			row->first[i] = event->time;
		if (row->lines[i] == 0 || event->time > row->last[i])
			row->last[i] = event->time;
		row->lines[i] += row->lines[i] < UINT32_MAX;
	}
}

/* The phrase with the most lines. */
static unsigned most_of(const struct classic_row *row)
{
	unsigned most = 0;

	for (unsigned i = 1; i < CLASSIC_PHRASES; i++) {
		if (row->lines[i] > row->lines[most])
			most = i;
	}
	return most;
}

size_t classic_totals(const struct classic *c, struct classic_total **rows)
{
	struct classic_total *total = *rows = mem_zalloc(c->count + 1, sizeof(**rows));
	size_t count;

	for (size_t i = 0; i < c->count; i++) {
		const struct classic_row *row = &c->rows[i];
		unsigned most = most_of(row);

		if (row->lines[most] < 2)
			continue;
		*total++ = (struct classic_total){
			.addr = { .lo = row->lo, .prefix = ADDR_BITS },
			.count = row->lines[most],
			.first = row->first[most],
			.last = row->last[most],
			.event_class = most == 0 ? CLASS_AUTH : CLASS_UNKNOWN,
		};
	}
	count = (size_t)(total - *rows);
	addr_sort(*rows, sizeof(**rows), count);
	return count;
}
