/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nftables_read: what the sets of nftables hold, and how many rules use them.
 *
 * Read as the kernel sends it. libnftables makes text or JSON of it, which took 1.5 s for 100,000 entries where this
 * takes a fifth of a second, and 2 GB for a million. The kernel finds each next piece of a listing by counting from the
 * beginning, so that the time grows with the square of the number of entries. While it makes a hash larger, entries
 * change their places: a listing then has some twice, and lacks as many others. An interval is two elements, of which
 * the second marks its end; one that reaches to the last address has no end.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"
#include "firewall/backend.h"
#include "firewall/listing.h"
#include "firewall/netlink.h"
#include "firewall/nftables_inside.h"

enum { TRIES = 20, QUESTION_BYTES = 256, MS = 1000 };

struct reading {
	struct firewall_set *set;
	enum firewall_family family;
	const struct nftables_part *part;
	bool there, right;              /* the part: it exists, it is as it should be */
	size_t capacity;
	struct addr *ends;              /* of intervals: the first address behind each */
	size_t end_count, end_capacity;
	uint32_t references[NFTABLES_PARTS];
};

static void take_set(const struct nlmsghdr *nlh, void *owner)
{
	struct attributes a = netlink_attributes(nlh);
	struct reading *r = owner;
	uint64_t flags = 0, bytes = 0;
	bool counters = false;

	while (attributes_next(&a)) {
		if (a.type == NFTA_SET_FLAGS)
			flags = attributes_number(&a);
		else if (a.type == NFTA_SET_KEY_LEN)
			bytes = attributes_number(&a);
		else if (a.type == NFTA_SET_EXPR)
			counters = true;
	}
	r->there = true;
	r->right = counters && bytes == nftables_key_bytes(r->family) && (flags & NFT_SET_TIMEOUT) != 0 &&
		   (flags & NFT_SET_MAP) == 0 && ((flags & NFT_SET_INTERVAL) != 0) == (r->part->prefix == 0);
}

static void read_key(struct attributes key, struct addr *net)
{
	if (!attributes_find(&key, NFTA_DATA_VALUE))
		return;
	if (key.len == 4)
		*net = addr_of_v4((const unsigned char *)key.value);
	else if (key.len == 16)
		*net = addr_of_v6((const unsigned char *)key.value);
}

static void read_counters(struct attributes expression, struct firewall_entry *e)
{
	struct attributes a;

	if (!attributes_find(&expression, NFTA_EXPR_DATA))
		return;
	for (a = attributes_inside(&expression); attributes_next(&a);) {
		if (a.type == NFTA_COUNTER_BYTES)
			e->bytes = attributes_number(&a);
		else if (a.type == NFTA_COUNTER_PACKETS)
			e->packets = attributes_number(&a);
	}
}

/* Returns whether the element is the end of an interval. */
static bool read_element(struct attributes a, struct firewall_entry *e)
{
	uint64_t flags = 0;

	*e = (struct firewall_entry){ .net.prefix = ADDR_BITS };
	while (attributes_next(&a)) {
		if (a.type == NFTA_SET_ELEM_KEY)
			read_key(attributes_inside(&a), &e->net);
		else if (a.type == NFTA_SET_ELEM_EXPIRATION)
			e->remaining = (uint32_t)((attributes_number(&a) + MS - 1) / MS);
		else if (a.type == NFTA_SET_ELEM_EXPR)
			read_counters(attributes_inside(&a), e);
		else if (a.type == NFTA_SET_ELEM_FLAGS)
			flags = attributes_number(&a);
	}
	return (flags & NFT_SET_ELEM_INTERVAL_END) != 0;
}

/* Makes an address the network that it begins; false where it begins none: a person's, which no rule asks for. */
static bool shorten(struct addr *net, unsigned prefix)
{
	struct addr whole = addr_network(net, (uint8_t)prefix);
	bool begins = whole.hi == net->hi && whole.lo == net->lo;

	*net = whole;
	return begins;
}

static void take_element(struct reading *r, struct attributes element)
{
	struct firewall_set *set = r->set;
	struct firewall_entry e;

	if (read_element(element, &e)) {
		r->ends = mem_grow(r->ends, &r->end_capacity, r->end_count + 1, sizeof(*r->ends));
		r->ends[r->end_count++] = e.net;
		return;
	}
	if (r->part->prefix != 0 && !shorten(&e.net, r->part->prefix))
		return;
	set->entries = mem_grow(set->entries, &r->capacity, set->count + 1, sizeof(*set->entries));
	set->entries[set->count++] = e;
}

/* Hands on what is inside each attribute of the list that a message has. */
static void take_list(const struct nlmsghdr *nlh, unsigned type, struct reading *r,
		      void (*take)(struct reading *r, struct attributes inside))
{
	struct attributes a = netlink_attributes(nlh), list;

	if (!attributes_find(&a, type))
		return;
	for (list = attributes_inside(&a); attributes_next(&list);)
		take(r, attributes_inside(&list));
}

static void take_elements(const struct nlmsghdr *nlh, void *owner)
{
	take_list(nlh, NFTA_SET_ELEM_LIST_ELEMENTS, owner, take_element);
}

static unsigned leading_zeros(uint64_t word)
{
	return word == 0 ? 64 : (unsigned)__builtin_clzll(word);
}

/* Makes the single address that begins an interval the network that ends where last is; false where that is none. */
static bool widen(struct addr *net, const struct addr *last)
{
	unsigned same = leading_zeros(net->hi ^ last->hi);
	struct addr whole, end;

	if (same == 64)
		same += leading_zeros(net->lo ^ last->lo);
	whole = addr_network(net, (uint8_t)same);
	end = addr_last(&whole);
	if (whole.hi != net->hi || whole.lo != net->lo || end.hi != last->hi || end.lo != last->lo)
		return false;
	*net = whole;
	return true;
}

static int by_address(const void *a, const void *b)
{
	return addr_compare(a, b);
}

static bool is_not_behind(const void *end, const void *start)
{
	return addr_compare(end, start) <= 0;
}

/* The last address of the interval that begins at start: in front of the next end. */
static struct addr last_of(const struct reading *r, const struct addr *start)
{
	struct addr last = { r->family == FIREWALL_V4 ? 0 : UINT64_MAX,
			     r->family == FIREWALL_V4 ? UINT64_C(0xffffffffffff) : UINT64_MAX, ADDR_BITS };
	size_t low = search_first(r->ends, r->end_count, sizeof(*r->ends), is_not_behind, start);

	if (low == r->end_count)
		return last;
	last = r->ends[low];
	last.hi -= last.lo == 0;
	last.lo--;
	return last;
}

/* Makes networks of the entries from there on; what is none was put there by a person, and is left alone. */
static void pair(struct reading *r, size_t from)
{
	struct firewall_set *set = r->set;
	size_t kept = from;

	if (r->end_count > 0)
		qsort(r->ends, r->end_count, sizeof(*r->ends), by_address);
	for (size_t i = from; i < set->count; i++) {
		struct firewall_entry e = set->entries[i];
		struct addr last = last_of(r, &e.net);

		if (widen(&e.net, &last))
			set->entries[kept++] = e;
	}
	set->count = kept;
}

static int ask(struct reading *r, unsigned command, unsigned flags, unsigned type, const char *name,
	       netlink_taker *take)
{
	char bytes[QUESTION_BYTES];
	struct nlmsghdr *nlh = netlink_begin(bytes, NFNL_SUBSYS_NFTABLES, command, flags, NFPROTO_INET);

	/* the table comes first in the messages of sets, of elements and of rules */
	mnl_attr_put_strz(nlh, NFTA_SET_TABLE, NFTABLES_TABLE);
	if (name != NULL)
		mnl_attr_put_strz(nlh, (uint16_t)type, name);
	return netlink_ask(nlh, take, r);
}

static int read_part(struct reading *r)
{
	size_t from = r->set->count;
	char name[NFTABLES_NAME];
	int ret;

	nftables_name(name, r->set, r->part);
	r->there = false;
	r->end_count = 0;
	ret = ask(r, NFT_MSG_GETSET, NLM_F_ACK, NFTA_SET_NAME, name, take_set);
	if (ret == 0 && r->right)
		ret = ask(r, NFT_MSG_GETSETELEM, NLM_F_ACK | NLM_F_DUMP, NFTA_SET_ELEM_LIST_SET, name, take_elements);
	if (ret == 0 && r->part->prefix == 0)
		pair(r, from);
	r->set->exists = r->set->exists && r->there;
	r->set->right_kind = r->set->right_kind && (r->right || !r->there);
	return ret == -ENOENT ? 0 : ret;
}

/* Counts a rule's lookup for the part that it names. */
static void count_lookup(struct reading *r, struct attributes lookup)
{
	size_t count;
	const struct nftables_part *parts = nftables_parts(r->family, &count);

	if (!attributes_find(&lookup, NFTA_LOOKUP_SET))
		return;
	for (size_t i = 0; i < count; i++) {
		char name[NFTABLES_NAME];

		nftables_name(name, r->set, &parts[i]);
		if (strlen(name) + 1 == lookup.len && memcmp(name, lookup.value, lookup.len) == 0)
			r->references[i]++;
	}
}

static void take_expression(struct reading *r, struct attributes expression)
{
	struct attributes name = expression;

	if (attributes_find(&name, NFTA_EXPR_NAME) && name.len == sizeof("lookup") &&
	    memcmp(name.value, "lookup", name.len) == 0 && attributes_find(&expression, NFTA_EXPR_DATA))
		count_lookup(r, attributes_inside(&expression));
}

static void take_rule(const struct nlmsghdr *nlh, void *owner)
{
	take_list(nlh, NFTA_RULE_EXPRESSIONS, owner, take_expression);
}

static int read_parts(struct reading *r)
{
	size_t count;
	const struct nftables_part *parts = nftables_parts(r->family, &count);
	int ret = ask(r, NFT_MSG_GETRULE, NLM_F_ACK | NLM_F_DUMP, 0, NULL, take_rule);

	if (ret == -ENOENT)
		ret = 0;
	r->set->exists = true;
	r->set->right_kind = true;
	r->set->references = UINT32_MAX;
	for (size_t i = 0; i < count && ret == 0; i++) {
		r->part = &parts[i];
		ret = read_part(r);
		if (r->references[i] < r->set->references)
			r->set->references = r->references[i];
	}
	return ret;
}

static bool has_twice(const struct firewall_set *set)
{
	for (size_t i = 1; i < set->count; i++) {
		if (addr_compare(&set->entries[i - 1].net, &set->entries[i].net) == 0)
			return true;
	}
	return false;
}

static int read_once(struct reading *r)
{
	int ret;

	r->set->count = 0;
	memset(r->references, 0, sizeof(r->references));
	ret = read_parts(r);
	if (ret == 0 && r->set->count > 0)
		listing_sort(r->set);
	/* the sorted entries have no room behind them */
	r->capacity = r->set->count;
	return ret == 0 && has_twice(r->set) ? -EINTR : ret;
}

int nftables_read(struct firewall_set *set, enum firewall_family family, struct buf *error)
{
	struct reading r = { .set = set, .family = family };
	int ret = -EINTR;

	/* whoever changes any rule of this host meanwhile makes it begin anew, as a hash that becomes larger does */
	for (unsigned i = 0; i < TRIES && ret == -EINTR; i++)
		ret = read_once(&r);
	free(r.ends);
	/* neither is bounded */
	set->max_entries = UINT32_MAX;
	set->hash_size = UINT32_MAX;
	set->flat = true;
	memcpy(set->type, "nftables", sizeof("nftables"));
	if (ret < 0)
		return listing_explain(set->name, ret, "nf_tables", "nft list table inet", NFTABLES_TABLE, error);
	return 0;
}
