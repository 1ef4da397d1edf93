/* SPDX-License-Identifier: GPL-2.0-or-later */
/* backend: what ipset and nftables each do for one set. Inside src/firewall only.
 *
 * All return 0, or -errno after adding to error what is wrong; ..._read() a whole sentence, ..._apply() the reason
 * alone. */
#ifndef MAILBAN_FIREWALL_BACKEND_H
#define MAILBAN_FIREWALL_BACKEND_H

#include "firewall/plan.h"

/* Reads the set whose name is in set->name, or both, the entries sorted. set->entries is the caller's to free, after an
 * error too. */
int ipset_read(struct firewall_set *set, enum firewall_family family, struct buf *error);
int nftables_read(struct firewall_set sets[FIREWALL_FAMILIES], struct buf *error);

/* Makes the set what the plan wants. */
int ipset_apply(const struct firewall_set *set, enum firewall_family family, const struct plan *plan,
		struct buf *error);
int nftables_apply(const struct firewall_set *set, enum firewall_family family, const struct plan *plan,
		   struct buf *error);

#endif
