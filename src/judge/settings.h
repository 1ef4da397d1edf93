/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings: the settings of the judgement. */
#ifndef MAILBAN_JUDGE_SETTINGS_H
#define MAILBAN_JUDGE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "detect/event.h"
#include "base/points.h"

enum {
	JUDGE_AGGREGATES = 8,     /* prefixes that networks can be formed of */
};

/* A network prefix, and how many addresses inside make it a ban of the whole. */
struct judge_aggregate {
	uint8_t prefix;           /* of the 128 bits: 120 is an IPv4 /24 */
	bool v4;
	uint32_t hosts;
};

/* Lengths of time in seconds, points in billionths. Holds no pointers. */
struct judge_settings {
	int64_t threshold;            /* a balance that bans */
	int64_t half_life;            /* in which points fade to a half */
	int64_t points[CLASS_COUNT];  /* of one event; CLASS_GOOD and CLASS_TROUBLE have none */
	int64_t known;                /* how long a login or an accepted mail is remembered */
	int64_t forget;               /* a ban this long after the end of the last one is a first one again */
	int64_t ban_least, ban_most;  /* bounds of a ban's length */
	struct judge_aggregate aggregates[JUDGE_AGGREGATES];
	unsigned aggregate_count;
	uint8_t ipv6_prefix;          /* IPv6 is judged by networks of this length */
	bool ban_private;
	bool renew;                   /* a banned address that still knocks gets a point a run */
	int64_t entered_within;       /* for so many seconds a login's address is new for its user */
	uint32_t entered_mails;       /* so many mails from a new address are told, if all other addresses sent fewer */
	uint64_t max_new;             /* at most so many new bans a run */
	uint8_t max_prefix4, max_prefix6; /* as people write them: nothing wider than 16 and 32 */
	uint64_t accounts;            /* at most so many addresses and networks are remembered */
};

void judge_settings_defaults(struct judge_settings *settings);

/* The setting networks: how many addresses make a ban of a /24 or a /48; 0: none do. Replaces all aggregates. */
void judge_settings_networks(struct judge_settings *settings, uint32_t hosts);

/* Takes one word of the setting aggregate, "20:40": the prefix (up to 31 IPv4, longer IPv6) and how many addresses.
 * reset: it replaces all aggregates. Returns NULL, or in a few words what is wrong with the word. */
const char *judge_settings_aggregate(struct judge_settings *settings, const char *word, bool reset);

/* Says in a few words which settings contradict each other; NULL: none do. */
const char *judge_settings_check(const struct judge_settings *settings);

/* Whether a balance reaches the threshold: to a twentieth of a point, so that five failures within two hours are five
 * points, though the first ones have begun to fade. */
static inline bool judge_reaches(int64_t balance, int64_t threshold)
{
	return balance >= threshold - POINT / 20;
}

/* The balance at which a ban ends: a quarter of the one at which it begins. */
static inline int64_t judge_release(int64_t threshold)
{
	return threshold / 4;
}

/* The balance of a network of the aggregate that bans it: half a threshold an address. */
static inline int64_t judge_network_threshold(const struct judge_settings *settings,
	const struct judge_aggregate *aggregate)
{
	return settings->threshold / 2 * aggregate->hosts;
}

/* The address or network by which an address is judged and banned: IPv6 by ipv6_prefix. */
static inline struct addr judge_unit(const struct judge_settings *settings, const struct addr *a)
{
	return addr_is_v4(a) ? *a : addr_network(a, settings->ipv6_prefix);
}

#endif
