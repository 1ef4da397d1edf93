/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_ADDR_ADDR_H
#define MAILBAN_ADDR_ADDR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* One address or network: the 128 bits in host order and a prefix length in bits. IPv4 is mapped
 * (::ffff:a.b.c.d, RFC 4291 2.5.5.2), so that one algorithm serves both families: an IPv4 /24 has prefix
 * 120. Bits behind the prefix are zero. A single address has prefix 128. */
struct addr {
	uint64_t hi, lo;
	uint8_t prefix;
};

enum {
	ADDR_BITS = 128,
	ADDR_V4_BITS = 96,    /* what an IPv4 prefix is more in the mapped form */
	ADDR_TEXT_MAX = 52,   /* the longest text with prefix and NUL */
};

static inline bool addr_is_v4(const struct addr *a)
{
	return a->hi == 0 && (a->lo >> 32) == 0xffff && a->prefix >= ADDR_V4_BITS;
}

/* Text to address: exactly a numeric IPv4 (four decimal numbers, as inet_pton(3) takes them) or IPv6
 * address, nothing before or behind. ::ffff:a.b.c.d is that IPv4 address. False where it is none. */
bool addr_parse(struct addr *a, const char *text, size_t len);

/* The same with an optional /prefix; false too where bits behind the prefix are set. */
bool addr_parse_net(struct addr *a, const char *text, size_t len);

/* The IPv4 address that is this number, 192.0.2.1 being 0xc0000201. */
static inline struct addr addr_of_v4_number(uint32_t number)
{
	return (struct addr){ 0, UINT64_C(0xffff) << 32 | number, ADDR_BITS };
}

/* The address that 4 or 16 bytes in network order are, as sockaddrs and the kernel hold them. */
struct addr addr_of_v4(const unsigned char bytes[4]);
struct addr addr_of_v6(const unsigned char bytes[16]);

/* Canonical text (RFC 5952), with /prefix where it is a network, NUL-terminated. Returns its length. */
size_t addr_format(char text[ADDR_TEXT_MAX], const struct addr *a);
void addr_add_to(struct buf *b, const struct addr *a);

/* The same by value: addr_text(&net).text lives to the end of the expression in which it is asked for. */
struct addr_text {
	char text[ADDR_TEXT_MAX];
};
struct addr_text addr_text(const struct addr *a);

/* The order of every list: IPv4 before IPv6, then by number, then the wider network first. <0, 0, >0. */
int addr_compare(const struct addr *a, const struct addr *b);

static inline bool addr_equal(const struct addr *a, const struct addr *b)
{
	return a->hi == b->hi && a->lo == b->lo && a->prefix == b->prefix;
}

/* The network of that prefix length (of the 128 bits) around a. */
struct addr addr_network(const struct addr *a, uint8_t prefix);

/* Whether all of a lies in net; true too where they are equal. */
bool addr_contains(const struct addr *net, const struct addr *a);

/* Whether one of two networks contains the other: they have addresses in common in no other way. */
static inline bool addr_overlaps(const struct addr *a, const struct addr *b)
{
	return addr_contains(a, b) || addr_contains(b, a);
}

/* The prefix length as people write it: 0..32 for IPv4, 0..128 for IPv6. */
unsigned addr_text_prefix(const struct addr *a);

#endif
