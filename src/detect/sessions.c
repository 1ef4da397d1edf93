/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sessions: what one line alone does not tell.
 *
 * A server may name its client where a session begins and nowhere else (OpenSMTPD): a rule that opens tells the
 * address, and later events of the connection that have none get it.
 * A logger may make several lines of a long one (courierlogger). What follows a piece begins where the client chose:
 * it is not believed, up to the first line that is shorter than a piece.
 * A server may tell of its own trouble ahead of the line that begins the connection (Postfix's resolver): then the
 * connection begins with the trouble.
 * Matchers look at lines apart, on several threads; so this is decided here, in the order of a log's lines.
 * Both tables forget: what comes to a place that is taken takes it. Who has so many sessions open at a time loses some.
 */
#include "detect/sessions.h"

#include <stdlib.h>

#include "base/mem.h"

enum { SESSION_BITS = 14, PROGRAM_BITS = 8, TROUBLE_BITS = 12 };

struct session {
	uint64_t connection; /* 0: none */
	struct addr addr;
	bool named;
};

struct trouble {
	uint64_t connection; /* 0: none */
	struct addr addr;
};

struct sessions {
	struct session *sessions;     /* 2^SESSION_BITS of them; NULL: there was none yet */
	uint64_t cut[1 << PROGRAM_BITS]; /* programs of hosts whose last line was a piece; 0: none */
	struct trouble troubles[1 << TROUBLE_BITS]; /* with which connections began that are told to begin once more */
	uint64_t dropped;             /* the program of the last event, if it was not believed */
};

struct sessions *sessions_new(void)
{
	return mem_zalloc(1, sizeof(struct sessions));
}

void sessions_free(struct sessions *s)
{
	if (s == NULL)
		return;
	free(s->sessions);
	free(s);
}

/* The connection's place among 2^bits: the highest bits of a product depend on all of its bits. */
static size_t place_among(uint64_t connection, unsigned bits)
{
	return (size_t)(connection * UINT64_C(0x9e3779b97f4a7c15) >> (64 - bits));
}

static struct session *place_of(struct sessions *s, uint64_t connection)
{
	if (s->sessions == NULL)
		s->sessions = mem_zalloc((size_t)1 << SESSION_BITS, sizeof(*s->sessions));
	return &s->sessions[place_among(connection, SESSION_BITS)];
}

static void open_session(struct sessions *s, const struct event *event)
{
	*place_of(s, event->connection) = (struct session){
		.connection = event->connection, .addr = event->addr, .named = (event->flags & EVENT_NAMED) != 0,
	};
}

/* Whether the event says something of its client now. What is no failure needs an address to say anything. */
static bool find_address(struct sessions *s, struct event *event)
{
	struct session *session = place_of(s, event->connection);

	if (session->connection != event->connection)
		return event->event_class != CLASS_GOOD && event->event_class != CLASS_UNKNOWN;
	event->addr = session->addr;
	event->flags &= (uint16_t)~EVENT_NO_ADDRESS;
	if (session->named)
		event->flags |= EVENT_NAMED;
	if (event->flags & EVENT_ENDS)
		session->connection = 0;
	return true;
}

/* Whether the line is to be believed as far as lines before it say, of the same log. */
static bool follows_whole_line(struct sessions *s, const struct event *event)
{
	uint64_t program = event->connection + event->stream;
	uint64_t *cut = &s->cut[place_among(program, PROGRAM_BITS)];
	bool repeats_dropped = event->repeats > 0 && s->dropped == program;
	bool is_rest = *cut == program;

	s->dropped = 0;
	if (event->flags & EVENT_PIECE) {
		*cut = program;
		return false;
	}
	if (is_rest)
		*cut = 0;
	if (is_rest || repeats_dropped)
		s->dropped = program;
	return !is_rest && !repeats_dropped && (event->flags & EVENT_WHOLE) == 0;
}

/* Two lines may begin one connection, the first of which tells of trouble. */
static void begin_once(struct sessions *s, struct event *event)
{
	struct trouble *trouble = &s->troubles[place_among(event->connection, TROUBLE_BITS)];

	if (event->event_class == CLASS_TROUBLE) {
		*trouble = (struct trouble){ event->connection, event->addr };
		return;
	}
	if (trouble->connection == event->connection && addr_equal(&trouble->addr, &event->addr))
		event->flags &= (uint16_t)~EVENT_BEGINS;
	if (trouble->connection == event->connection)
		trouble->connection = 0;
}

bool sessions_take(struct sessions *s, struct event *event)
{
	if (event->connection == 0)
		return true;
	if ((event->flags & EVENT_PER_CONNECTION) == 0) {
		if (!follows_whole_line(s, event))
			return false;
		event->connection = 0;
		return true;
	}
	if (event->flags & EVENT_BEGINS)
		begin_once(s, event);
	if (event->flags & EVENT_OPENS)
		open_session(s, event);
	else if ((event->flags & EVENT_NO_ADDRESS) && !find_address(s, event))
		return false;
	/* that a client with a name comes or goes is no evidence */
	return event->event_class != CLASS_UNKNOWN || (event->flags & EVENT_NAMED) == 0;
}
