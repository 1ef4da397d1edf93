/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connection: what a connection has counted for already. A connection is one event, of its strongest kind. */
#ifndef MAILBAN_JUDGE_CONNECTION_H
#define MAILBAN_JUDGE_CONNECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/span.h"
#include "detect/event.h"

enum {
	CONNECTIONS = 65536,            /* when so many later ones have begun, a connection is forgotten */
	CONNECTION_AGE = 86400,         /* seconds without an event after which a connection is over */
};

struct connection {
	uint64_t key;                   /* event.connection; 0: a free place */
	struct addr addr;               /* the account that it counts for */
	char *user;                     /* who logged in, owned; NULL: nobody, or the login's line is a mail, too */
	int64_t strongest;              /* points of its strongest kind so far */
	int64_t added;                  /* how many of them the account has in points of class, as of added_time */
	uint32_t time;                  /* of its last event */
	uint32_t added_time;
	uint8_t event_class;
	bool failed;                    /* an authentication failed, or could not be tried: nothing weaker counts */
	bool good;                      /* a login or an accepted mail came */
	bool refused;                   /* one recipient was refused: the next ones count a tenth */
};

struct connections {
	struct connection *ring;        /* in the order in which they began, from next on */
	size_t next, used;
	struct hash index;
};

void connections_free(struct connections *all);

/* The event's connection, made where it is missing; NULL where the event belongs to no connection. addr is the
 * account's. The connection lives until the next call. */
struct connection *connections_of(struct connections *all, const struct event *event, const struct addr *addr,
	uint32_t time);

/* Whether an event of so many points is a further refusal of the connection, which counts a tenth. */
static inline bool connection_refuses_on(const struct connection *c, unsigned event_class, int64_t points)
{
	return event_class == CLASS_REJECT && c->refused && (points <= c->strongest || c->failed);
}

/* Whether an event of so many points adds nothing, because the connection counts as much already. */
static inline bool connection_has(const struct connection *c, unsigned event_class, int64_t points)
{
	if (connection_refuses_on(c, event_class, points))
		return false;
	return points <= c->strongest || (c->failed && event_class != CLASS_HELO) ||
	       (c->good && event_class == CLASS_UNKNOWN);
}

/* Forgets the connection. Call it behind an event with EVENT_ENDS. */
void connections_end(struct connections *all, struct connection *connection);

/* Adds a line for each connection that is open at that time. */
void connections_save(const struct connections *all, uint32_t time, struct buf *out);

/* Reads lines of connections. Returns 0, or the number of the first wrong line, from 1. */
unsigned connections_load(struct connections *all, struct span lines);

#endif
