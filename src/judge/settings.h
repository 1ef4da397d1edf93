/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_JUDGE_SETTINGS_H
#define MAILBAN_JUDGE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "detect/event.h"

enum {
	JUDGE_STEPS = 8,          /* ban lengths a class can have */
	JUDGE_AGGREGATES = 8,     /* prefixes that networks can be formed of */
	JUDGE_WINDOW_MAX = 366 * 86400,
	JUDGE_THRESHOLD_MAX = 2000,
};

/* When the events of one class become a ban. */
struct judge_class {
	uint32_t threshold;           /* events inside any span of window; 0: the class never bans */
	int64_t window;               /* seconds */
	int64_t bans[JUDGE_STEPS];    /* seconds, of the first, second, ... ban; the last one repeats;
	                                 WHEN_FOREVER allowed */
	unsigned ban_count;           /* at least 1 */
};

/* A network prefix and how many banned hosts inside make it a ban of the whole. */
struct judge_aggregate {
	uint8_t prefix;               /* of the 128 bits: 120 is an IPv4 /24 */
	bool v4;
	uint32_t hosts;
};

/* Everything that the judgement can be told; all lengths of time in seconds. Holds no pointers. */
struct judge_settings {
	struct judge_class classes[CLASS_COUNT];  /* that of CLASS_GOOD is not used */
	int64_t repeat;               /* failures for one user name within it count as one; 0: each counts */
	int64_t known;                /* how long a login makes an address its user's; 0: never */
	uint32_t known_threshold;     /* failures of a known customer in known_window that ban all the same */
	int64_t known_window;
	uint32_t breach_users;        /* user names failed for, from which on a success is a breach */
	uint32_t attack_addresses;    /* addresses failing for one user name in attack_window: under attack */
	int64_t attack_window;
	bool ban_sprayers;            /* ban those of them that have no success */
	struct judge_aggregate aggregates[JUDGE_AGGREGATES]; /* sorted: longest prefix first */
	unsigned aggregate_count;
	uint8_t ipv6_prefix;          /* IPv6 is counted and banned by networks of this length */
	bool collapse;                /* join neighbouring networks with the same dates */
	int64_t forget;               /* a ban this long after the end of the last one is a first one again */
	bool ban_private;
	uint64_t max_new;             /* more new bans than this in one run are refused */
	uint8_t max_prefix4, max_prefix6; /* as people write them: nothing wider than 16 and 32 */
	bool renew;                   /* banned ones that still knock stay banned */
};

void judge_settings_defaults(struct judge_settings *settings);

/* The setting net-hosts: how many banned hosts make a ban of a /24, and banned /64 one of a /48; 0: none do.
 * Replaces all aggregates. */
void judge_settings_net_hosts(struct judge_settings *settings, uint32_t hosts);

/* One word of the setting aggregate, "20:40": prefix (up to 32 IPv4, longer IPv6) and hosts; the first one replaces
 * the aggregates that net-hosts made when reset. NULL, or what is wrong with it in a few words. */
const char *judge_settings_aggregate(struct judge_settings *settings, const char *word, bool reset);

/* What in the settings contradicts itself, in a few words; NULL: nothing. */
const char *judge_settings_check(const struct judge_settings *settings);

/* The length of the level-th ban (from 1) of a class, in seconds; WHEN_FOREVER for one without end. */
int64_t judge_ban_length(const struct judge_settings *settings, unsigned event_class, unsigned level);

/* The address or network by which an address is counted and banned: IPv6 by ipv6_prefix. */
static inline struct addr judge_unit(const struct judge_settings *settings, const struct addr *a)
{
	return addr_is_v4(a) ? *a : addr_network(a, settings->ipv6_prefix);
}

#endif
