/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_FIREWALL_ORDER_H
#define MAILBAN_FIREWALL_ORDER_H

#include "firewall/ipset.h"

/* The entries of one family sorted by addr_compare(), in a new array that is the caller's to free; the old
 * one is freed. */
struct firewall_entry *order_entries(struct firewall_entry *entries, size_t count);

#endif
