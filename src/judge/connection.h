/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connection: which classes a connection has counted for already. Inside src/judge only. */
#ifndef MAILBAN_JUDGE_CONNECTION_H
#define MAILBAN_JUDGE_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/event.h"

enum {
	CONNECTIONS = 65536,            /* first seen before this many others, a connection is forgotten */
	CONNECTION_SLOTS = 2 * CONNECTIONS,
	CONNECTION_AGE = 86400,         /* seconds without an event, after which it is not saved */
};

struct connection {
	uint64_t key;          /* 0: none */
	uint32_t time;         /* of its last event */
	uint8_t seen;          /* a bit for each class */
};

struct connections {
	struct connection *ring;   /* in the order in which they were first seen, from next on */
	uint32_t *slots;           /* position in the ring, from 1; 0: free */
	uint32_t next;
	uint32_t used;             /* places of the ring that were ever taken */
	uint64_t seed;
};

void connections_init(struct connections *all);
void connections_free(struct connections *all);

/* Where the connection is looked for first. */
static inline size_t connections_home(const struct connections *all, uint64_t key)
{
	uint64_t mixed = (key ^ all->seed) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)((mixed ^ mixed >> 32) & (CONNECTION_SLOTS - 1));
}

/* Whether the event counts: not where its class counts once a connection and the connection had an event of that
 * class. */
bool connections_count(struct connections *all, const struct event *event, uint32_t time);

/* Puts back what was saved. */
void connections_put(struct connections *all, const struct connection *connection);

#endif
