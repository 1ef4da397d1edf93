/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sessions: what one line of a connection does not tell, and others do.
 *
 * 1. A server may name its client only where a session begins (OpenSMTPD). A rule that opens tells the address;
 *    later events of the connection without an address get it.
 * 2. A server may name its client where the session ends (Sendmail). Events of rules that wait are counted, and
 *    handed on with the address of the first line of the connection that has one. Such a line may open, too: one
 *    line that follows gets its address. Sendmail tells so that it took a mail.
 * 3. A server may tell of its own trouble before the line that begins the connection (Postfix's resolver). Then
 *    the connection begins with the trouble.
 *
 * Lines of a connection may stand in several logs and runs. So sessions stand behind the merge, in the order of time,
 * and last in the state. The table forgets: a session takes the place of another one under the same hash.
 *
 * A logger may make several lines of a long one (courierlogger): the pieces. The client chose where the line behind a
 * piece begins. No such line is believed, up to the first one that is shorter than a piece. Matchers look at each line
 * alone, on several threads; so this is decided in the order of a log's lines.
 */
#include "detect/sessions.h"

#include <stdlib.h>

#include "base/count.h"
#include "base/mem.h"

enum { SESSION_BITS = 14 };

void sessions_free(struct sessions *s)
{
	free(s->all);
	pieces_free(&s->pieces);
	*s = (struct sessions){ 0 };
}

/* Whether a may be forgotten before b. In whose place each stands does not matter, so that saved ones decide alike. */
static bool is_older(const struct session *a, const struct session *b)
{
	if (a->connection == 0 || b->connection == 0)
		return a->connection == 0;
	return a->time != b->time ? a->time < b->time : a->connection < b->connection;
}

/* Where the connection's session stands, or would stand. */
static struct session *place_of(struct sessions *s, uint64_t connection)
{
	struct session *two;

	if (s->all == NULL)
		s->all = mem_zalloc((size_t)1 << SESSION_BITS, sizeof(*s->all));
	/* the highest bits of a product depend on all of its bits */
	two = &s->all[(connection * UINT64_C(0x9e3779b97f4a7c15) >> (64 - SESSION_BITS)) & ~UINT64_C(1)];
	if (two[0].connection == connection || two[1].connection == connection)
		return two[0].connection == connection ? &two[0] : &two[1];
	return is_older(&two[0], &two[1]) ? &two[0] : &two[1];
}

void sessions_put(struct sessions *s, const struct session *session)
{
	*place_of(s, session->connection) = *session;
}

const struct session *sessions_next(const struct sessions *s, int64_t then, size_t *at)
{
	while (s->all != NULL && *at < (size_t)1 << SESSION_BITS) {
		const struct session *session = &s->all[(*at)++];

		if (session->connection != 0 && session->time >= then)
			return session;
	}
	return NULL;
}

/* The session of the event; NULL: nothing is known of it. */
static struct session *find(struct sessions *s, const struct event *event)
{
	struct session *session = place_of(s, event->connection);

	return session->connection == event->connection && event->time - session->time <= SESSION_AGE ? session : NULL;
}

static void put(struct sessions *s, const struct event *event, bool troubled)
{
	*place_of(s, event->connection) = (struct session){
		.connection = event->connection, .time = event->time, .addr = event->addr, .opened = !troubled,
		.named = (event->flags & EVENT_NAMED) != 0, .once = (event->flags & EVENT_WAITS) != 0,
		.troubled = troubled,
	};
}

/* Two lines may begin one connection, if the first one tells of trouble. */
static void begin_once(struct sessions *s, struct event *event)
{
	struct session *session = find(s, event);

	if (session != NULL && session->troubled) {
		if (addr_equal(&session->addr, &event->addr))
			event->flags &= (uint16_t)~EVENT_BEGINS;
		session->connection = 0;
	}
	if (event->event_class == CLASS_TROUBLE)
		put(s, event, true);
	else if (event->flags & EVENT_OPENS)
		put(s, event, false);
}

/* Whether the event says something of its client now. An event that is no failure needs an address for that. */
static bool find_address(struct sessions *s, struct event *event)
{
	struct session *session = find(s, event);

	if (session == NULL || !session->opened)
		return event->event_class != CLASS_GOOD && event->event_class != CLASS_UNKNOWN;
	session->time = event->time;
	event->addr = session->addr;
	event->flags &= (uint16_t)~EVENT_NO_ADDRESS;
	if (session->named)
		event->flags |= EVENT_NAMED;
	if ((event->flags & EVENT_ENDS) || session->once)
		session->connection = 0;
	return true;
}

static void wait_for_address(struct sessions *s, const struct event *event)
{
	struct session *session = find(s, event);
	uint32_t waiting = session != NULL ? session->waiting : 0;

	*place_of(s, event->connection) = (struct session){
		.connection = event->connection, .time = event->time, .event_class = event->event_class,
		.points = event->points,
		.waiting = count_sum(waiting, event->count),
	};
}

/* Takes a line with the address. A login is an event itself. */
static void end_waiting(struct sessions *s, const struct event *event, sessions_hand *hand, void *context)
{
	struct session *session = find(s, event);
	struct event waited = *event;

	if (session != NULL && session->waiting > 0) {
		waited.event_class = session->event_class;
		waited.points = session->points;
		waited.count = session->waiting;
		waited.flags &= (uint16_t)~(EVENT_ACCEPTED | EVENT_OPENS | EVENT_BEGINS);
		if (event->event_class == CLASS_GOOD)
			waited.flags &= (uint16_t)~EVENT_ENDS;
		session->connection = 0;
		hand(context, &waited);
	}
	if (event->event_class == CLASS_GOOD)
		hand(context, event);
	if (event->flags & EVENT_OPENS)
		put(s, event, false);
}

void sessions_take(struct sessions *s, const struct event *given, sessions_hand *hand, void *context)
{
	struct event event;

	if (given->connection == 0) {
		hand(context, given);
		return;
	}
	event = *given;
	if (event.flags & EVENT_WAITS) {
		if (event.flags & EVENT_NO_ADDRESS)
			wait_for_address(s, &event);
		else
			end_waiting(s, &event, hand, context);
		return;
	}
	if (event.flags & EVENT_BEGINS)
		begin_once(s, &event);
	else if ((event.flags & EVENT_NO_ADDRESS) && !find_address(s, &event))
		return;
	/* it is no evidence that a client with a name comes or goes */
	if (event.event_class != CLASS_UNKNOWN || (event.flags & EVENT_NAMED) == 0)
		hand(context, &event);
}

/* ---- pieces ---- */

void pieces_free(struct pieces *p)
{
	free(p->cut);
	*p = (struct pieces){ 0 };
}

/* The place of the program; count where it is not there. Nearly always none is there, since the rest follows a piece at
 * once. */
static size_t find_cut(const struct pieces *p, uint64_t program)
{
	size_t i = 0;

	while (i < p->count && p->cut[i] != program)
		i++;
	return i;
}

void pieces_add(struct pieces *p, uint64_t program)
{
	if (find_cut(p, program) < p->count)
		return;
	p->cut = mem_grow(p->cut, &p->capacity, p->count + 1, sizeof(*p->cut));
	p->cut[p->count++] = program;
}

bool pieces_take(struct pieces *p, uint64_t program)
{
	size_t at = find_cut(p, program);

	if (at == p->count)
		return false;
	p->cut[at] = p->cut[--p->count];
	return true;
}

bool pieces_believes(struct pieces *p, uint64_t log, struct event *event)
{
	uint64_t program = event->connection + log;
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
	is_rest = pieces_take(p, program);
	if (is_rest || repeats_dropped)
		p->dropped = program;
	return !is_rest && !repeats_dropped && (event->flags & EVENT_WHOLE) == 0;
}
