/* SPDX-License-Identifier: GPL-2.0-or-later */
/* network: accounts of networks, which take what events add to the addresses inside. */
#ifndef MAILBAN_JUDGE_NETWORK_H
#define MAILBAN_JUDGE_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "judge/accounts.h"
#include "judge/settings.h"

/* What an event did to the points of an address. */
struct network_gift {
	int64_t added;                   /* below 0: a failure took back what another daemon had logged of it */
	int64_t taken;                   /* what its connection took back of earlier events */
	int64_t of_user;                 /* points added for a name that logged in lately, from anywhere */
	uint32_t user;                   /* the number of that name */
	uint8_t added_class, taken_class;
};

/* Hands the gift to the networks around the account. They take at most a threshold from one address, and a fifth of
 * one for a name that logs in somewhere. The account may move. */
void network_add(struct accounts *accounts, const struct judge_settings *settings, struct account *account,
	const struct network_gift *gift);

/* A person empties the account: the networks around it lose what they took from it. A ban that stands keeps its end
 * until the next event. */
void network_give_back(struct accounts *accounts, const struct judge_settings *settings, const struct account *account,
	uint32_t now);

/* A login or an accepted mail came from inside: no ban of a network around the account stands. The account may move. */
void network_good(struct accounts *accounts, const struct judge_settings *settings, const struct account *account,
	uint32_t time);

/* The network of the aggregate around the address. Returns false, and sets nothing, where there is none: it is of the
 * other family, or no wider than the address. */
bool network_around(const struct judge_aggregate *aggregate, const struct addr *addr, struct addr *net);

/* Whether a network around the banned account is banned at that time and for as long, so that the blacklist holds the
 * network alone. */
bool network_outlives(const struct accounts *accounts, const struct judge_settings *settings,
	const struct account *account, int64_t time);

/* The aggregate whose networks have that prefix; NULL for an address. */
const struct judge_aggregate *network_aggregate(const struct judge_settings *settings, const struct addr *net);

#endif
