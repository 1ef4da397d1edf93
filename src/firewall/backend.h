/* SPDX-License-Identifier: GPL-2.0-or-later */
/* backend: what ipset and nftables each do for one set. Inside src/firewall only.
 *
 * All return 0, or -errno after adding to error what is wrong: ..._read() adds a whole sentence, ..._apply() the reason
 * alone. */
#ifndef MAILBAN_FIREWALL_BACKEND_H
#define MAILBAN_FIREWALL_BACKEND_H

#include "firewall/plan.h"

/* Reads the set of the name set->name, or both sets, and sorts the entries. set->entries is the caller's to free, after
 * an error too. */
int ipset_read(struct firewall_set *set, enum firewall_family family, struct buf *error);
int nftables_read(struct firewall_set sets[FIREWALL_FAMILIES], struct buf *error);

/* Changes the set as the plan says. */
int ipset_apply(const struct firewall_set *set, enum firewall_family family, const struct plan *plan,
		struct buf *error);
int nftables_apply(const struct firewall_set *set, enum firewall_family family, const struct plan *plan,
		   struct buf *error);

#endif
