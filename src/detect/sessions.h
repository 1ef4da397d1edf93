/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sessions: what one line of a connection does not tell, and others do. */
#ifndef MAILBAN_DETECT_SESSIONS_H
#define MAILBAN_DETECT_SESSIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/event.h"

enum { SESSION_AGE = 86400 }; /* seconds without a line, after which a session is over */

/* What is kept of a connection. */
struct session {
	uint64_t connection;    /* event.connection; 0: none */
	int64_t time;           /* of the line that told it, seconds since the epoch */
	struct addr addr;       /* where opened or troubled */
	uint32_t waiting;       /* events, of event_class, whose address is still to come */
	uint32_t points;
	uint8_t event_class;
	bool opened, named;     /* opened: its address is known; named: the client has a verified name */
	bool once;              /* one later line gets its address, and no more */
	bool troubled;          /* a line told of this server's trouble before the line that begins the connection */
};

/* The programs whose last line was a piece. Begins as zero; pieces_free() frees it. */
struct pieces {
	uint64_t *cut;     /* one number for a program of a host in a log, or for a log whose wrapping has pieces */
	size_t count, capacity;
	uint64_t dropped;  /* the program of the last event, if it was not believed */
};

/* What lines before told. Begins as zero; sessions_free() frees it. */
struct sessions {
	struct session *all;    /* its own */
	struct pieces pieces;   /* for pieces_believes(), whose caller takes lines in the order of their log */
};

void sessions_free(struct sessions *sessions);

/* Takes an event that is complete, and does not keep it. */
typedef void sessions_hand(void *context, const struct event *event);

/* Hands on what the event means in the light of those before it. That is the event with the address of its session, and
 * what waited for that address. Hands on nothing where it only told something of others, or its address is still to
 * come. Events must come in the order of time. */
void sessions_take(struct sessions *sessions, const struct event *event, sessions_hand *hand, void *context);

/* Gives the sessions that had a line since then, one a call; *at begins as 0. NULL: there is no more. */
const struct session *sessions_next(const struct sessions *sessions, int64_t then, size_t *at);

/* Adds a copy of a session that an earlier run saved. */
void sessions_put(struct sessions *sessions, const struct session *session);

void pieces_free(struct pieces *pieces);

/* Whether the line of the event is to be believed as far as lines before it say. Events must come in the order of their
 * log; log is its number, the same for all of its rotations. Takes the program's number out of event->connection. */
bool pieces_believes(struct pieces *pieces, uint64_t log, struct event *event);

/* Adds a program to those whose last line was a piece. */
void pieces_add(struct pieces *pieces, uint64_t program);

/* Takes a program out of them. False where it was not among them. */
bool pieces_take(struct pieces *pieces, uint64_t program);

#endif
