/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence: what an event adds to the points of its address.
 *
 * A failure counts for its user name, all else for its class. A connection counts once, as its strongest kind.
 */
#include "judge/judge_inside.h"

#include "base/count.h"

enum {
	MINUTE = 60, DAY = 86400,
	HOUR = 61 * MINUTE,    /* and a minute more, for a mail program that asks each hour and takes a while */
	TWIN = 5,              /* seconds in which another daemon logs the same failure */
	NAMED_MOST = 3,        /* at most so many attempts of one line are the named user's */
	TWINS_MOST = 127,      /* at most so many failures wait for another teller */
};

static void add_class(struct work *w, unsigned event_class, int64_t points)
{
	struct account *a = w->account;

	/* the state does not keep the time of the last event of a class without points */
	if (a->points[event_class] == 0 || w->time > a->last[event_class])
		a->last[event_class] = w->time;
	a->points[event_class] = points_sum(a->points[event_class], work_late(w, points));
}

static void add_nameless(struct work *w, int64_t points)
{
	struct account_name *n;

	if (points == 0)
		return;
	n = account_make_name(w->account, NAME_NONE, &w->judge->accounts.names);
	n->points = points_sum(n->points, work_late(w, points));
	n->failures += points > 0 && n->failures < UINT32_MAX;
	if (w->time > n->last_failure)
		n->last_failure = w->time;
}

static bool is_within(uint32_t a, uint32_t b, uint32_t seconds)
{
	return (a > b ? a - b : b - a) <= seconds;
}

/* Weak evidence counts a tenth less for each mail that this server lately took from the address, down to a tenth. So
 * dead recipients do not harm a list host. One deliverable recipient does not pay for a harvest. */
static double weight_of_weak(const struct work *w)
{
	const struct account *a = w->account;
	bool lately = a->mails > 0 && (int64_t)w->time - a->last_mail <= w->judge->settings->known;

	return lately ? (10 - a->mails) / 10.0 : 1;
}

int64_t evidence_points(const struct judge_settings *settings, const struct event *event)
{
	int64_t points = settings->points[event->event_class];

	if (event->points > 0)
		return event->points * (POINT / 1000);
	/* a client with a verified name is more likely a mail server */
	return event->event_class == CLASS_REJECT && (event->flags & EVENT_NAMED) != 0 ? points / 5 * 2 : points;
}

void work_take_back(struct work *w)
{
	struct connection *c = w->connection;
	struct account *a = w->account;
	double fading = account_lateness(a, c->added_time, w->judge->settings);

	w->taken_class = c->event_class;
	w->taken = points_times(c->added, fading);
	if (w->taken > a->points[c->event_class])
		w->taken = a->points[c->event_class];
	a->points[c->event_class] -= w->taken;
	a->hits -= a->hits > 0;
	c->added = 0;
}

/* A connection counts as its strongest kind. Of refused recipients the strongest one counts fully, each further one a
 * tenth. */
static void add_to_connection(struct work *w, unsigned event_class, int64_t points, double weight)
{
	struct connection *c = w->connection;
	bool further = connection_refuses_on(c, event_class, points),
	     has = further || connection_has(c, event_class, points);

	w->hits = event_class == CLASS_REJECT ? w->event->count - !further : 0;
	if (w->hits > 0)
		add_class(w, event_class, points_times(points_many(points, w->hits), weight / 10));
	c->refused |= event_class == CLASS_REJECT;
	if (has)
		return;
	if (c->added > 0)
		work_take_back(w);
	w->hits++;
	c->strongest = points;
	c->event_class = (uint8_t)event_class;
	c->added = work_late(w, points_times(points, weight));
	c->added_time = w->account->time;
	add_class(w, event_class, points_times(points, weight));
}

/* Adds the points of any event but a failed authentication. */
static void add_other(struct work *w)
{
	unsigned event_class = w->event->event_class;
	double weight = event_class == CLASS_HELO ? 1 : weight_of_weak(w);
	int64_t points = evidence_points(w->judge->settings, w->event);

	if (w->connection != NULL) {
		add_to_connection(w, event_class, points, weight);
		return;
	}
	w->hits = w->event->count;
	add_class(w, event_class, points_times(points_many(points, w->event->count), weight));
}

/* Returns of how many of `count` failures a teller of another kind has told. The others wait for another teller. */
static uint32_t twins_of(struct work *w, uint32_t count, enum account_teller teller)
{
	struct account *a = w->account;
	uint32_t twins;

	if (!is_within(w->time, a->twin_time, TWIN))
		a->twins = 0;
	a->twin_time = w->time;
	twins = a->teller == teller ? 0 : a->twins < count ? a->twins : count;
	a->twins = (uint8_t)(a->twins - twins);
	count -= twins;
	if (count > 0) {
		a->teller = (uint8_t)teller;
		count = count_sum(a->twins, count);
		a->twins = count < TWINS_MOST ? (uint8_t)count : TWINS_MOST;
	}
	return twins;
}

/* Whether the user of this number failed at this address so lately that a twin may have named him. */
static bool was_named(const struct work *w, uint32_t number)
{
	const struct account_name *n = number == HASH_NONE ? NULL : account_find_name(w->account, number);

	return n != NULL && n->last_failure != 0 && is_within(w->time, n->last_failure, TWIN);
}

/* What a failure weighs whose name failed at this address less than a minute before, and less than an hour before. */
struct pace {
	double minute, hour;
};

/* A guesser does not wait. A user's device with an old password asks every few minutes, for days. */
static const struct pace pace_of_guesser = { 0.5, 0.05 }, pace_of_device = { 0.05, 0.025 };

static double weight_after(const struct work *w, const struct account_name *n, const struct pace *pace)
{
	if (n->last_failure == 0 || !is_within(w->time, n->last_failure, HOUR))
		return 1;
	return is_within(w->time, n->last_failure, MINUTE) ? pace->minute : pace->hour;
}

/* The weight of failures without a name. Where users log in, one such failure after another within an hour is a device
 * with an old password. Postfix before 3.9 does not log the name. */
static double weight_of_nameless(const struct work *w)
{
	const struct account_name *n = account_find_name(w->account, NAME_NONE);

	return w->account->credit <= POINT / 5 || n == NULL ? 1 : weight_after(w, n, &pace_of_guesser);
}

/* Tells the history of failures. first: they are the address's first ones for the name on that day. */
static void note_failures(const struct work *w, const char *user, uint32_t count, bool first)
{
	if (w->judge->history != NULL)
		history_failures(w->judge->history, user, count, first, w->time);
}

/* A device with an old password fails for one name; a guesser goes through many, or comes with many addresses. */
static void add_named(struct work *w, uint32_t number, uint32_t count)
{
	struct names *names = &w->judge->accounts.names;
	struct account_name *n = account_make_name(w->account, number, names);
	struct name *name = &names->all[number];
	int64_t points = evidence_points(w->judge->settings, w->event), before = n->points;
	bool known = name_is_known(name, w->time, w->judge->settings->known);
	const struct pace *pace = known ? &pace_of_device : &pace_of_guesser;
	double first;

	if (n->name == NAME_NONE) {
		note_failures(w, name->text, count, false);
		add_nameless(w, points_many(points, count));
		return;
	}
	note_failures(w, name->text, count, n->last_failure / DAY != w->time / DAY);
	first = weight_after(w, n, pace);
	if (n->last_failure == 0 || !is_within(w->time, n->last_failure, DAY)) {
		name_add_attacker(name, w->time);
		name_show(name, w->event->user);
	}
	if (n->last_login == 0 && name_is_attacked(name, w->time))
		points *= 2;
	n->points = points_sum(n->points, work_late(w, points_times(points, first)));
	if (count > 1)
		n->points = points_sum(n->points,
				       work_late(w, points_many(points_times(points, pace->minute), count - 1)));
	if (known) {
		w->of_user = n->points - before;
		w->user = number;
	}
	n->failures = count_sum(n->failures, count);
	if (w->time > n->last_failure)
		n->last_failure = w->time;
}

/* An attempt to log in failed, or this server was in trouble: no weaker event of the connection counts. */
static void outweigh(struct work *w)
{
	if (w->connection == NULL)
		return;
	if (w->connection->added > 0 && w->connection->event_class != CLASS_HELO)
		work_take_back(w);
	w->connection->failed = true;
}

/* A line of several attempts names only the last user (Dovecot). Attempts beyond three are not that user's. Of twins
 * the one with a name counts, or the first one. */
static void add_failure(struct work *w)
{
	const struct event *e = w->event;
	uint32_t lines = e->lines > 0 ? e->lines : 1, attempts = e->count / lines, twins, named, nameless, number;
	int64_t one = evidence_points(w->judge->settings, w->event);
	struct names *names = &w->judge->accounts.names;
	char text[USER_MAX + 1];
	size_t len = user_fold(text, e->user);
	bool named_before = w->account->teller != TELLER_NAMELESS;

	outweigh(w);
	twins = twins_of(w, e->count, (e->flags & EVENT_CHECKER) != 0 ? TELLER_CHECKER : len > 0 ? TELLER_NAMED :
				      TELLER_NAMELESS);
	w->hits = e->count - twins;
	if (len == 0) {
		add_nameless(w, points_times(points_many(one, w->hits), weight_of_nameless(w)));
		return;
	}
	named = (attempts < NAMED_MOST ? attempts : NAMED_MOST) * lines;
	nameless = e->count - named;
	number = names_find(names, text, len);
	if (twins > 0 && named_before && was_named(w, number)) {
		uint32_t same = twins < named ? twins : named;

		named -= same;
		nameless -= twins - same;
		twins = 0;
	}
	add_nameless(w, points_many(one, nameless) - points_many(one, twins));
	if (named == 0)
		return;
	if (number == HASH_NONE && account_has_room(w->account))
		number = names_make(names, text, len);
	if (number == HASH_NONE) {
		note_failures(w, text, named, false);
		add_nameless(w, points_many(one, named));
	} else {
		add_named(w, number, named);
	}
}

void evidence_add(struct work *w)
{
	/* trouble of this server is no failure of the client */
	if (w->event->event_class == CLASS_TROUBLE)
		outweigh(w);
	else if (w->event->event_class == CLASS_AUTH)
		add_failure(w);
	else
		add_other(w);
}
