/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * evidence: what an event adds to the points of its address.
 *
 * A failure counts for its user name, all else for its class. A connection counts once, as its strongest kind.
 */
#include "judge/judge_inside.h"

#include "base/count.h"

enum {
	HOUR = 61 * WHEN_MINUTE,    /* and a minute more, for a mail program that asks each hour and takes a while */
	TWIN = 5,              /* seconds in which other daemons log the same failure */
	NAMED_MOST = 3,        /* at most so many attempts of one line are the named user's */
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

/* Takes at most `count` failures from those that the teller has not told of. Returns how many. */
static uint32_t take_untold(struct account *a, enum account_teller teller, uint32_t count)
{
	uint32_t taken = a->untold[teller] < count ? a->untold[teller] : count;

	a->untold[teller] = (uint8_t)(a->untold[teller] - taken);
	return taken;
}

/* The teller has told of `count` failures. Returns of how many of them others have told lately. Sets *unnamed to how
 * many of those nobody had named the user of, where this teller does. */
static uint32_t told_before(struct work *w, uint32_t count, enum account_teller teller, bool names, uint32_t *unnamed)
{
	struct account *a = w->account;
	uint32_t before;

	if (!is_within(w->time, a->told_time, TWIN))
		memset(a->untold, 0, sizeof(a->untold));
	a->told_time = w->time;
	before = take_untold(a, teller, count);
	*unnamed = names ? take_untold(a, TELLER_OF_NAMES, before) : 0;
	for (unsigned i = 0; i < TELLERS; i++) {
		uint32_t sum = count_sum(a->untold[i], count - before);

		if (i != teller && (i != TELLER_OF_NAMES || !names))
			a->untold[i] = sum < ACCOUNT_UNTOLD ? (uint8_t)sum : ACCOUNT_UNTOLD;
	}
	return before;
}

static enum account_teller teller_of(const struct event *e, bool names)
{
	if ((e->flags & EVENT_PAM) != 0)
		return TELLER_PAM;
	if ((e->flags & EVENT_CHECKER) != 0)
		return TELLER_CHECKER;
	return names ? TELLER_NAMED : TELLER_NAMELESS;
}

/* Whether the user of this number failed at this address so lately that another teller may have named him. */
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
	return is_within(w->time, n->last_failure, WHEN_MINUTE) ? pace->minute : pace->hour;
}

/* The one name that the account holds apart; NULL where it holds none or several. */
static const struct account_name *only_name(const struct account *a)
{
	const struct account_name *only = NULL;

	for (unsigned i = 0; i < a->name_count; i++) {
		if (a->names[i].name == NAME_NONE)
			continue;
		if (only != NULL)
			return NULL;
		only = &a->names[i];
	}
	return only;
}

/* The weight of failures without a name, as Postfix before 3.9 logs them. Where users log in, one such failure after
 * another within an hour is a device with an old password. Elsewhere one within an hour of a failure for the only name
 * that is tried there may be for that name: a device asks several services. A guesser may go through names behind a
 * first one, so it counts half. */
static double weight_of_nameless(const struct work *w)
{
	const struct account *a = w->account;
	const struct account_name *n = a->credit > POINT / 5 ? account_find_name(a, NAME_NONE) : only_name(a);

	if (n == NULL)
		return 1;
	if (a->credit > POINT / 5)
		return weight_after(w, n, &pace_of_guesser);
	return is_within(w->time, n->last_failure, HOUR) ? pace_of_guesser.minute : 1;
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
	note_failures(w, name->text, count, n->last_failure / WHEN_DAY != w->time / WHEN_DAY);
	first = weight_after(w, n, pace);
	if (n->last_failure == 0 || !is_within(w->time, n->last_failure, WHEN_DAY)) {
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

/* A line of several attempts names only the last user (Dovecot). Attempts beyond three are not that user's. Of the
 * lines that tell of one failure the first one with a name counts, or the first one. */
static void add_failure(struct work *w)
{
	const struct event *e = w->event;
	uint32_t lines = e->lines > 0 ? e->lines : 1, attempts = e->count / lines;
	uint32_t before, unnamed, named, nameless, number;
	int64_t one = evidence_points(w->judge->settings, w->event);
	struct names *names = &w->judge->accounts.names;
	char text[USER_MAX + 1];
	size_t len = user_fold(text, e->user);

	outweigh(w);
	before = told_before(w, e->count, teller_of(e, len > 0), len > 0, &unnamed);
	w->hits = e->count - before;
	if (len == 0) {
		add_nameless(w, points_times(points_many(one, w->hits), weight_of_nameless(w)));
		return;
	}
	named = (attempts < NAMED_MOST ? attempts : NAMED_MOST) * lines;
	nameless = e->count - named;
	number = names_find(names, text, len);
	before -= unnamed;
	if (before > 0 && was_named(w, number)) {
		uint32_t same = before < named ? before : named;

		named -= same;
		nameless -= before - same;
	}
	add_nameless(w, points_many(one, nameless) - points_many(one, unnamed));
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
