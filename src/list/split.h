/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LIST_SPLIT_H
#define MAILBAN_LIST_SPLIT_H

#include "addr/addr.h"
#include "addr/netset.h"
#include "list/ban.h"

/* What split_out() did. Zero-initialise it; split_free() gives the memory back. */
struct split {
	struct netset lifted;   /* entries that left whole, sorted */
	struct netset networks; /* entries that left but for parts that now stand in the list, sorted */
};

/* Takes an address or network out of a sorted list. Entries inside it leave; networks around it are split, and each
 * part has the dates, class and note of the whole. The list is sorted afterwards, no address in it twice. */
void split_out(struct banlist *list, const struct addr *hole, struct split *split);
void split_free(struct split *split);

#endif
