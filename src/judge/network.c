/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * network: many addresses of one network that guess a little each.
 *
 * A network has an account like an address, with points by class and without names. It is banned when enough addresses
 * gave it points and nobody good was inside lately. Its ban ends as an address's does, or with a good event.
 */
#include "judge/network.h"

static struct account *account_around(struct judge *j, const struct addr *addr, const struct judge_aggregate *aggregate)
{
	struct addr net = addr_network(addr, aggregate->prefix);

	return accounts_make(&j->accounts, &net);
}

const struct judge_aggregate *network_aggregate(const struct judge_settings *settings, const struct addr *net)
{
	for (unsigned i = 0; i < settings->aggregate_count; i++) {
		if (settings->aggregates[i].prefix == net->prefix && settings->aggregates[i].v4 == addr_is_v4(net))
			return &settings->aggregates[i];
	}
	return NULL;
}

static void settle(struct judge *j, struct account *net, const struct judge_aggregate *aggregate)
{
	if (net->since == 0 && (net->hosts < aggregate->hosts || account_is_good(net, net->time, j->settings)))
		return;
	account_settle(net, judge_network_threshold(j->settings, aggregate), j->settings);
}

static void add_to(struct judge *j, struct account *net, unsigned event_class, int64_t points, bool is_new, uint32_t time)
{
	account_fade(net, time, j->settings, &j->accounts.names);
	if (net->time > time)
		points = points_times(points, account_lateness(net, time, j->settings));
	net->points[event_class] = points_sum(net->points[event_class], points);
	net->last[event_class] = net->time;
	net->hosts += is_new;
	if (points > 0)
		net->hits += net->hits < UINT32_MAX;
}

void network_add(struct judge *j, struct account *account, unsigned event_class, int64_t points)
{
	int64_t room = j->settings->threshold - account->share, given = points < room ? points : room;
	const struct addr addr = account->addr;
	uint32_t time = account->time;
	bool is_new = account->share == 0;

	if (given < -account->share)
		given = -account->share;
	if (given == 0)
		return;
	account->share += given;
	for (unsigned i = 0; i < j->settings->aggregate_count; i++) {
		const struct judge_aggregate *aggregate = &j->settings->aggregates[i];
		struct account *net;

		if (aggregate->v4 != addr_is_v4(&addr))
			continue;
		net = account_around(j, &addr, aggregate);
		add_to(j, net, event_class, given, is_new, time);
		settle(j, net, aggregate);
	}
}

void network_good(struct judge *j, const struct account *account, uint32_t time)
{
	const struct addr addr = account->addr;

	for (unsigned i = 0; i < j->settings->aggregate_count; i++) {
		const struct judge_aggregate *aggregate = &j->settings->aggregates[i];
		struct account *net;

		if (aggregate->v4 != addr_is_v4(&addr))
			continue;
		net = account_around(j, &addr, aggregate);
		account_fade(net, time, j->settings, &j->accounts.names);
		if (time > net->good)
			net->good = time;
		if (net->since != 0)
			account_lift(net);
	}
}
