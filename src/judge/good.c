/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * good: what a login and an accepted mail do for their address.
 *
 * A login takes away the points of its own name and the weak points, and gives credit. A mail takes away weak points.
 * A login after guessing is a breach and does none of this.
 */
#include "judge/judge_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/told.h"

enum {
	BREACH_NAMES = 3,      /* failed names before a login make the login a breach */
	BREACH_SHARED = 5,     /* when so many names log in from the address of a breach, many people share it */
};

/* The mails that a login's own line stands for. */
static uint32_t mails_of(const struct event *event)
{
	return (event->flags & EVENT_SENDS) != 0 ? event->count : 0;
}

static bool has_failed(const struct account_name *n)
{
	return n->name != NAME_NONE && n->points >= POINTS_LEAST;
}

static uint32_t names_failed_for(const struct account *a)
{
	uint32_t count = 0;

	for (unsigned i = 0; i < a->name_count; i++)
		count += has_failed(&a->names[i]);
	return count;
}

static void note_tried(struct work *w, struct entered *e)
{
	const char *tried[ENTERED_TRIED];
	size_t count = told_names(w->judge, w->account, tried, ENTERED_TRIED);

	for (e->tried_count = 0; e->tried_count < count && e->tried_count < ENTERED_TRIED; e->tried_count++)
		e->tried[e->tried_count] = mem_text(tried[e->tried_count]);
	e->hits = w->account->hits;
	e->names = names_failed_for(w->account);
}

/* A login from the address of a breach. The first login of each name is told, with the failures before it. */
static void note_entered(struct work *w, enum entered_how how)
{
	struct entered *e = entered_find(&w->judge->entered, &w->account->addr, w->event->user);

	/* a person had seen to the account: a later login is told anew */
	if (e != NULL && e->done != 0 && w->time > e->done) {
		e->done = 0;
		e->fresh = true;
	}
	if (e == NULL) {
		e = entered_add(&w->judge->entered, &w->account->addr, w->event->user, how, w->time);
		note_tried(w, e);
	}
	entered_count(e, w->time, 1, mails_of(w->event));
}

/* Whether a name failed that has not logged in lately, from anywhere. Where all passwords of an office end on one day,
 * its devices fail for users alone. */
static bool failed_for_a_stranger(const struct work *w)
{
	const struct account *a = w->account;

	for (unsigned i = 0; i < a->name_count; i++) {
		const struct account_name *n = &a->names[i];

		if (has_failed(n) &&
		    !name_is_known(&w->judge->accounts.names.all[n->name], w->time, w->judge->settings->known))
			return true;
	}
	return false;
}

/* Whether a login is a breach: the address guessed many names, nobody had logged in from it, nor had this name. */
static bool is_breach(const struct work *w, const struct account_name *n)
{
	const struct account *a = w->account;

	return (n == NULL || n->last_login == 0) && a->credit <= POINT / 5 && names_failed_for(a) >= BREACH_NAMES &&
	       failed_for_a_stranger(w) &&
	       (a->since != 0 || judge_reaches(account_name_points(a), w->judge->settings->threshold));
}

/* Many names that log in since a breach show that the address is a webmail's or an office's: a guesser enters few
 * accounts. Then their logins count like any others. The other guesses still count, and entered accounts stay told. */
static bool ends_breach(struct work *w, uint32_t number)
{
	struct account *a = w->account;
	struct account_name *n = account_make_name(a, number, &w->judge->accounts.names);
	unsigned logins = 0;

	if (w->time > n->last_login)
		n->last_login = w->time;
	for (unsigned i = 0; i < a->name_count; i++)
		logins += a->names[i].name != NAME_NONE && a->names[i].last_login >= a->since;
	if (a->since == 0 || logins < BREACH_SHARED)
		return false;
	a->flags &= (uint8_t)~ACCOUNT_BREACHED;
	a->credit = points_sum(a->credit, work_late(w, points_many(POINT, logins)));
	for (unsigned i = 0; i < a->name_count; i++) {
		if (a->names[i].last_login >= a->since && a->names[i].last_login >= a->names[i].last_failure)
			a->names[i].points = 0;
	}
	return true;
}

static void forgive_weak(struct account *a)
{
	for (unsigned c = 0; c < CLASS_GOOD; c++) {
		if (event_classes[c].is_weak)
			a->points[c] = 0;
	}
}

/* Forgives nameless failures and greetings of bots, up to one threshold. */
static void forgive_nameless(struct account *a, int64_t threshold)
{
	struct account_name *n = account_find_name(a, NAME_NONE);

	if (n != NULL)
		n->points = points_sum(n->points, -threshold);
	a->points[CLASS_HELO] = points_sum(a->points[CLASS_HELO], -threshold);
}

/* The name is remembered even where the account has no room to hold it apart. */
static void note_login(const struct work *w, struct account_name *n, uint32_t number)
{
	struct name *name = &w->judge->accounts.names.all[number];

	if (w->time > n->last_login)
		n->last_login = w->time;
	n->failures = 0;
	if (number == NAME_NONE)
		return;
	if (w->time > name->last_login)
		name->last_login = w->time;
	name_show(name, w->event->user);
}

/* A login gives one point of credit a name and day. */
static void take_login(struct work *w, uint32_t number)
{
	struct account *a = w->account;
	struct account_name *n = account_make_name(a, number, &w->judge->accounts.names);

	if (n->name == number && number != NAME_NONE)
		n->points = 0;
	forgive_weak(a);
	forgive_nameless(a, w->judge->settings->threshold);
	if (n->last_login == 0 || w->time / WHEN_DAY > n->last_login / WHEN_DAY)
		a->credit = points_sum(a->credit, work_late(w, POINT));
	note_login(w, n, number);
	if (w->time > a->last_good)
		a->last_good = w->time;
}

/* Tells of an address that is new for the user and sends more mails than all the user's others. The event stands for
 * so many logins. */
static void take_habit(struct work *w, struct name *name, uint32_t logins)
{
	const struct judge_settings *settings = w->judge->settings;
	struct entered *e = entered_find(&w->judge->entered, &w->account->addr, w->event->user);
	const struct habit_new *new;

	/* the state may have lost a habit that is so old */
	if (name->habit != NULL && !name_is_known(name, w->time, settings->known)) {
		free(name->habit);
		name->habit = NULL;
	}
	new = habit_login(&name->habit, &w->account->addr, w->time, mails_of(w->event), settings->entered_within);
	if (e == NULL && new != NULL && new->mails >= settings->entered_mails &&
	    new->mails > habit_others(name->habit, new)) {
		e = entered_add(&w->judge->entered, &new->addr, w->event->user, ENTERED_UNGUESSED, new->first);
		e->logins = e->mails = new->mails - mails_of(w->event);
	}
	if (e != NULL)
		entered_count(e, w->time, logins, mails_of(w->event));
}

/* The connection remembers who logged in, unless the login's line stands for mails itself: mails follow. */
static void note_user(struct work *w)
{
	const struct span user = w->event->user;

	if (w->connection == NULL)
		return;
	w->connection->good = true;
	if (user.len == 0 || (w->event->flags & EVENT_SENDS) != 0)
		return;
	free(w->connection->user);
	w->connection->user = mem_text_of(user.ptr, user.len < USER_SHOWN_MAX ? user.len : USER_SHOWN_MAX);
}

/* A mail that the user sent who logged in on this connection. */
static void take_sent(struct work *w)
{
	const struct event *accepted = w->event;
	struct event sent = *accepted;
	struct names *names = &w->judge->accounts.names;
	char text[USER_MAX + 1];
	struct entered *e;
	uint32_t number;
	size_t len;

	sent.user = (struct span){ w->connection->user, strlen(w->connection->user) };
	sent.flags |= EVENT_SENDS;
	w->event = &sent;
	len = user_fold(text, sent.user);
	number = names_find(names, text, len);
	e = entered_find(&w->judge->entered, &w->account->addr, sent.user);
	if ((w->account->flags & ACCOUNT_BREACHED) == 0 && number != HASH_NONE)
		take_habit(w, &names->all[number], 0);
	else if (e != NULL)
		entered_count(e, w->time, 0, sent.count);
	w->event = accepted;
}

/* Takes a login. Returns whether it speaks for the address. */
static bool take_any_login(struct work *w)
{
	struct account *a = w->account;
	struct names *names = &w->judge->accounts.names;
	char text[USER_MAX + 1];
	size_t len = user_fold(text, w->event->user);
	uint32_t number;
	bool breach;

	/* the line of a connection's end repeats the login of its beginning */
	if (len == 0 && w->connection != NULL && w->connection->good)
		return false;
	note_user(w);
	number = names_make(names, text, len);
	breach = len > 0 && (a->flags & ACCOUNT_BREACHED) == 0 && is_breach(w, account_find_name(a, number));
	if (breach)
		a->flags |= ACCOUNT_BREACHED;
	if (len > 0 && (a->flags & ACCOUNT_BREACHED) != 0)
		note_entered(w, breach ? ENTERED_GUESSED : ENTERED_BESIDE);
	if ((a->flags & ACCOUNT_BREACHED) != 0 && !ends_breach(w, number))
		return false;
	if (len > 0)
		take_habit(w, &names->all[number], 1);
	take_login(w, number);
	return true;
}

/* The first mail takes a threshold off the weak points, each further one a tenth of a point. So a host that sends mail
 * may begin with a few refusals. One deliverable recipient does not pay for a harvest. The first mail takes another
 * threshold off CLASS_UNKNOWN: a client without a name that is greylisted comes back until its mail is taken. */
static bool take_mail(struct work *w)
{
	struct account *a = w->account;
	bool first = a->mails == 0 || (int64_t)w->time - a->last_mail > w->judge->settings->known;
	int64_t off = work_late(w, first ? w->judge->settings->threshold : points_many(POINT / 10, w->event->count));
	uint32_t mails = w->event->count;

	if (w->connection != NULL && w->connection->user != NULL)
		take_sent(w);
	if (w->connection != NULL) {
		if (w->connection->added > 0 && w->connection->event_class == CLASS_UNKNOWN)
			work_take_back(w);
		w->connection->good = true;
	}
	if (first)
		a->points[CLASS_UNKNOWN] = points_sum(a->points[CLASS_UNKNOWN], -off);
	for (unsigned c = 0; c < CLASS_GOOD; c++) {
		int64_t part = !event_classes[c].is_weak ? 0 : off < a->points[c] ? off : a->points[c];

		a->points[c] -= part;
		off -= part;
	}
	if (first)
		a->mails = 0;
	if (w->time >= a->last_mail)
		a->flags = (uint8_t)((a->flags & ~ACCOUNT_NAMED) |
				     ((w->event->flags & EVENT_NAMED) != 0 ? ACCOUNT_NAMED : 0));
	a->mails = (uint8_t)(mails < (uint32_t)(ACCOUNT_MAILS - a->mails) ? a->mails + mails : ACCOUNT_MAILS);
	a->last_mail = w->time > a->last_mail ? w->time : a->last_mail;
	a->last_good = w->time > a->last_good ? w->time : a->last_good;
	return true;
}

bool good_take(struct work *w)
{
	return (w->event->flags & EVENT_ACCEPTED) != 0 ? take_mail(w) : take_any_login(w);
}
