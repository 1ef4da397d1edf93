/* SPDX-License-Identifier: GPL-2.0-or-later */
/* set: one set as the kernel has it, whether of ipset or of nftables. */
#ifndef MAILBAN_FIREWALL_SET_H
#define MAILBAN_FIREWALL_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"

/* Networks that a flat set takes: the kernel needs 3 s for them, and four times as long for twice as many. */
enum { FIREWALL_NETWORKS_MAX = 100000 };

enum firewall_family { FIREWALL_V4, FIREWALL_V6, FIREWALL_FAMILIES };

/* One entry of a set. A blacklist's /0 is two entries of /1: hash:net holds no /0. */
struct firewall_entry {
	struct addr net;
	uint64_t packets, bytes; /* dropped since it was added */
	uint32_t remaining;      /* seconds until the kernel lets it go; 0: never */
	bool exempt;             /* somebody marked it nomatch: it lets through */
};

/* One set as the kernel had it. */
struct firewall_set {
	char name[32];
	bool exists;
	bool right_kind;        /* the set is as sync makes it; else sync replaces it, or says why it cannot */
	bool flat;              /* it can hold no network inside another: the inner one is left out meanwhile */
	char type[32];          /* of the set that exists */
	uint32_t references;    /* rules, and other sets, that use it */
	uint32_t max_entries, hash_size;
	struct firewall_entry *entries; /* sorted by addr_compare(); none where it is not of the right kind */
	size_t count;
};

#endif
