/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_FIREWALL_LISTING_H
#define MAILBAN_FIREWALL_LISTING_H

#include "firewall/set.h"

/* Reads the set whose name is in set->name, and sorts its entries; header_only: leaves them out. A set that does not
 * exist leaves set->exists false. Returns 0, or -errno (values above 4096: -IPSET_ERR_...). set->entries is the
 * caller's to free, after an error too. */
int listing_read(struct firewall_set *set, enum firewall_family family, bool header_only);

/* Brings entries, of which there is at least one, into the order of addr_compare(). */
void listing_sort(struct firewall_set *set);

#endif
