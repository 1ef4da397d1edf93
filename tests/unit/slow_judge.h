/* SPDX-License-Identifier: GPL-2.0-or-later */
/* slow_judge: judging by points once more, written from its description and not from src/judge: plain arrays, no texts,
 * no runs. Names are numbers, 0 is the empty name. Settings, addresses and the size of a point are shared, no more.
 *
 * Points are compared to the last digit: they are whole numbers, and fading is one multiplication of doubles and one
 * rounding in both judges, at the same events. So no tolerance is needed. */
#ifndef MAILBAN_TESTS_SLOW_JUDGE_H
#define MAILBAN_TESTS_SLOW_JUDGE_H

#include <math.h>

#include "addr/addr.h"
#include "detect/event.h"
#include "judge/settings.h"

enum { SLOW_ACCOUNTS = 80, SLOW_NAMES = 150, SLOW_CONNECTIONS = 400, SLOW_DAY = 86400 };

struct slow_event {
	struct addr addr;
	int64_t time;
	uint64_t connection;
	unsigned class, name, count, repeats, thousandths;
	unsigned teller;              /* 0 a server, 1 who checks its passwords, 2 and more PAM */
	bool accepted, named, begins, ends;
};

struct slow_place {
	int64_t points, fail, login;  /* -1: never */
	bool used;
};

struct slow_account {
	struct addr addr;
	const struct judge_aggregate *net; /* NULL: an address */
	int64_t time, points[CLASS_GOOD], credit, share;
	struct slow_place names[SLOW_NAMES];
	int64_t since, until, last_since, ended, good, mail, told_time; /* -1: never */
	unsigned level, mails, hosts, hits, name_count, names_end;
	/* failures that each has not told of, but another: a server, one that names the user, a checker, PAM; and those that
	 * nobody named the user of */
	unsigned untold[4], unnamed;
	bool held, breached, named;    /* named: it had a verified name when its last mail was accepted */
};

struct slow_connection {
	uint64_t key;
	struct addr addr;
	int64_t time, strongest, added, added_time;
	unsigned class;
	bool failed, good, refused;
};

struct slow_name {
	int64_t login, attack, attack_time;
};

struct slow_judge {
	const struct judge_settings *s;
	struct slow_account accounts[SLOW_ACCOUNTS];
	struct slow_connection connections[SLOW_CONNECTIONS];
	struct slow_name names[SLOW_NAMES];
	size_t account_count, connection_count;
	int64_t clock, taken;          /* what the event at hand took back, and of which class */
	int64_t of_user;               /* what it added for a name that logs in somewhere */
	unsigned user;                 /* that name */
	unsigned breaches, entered, taken_class;
	struct {
		struct addr addr;
		unsigned name;
	} entries[1000];               /* logins from addresses of breaches, each name once */
	struct {
		struct addr host;
		int64_t time;          /* 0: none */
	} lookups[4];                  /* the last four clients whose names could not be looked up */
};

/* What streams came to, so that a test that reaches nothing is seen. */
enum slow_seen {
	SLOW_BANNED, SLOW_AGAIN, SLOW_ENDED, SLOW_FORGIVEN, SLOW_NETWORK, SLOW_NETWORK_GOOD, SLOW_BREACH, SLOW_CAPPED,
	SLOW_OWN, SLOW_DEVICE, SLOW_ATTACKED, SLOW_CROWDED, SLOW_TWINS, SLOW_TAKEN_BACK, SLOW_SHARED, SLOW_DEFERRED,
	SLOW_BESIDE, SLOW_INSIDE, SLOW_PARDONED, SLOW_GIVEN_BACK, SLOW_MANY, SLOW_NAME_LOST, SLOW_OUTAGE, SLOW_ALL_OWN,
	SLOW_OF_USER, SLOW_USER_FULL, SLOW_USERS_ALONE, SLOW_NAMED_TWICE, SLOW_SEEN
};

static unsigned slow_saw[SLOW_SEEN];

static inline int64_t slow_less(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static inline int64_t slow_more(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static inline int64_t slow_times(int64_t points, double factor)
{
	return (int64_t)llrint((double)points * factor);
}

static inline int64_t slow_sum(int64_t a, int64_t b)
{
	return slow_more(slow_less(a + b, 4000 * POINT), 0);
}

static inline double slow_fading(int64_t seconds, int64_t half_life)
{
	return exp2(-(double)seconds / (double)half_life);
}

static inline void slow_empty(struct slow_account *a)
{
	*a = (struct slow_account){ .addr = a->addr, .net = a->net, .time = a->time, .since = -1, .until = -1,
		 .last_since = -1, .ended = -1, .good = -1, .mail = -1, .told_time = -1 };
	for (unsigned i = 0; i < SLOW_NAMES; i++)
		a->names[i] = (struct slow_place){ .fail = -1, .login = -1 };
}

static inline struct slow_account *slow_find(struct slow_judge *j, const struct addr *addr)
{
	for (size_t i = 0; i < j->account_count; i++) {
		if (addr_equal(&j->accounts[i].addr, addr))
			return &j->accounts[i];
	}
	return NULL;
}

static inline struct slow_account *slow_make(struct slow_judge *j, struct addr addr, int64_t time,
	const struct judge_aggregate *net)
{
	struct slow_account *a = slow_find(j, &addr);

	if (a != NULL)
		return a;
	assert_true(j->account_count < SLOW_ACCOUNTS);
	a = &j->accounts[j->account_count++];
	*a = (struct slow_account){ .addr = addr, .net = net, .time = time };
	slow_empty(a);
	return a;
}

static inline struct slow_place *slow_place(struct slow_account *a, unsigned name)
{
	struct slow_place *p = &a->names[name];

	if (!p->used && name != 0 && a->name_count == 64)
		slow_saw[SLOW_CROWDED]++, p = &a->names[0];
	else if (!p->used)
		a->name_count += name != 0;
	p->used = true;
	a->names_end = (unsigned)slow_more(a->names_end, p - a->names + 1);
	return p;
}

/* ---- fading ---- */

static inline int64_t slow_half_life(const struct slow_judge *j, const struct slow_account *a)
{
	unsigned times = a->since < 0 || a->level < 1 ? 0 : a->level - 1;

	return j->s->half_life << (times < 4 ? times : 4);
}

static inline void slow_scale(const struct slow_judge *j, struct slow_account *a, int64_t seconds)
{
	double factor = slow_fading(seconds, slow_half_life(j, a));

	for (unsigned c = 0; c < CLASS_GOOD; c++)
		a->points[c] = slow_times(a->points[c], factor);
	for (unsigned n = 0; n < a->names_end; n++)
		a->names[n].points = slow_times(a->names[n].points, factor);
	a->credit = slow_times(a->credit, factor);
	a->share = slow_times(a->share, slow_fading(seconds, j->s->half_life));
	if (a->share < POINT / 50)
		a->share = 0;
	a->time += seconds;
}

static inline bool slow_within(int64_t then, int64_t time, int64_t seconds)
{
	return then >= 0 && time - then <= seconds;
}

/* The same in either direction: of two events one may come late. */
static inline bool slow_near(int64_t then, int64_t time, int64_t seconds)
{
	return then >= 0 && (time > then ? time - then : then - time) <= seconds;
}

static inline int64_t slow_all_names(const struct slow_account *a)
{
	int64_t sum = 0;

	for (unsigned n = 0; n < a->names_end; n++)
		sum += a->names[n].points;
	return sum;
}

/* What speaks against the account, uncapped. */
static inline int64_t slow_against(const struct slow_account *a)
{
	int64_t sum = slow_all_names(a);

	for (unsigned c = 0; c < CLASS_GOOD; c++)
		sum += a->points[c];
	return sum;
}

static inline bool slow_is_over(const struct slow_judge *j, const struct slow_account *a, int64_t time)
{
	double factor = slow_fading(time > a->time ? time - a->time : 0, j->s->half_life);

	for (unsigned n = 0; n < a->names_end; n++) {
		if (a->names[n].used && slow_within(a->names[n].login, time, j->s->known))
			return false;
	}
	return time > a->time && a->since < 0 && slow_times(slow_against(a) + a->credit + a->share, factor) < POINT / 50 &&
	       !slow_within(a->good, time, j->s->known) && (a->ended < 0 || time - a->ended >= j->s->forget);
}

/* What is next to nothing becomes nothing. */
static inline void slow_forget(const struct slow_judge *j, struct slow_account *a)
{
	int64_t sum = a->credit;
	bool empty = a->since < 0;

	for (unsigned n = 0; n < a->names_end; n++) {
		struct slow_place *p = &a->names[n];

		if (p->used && p->points < POINT / 50 && !slow_within(p->login, a->time, j->s->known)) {
			a->name_count -= n != 0;
			*p = (struct slow_place){ .fail = -1, .login = -1 };
		}
		empty &= !p->used;
	}
	for (unsigned c = 0; c < CLASS_GOOD; c++)
		sum += a->points[c];
	if (!empty || sum >= POINT / 50)
		return;
	memset(a->points, 0, sizeof(a->points));
	a->credit = 0;
	a->hits = a->hosts = 0;
	memset(a->untold, 0, sizeof(a->untold));
	a->unnamed = 0;
	a->told_time = -1;
	if (!slow_within(a->good, a->time, j->s->known)) {
		a->good = a->mail = -1;
		a->mails = 0;
	}
	if (a->ended < 0 || a->time - a->ended >= j->s->forget) {
		a->last_since = a->ended = -1;
		a->level = 0;
	}
}

static inline void slow_fade(const struct slow_judge *j, struct slow_account *a, int64_t time)
{
	if (time <= a->time)
		return;
	if (a->since >= 0 && a->until <= time) {
		slow_scale(j, a, slow_more(a->until - a->time, 0));
		slow_saw[SLOW_ENDED]++;
		a->last_since = a->since;
		a->ended = a->until;
		a->since = a->until = -1;
		a->held = a->breached = false;
		a->hits = 0;
	}
	slow_scale(j, a, time - a->time);
	slow_forget(j, a);
}

/* What an event's points are worth at the account's time. */
static inline double slow_late(const struct slow_judge *j, const struct slow_account *a, int64_t time)
{
	return time < a->time ? slow_fading(a->time - time, slow_half_life(j, a)) : 1;
}

/* ---- balance and ban ---- */

static inline int64_t slow_capped(const struct slow_judge *j, const struct slow_account *a, int64_t points)
{
	bool caps = a->credit > POINT / 5 && points <= 500 * POINT;

	slow_saw[SLOW_CAPPED] += caps && points > j->s->threshold - POINT;
	return caps ? slow_less(points, j->s->threshold - POINT) : points;
}

static inline int64_t slow_balance(const struct slow_judge *j, const struct slow_account *a)
{
	int64_t sum = -a->credit, owned = 0, classes = slow_against(a) - slow_all_names(a);

	sum += slow_capped(j, a, classes);
	for (unsigned n = 0; n < a->names_end; n++) {
		int64_t points = slow_capped(j, a, a->names[n].points);
		bool own = n > 0 && slow_within(a->names[n].login, a->time, j->s->known) && points <= 500 * POINT;

		slow_saw[SLOW_OWN] += own && points > POINT;
		if (own)
			owned += slow_less(points, POINT);
		else if (n > 0 && a->credit > POINT / 5 && points <= 500 * POINT)
			sum += slow_less(points, POINT);
		else
			sum += points;
	}
	slow_saw[SLOW_ALL_OWN] += owned > j->s->threshold - POINT;
	return sum + slow_less(owned, j->s->threshold - POINT);
}

static inline int64_t slow_threshold(const struct slow_judge *j, const struct slow_account *a)
{
	return a->net != NULL ? j->s->threshold / 2 * a->net->hosts : j->s->threshold;
}

static inline int64_t slow_minute(int64_t time)
{
	return (time + 59) / 60 * 60;
}

static inline int64_t slow_end(const struct slow_judge *j, const struct slow_account *a)
{
	int64_t balance = slow_balance(j, a), release = slow_threshold(j, a) / 4, until = a->time;

	if (balance > release)
		until += (int64_t)ceil((double)slow_half_life(j, a) * log2((double)balance / (double)release));
	until = slow_less(slow_more(until, a->since + j->s->ban_least), a->since + j->s->ban_most);
	return slow_minute(until);
}

static inline void slow_begin(const struct slow_judge *j, struct slow_account *a)
{
	a->level = a->ended >= 0 && a->time - a->ended < j->s->forget ? a->level + 1 : 1;
	a->since = a->time;
	slow_saw[a->net != NULL ? SLOW_NETWORK : SLOW_BANNED]++;
	slow_saw[SLOW_AGAIN] += a->level > 1;
}

static inline void slow_lift(struct slow_account *a)
{
	slow_saw[a->net != NULL ? SLOW_NETWORK_GOOD : SLOW_FORGIVEN]++;
	a->since = a->until = -1;
	a->level--;
	a->held = a->breached = false;
}

static inline void slow_settle(const struct slow_judge *j, struct slow_account *a)
{
	if (a->since < 0) {
		if (slow_balance(j, a) < slow_threshold(j, a) - POINT / 20)
			return;
		if (a->net != NULL && (a->hosts < a->net->hosts || slow_within(a->good, a->time, j->s->known)))
			return;
		slow_begin(j, a);
	}
	if (!a->held && !a->breached)
		a->until = slow_end(j, a);
}

/* An event added points of one class, and had taken back some of another. */
static inline void slow_networks_take(struct slow_judge *j, struct slow_account *a, unsigned class, int64_t added)
{
	int64_t taken = slow_less(j->taken, a->share), rest = a->share - taken, given, of_user;
	bool before = a->share > 0;

	given = slow_more(slow_less(added, j->s->threshold - rest), -rest);
	slow_saw[SLOW_SHARED] += given != added;
	of_user = slow_less(j->of_user, j->s->threshold - rest - given);
	a->share = rest + given + of_user;
	for (unsigned i = 0; i < j->s->aggregate_count && (given != 0 || taken > 0 || of_user > 0); i++) {
		const struct judge_aggregate *g = &j->s->aggregates[i];
		struct slow_account *net;
		double late;

		if (g->v4 != addr_is_v4(&a->addr))
			continue;
		net = slow_make(j, addr_network(&a->addr, g->prefix), a->time, g);
		slow_fade(j, net, a->time);
		late = slow_late(j, net, a->time);
		net->points[j->taken_class] = slow_sum(net->points[j->taken_class], -slow_times(taken, late));
		net->points[class] = slow_sum(net->points[class], slow_times(given, late));
		if (slow_times(of_user, late) > 0) {
			struct slow_place *p = slow_place(net, j->user);
			int64_t sum = p->points + slow_times(of_user, late);

			slow_saw[SLOW_USER_FULL] += sum > j->s->threshold / 5;
			p->points = slow_less(sum, j->s->threshold / 5);
		}
		if (!before && a->share > 0)
			net->hosts++;
		if (before && a->share == 0)
			net->hosts -= net->hosts > 0;
		slow_settle(j, net);
	}
}

/* ---- connections ---- */

static inline struct slow_connection *slow_connection(struct slow_judge *j, const struct slow_event *e,
	const struct addr *unit)
{
	struct slow_connection *c = NULL;

	for (size_t i = 0; i < j->connection_count && e->connection != 0; i++) {
		struct slow_connection *x = &j->connections[i];

		if (x->key == e->connection && !e->begins && addr_equal(&x->addr, unit) &&
		    e->time - x->time <= SLOW_DAY)
			c = x;
		else if (x->key == e->connection)
			x->key = 0;
	}
	if (e->connection != 0 && c == NULL) {
		assert_true(j->connection_count < SLOW_CONNECTIONS);
		c = &j->connections[j->connection_count++];
		*c = (struct slow_connection){ .key = e->connection, .addr = *unit };
	}
	if (c != NULL)
		c->time = slow_more(c->time, e->time);
	return c;
}

static inline void slow_take_back(struct slow_judge *j, struct slow_account *a, struct slow_connection *c)
{
	if (c->added == 0)
		return;
	j->taken = slow_less(slow_times(c->added, slow_late(j, a, c->added_time)), a->points[c->class]);
	j->taken_class = c->class;
	a->points[c->class] -= j->taken;
	a->hits -= a->hits > 0;
	slow_saw[SLOW_TAKEN_BACK]++;
	c->added = 0;
}

/* ---- evidence ---- */

static inline int64_t slow_attack(struct slow_judge *j, unsigned name, int64_t time)
{
	struct slow_name *n = &j->names[name];

	if (time > n->attack_time) {
		n->attack = slow_times(n->attack, slow_fading(time - n->attack_time, SLOW_DAY));
		n->attack = n->attack < POINT / 50 ? 0 : n->attack;
		n->attack_time = time;
	}
	return n->attack;
}

/* How many of the event's failures another daemon has told of already; and how many of those nobody named till now. */
static inline unsigned slow_twins(struct slow_account *a, const struct slow_event *e, unsigned *newly_named)
{
	unsigned teller = e->teller > 1 ? 3 : e->teller == 1 ? 2 : e->name != 0, same = 0;

	if (!slow_near(a->told_time, e->time, 5)) {
		memset(a->untold, 0, sizeof(a->untold));
		a->unnamed = 0;
	}
	a->told_time = e->time;
	for (; same < e->count && a->untold[teller] > 0; same++) {
		a->untold[teller]--;
		if (e->name != 0 && a->unnamed > 0) {
			a->unnamed--;
			++*newly_named;
		}
	}
	for (unsigned n = same; n < e->count; n++) {
		for (unsigned other = 0; other < 4; other++)
			a->untold[other] += other != teller && a->untold[other] < 127;
		a->unnamed += e->name == 0 && a->unnamed < 127;
	}
	slow_saw[SLOW_TWINS] += same;
	return same;
}

static inline void slow_nameless(struct slow_account *a, int64_t time, int64_t points, double late)
{
	if (points == 0)
		return;
	slow_place(a, 0)->points = slow_sum(a->names[0].points, slow_times(points, late));
	a->names[0].fail = slow_more(a->names[0].fail, time);
}

/* n failures for a name, which no other line has told of. */
static inline void slow_named(struct slow_judge *j, struct slow_account *a, const struct slow_event *e, int64_t each,
	unsigned n)
{
	double late = slow_late(j, a, e->time);
	struct slow_place *p = slow_place(a, e->name);
	bool user = slow_within(j->names[e->name].login, e->time, j->s->known);
	int64_t further = user ? each / 20 : each / 2, first = each, before = p->points;

	if (p == &a->names[0]) {
		slow_nameless(a, e->time, each * n, late);
		return;
	}
	if (slow_near(p->fail, e->time, 60))
		first = further;
	else if (slow_near(p->fail, e->time, 61 * 60))
		first = user ? each / 40 : each / 20;
	if (!slow_near(p->fail, e->time, SLOW_DAY)) {
		struct slow_name *name = &j->names[e->name];

		name->attack_time = slow_attack(j, e->name, e->time) == 0 ? e->time : name->attack_time;
		name->attack += slow_times(POINT, slow_fading(name->attack_time - e->time, SLOW_DAY));
	}
	if (p->login < 0 && slow_attack(j, e->name, e->time) >= 12 * POINT - POINT / 2) {
		first *= 2;
		further *= 2;
		slow_saw[SLOW_ATTACKED]++;
	}
	p->points = slow_sum(p->points, slow_times(first, late));
	p->points = slow_sum(p->points, slow_times(further * (n - 1), late));
	j->of_user = user ? p->points - before : 0;
	j->user = e->name;
	p->fail = slow_more(p->fail, e->time);
}

/* The name that the account has, if it has just one. */
static inline const struct slow_place *slow_lonely(const struct slow_account *a)
{
	unsigned n = 1;

	while (n < a->names_end && !a->names[n].used)
		n++;
	return a->name_count == 1 ? &a->names[n] : NULL;
}

static inline void slow_auth(struct slow_judge *j, struct slow_account *a, const struct slow_event *e,
	struct slow_connection *c, int64_t one)
{
	int64_t each = one;
	unsigned lines = e->repeats > 0 ? e->repeats : 1, attempts = e->count / lines, same, newly_named = 0;
	unsigned named = e->name == 0 ? 0 : (attempts < 3 ? attempts : 3) * lines;
	const struct slow_place *beside;

	if (c != NULL) {
		if (c->class != CLASS_HELO)
			slow_take_back(j, a, c);
		c->failed = true;
	}
	same = slow_twins(a, e, &newly_named);
	a->hits += e->count - same;
	if (named > 0) {
		int64_t nobodys = (int64_t)e->count - named - newly_named;

		same -= newly_named;
		if (same > 0 && slow_near(a->names[e->name].fail, e->time, 5)) {
			/* another daemon told of the same user: his own go first, then those of nobody */
			for (; same > 0; same--) {
				if (named > 0)
					named--;
				else
					nobodys--;
			}
			slow_saw[SLOW_NAMED_TWICE]++;
		}
		each *= nobodys;
	} else {
		each *= (int64_t)e->count - same;
	}
	beside = a->credit > POINT / 5 ? &a->names[0] : slow_lonely(a);
	if (e->name == 0 && beside != NULL && slow_near(beside->fail, e->time, 61 * 60)) {
		each = slow_times(each, beside != &a->names[0] || slow_near(beside->fail, e->time, 60) ? 0.5 : 0.05);
		slow_saw[beside == &a->names[0] ? SLOW_DEVICE : SLOW_BESIDE]++;
	}
	slow_nameless(a, e->time, each, slow_late(j, a, e->time));
	if (named > 0)
		slow_named(j, a, e, one, named);
}

/* What a connection counts as one event: its strongest kind, and a tenth for each refused recipient but the first. */
static inline void slow_connected(struct slow_judge *j, struct slow_account *a, const struct slow_event *e,
	struct slow_connection *c, int64_t each, double weight)
{
	double late = slow_late(j, a, e->time);
	bool first = e->class != CLASS_REJECT || !c->refused || (each > c->strongest && !c->failed);
	unsigned further = e->class != CLASS_REJECT ? 0 : e->count - first;

	c->refused |= e->class == CLASS_REJECT;
	a->points[e->class] = slow_sum(a->points[e->class], slow_times(slow_times(each * further, weight / 10), late));
	if (first && each > c->strongest && (!c->failed || e->class == CLASS_HELO) &&
	    (!c->good || e->class != CLASS_UNKNOWN)) {
		slow_take_back(j, a, c);
		c->class = e->class;
		c->strongest = each;
		c->added = slow_times(slow_times(each, weight), late);
		c->added_time = a->time;
		a->points[e->class] = slow_sum(a->points[e->class], c->added);
		a->hits++;
	}
	a->hits += further;
}

static inline int64_t slow_each(const struct slow_judge *j, const struct slow_event *e)
{
	int64_t each = e->thousandths > 0 ? e->thousandths * (POINT / 1000) : j->s->points[e->class];

	return e->class == CLASS_REJECT && e->named && e->thousandths == 0 ? each * 2 / 5 : each;
}

static inline void slow_evidence(struct slow_judge *j, struct slow_account *a, const struct slow_event *e,
	struct slow_connection *c)
{
	int64_t each = slow_each(j, e), before = slow_against(a);
	bool lately = e->class != CLASS_HELO && slow_within(a->mail, e->time, j->s->known);
	double weight = lately ? (10 - (int)a->mails) / 10.0 : 1;

	j->taken = j->of_user = 0;
	j->taken_class = CLASS_AUTH;
	if (e->class == CLASS_AUTH) {
		slow_auth(j, a, e, c, each);
	} else if (c != NULL) {
		slow_connected(j, a, e, c, each, weight);
	} else {
		a->points[e->class] = slow_sum(a->points[e->class],
			slow_times(slow_times(each * e->count, weight), slow_late(j, a, e->time)));
		a->hits += e->count;
	}
	slow_settle(j, a);
	slow_saw[SLOW_OF_USER] += j->of_user > 0;
	slow_networks_take(j, a, e->class, slow_against(a) - before + j->taken - j->of_user);
}

/* ---- logins and accepted mails ---- */

static inline bool slow_is_breach(const struct slow_judge *j, const struct slow_account *a, const struct slow_event *e)
{
	unsigned names = 0, users = 0;

	for (unsigned n = 1; n < a->names_end; n++) {
		bool failed = a->names[n].points >= POINT / 50;

		names += failed;
		users += failed && slow_within(j->names[n].login, e->time, j->s->known);
	}
	slow_saw[SLOW_USERS_ALONE] += names >= 3 && users == names;
	return e->name != 0 && a->names[e->name].login < 0 && a->credit <= POINT / 5 && names >= 3 && users < names &&
	       (a->since >= 0 || slow_all_names(a) >= j->s->threshold - POINT / 20);
}

static inline void slow_login(struct slow_judge *j, struct slow_account *a, const struct slow_event *e)
{
	struct slow_place *p = slow_place(a, e->name);

	if (p != &a->names[0])
		p->points = 0;
	a->points[CLASS_UNKNOWN] = a->points[CLASS_REJECT] = a->points[CLASS_PROBE] = 0;
	a->points[CLASS_HELO] = slow_more(a->points[CLASS_HELO] - j->s->threshold, 0);
	a->names[0].points = slow_more(a->names[0].points - j->s->threshold, 0);
	if (p->login < 0 || e->time / SLOW_DAY > p->login / SLOW_DAY)
		a->credit += slow_times(POINT, slow_late(j, a, e->time));
	p->login = slow_more(p->login, e->time);
	j->names[e->name].login = slow_more(j->names[e->name].login, e->time);
}

static inline void slow_mail(struct slow_judge *j, struct slow_account *a, const struct slow_event *e,
	struct slow_connection *c)
{
	static const unsigned order[] = { CLASS_UNKNOWN, CLASS_REJECT, CLASS_PROBE };
	bool first = !slow_within(a->mail, e->time, j->s->known);
	int64_t off = slow_times(first ? j->s->threshold : POINT / 10 * e->count, slow_late(j, a, e->time));

	if (c != NULL && c->class == CLASS_UNKNOWN)
		slow_take_back(j, a, c);
	a->mails = first ? 0 : a->mails;
	if (first)
		a->points[CLASS_UNKNOWN] = slow_more(a->points[CLASS_UNKNOWN] - off, 0);
	for (unsigned i = 0; i < 3; i++) {
		int64_t taken = slow_less(off, a->points[order[i]]);

		a->points[order[i]] -= taken;
		off -= taken;
	}
	if (e->time >= a->mail)
		a->named = e->named;
	a->mails = (unsigned)slow_less(a->mails + e->count, 9);
	a->mail = slow_more(a->mail, e->time);
}

static inline void slow_note_entered(struct slow_judge *j, const struct slow_account *a, unsigned name)
{
	unsigned i = 0;

	while (i < j->entered && (j->entries[i].name != name || !addr_equal(&j->entries[i].addr, &a->addr)))
		i++;
	if (i < j->entered || i == 1000 || name == 0)
		return;
	j->entries[i].addr = a->addr;
	j->entries[i].name = name;
	j->entered++;
}

static inline void slow_good(struct slow_judge *j, struct slow_account *a, const struct slow_event *e,
	struct slow_connection *c)
{
	bool told = c != NULL && c->good, stood = false;
	int64_t day = a->good / SLOW_DAY;

	if (!e->accepted && e->name == 0 && told) {
		slow_settle(j, a);
		return;
	}
	if (c != NULL)
		c->good = true;
	stood = a->since >= 0;
	if (!e->accepted && !a->breached && slow_is_breach(j, a, e)) {
		if (a->since < 0)
			slow_begin(j, a);
		a->breached = true;
		if (!a->held)
			a->until = slow_minute(a->since + j->s->ban_most);
		j->breaches++;
		slow_saw[SLOW_BREACH]++;
	}
	if (!e->accepted && a->breached) {
		struct slow_place *p = slow_place(a, e->name);
		unsigned logins = 0;

		slow_note_entered(j, a, e->name);
		p->login = slow_more(p->login, e->time);
		for (unsigned n = 1; n < a->names_end; n++)
			logins += a->names[n].login >= a->since;
		if (logins < 5 || !stood)
			return;
		a->breached = false;
		a->credit += slow_times(logins * POINT, slow_late(j, a, e->time));
		for (unsigned n = 0; n < a->names_end; n++) {
			if (a->names[n].login >= a->since && a->names[n].login >= a->names[n].fail)
				a->names[n].points = 0;
		}
		slow_saw[SLOW_MANY]++;
	}
	if (e->accepted)
		slow_mail(j, a, e, c);
	else
		slow_login(j, a, e);
	a->good = slow_more(a->good, e->time);
	if (a->since >= 0 && slow_balance(j, a) <= j->s->threshold / 4 && !a->breached && !a->held)
		slow_lift(a);
	else
		slow_settle(j, a);
	for (unsigned i = 0; i < j->s->aggregate_count && a->good / SLOW_DAY != day; i++) {
		struct slow_account *net;

		if (j->s->aggregates[i].v4 != addr_is_v4(&a->addr))
			continue;
		net = slow_make(j, addr_network(&a->addr, j->s->aggregates[i].prefix), e->time, &j->s->aggregates[i]);
		slow_fade(j, net, e->time);
		net->good = slow_more(net->good, e->time);
		if (net->since >= 0)
			slow_lift(net);
	}
}

/* Whether the connection counts as that already, so that the account is not touched. */
static inline bool slow_tells_nothing(const struct slow_judge *j, const struct slow_event *e,
	const struct slow_connection *c)
{
	if (c == NULL || e->class == CLASS_AUTH || e->class == CLASS_GOOD ||
	    (e->class == CLASS_REJECT &&
	     ((c->refused && (c->failed || slow_each(j, e) <= c->strongest)) || e->count > 1)))
		return false;
	return slow_each(j, e) <= c->strongest || (c->failed && e->class != CLASS_HELO) ||
	       (c->good && e->class == CLASS_UNKNOWN);
}

/* ---- names that could not be looked up ---- */

static inline void slow_look_up_failed(struct slow_judge *j, const struct addr *unit, int64_t time)
{
	struct addr host = addr_is_v4(unit) ? *unit : addr_network(unit, 48);
	unsigned place = 0;

	for (unsigned i = 1; i < 4; i++)
		place = j->lookups[i].time < j->lookups[place].time ? i : place;
	for (unsigned i = 0; i < 4; i++)
		place = j->lookups[i].time > 0 && addr_equal(&j->lookups[i].host, &host) ? i : place;
	if (j->lookups[place].time == 0 || !addr_equal(&j->lookups[place].host, &host))
		j->lookups[place].time = 0;
	j->lookups[place].host = host;
	j->lookups[place].time = slow_more(j->lookups[place].time, time);
}

static inline bool slow_is_outage(const struct slow_judge *j, int64_t time)
{
	bool outage = true;

	for (unsigned i = 0; i < 4; i++)
		outage = outage && j->lookups[i].time > 0 && llabs(j->lookups[i].time - time) <= 1800;
	slow_saw[SLOW_OUTAGE] += outage;
	return outage;
}

/* A client had a name when its last mail was accepted, and begins a connection without one. */
static inline bool slow_lost_its_name(struct slow_judge *j, const struct slow_event *e, const struct addr *unit)
{
	const struct slow_account *a = slow_find(j, unit);

	return e->class == CLASS_UNKNOWN && e->begins && a != NULL && a->named && slow_within(a->mail, e->time, j->s->known);
}

/* Such a connection is this server's trouble, and counts for failed logins alone. */
static inline void slow_trouble(struct slow_judge *j, const struct slow_event *e, const struct addr *unit,
	struct slow_connection *c)
{
	struct slow_account *a = slow_make(j, *unit, e->time, NULL);

	slow_saw[SLOW_NAME_LOST]++;
	slow_look_up_failed(j, unit, e->time);
	slow_fade(j, a, e->time);
	c->failed = true;
	slow_settle(j, a);
}

static inline void slow_judge_event(struct slow_judge *j, const struct slow_event *e)
{
	struct addr unit = addr_is_v4(&e->addr) ? e->addr : addr_network(&e->addr, j->s->ipv6_prefix);
	struct slow_connection *c = slow_connection(j, e, &unit);

	j->clock = slow_more(j->clock, e->time);
	if (slow_lost_its_name(j, e, &unit)) {
		slow_trouble(j, e, &unit, c);
	} else if (e->class == CLASS_UNKNOWN && slow_is_outage(j, e->time)) {
		;
	} else if (slow_tells_nothing(j, e, c)) {
		c->refused |= e->class == CLASS_REJECT;
	} else {
		struct slow_account *a = slow_make(j, unit, e->time, NULL);

		slow_fade(j, a, e->time);
		if (e->class == CLASS_GOOD)
			slow_good(j, a, e, c);
		else
			slow_evidence(j, a, e, c);
	}
	if (c != NULL && e->ends)
		c->key = 0;
}

#endif
