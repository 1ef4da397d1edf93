/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_FIREWALL_ORDER_H
#define MAILBAN_FIREWALL_ORDER_H

#include "firewall/ipset.h"

/* Sorts entries of one family by addr_compare(). */
void order_entries(struct firewall_entry *entries, size_t count);

#endif
