/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netset: a sorted set of addresses and networks.
 *
 * The set is one array that is sorted once. Questions about one address halve it, and operations on sets walk it once.
 * Both families share the code; they stand apart in the array and are never joined. No network of a finished set lies
 * inside another: only the last one that begins at or before an address can hold it. Never fails.
 */
#include "addr/netset.h"

#include <stdlib.h>

#include "addr/order.h"
#include "base/mem.h"
#include "base/search.h"

void netset_free(struct netset *set)
{
	free(set->nets);
	*set = (struct netset){ 0 };
}

void netset_add(struct netset *set, const struct addr *net)
{
	if (set->count == set->capacity)
		set->nets = mem_grow(set->nets, &set->capacity, set->count + 1, sizeof(*set->nets));
	set->nets[set->count++] = *net;
}

void netset_finish(struct netset *set)
{
	size_t kept = 0;

	addr_sort(set->nets, sizeof(*set->nets), set->count);
	/* a network stands before all networks in it */
	for (size_t i = 0; i < set->count; i++) {
		if (kept == 0 || !addr_contains(&set->nets[kept - 1], &set->nets[i]))
			set->nets[kept++] = set->nets[i];
	}
	set->count = kept;
}

static bool is_not_behind(const void *net, const void *a)
{
	return addr_compare(net, a) <= 0;
}

/* How many networks stand before a, or begin where it does and are at least as wide. */
static size_t upper_bound(const struct netset *set, const struct addr *a)
{
	return search_first(set->nets, set->count, sizeof(*set->nets), is_not_behind, a);
}

bool netset_contains(const struct netset *set, const struct addr *a)
{
	size_t at = upper_bound(set, a);

	return at > 0 && addr_contains(&set->nets[at - 1], a);
}

bool netset_overlaps(const struct netset *set, const struct addr *net)
{
	size_t at = upper_bound(set, net);

	return (at > 0 && addr_contains(&set->nets[at - 1], net)) ||
	       (at < set->count && addr_contains(net, &set->nets[at]));
}

static struct addr half_of(const struct addr *net, bool upper)
{
	struct addr half = *net;

	if (upper && net->prefix < 64)
		half.hi |= UINT64_C(1) << (63 - net->prefix);
	else if (upper)
		half.lo |= UINT64_C(1) << (127 - net->prefix);
	half.prefix++;
	return half;
}

/* Adds the part of net outside of all holes, which lie inside net. Recurses at most 128 levels deep. */
static void add_rest(struct netset *out, const struct addr *net, const struct addr *holes, size_t count)
{
	struct addr lower, upper;
	size_t in_lower = 0;

	if (count == 0) {
		netset_add(out, net);
		return;
	}
	/* a hole in a single address is the address */
	if (net->prefix == ADDR_BITS || addr_equal(&holes[0], net))
		return;
	lower = half_of(net, false);
	upper = half_of(net, true);
	while (in_lower < count && addr_contains(&lower, &holes[in_lower]))
		in_lower++;
	add_rest(out, &lower, holes, in_lower);
	/* the mapped range inside an IPv6 network is not IPv4's */
	if (addr_is_v4(&upper) == addr_is_v4(net))
		add_rest(out, &upper, holes + in_lower, count - in_lower);
}

void netset_subtract(struct netset *out, const struct netset *a, const struct netset *b)
{
	for (size_t i = 0; i < a->count; i++) {
		const struct addr *net = &a->nets[i];
		size_t hole, last;

		if (netset_contains(b, net))
			continue;
		hole = upper_bound(b, net);
		last = hole;
		while (last < b->count && addr_contains(net, &b->nets[last]))
			last++;
		add_rest(out, net, b->nets + hole, last - hole);
	}
}

/* Whether they are the two halves of one network. *whole: that network. */
static bool join(struct addr *whole, const struct addr *lower, const struct addr *upper)
{
	struct addr expected;

	if (lower->prefix != upper->prefix || lower->prefix == 0 || addr_is_v4(lower) != addr_is_v4(upper) ||
	    (addr_is_v4(lower) && lower->prefix == ADDR_V4_BITS))
		return false;
	*whole = addr_network(lower, (uint8_t)(lower->prefix - 1));
	expected = half_of(whole, true);
	return addr_equal(&expected, upper);
}

void netset_collapse(struct netset *set)
{
	size_t kept = 0;

	netset_finish(set);
	/* the kept networks are a stack: a joined pair may be the other half of the network below it */
	for (size_t i = 0; i < set->count; i++) {
		struct addr whole;

		set->nets[kept++] = set->nets[i];
		while (kept >= 2 && join(&whole, &set->nets[kept - 2], &set->nets[kept - 1]))
			set->nets[--kept - 1] = whole;
	}
	set->count = kept;
}
