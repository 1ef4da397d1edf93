/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pieces: lines that may be the rest of a longer one.
 *
 * A logger may make several lines of a long one (courierlogger). What follows a piece begins where the client chose:
 * it is not believed, up to the first line that is shorter than a piece. Matchers look at lines apart, on several
 * threads; so this is decided here, in the order of a log's lines.
 */
#include "detect/pieces.h"

#include <stdlib.h>

#include "base/mem.h"

void pieces_free(struct pieces *p)
{
	free(p->cut);
	*p = (struct pieces){ 0 };
}

/* Its place; count where it is not there. A piece is followed by its rest at once, so that there is hardly ever one. */
static size_t find(const struct pieces *p, uint64_t program)
{
	size_t i = 0;

	while (i < p->count && p->cut[i] != program)
		i++;
	return i;
}

void pieces_add(struct pieces *p, uint64_t program)
{
	if (find(p, program) < p->count)
		return;
	p->cut = mem_grow(p->cut, &p->capacity, p->count + 1, sizeof(*p->cut));
	p->cut[p->count++] = program;
}

bool pieces_believes(struct pieces *p, uint64_t log, struct event *event)
{
	uint64_t program = event->connection + log;
	size_t at;
	bool is_rest, repeats_dropped;

	if (event->connection == 0 || (event->flags & EVENT_PER_CONNECTION) != 0)
		return true;
	event->connection = 0;
	repeats_dropped = event->repeats > 0 && p->dropped == program;
	p->dropped = 0;
	if (event->flags & EVENT_PIECE) {
		pieces_add(p, program);
		return false;
	}
	at = find(p, program);
	is_rest = at < p->count;
	if (is_rest)
		p->cut[at] = p->cut[--p->count];
	if (is_rest || repeats_dropped)
		p->dropped = program;
	return !is_rest && !repeats_dropped && (event->flags & EVENT_WHOLE) == 0;
}
