/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry: one entry of a set, as the kernel writes it into a listing.
 *
 * An entry is a row of netlink attributes, in any order. Never fails: bytes that are no attributes are not read.
 */
#include "firewall/entry.h"

#include <libipset/linux_ip_set.h>

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
