/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * joint: what all hosts together say of an address.
 *
 * A balance is a sum, so the points of the hosts add up, name by name. Each is faded to the time of the last event
 * anywhere. A login on one host forgives on all hosts: its name, weak points and nameless points, as far as they were
 * counted before it. The outcome does not depend on the order in which hosts spoke. Only the ban is remembered, as in
 * each account.
 *
 * If others speak of an address, the joint balance decides whether it is banned, and not the host's own balance. A ban
 * that the balance began stays until the balance is low. So hosts tell each other of joint bans, too: who did not run
 * while the balance was high would not know. A network is banned if any host bans it and no host has seen anybody good
 * in it.
 */
#include "fleet/fleet_inside.h"

#include <stdlib.h>

#include "base/count.h"
#include "base/mem.h"

enum { LISTED = ACCOUNT_LISTED | ACCOUNT_WAS_LISTED | ACCOUNT_COVERED };

#define EXACT (POINT / 10000)    /* points are rounded to this */

/* Facts beside the joint account of an address. */
struct fleet_facts {
	uint32_t time;           /* of the last event anywhere */
	uint32_t login;          /* the last login of any name */
	uint32_t good;           /* of a network: the last good event */
	uint32_t until;          /* of the hosts' own bans that stand, the last end */
	uint32_t since;          /* of all bans that stand, of the hosts together, too: the first beginning */
	uint8_t level, by;       /* of them the highest level; what the first one is for */
	bool others;             /* another host speaks of it */
	bool breached;           /* the ban is for a breach */
};

struct adding {
	struct fleet *fleet;
	const uint32_t *map;     /* names to those of the fleet */
	int64_t now;
	bool other;              /* it is another host that speaks */
};

/* Whether what a host says still counts. What is faded away counts no more, whenever its host takes it back. What the
 * host's own account has besides what is said makes no difference. */
static bool counts(const struct fleet *f, const struct account *a, int64_t now)
{
	struct account said = *a;

	said.share = 0;
	said.ended = 0;
	if (!fleet_is_network(f->judge, &a->addr))
		said.last_good = 0;
	return a->time != 0 && !account_is_over(&said, (uint32_t)now, f->judge);
}

/* The first step: adds times alone. */
static void note(const struct adding *w, const struct account *a, struct account *j, struct fleet_facts *facts)
{
	facts->others |= w->other;
	if (a->time > facts->time)
		facts->time = a->time;
	if (a->last_good > facts->good)
		facts->good = a->last_good;
	for (unsigned i = 0; i < a->name_count; i++) {
		struct account_name *n;

		if (a->names[i].last_login == 0)
			continue;
		n = account_make_name(j, w->map[a->names[i].name], &w->fleet->joint.names);
		if (a->names[i].last_login > n->last_login)
			n->last_login = a->names[i].last_login;
		if (n->last_login > facts->login)
			facts->login = n->last_login;
	}
}

int64_t fleet_said_points(int64_t points)
{
	return points < POINTS_LEAST ? 0 : (points + EXACT / 2) / EXACT * EXACT;
}

double fleet_fading(const struct account *a, uint32_t time, const struct judge_settings *settings)
{
	uint32_t slow = a->since != 0 && a->until < time ? a->until : time;
	double fading = 1;

	if (slow > a->time)
		fading = points_fading(slow - a->time, account_half_life(a, settings));
	else
		slow = a->time;
	return time > slow ? fading * points_fading(time - slow, settings->half_life) : fading;
}

/* The points that are left after a later login: of weak points none, of others all but one threshold. */
static int64_t forgiven(const struct fleet *f, int64_t points, unsigned event_class)
{
	return event_class == CLASS_HELO || event_class == CLASS_AUTH ? points_sum(points, -f->judge->threshold) : 0;
}

static void add_names(const struct adding *w, const struct account *a, struct account *j,
	const struct fleet_facts *facts, double fading)
{
	for (unsigned i = 0; i < a->name_count; i++) {
		const struct account_name *from = &a->names[i];
		struct account_name *n;
		int64_t points = points_times(fleet_said_points(from->points), fading);

		if (points == 0)
			continue;
		n = account_make_name(j, w->map[from->name], &w->fleet->joint.names);
		if (n->name != NAME_NONE && from->last_failure <= n->last_login)
			continue;
		if (n->name == NAME_NONE && from->last_failure <= facts->login)
			points = forgiven(w->fleet, points, CLASS_AUTH);
		n->points = points_sum(n->points, points);
		if (from->last_failure > n->last_failure)
			n->last_failure = from->last_failure;
	}
}

static void add_points(const struct adding *w, const struct account *a, struct account *j,
	const struct fleet_facts *facts)
{
	double fading = fleet_fading(a, j->time, w->fleet->judge);

	add_names(w, a, j, facts, fading);
	for (unsigned i = 0; i < ACCOUNT_CLASSES; i++) {
		int64_t points = points_times(fleet_said_points(a->points[i]), fading);

		if (points > 0 && a->last[i] <= facts->login)
			points = forgiven(w->fleet, points, i);
		j->points[i] = points_sum(j->points[i], points);
	}
	j->credit = points_sum(j->credit, points_times(fleet_said_points(a->credit), fading));
}

/* A host's own ban, or what another one says of a ban of all together (publish.c). */
static void note_ban(const struct adding *w, const struct account *a, const struct account *j,
	struct fleet_facts *facts)
{
	bool own = account_is_banned(a, w->now);
	uint32_t since = own ? a->since : a->last_since, until = own ? a->until : a->ended;

	if ((w->other ? !w->fleet->settings->bans : !own) || until <= w->now || until <= j->time || since > j->time)
		return;
	if (own && until > facts->until)
		facts->until = until;
	facts->breached |= own && (a->flags & ACCOUNT_BREACHED) != 0;
	if (facts->since == 0 || since < facts->since) {
		facts->since = since;
		facts->by = a->by;
	}
	if (a->level > facts->level)
		facts->level = a->level;
}

/* The second step: adds up points. Points of networks are not added up: each host's own ones decide. */
static void add(const struct adding *w, const struct account *a, struct account *j, struct fleet_facts *facts)
{
	note_ban(w, a, j, facts);
	j->hits = count_sum(j->hits, a->hits);
	if (a->hosts > j->hosts)
		j->hosts = a->hosts;
	if (!fleet_is_network(w->fleet->judge, &a->addr))
		add_points(w, a, j, facts);
}

typedef void step_of(const struct adding *w, const struct account *a, struct account *j, struct fleet_facts *facts);

/* Does the step with all accounts of a host. */
static void with_host(struct adding *w, struct fleet_host *host, step_of *step)
{
	if (host->names == NULL)
		host->names = fleet_map_names(&host->accounts.names, &w->fleet->joint.names, false);
	w->map = host->names;
	for (size_t i = 0; i < host->accounts.count; i++) {
		const struct account *a = &host->accounts.all[i];

		if (counts(w->fleet, a, w->now))
			step(w, a, &w->fleet->joint.all[a->total], &w->fleet->facts[a->total]);
	}
}

/* Does the step with all that other hosts say, then with this host's own accounts of the same addresses. */
static void with_all(struct fleet *f, struct judge *judge, int64_t now, step_of *step)
{
	struct adding w = { .fleet = f, .now = now, .other = true };
	uint32_t *own_names;

	for (size_t h = 0; h < f->count; h++)
		with_host(&w, &f->hosts[h], step);
	own_names = fleet_map_names(&judge->accounts.names, &f->joint.names, true);
	w.map = own_names;
	w.other = false;
	for (size_t i = 0; i < f->joint.count; i++) {
		const struct account *own = accounts_find(&judge->accounts, &f->joint.all[i].addr);

		if (own != NULL && counts(f, own, now))
			step(&w, own, &f->joint.all[i], &f->facts[i]);
	}
	free(own_names);
}

static void make_all(struct fleet *f, int64_t now)
{
	for (size_t h = 0; h < f->count; h++) {
		struct accounts *all = &f->hosts[h].accounts;

		for (size_t i = 0; i < all->count; i++) {
			if (counts(f, &all->all[i], now))
				all->all[i].total = (uint32_t)(accounts_make(&f->joint, &all->all[i].addr) -
							       f->joint.all);
		}
	}
	f->facts = mem_zalloc(f->joint.count + 1, sizeof(*f->facts));
}

/* A ban that stands anywhere has begun here, too: the joint balance says how long it lasts, and need not reach the
 * threshold again. */
static void begin_as_told(const struct fleet *f, struct account *j, const struct fleet_facts *facts)
{
	bool same = j->level > 0 && facts->since <= j->last_since;
	bool again = j->ended != 0 && (int64_t)j->time - j->ended < f->judge->forget && j->level < UINT8_MAX;

	if (facts->since == 0 || (j->since == 0 && facts->until == 0 &&
				  account_balance(j, f->judge) <= judge_release(f->judge->threshold)))
		return;
	if (j->since == 0) {
		j->level = same ? j->level : again ? j->level + 1 : 1;
		j->since = UINT32_MAX;
	}
	if (facts->since < j->since) {
		j->since = facts->since;
		j->by = facts->by;
	}
	if (facts->level > j->level)
		j->level = facts->level;
}

/* A ban of any host is one here, unless users log in there. */
static void settle(struct fleet *f, struct account *j, const struct fleet_facts *facts, int64_t now)
{
	bool network = fleet_is_network(f->judge, &j->addr);
	bool users = network ? facts->good != 0 && now - facts->good <= f->judge->known : j->credit > POINT / 5;

	if ((j->flags & ACCOUNT_HELD) != 0)
		return;
	if (network)
		j->since = j->until = 0;
	if (!network || !users)
		begin_as_told(f, j, facts);
	if (!network)
		(users ? account_forgive : account_settle)(j, f->judge->threshold, f->judge);
	if (j->since != 0 && facts->until > j->until && (!users || facts->breached))
		j->until = facts->until;
}

/* Keeps the end that a person gave to a ban of this host. */
static void hold(struct account *j, const struct account *own)
{
	if (own == NULL || own->since == 0 || (own->flags & ACCOUNT_HELD) == 0)
		return;
	j->since = own->since;
	j->until = own->until;
	j->level = own->level;
	j->by = own->by;
}

void fleet_judge(struct fleet *f, struct judge *judge, int64_t now)
{
	make_all(f, now);
	with_all(f, judge, now, note);
	for (size_t i = 0; i < f->joint.count; i++) {
		account_fade(&f->joint.all[i], f->facts[i].time, f->judge, &f->joint.names);
		f->joint.all[i].hits = 0;
	}
	with_all(f, judge, now, add);
	for (size_t i = 0; i < f->joint.count; i++) {
		settle(f, &f->joint.all[i], &f->facts[i], now);
		hold(&f->joint.all[i], accounts_find(&judge->accounts, &f->joint.all[i].addr));
	}
}

/* ---- over the judge's accounts ---- */

/* Whether the joint account decides about the ban. Before it is judged, it is the last run's. */
static bool rules(const struct fleet *f, size_t i)
{
	return f->facts == NULL || f->facts[i].others || f->joint.all[i].since != 0;
}

/* Its line in the blacklist belongs to the judge from now on. */
static void hand_over(struct judge *judge, struct account *j)
{
	const uint8_t listed = j->flags & LISTED;

	if (listed != 0)
		accounts_make(&judge->accounts, &j->addr)->flags |= listed;
	j->flags &= (uint8_t)~LISTED;
}

static void lay_one(struct fleet *f, struct judge *judge, size_t i)
{
	struct account *j = &f->joint.all[i], *a;

	if (!rules(f, i)) {
		hand_over(judge, j);
		return;
	}
	a = accounts_make(&judge->accounts, &j->addr);
	f->laid = mem_grow(f->laid, &f->laid_capacity, f->laid_count + 1, sizeof(*f->laid));
	f->laid[f->laid_count++] = (struct fleet_laid){ (size_t)(a - judge->accounts.all), i, *a };
	a->elsewhere = account_balance(j, f->judge) - account_balance(a, f->judge);
	a->time = a->time != 0 ? a->time : j->time;
	a->since = j->since;
	a->until = j->until;
	a->level = j->level;
	a->by = j->by;
	a->hits = j->hits;
	a->hosts = j->hosts;
	a->flags = (uint8_t)(j->flags | (a->flags & LISTED));
}

void fleet_lay(struct fleet *f, struct judge *judge)
{
	f->laid_count = 0;
	for (size_t i = 0; i < f->joint.count; i++)
		lay_one(f, judge, i);
}

static void lift_one(struct fleet *f, struct judge *judge, const struct fleet_laid *laid)
{
	struct account *a = &judge->accounts.all[laid->number], *j = &f->joint.all[laid->joint];

	if (a->time == 0 && j->time != 0) {
		const struct addr addr = a->addr;

		fleet_forget_inside(f, &addr);
		j->flags = 0;
		return;
	}
	if ((a->flags & ACCOUNT_HELD) != 0) {
		j->flags |= ACCOUNT_HELD;
		j->until = a->until;
	}
	j->flags = (uint8_t)((j->flags & ~LISTED) | (a->flags & LISTED));
	*a = laid->own;
	a->flags = (uint8_t)((a->flags & ~LISTED) | (j->flags & LISTED));
}

void fleet_lift(struct fleet *f, struct judge *judge)
{
	for (size_t i = 0; i < f->laid_count; i++)
		lift_one(f, judge, &f->laid[i]);
	f->laid_count = 0;
}
