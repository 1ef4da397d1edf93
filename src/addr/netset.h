/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_ADDR_NETSET_H
#define MAILBAN_ADDR_NETSET_H

#include <stdbool.h>
#include <stddef.h>

#include "addr/addr.h"

/* A set of addresses and networks. Zero-initialise it, netset_add() in any order, then netset_finish() once. From then
 * on it is sorted by addr_compare(), and no network holds another. Every question below needs that. Adding again needs
 * finishing again. netset_free() gives the memory back. */
struct netset {
	struct addr *nets;
	size_t count, capacity;
};

void netset_free(struct netset *set);
void netset_add(struct netset *set, const struct addr *net);
void netset_finish(struct netset *set);

/* Whether one network of the set holds all of a. */
bool netset_contains(const struct netset *set, const struct addr *a);

/* Whether net and the set have an address in common. */
bool netset_overlaps(const struct netset *set, const struct addr *net);

/* Adds to out what is in a and not in b, networks split where b holds a part of them. out is another set than both; b
 * is finished. Where a is too and out was empty, out is sorted. */
void netset_subtract(struct netset *out, const struct netset *a, const struct netset *b);

/* The same addresses in the fewest networks: neighbours are joined into wider ones. The set is finished. */
void netset_collapse(struct netset *set);

#endif
