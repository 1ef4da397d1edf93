/* SPDX-License-Identifier: GPL-2.0-or-later */
/* firewall: the two sets in the kernel, read once and then made equal to the blacklist by difference. Callers
 * need not know whether they are sets of ipset or of nftables.
 *
 *	struct firewall fw = { 0 };
 *	if (firewall_read(&fw, &names, &error) == 0)
 *		... fw.sets[..].entries are the counters that the judge and `stats` want ...
 *		firewall_sync(&fw, &bans, now, dry_run, &report, &error);
 *	firewall_free(&fw);
 */
#ifndef MAILBAN_FIREWALL_FIREWALL_H
#define MAILBAN_FIREWALL_FIREWALL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/netset.h"
#include "base/buf.h"
#include "firewall/set.h"
#include "list/ban.h"

/* AUTO: ipset where this host has iptables, whose rules can name such a set, and no firewalld; else nftables. */
enum firewall_backend { FIREWALL_AUTO, FIREWALL_IPSET, FIREWALL_NFTABLES };

/* The sets' names, each at most 27 bytes. The temporaries of ipset are NAME-new. In nftables the set NAME of the table
 * inet mailban holds single addresses, and NAME-nets networks. NAME-64 holds the networks of 64 bits that are IPv6
 * clients. */
struct firewall_names {
	const char *name[FIREWALL_FAMILIES];
	enum firewall_backend backend;
};

struct firewall {
	enum firewall_backend backend;  /* never AUTO after firewall_read() */
	struct firewall_set sets[FIREWALL_FAMILIES];
};

/* What firewall_sync() did to one set, or would do in a dry run. */
struct firewall_change {
	size_t added, removed, renewed, kept; /* renewed: only the time that remains was set anew */
	bool created;           /* there was no set */
	bool replaced;          /* there was a set of another kind, or one too small */
};

/* firewall_report_free() it afterwards, after an error too. */
struct firewall_report {
	struct firewall_change changes[FIREWALL_FAMILIES];
	struct netset added, removed;  /* of both families, sorted and not finished: networks may hold others */
	size_t refused;                /* networks beyond FIREWALL_NETWORKS_MAX */
};

/* The wanted backend; for AUTO the one that suits this host. */
enum firewall_backend firewall_choose(enum firewall_backend wanted);

/* "ipset", "nftables". */
const char *firewall_backend_name(enum firewall_backend backend);

/* Reads both sets. A set that does not exist is read as an empty one. Returns 0, or -errno after adding to error what
 * is wrong and what to do. -EPERM: no permission; -EPROTONOSUPPORT: no such sets in the kernel. The caller frees fw by
 * firewall_free(), after an error too. */
int firewall_read(struct firewall *fw, const struct firewall_names *names, struct buf *error);

/* Makes the sets that fw was read from equal to bans: creates what is missing, replaces what cannot serve,
 * else sends the difference. Entries that stay keep their counters. Entries whose until is not after now
 * (seconds since the epoch) are left out. In a dry run nothing is sent, and report says what would change.
 * Returns 0, or -errno with a sentence in error about the first set that could not be changed. The other set is brought
 * up to date all the same. Afterwards fw still has the entries that were read. */
int firewall_sync(struct firewall *fw, const struct banlist *bans, int64_t now, bool dry_run,
		  struct firewall_report *report, struct buf *error);

/* The entry of either set that is exactly net, or NULL. */
const struct firewall_entry *firewall_find(const struct firewall *fw, const struct addr *net);

/* Whether a set has an entry that has an address in common with net. */
bool firewall_holds(const struct firewall *fw, const struct addr *net);

/* The entries of both sets that dropped packets, those that dropped most first. Returns how many; the caller frees
 * *all, which points into fw. */
size_t firewall_knockers(const struct firewall *fw, const struct firewall_entry ***all);

/* Whether a set exists that no rule (and no other set) refers to, so that its entries drop nothing. */
bool firewall_unused(const struct firewall *fw, enum firewall_family family);

void firewall_free(struct firewall *fw);
void firewall_report_free(struct firewall_report *report);

#endif
