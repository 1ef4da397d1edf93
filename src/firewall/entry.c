/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entry: one entry of a set, as the kernel writes it into a listing.
 *
 * Entries are rows of netlink attributes. Nearly all entries of a set look alike: the same attributes in the same
 * order, each as long as in the entry before. Such an entry is read by places, after comparing the head of each
 * attribute. Any other entry is read attribute by attribute. Both ways give the same. Never fails: bytes that are no
 * attributes are not read.
 */
#include "firewall/entry.h"

#include <libipset/linux_ip_set.h>

#include "firewall/attributes.h"

/* The head of an attribute, which stands in front of its value. */
#define HEAD(bytes, kind) { .nla_len = ATTRIBUTE_HEAD + (bytes), .nla_type = (kind) }
#define HEAD_NUMBER(bytes, kind) HEAD(bytes, (kind) | NLA_F_NET_BYTEORDER)

/* An IPv4 network with its time and its counters. */
struct usual {
	struct nlattr outer, inner;
	unsigned char address[4];
	struct nlattr cidr;
	unsigned char prefix[4];  /* the first byte */
	struct nlattr timeout;
	unsigned char remaining[4];
	struct nlattr bytes_head;
	unsigned char bytes[8];
	struct nlattr packets_head;
	unsigned char packets[8];
};

static uint32_t load32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

static uint64_t load64(const unsigned char *at)
{
	return (uint64_t)load32(at) << 32 | load32(at + 4);
}

static bool same_head(const struct nlattr *a, const struct nlattr *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static bool is_usual(const struct usual *u)
{
	static const struct usual model = {
		.outer = HEAD(ATTRIBUTE_HEAD + 4, IPSET_ATTR_IP | NLA_F_NESTED),
		.inner = HEAD(4, IPSET_ATTR_IPADDR_IPV4),
		.cidr = HEAD(1, IPSET_ATTR_CIDR),
		.timeout = HEAD_NUMBER(4, IPSET_ATTR_TIMEOUT),
		.bytes_head = HEAD_NUMBER(8, IPSET_ATTR_BYTES),
		.packets_head = HEAD_NUMBER(8, IPSET_ATTR_PACKETS),
	};

	return same_head(&u->outer, &model.outer) && same_head(&u->inner, &model.inner) &&
	       same_head(&u->cidr, &model.cidr) && same_head(&u->timeout, &model.timeout) &&
	       same_head(&u->bytes_head, &model.bytes_head) && same_head(&u->packets_head, &model.packets_head);
}

static void read_address(struct attributes a, struct addr *net)
{
	while (attributes_next(&a)) {
		const unsigned char *value = (const unsigned char *)a.value;

		if (a.type == IPSET_ATTR_IPADDR_IPV4 && a.len == 4) {
			net->hi = 0;
			net->lo = UINT64_C(0xffff) << 32 | load32(value);
		} else if (a.type == IPSET_ATTR_IPADDR_IPV6 && a.len == 16) {
			net->hi = load64(value);
			net->lo = load64(value + 8);
		}
	}
}

/* A prefix that is too long, which the kernel never sends, is read as that of a single address. */
static uint8_t prefix_of(unsigned base, unsigned prefix)
{
	return (uint8_t)(base + prefix < ADDR_BITS ? base + prefix : ADDR_BITS);
}

static void read_any(struct attributes a, struct firewall_entry *e, unsigned prefix_base)
{
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

void entry_read(const char *bytes, size_t len, enum firewall_family family, struct firewall_entry *e)
{
	unsigned prefix_base = family == FIREWALL_V4 ? ADDR_V4_BITS : 0;
	struct usual u;

	if (len == sizeof(u)) {
		memcpy(&u, bytes, sizeof(u));
		if (is_usual(&u)) {
			*e = (struct firewall_entry){
				.net = addr_of_v4_number(load32(u.address)), .packets = load64(u.packets),
				.bytes = load64(u.bytes), .remaining = load32(u.remaining),
			};
			e->net.prefix = prefix_of(prefix_base, u.prefix[0]);
			return;
		}
	}
	read_any((struct attributes){ .at = bytes, .end = bytes + len }, e, prefix_base);
}
