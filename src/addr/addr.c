/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * addr: one address or network.
 *
 * IPv4 lives in the mapped range of IPv6, so that masks, order and containment are written once. Only texts differ.
 * Nothing here allocates or resolves names; a function fails only by saying false.
 */
#include "addr/addr.h"

#include <arpa/inet.h>
#include <string.h>

/* Four decimal numbers with dots between them. Hand-made, since it runs once a matched line. */
static bool parse_v4(uint32_t *value, const char *text, size_t len)
{
	const char *at = text, *end = text + len;
	uint32_t all = 0;

	for (unsigned i = 0; i < 4; i++) {
		const char *first = at;
		unsigned number = 0, digit;

		for (; at < end && (digit = (unsigned char)*at - (unsigned)'0') <= 9 && number <= 255; at++)
			number = number * 10 + digit;
		if (at == first || number > 255 || (*first == '0' && at - first > 1))
			return false;
		all = all << 8 | number;
		if (i < 3 && (at == end || *at++ != '.'))
			return false;
	}
	*value = all;
	return at == end;
}

static uint64_t load_be64(const unsigned char *bytes)
{
	uint64_t value = 0;

	for (unsigned i = 0; i < 8; i++)
		value = value << 8 | bytes[i];
	return value;
}

static void store_be64(unsigned char *bytes, uint64_t value)
{
	for (unsigned i = 0; i < 8; i++)
		bytes[i] = (unsigned char)(value >> (56 - 8 * i));
}

struct addr addr_of_v4(const unsigned char bytes[4])
{
	return addr_of_v4_number((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
				 bytes[3]);
}

struct addr addr_of_v6(const unsigned char bytes[16])
{
	return (struct addr){ load_be64(bytes), load_be64(bytes + 8), ADDR_BITS };
}

static bool parse_v6(struct addr *a, const char *text, size_t len)
{
	char copy[INET6_ADDRSTRLEN];
	unsigned char bytes[16];

	if (len < 2 || len >= sizeof(copy) || memchr(text, '\0', len) != NULL)
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (inet_pton(AF_INET6, copy, bytes) != 1)
		return false;
	*a = addr_of_v6(bytes);
	return true;
}

bool addr_parse(struct addr *a, const char *text, size_t len)
{
	uint32_t v4;

	if (parse_v4(&v4, text, len)) {
		*a = addr_of_v4_number(v4);
		return true;
	}
	return parse_v6(a, text, len);
}

/* A number without a zero ahead. */
static bool parse_prefix(uint64_t *value, struct span text)
{
	return (text.len == 1 || !span_starts(text, "0")) && span_decimal(text, ADDR_BITS, value);
}

bool addr_parse_net(struct addr *a, const char *text, size_t len)
{
	const char *slash = memchr(text, '/', len);
	size_t address_len = slash != NULL ? (size_t)(slash - text) : len;
	bool written_as_v4;
	uint64_t prefix;
	struct addr net;

	if (!addr_parse(a, text, address_len))
		return false;
	if (slash == NULL)
		return true;
	/* ::ffff:192.0.2.0/120 is the IPv4 network 192.0.2.0/24 */
	written_as_v4 = memchr(text, ':', address_len) == NULL;
	if (!parse_prefix(&prefix, (struct span){ slash + 1, len - address_len - 1 }) ||
	    (written_as_v4 && prefix > 32))
		return false;
	if (written_as_v4)
		prefix += ADDR_V4_BITS;
	net = addr_network(a, (uint8_t)prefix);
	if (net.hi != a->hi || net.lo != a->lo)
		return false;
	*a = net;
	return true;
}

/* A number below 1000 without leading zeros. Returns the digits. */
static size_t put_number(char *at, unsigned number)
{
	size_t len = 0;

	if (number >= 100)
		at[len++] = (char)('0' + number / 100);
	if (number >= 10)
		at[len++] = (char)('0' + number / 10 % 10);
	at[len++] = (char)('0' + number % 10);
	return len;
}

/* Hand-made as parse_v4() is: a run formats a million addresses of a long list. */
static size_t format_v4(char *text, uint32_t value)
{
	size_t len = 0;

	for (unsigned shift = 32; shift > 0;) {
		shift -= 8;
		len += put_number(text + len, value >> shift & 0xff);
		text[len++] = '.';
	}
	return len - 1;
}

static size_t format_v6(char *text, const struct addr *a)
{
	unsigned char bytes[16];

	store_be64(bytes, a->hi);
	store_be64(bytes + 8, a->lo);
	inet_ntop(AF_INET6, bytes, text, ADDR_TEXT_MAX);
	return strlen(text);
}

size_t addr_format(char text[ADDR_TEXT_MAX], const struct addr *a)
{
	size_t len = addr_is_v4(a) ? format_v4(text, (uint32_t)a->lo) : format_v6(text, a);

	if (a->prefix < ADDR_BITS) {
		text[len++] = '/';
		len += put_number(text + len, addr_text_prefix(a));
	}
	text[len] = '\0';
	return len;
}

struct addr_text addr_text(const struct addr *a)
{
	struct addr_text text = { 0 };

	(void)addr_format(text.text, a);
	return text;
}

void addr_add_to(struct buf *b, const struct addr *a)
{
	b->len += addr_format(buf_room(b, ADDR_TEXT_MAX), a);
}

int addr_compare(const struct addr *a, const struct addr *b)
{
	if (addr_is_v4(a) != addr_is_v4(b))
		return addr_is_v4(a) ? -1 : 1;
	if (a->hi != b->hi)
		return a->hi < b->hi ? -1 : 1;
	if (a->lo != b->lo)
		return a->lo < b->lo ? -1 : 1;
	return (int)a->prefix - (int)b->prefix;
}

static uint64_t mask_of(unsigned bits)
{
	return bits == 0 ? 0 : ~UINT64_C(0) << (64 - bits);
}

struct addr addr_network(const struct addr *a, uint8_t prefix)
{
	struct addr net = *a;

	if (prefix < a->prefix) {
		net.prefix = prefix;
		net.hi &= mask_of(prefix >= 64 ? 64 : prefix);
		net.lo &= mask_of(prefix <= 64 ? 0 : prefix - 64U);
	}
	return net;
}

bool addr_contains(const struct addr *net, const struct addr *a)
{
	if (a->prefix < net->prefix || addr_is_v4(a) != addr_is_v4(net))
		return false;
	return ((a->hi ^ net->hi) & mask_of(net->prefix >= 64 ? 64 : net->prefix)) == 0 &&
	       ((a->lo ^ net->lo) & mask_of(net->prefix <= 64 ? 0 : net->prefix - 64U)) == 0;
}

unsigned addr_text_prefix(const struct addr *a)
{
	return addr_is_v4(a) ? a->prefix - (unsigned)ADDR_V4_BITS : a->prefix;
}
