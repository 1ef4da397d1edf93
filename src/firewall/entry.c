/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry: one entry of a set, as the kernel writes it into a listing.
 *
 * An entry is a row of netlink attributes, in any order. Never fails: bytes that are no attributes are not read.
 */
#include "firewall/entry.h"

#include <libipset/linux_ip_set.h>

#include "firewall/attributes.h"

/* The prefix is an attribute of its own, which may have been read before. */
static void read_address(struct attributes a, struct addr *net)
{
	const uint8_t prefix = net->prefix;

	while (attributes_next(&a)) {
		if (a.type == IPSET_ATTR_IPADDR_IPV4 && a.len == 4)
			*net = addr_of_v4((const unsigned char *)a.value);
		else if (a.type == IPSET_ATTR_IPADDR_IPV6 && a.len == 16)
			*net = addr_of_v6((const unsigned char *)a.value);
	}
	net->prefix = prefix;
}

/* A prefix that is too long, which the kernel never sends, is read as that of a single address. */
static uint8_t prefix_of(unsigned base, unsigned prefix)
{
	return (uint8_t)(base + prefix < ADDR_BITS ? base + prefix : ADDR_BITS);
}

void entry_read(const char *bytes, size_t len, enum firewall_family family, struct firewall_entry *e)
{
	struct attributes a = { .at = bytes, .end = bytes + len };
	unsigned prefix_base = family == FIREWALL_V4 ? ADDR_V4_BITS : 0;

	*e = (struct firewall_entry){ .net.prefix = ADDR_BITS };
	while (attributes_next(&a)) {
		switch (a.type) {
		case IPSET_ATTR_IP:
			read_address(attributes_inside(&a), &e->net);
			break;
		case IPSET_ATTR_CIDR:
			e->net.prefix = prefix_of(prefix_base, (unsigned)(attributes_number(&a) & 0xff));
			break;
		case IPSET_ATTR_TIMEOUT:
			e->remaining = (uint32_t)attributes_number(&a);
			break;
		case IPSET_ATTR_BYTES:
			e->bytes = attributes_number(&a);
			break;
		case IPSET_ATTR_PACKETS:
			e->packets = attributes_number(&a);
			break;
		case IPSET_ATTR_CADT_FLAGS:
			e->exempt = (attributes_number(&a) & IPSET_FLAG_NOMATCH) != 0;
			break;
		default:
			break;
		}
	}
}
