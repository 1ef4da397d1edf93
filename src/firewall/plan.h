/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_FIREWALL_PLAN_H
#define MAILBAN_FIREWALL_PLAN_H

#include "firewall/set.h"
#include "list/ban.h"

enum plan_action { PLAN_ADD, PLAN_RENEW, PLAN_KEEP };

enum {
	PLAN_TIMEOUT_MAX = 2147483, /* seconds; the kernel takes no more */
	PLAN_SLACK = 30,            /* seconds that the kernel may be off before a time is set anew */
};

/* One entry that the set is to hold. */
struct plan_entry {
	struct addr net;
	uint32_t timeout;       /* seconds; 0: for ever */
	enum plan_action action;
	const struct firewall_entry *former; /* the same entry as the set has it, or NULL */
};

/* What makes one set equal to the blacklist. */
struct plan {
	struct plan_entry *entries;             /* all that the set is to hold, sorted by addr_compare() */
	size_t count;
	const struct firewall_entry **gone;     /* entries of the set that are not in the blacklist */
	size_t gone_count;
	size_t added, renewed, kept;
	size_t refused;                         /* networks beyond FIREWALL_NETWORKS_MAX */
	bool replace;                           /* the set that exists cannot serve: wrong kind, or too small */
	uint32_t max_entries, hash_size;        /* for a set that is to be made */
};

/* How long the kernel is to keep the ban, in seconds; 0: for ever. */
uint32_t plan_timeout(const struct ban *ban, int64_t now);

/* Compares the bans of one family with its set; both are sorted. now in seconds since the epoch. The plan points into
 * the set's entries; plan_free() frees the plan's own memory. */
void plan_make(struct plan *plan, const struct banlist *bans, int64_t now, const struct firewall_set *set,
	       enum firewall_family family);
void plan_free(struct plan *plan);

#endif
