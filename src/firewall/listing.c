/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listing: reads the entries that the kernel holds in one set.
 *
 * libipset hands a listing out as text only. To make and read that text takes longer than the kernel takes for the
 * listing. So this file asks for the dump through libmnl and reads the kernel's own form. A daily run reads 100,000
 * entries with their counters in little more than the kernel's time. Nothing here changes anything, prints, or knows
 * the blacklist. Every attribute's length is checked, although the kernel is trusted. Errors are -errno as the kernel
 * gave them.
 */
#include "firewall/listing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libipset/linux_ip_set.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "addr/order.h"
#include "base/mem.h"
#include "firewall/listing_inside.h"
#include "firewall/netlink.h"

/* The prefix is an attribute of its own, which may have been read before. */
static void read_address(const struct nlattr *inside, struct addr *net)
{
	const uint8_t prefix = net->prefix;
	const struct nlattr *a;

	NETLINK_FOR_EACH_INSIDE(a, inside) {
		unsigned type = mnl_attr_get_type(a), len = mnl_attr_get_payload_len(a);

		if (type == IPSET_ATTR_IPADDR_IPV4 && len == 4)
			*net = addr_of_v4(mnl_attr_get_payload(a));
		else if (type == IPSET_ATTR_IPADDR_IPV6 && len == 16)
			*net = addr_of_v6(mnl_attr_get_payload(a));
	}
	net->prefix = prefix;
}

/* A prefix that is too long, which the kernel never sends, is read as that of a single address. */
static uint8_t prefix_of(unsigned base, unsigned prefix)
{
	return (uint8_t)(base + prefix < ADDR_BITS ? base + prefix : ADDR_BITS);
}

void entry_read(const void *bytes, size_t len, enum firewall_family family, struct firewall_entry *e)
{
	unsigned prefix_base = family == FIREWALL_V4 ? ADDR_V4_BITS : 0;
	const struct nlattr *attr;

	*e = (struct firewall_entry){ .net.prefix = ADDR_BITS };
	NETLINK_FOR_EACH(attr, bytes, len) {
		switch (mnl_attr_get_type(attr)) {
		case IPSET_ATTR_IP:
			read_address(attr, &e->net);
			break;
		case IPSET_ATTR_CIDR:
			e->net.prefix = prefix_of(prefix_base, (unsigned)(netlink_number(attr) & 0xff));
			break;
		case IPSET_ATTR_TIMEOUT:
			e->remaining = (uint32_t)netlink_number(attr);
			break;
		case IPSET_ATTR_BYTES:
			e->bytes = netlink_number(attr);
			break;
		case IPSET_ATTR_PACKETS:
			e->packets = netlink_number(attr);
			break;
		case IPSET_ATTR_CADT_FLAGS:
			e->exempt = (netlink_number(attr) & IPSET_FLAG_NOMATCH) != 0;
			break;
		default:
			break;
		}
	}
}

static void read_entries(const struct nlattr *list, struct firewall_set *set, enum firewall_family family,
			 size_t *capacity)
{
	const struct nlattr *a;

	NETLINK_FOR_EACH_INSIDE(a, list) {
		if (mnl_attr_get_type(a) != IPSET_ATTR_DATA)
			continue;
		if (set->count == *capacity)
			set->entries = mem_grow(set->entries, capacity, set->count + 1, sizeof(*set->entries));
		entry_read(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a), family, &set->entries[set->count++]);
	}
}

static void read_header(const struct nlattr *header, struct firewall_set *set, struct listing_kind *kind)
{
	const struct nlattr *a;

	NETLINK_FOR_EACH_INSIDE(a, header) {
		unsigned type = mnl_attr_get_type(a);

		if (type == IPSET_ATTR_HASHSIZE)
			set->hash_size = (uint32_t)netlink_number(a);
		else if (type == IPSET_ATTR_MAXELEM)
			set->max_entries = (uint32_t)netlink_number(a);
		else if (type == IPSET_ATTR_REFERENCES)
			set->references = (uint32_t)netlink_number(a);
		else if (type == IPSET_ATTR_TIMEOUT)
			kind->timeout = true;
		else if (type == IPSET_ATTR_CADT_FLAGS)
			kind->counters = (netlink_number(a) & IPSET_FLAG_WITH_COUNTERS) != 0;
	}
}

static void read_type(const struct nlattr *a, struct firewall_set *set, struct listing_kind *kind)
{
	const char *name = mnl_attr_get_payload(a);
	size_t len = strnlen(name, mnl_attr_get_payload_len(a));

	if (len >= sizeof(set->type))
		len = sizeof(set->type) - 1;
	memcpy(set->type, name, len);
	set->type[len] = '\0';
	kind->type = strcmp(set->type, "hash:net") == 0;
}

/* Reads one message of the dump. The first message carries the header; entries come only behind it. */
static void read_message(const struct nlmsghdr *nlh, void *owner)
{
	struct listing *r = owner;
	const struct nlattr *a;

	r->set->exists = true;
	NETLINK_FOR_EACH_OF(a, nlh) {
		switch (mnl_attr_get_type(a)) {
		case IPSET_ATTR_TYPENAME:
			read_type(a, r->set, &r->kind);
			break;
		case IPSET_ATTR_FAMILY:
			r->kind.family = netlink_number(a) == (r->family == FIREWALL_V4 ? AF_INET : AF_INET6);
			break;
		case IPSET_ATTR_DATA:
			read_header(a, r->set, &r->kind);
			break;
		case IPSET_ATTR_ADT:
			if (r->set->right_kind)
				read_entries(a, r->set, r->family, &r->capacity);
			break;
		default:
			break;
		}
		r->set->right_kind = r->kind.type && r->kind.family && r->kind.timeout && r->kind.counters;
	}
}

int listing_take(const char *bytes, size_t len, struct listing *r)
{
	return netlink_take(bytes, len, read_message, r);
}

int listing_read(struct firewall_set *set, enum firewall_family family, bool header_only)
{
	struct listing r = { .set = set, .family = family };
	char bytes[256];
	struct nlmsghdr *nlh =
		netlink_begin(bytes, NFNL_SUBSYS_IPSET, IPSET_CMD_LIST, NLM_F_ACK | NLM_F_DUMP, AF_INET);
	int ret;

	/* every kernel speaks the oldest protocol, and it lists as the newest does */
	mnl_attr_put_u8(nlh, IPSET_ATTR_PROTOCOL, IPSET_PROTOCOL_MIN);
	mnl_attr_put_strz(nlh, IPSET_ATTR_SETNAME, set->name);
	if (header_only)
		mnl_attr_put_u32(nlh, IPSET_ATTR_FLAGS | NLA_F_NET_BYTEORDER, htonl(IPSET_FLAG_LIST_HEADER));
	ret = netlink_ask(nlh, read_message, &r);
	if (ret == -ENOENT && !set->exists)
		ret = 0;
	/* the kernel sends entries in the order of its hash table */
	if (ret == 0)
		addr_sort(set->entries, sizeof(*set->entries), set->count);
	return ret;
}

int listing_explain(const char *name, int error, const char *needs, const char *command, const char *what,
		    struct buf *out)
{
	switch (error) {
	case -EPERM:
	case -EACCES:
		buf_addf(out, "no permission for the kernel set %s; run as root or with CAP_NET_ADMIN", name);
		return -EPERM;
	case -EINVAL:
	case -EOPNOTSUPP:
	case -EPROTONOSUPPORT:
	case -EAFNOSUPPORT:
		/* the errors of netlink and socket(2) where the kernel lacks the module */
		buf_addf(out, "this kernel has no support for sets, so %s cannot be read; it needs %s", name, needs);
		return -EPROTONOSUPPORT;
	default:
		buf_addf(out, "the kernel set %s could not be read: %s; try: %s %s", name,
			 error > -IPSET_ERR_PRIVATE ? strerror(-error) : "refused", command, what);
		return error;
	}
}
