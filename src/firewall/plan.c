/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * plan: which entries to send to make a set equal to the blacklist.
 *
 * A pure function of the blacklist, the time and the set as it was read: no kernel, no clock, so that its tests are
 * tables. Bans that are over are left out. A ban's end becomes the kernel's timeout, cut to the kernel's maximum. A cut
 * timeout is renewed when an eighth of it has passed, not at every run. The kernel's type holds no /0, so a /0 becomes
 * its two halves. A flat set takes no network inside another; the inner network goes in when the outer one is gone. Of
 * too many networks the last ones are left out.
 */
#include "firewall/plan.h"

#include <stdlib.h>
#include <string.h>

#include "addr/order.h"
#include "base/mem.h"

enum {
	ENTRIES_MIN = 65536,    /* of a new set: room to grow costs nothing */
	HASH_MIN = 1024,
	HASH_MAX = 1 << 26,
};

uint32_t plan_timeout(const struct ban *ban, int64_t now)
{
	int64_t left;

	if (ban->until == WHEN_FOREVER)
		return 0;
	if (__builtin_sub_overflow(ban->until, now, &left) || left > PLAN_TIMEOUT_MAX)
		return PLAN_TIMEOUT_MAX;
	return (uint32_t)left;
}

/* The network, or the two halves of a /0. Returns how many. */
static unsigned halves(const struct addr *net, enum firewall_family family, struct addr out[2])
{
	unsigned base = family == FIREWALL_V4 ? ADDR_V4_BITS : 0;

	out[0] = *net;
	if (net->prefix != base)
		return 1;
	out[0].prefix = (uint8_t)(base + 1);
	out[1] = out[0];
	if (family == FIREWALL_V4)
		out[1].lo |= UINT64_C(1) << 31;
	else
		out[1].hi |= UINT64_C(1) << 63;
	return 2;
}

/* Sorts the entries. Of equal entries it keeps the one that lasts longest. */
static void sort_and_join(struct plan *plan)
{
	size_t n = 0;

	addr_sort(plan->entries, sizeof(*plan->entries), plan->count);
	for (size_t i = 0; i < plan->count; i++) {
		struct plan_entry *e = &plan->entries[i];

		if (n > 0 && addr_equal(&plan->entries[n - 1].net, &e->net)) {
			uint32_t *timeout = &plan->entries[n - 1].timeout;

			*timeout = *timeout == 0 || e->timeout == 0 ? 0 : *timeout > e->timeout ? *timeout : e->timeout;
			continue;
		}
		plan->entries[n++] = *e;
	}
	plan->count = n;
}

/* Whether the kernel would drop an entry at another time than the ban's end. */
static bool is_off(const struct plan_entry *e)
{
	uint32_t is = e->former->remaining, should = e->timeout;

	if (e->former->exempt || (is == 0) != (should == 0))
		return true;
	if (should == PLAN_TIMEOUT_MAX)
		return is < PLAN_TIMEOUT_MAX - PLAN_TIMEOUT_MAX / 8;
	return is > should ? is - should > PLAN_SLACK : should - is > PLAN_SLACK;
}

/* The bans of one family: from *first up to the returned index. */
static size_t seek_family(const struct banlist *bans, enum firewall_family family, size_t *first)
{
	const struct addr first_v6 = { 0 };
	size_t v4_count = banlist_seek(bans, &first_v6);

	*first = family == FIREWALL_V4 ? 0 : v4_count;
	return family == FIREWALL_V4 ? v4_count : bans->count;
}

/* The choice of bans for a set, which may not be able to hold all of them. */
struct choice {
	int64_t now;
	bool flat;                  /* the set holds no network inside another */
	const struct addr *around;  /* the last network that was chosen */
	size_t networks, refused;   /* networks that were chosen; networks that were too many */
};

/* Whether a hash of nftables can hold net: an address, or the network that is an IPv6 client. */
static bool is_single(const struct addr *net)
{
	return net->prefix == ADDR_BITS || net->prefix == ADDR_BITS / 2;
}

/* Whether the ban is not over, and the set can hold it beside the bans that were chosen before. */
static bool choose(struct choice *c, const struct ban *ban)
{
	if (ban->until <= c->now)
		return false;
	if (!c->flat || is_single(&ban->net))
		return true;
	if (c->around != NULL && addr_contains(c->around, &ban->net))
		return false;
	if (c->networks == FIREWALL_NETWORKS_MAX) {
		c->refused++;
		return false;
	}
	c->around = &ban->net;
	c->networks++;
	return true;
}

/* Collects all entries that the set is to hold. */
static void collect(struct plan *plan, const struct banlist *bans, int64_t now, const struct firewall_set *set,
		    enum firewall_family family)
{
	struct choice choice = { .now = now, .flat = set->flat };
	size_t i, end = seek_family(bans, family, &i);
	bool split = false;

	/* a list has at most one /0, which becomes two entries: room for one more than bans */
	plan->entries = mem_alloc(end - i + 1, sizeof(*plan->entries));
	for (; i < end; i++) {
		const struct ban *ban = &bans->bans[i];
		struct addr nets[2];
		unsigned count;

		if (!choose(&choice, ban))
			continue;
		count = halves(&ban->net, family, nets);
		split = split || count > 1;
		for (unsigned k = 0; k < count; k++)
			plan->entries[plan->count++] = (struct plan_entry){ .net = nets[k],
									    .timeout = plan_timeout(ban, now) };
	}
	plan->refused = choice.refused;
	if (split)
		sort_and_join(plan);
}

/* The place in a set while it is compared with the entries that it is to hold. */
struct beside {
	struct plan *plan;
	const struct firewall_set *set;
	size_t at;
};

/* Notes that the set's entries before net go; all further entries where net is NULL. */
static void pass(struct beside *b, const struct addr *net)
{
	const struct firewall_set *set = b->set;

	while (b->at < set->count && (net == NULL || addr_compare(&set->entries[b->at].net, net) < 0))
		b->plan->gone[b->plan->gone_count++] = &set->entries[b->at++];
}

/* Decides what to do with one entry. Entries are given in their order. */
static void set_action(struct beside *b, struct plan_entry *e)
{
	const struct firewall_set *set = b->set;

	pass(b, &e->net);
	e->action = PLAN_ADD;
	if (b->at < set->count && addr_equal(&set->entries[b->at].net, &e->net)) {
		e->former = &set->entries[b->at++];
		e->action = is_off(e) ? PLAN_RENEW : PLAN_KEEP;
	}
	b->plan->added += e->action == PLAN_ADD;
	b->plan->renewed += e->action == PLAN_RENEW;
	b->plan->kept += e->action == PLAN_KEEP;
}

static void compare(struct plan *plan, const struct firewall_set *set)
{
	struct beside b = { plan, set, 0 };

	plan->gone = mem_alloc(set->count, sizeof(const struct firewall_entry *));
	for (size_t i = 0; i < plan->count; i++)
		set_action(&b, &plan->entries[i]);
	pass(&b, NULL);
}

static uint32_t power_of_two(size_t least, uint32_t min, uint32_t max)
{
	uint32_t n = min;

	while (n < least && n < max)
		n *= 2;
	return n;
}

static void size(struct plan *plan, const struct firewall_set *set)
{
	bool small, slow;

	/* the kernel, too, stops to grow a hash at two entries a bucket */
	plan->hash_size = power_of_two(plan->count / 2, HASH_MIN, HASH_MAX);
	plan->max_entries = power_of_two(2 * plan->count, ENTRIES_MIN, UINT32_C(1) << 31);
	if (!set->exists)
		return;
	small = set->max_entries < plan->count;
	/* growing costs the kernel more than filling a new set of the right size */
	slow = set->hash_size < plan->hash_size / 4 && plan->added > plan->count / 2;
	plan->replace = !set->right_kind || small || slow;
}

void plan_make(struct plan *plan, const struct banlist *bans, int64_t now, const struct firewall_set *set,
	       enum firewall_family family)
{
	*plan = (struct plan){ 0 };
	collect(plan, bans, now, set, family);
	compare(plan, set);
	size(plan, set);
}

void plan_free(struct plan *plan)
{
	free(plan->entries);
	free(plan->gone);
	*plan = (struct plan){ 0 };
}
