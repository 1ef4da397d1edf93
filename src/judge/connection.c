/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * connection: which classes a connection has counted for already.
 *
 * A server logs several lines about one unwelcome connection; a class that counts by connection takes the first of
 * them. What is kept is bounded: after CONNECTIONS others were opened, a connection that never ended is forgotten. The
 * ring keeps the order, so that what is forgotten depends on the events alone and not on the seed of the table.
 */
#include "judge/connection.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/msg.h"

void connections_init(struct connections *all)
{
	*all = (struct connections){ 0 };
	if (getrandom(&all->seed, sizeof(all->seed), 0) != (ssize_t)sizeof(all->seed))
		msg_die("no random bytes from the kernel; nothing was written");
}

void connections_free(struct connections *all)
{
	free(all->ring);
	free(all->slots);
	*all = (struct connections){ 0 };
}

/* The slot of the key, or the free one where it belongs. */
static inline size_t slot_of(const struct connections *all, uint64_t key)
{
	size_t at = connections_home(all, key);

	while (all->slots[at] != 0 && all->ring[all->slots[at] - 1].key != key)
		at = (at + 1) & (CONNECTION_SLOTS - 1);
	return at;
}

/* Frees a slot, and moves those behind it up that would no longer be found. */
static void free_slot(struct connections *all, size_t at)
{
	size_t hole = at;

	all->ring[all->slots[at] - 1].key = 0;
	for (;;) {
		size_t home;

		at = (at + 1) & (CONNECTION_SLOTS - 1);
		if (all->slots[at] == 0)
			break;
		home = connections_home(all, all->ring[all->slots[at] - 1].key);
		if (((at - home) & (CONNECTION_SLOTS - 1)) < ((at - hole) & (CONNECTION_SLOTS - 1)))
			continue;
		all->slots[hole] = all->slots[at];
		hole = at;
	}
	all->slots[hole] = 0;
}

static struct connection *open_connection(struct connections *all, uint64_t key)
{
	struct connection *c = &all->ring[all->next];

	if (c->key != 0)
		free_slot(all, slot_of(all, c->key));
	*c = (struct connection){ .key = key };
	all->slots[slot_of(all, key)] = all->next + 1;
	all->next = (all->next + 1) % CONNECTIONS;
	if (all->used < CONNECTIONS)
		all->used++;
	return c;
}

/* Many logs know no connections at all: the tables come with the first one. */
static void make_tables(struct connections *all)
{
	if (all->ring != NULL)
		return;
	all->ring = mem_zalloc(CONNECTIONS, sizeof(*all->ring));
	all->slots = mem_zalloc(CONNECTION_SLOTS, sizeof(*all->slots));
}

bool connections_count(struct connections *all, const struct event *event, uint32_t time)
{
	uint8_t bit = (uint8_t)(1U << event->event_class);
	struct connection *c;
	bool counts = true;
	size_t at;

	make_tables(all);
	at = slot_of(all, event->connection);
	if (all->slots[at] != 0) {
		c = &all->ring[all->slots[at] - 1];
		if ((event->flags & EVENT_BEGINS) != 0)
			c->seen = 0;
		counts = event->event_class != CLASS_UNKNOWN || (c->seen & bit) == 0;
		if ((event->flags & EVENT_ENDS) != 0) {
			free_slot(all, at);
			return counts;
		}
	} else if ((event->flags & EVENT_ENDS) != 0) {
		return true;
	} else {
		c = open_connection(all, event->connection);
	}
	c->seen |= bit;
	c->time = time;
	return counts;
}

void connections_put(struct connections *all, const struct connection *connection)
{
	size_t at;

	make_tables(all);
	at = slot_of(all, connection->key);
	if (all->slots[at] != 0)
		free_slot(all, at);
	*open_connection(all, connection->key) = *connection;
}
