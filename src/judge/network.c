/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network: many addresses of one network that guess a little each.
 *
 * A network has an account like an address, with points by class. It holds apart the names of users that failed inside
 * and log in somewhere. It is banned when enough addresses gave it points and nobody good was inside lately. Its ban
 * ends as an address's does, or with a good event.
 */
#include "judge/network.h"

#include "base/count.h"

const struct judge_aggregate *network_aggregate(const struct judge_settings *settings, const struct addr *net)
{
	for (unsigned i = 0; i < settings->aggregate_count; i++) {
		if (settings->aggregates[i].prefix == net->prefix && settings->aggregates[i].v4 == addr_is_v4(net))
			return &settings->aggregates[i];
	}
	return NULL;
}

bool network_around(const struct judge_aggregate *aggregate, const struct addr *addr, struct addr *net)
{
	if (aggregate->v4 != addr_is_v4(addr) || aggregate->prefix >= addr->prefix)
		return false;
	*net = addr_network(addr, aggregate->prefix);
	return true;
}

bool network_outlives(const struct accounts *all, const struct judge_settings *settings, const struct account *account,
	int64_t time)
{
	for (unsigned i = 0; i < settings->aggregate_count; i++) {
		const struct account *around;
		struct addr net;

		if (!network_around(&settings->aggregates[i], &account->addr, &net))
			continue;
		around = accounts_find(all, &net);
		if (around != NULL && account_is_banned(around, time) && around->until >= account->until)
			return true;
	}
	return false;
}

static void settle(const struct judge_settings *settings, struct account *net, const struct judge_aggregate *aggregate)
{
	if (net->since == 0 && (net->hosts < aggregate->hosts || account_is_good(net, net->time, settings)))
		return;
	account_settle(net, judge_network_threshold(settings, aggregate), settings);
}

/* Points that are taken back had been a hit of their class, so the hit goes, too. */
static void add_points(struct account *net, unsigned event_class, int64_t points)
{
	if (points == 0)
		return;
	net->points[event_class] = points_sum(net->points[event_class], points);
	if (points < 0) {
		net->hits -= net->hits > 0;
		return;
	}
	net->last[event_class] = net->time;
	net->hits = count_sum(net->hits, 1);
}

/* Of failures for a user's own name a network takes a fifth of a threshold. A phone with an old password comes with
 * all the addresses of its carrier, and so do the phones of its colleagues. Who guesses tries names of nobody, too. */
static void add_of_user(struct account *net, struct names *names, uint32_t user, int64_t points, int64_t most)
{
	struct account_name *n;

	if (points == 0)
		return;
	n = account_make_name(net, user, names);
	if (n->points < most)
		n->points = points < most - n->points ? n->points + points : most;
	n->failures = count_sum(n->failures, 1);
	net->hits = count_sum(net->hits, 1);
}

/* Adds the gift to a network; hosts: 1 where the address is new, -1 where it took back all that it gave. */
static void add_to(struct accounts *all, const struct judge_settings *settings, struct account *net,
	const struct network_gift *gift, int hosts, uint32_t time)
{
	double late;

	account_fade(net, time, settings, &all->names);
	late = account_lateness(net, time, settings);
	add_points(net, gift->taken_class, -points_times(gift->taken, late));
	add_points(net, gift->added_class, points_times(gift->added, late));
	add_of_user(net, &all->names, gift->user, points_times(gift->of_user, late), settings->threshold / 5);
	if (hosts > 0 || net->hosts > 0)
		net->hosts += (uint32_t)hosts;
}

/* The part of the gift that the address may still give or take back. Points that it took back it may give again. */
static struct network_gift within_share(const struct account *account, const struct network_gift *gift, int64_t most)
{
	struct network_gift given = *gift;
	int64_t left;

	if (given.taken > account->share)
		given.taken = account->share;
	left = account->share - given.taken;
	if (given.added < -left)
		given.added = -left;
	else if (given.added > most - left)
		given.added = most - left;
	left += given.added;
	if (given.of_user > most - left)
		given.of_user = most - left;
	return given;
}

void network_add(struct accounts *all, const struct judge_settings *settings, struct account *account,
	const struct network_gift *gift)
{
	const struct network_gift given = within_share(account, gift, settings->threshold);
	const struct addr addr = account->addr;
	uint32_t time = account->time;
	int hosts = -(account->share > 0);

	if (given.added == 0 && given.taken == 0 && given.of_user == 0)
		return;
	account->share += given.added + given.of_user - given.taken;
	hosts += account->share > 0;
	for (unsigned i = 0; i < settings->aggregate_count; i++) {
		const struct judge_aggregate *aggregate = &settings->aggregates[i];
		struct account *net;
		struct addr around;

		if (!network_around(aggregate, &addr, &around))
			continue;
		net = accounts_make(all, &around);
		add_to(all, settings, net, &given, hosts, time);
		settle(settings, net, aggregate);
	}
}

/* Takes points off one class after the other: a share does not tell what it came from. */
static void take_off(struct account *net, int64_t points)
{
	for (unsigned i = 0; i < ACCOUNT_CLASSES; i++) {
		int64_t part = points < net->points[i] ? points : net->points[i];

		net->points[i] -= part;
		points -= part;
	}
}

void network_give_back(struct accounts *all, const struct judge_settings *settings, const struct account *account,
	uint32_t now)
{
	uint32_t past = now > account->time ? now - account->time : 0;

	/* whether the state still holds an account with so little makes no difference */
	if (points_times(account->share, points_fading(past, settings->half_life)) < POINTS_LEAST)
		return;
	for (unsigned i = 0; i < settings->aggregate_count; i++) {
		struct account *net;
		struct addr around;
		double factor;

		if (!network_around(&settings->aggregates[i], &account->addr, &around))
			continue;
		net = accounts_find(all, &around);
		if (net == NULL || net->time == 0)
			continue;
		/* the network is not faded: the fleet may hold a copy of it, with the same names */
		factor = net->time >= account->time ? account_lateness(net, account->time, settings) :
			points_fading((int64_t)net->time - account->time, settings->half_life);
		take_off(net, points_times(account->share, factor));
		net->hosts -= net->hosts > 0;
	}
}

void network_good(struct accounts *all, const struct judge_settings *settings, const struct account *account,
	uint32_t time)
{
	const struct addr addr = account->addr;

	for (unsigned i = 0; i < settings->aggregate_count; i++) {
		struct account *net;
		struct addr around;

		if (!network_around(&settings->aggregates[i], &addr, &around))
			continue;
		net = accounts_make(all, &around);
		account_fade(net, time, settings, &all->names);
		if (time > net->last_good)
			net->last_good = time;
		if (net->since != 0)
			account_lift(net);
	}
}
