/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entry: entries of a listing as the kernel writes them, and in any other order, length and lack. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libipset/linux_ip_set.h>
#include <libmnl/libmnl.h>

#include "firewall/listing_inside.h"
#include "random.h"

enum { BYTES = 256, PARTS = 5 };

/* One attribute of an entry, or what is inside IPSET_ATTR_IP. */
static void put(struct nlmsghdr *nlh, unsigned part, bool v6)
{
	static const unsigned char v4_bytes[4] = { 192, 0, 2, 0 }, v6_bytes[16] = { 0x20, 1, 0xd, 0xb8, [15] = 7 };
	struct nlattr *nest;
	uint32_t words[2];

	switch (part) {
	case 0:
		nest = mnl_attr_nest_start(nlh, IPSET_ATTR_IP);
		if (v6)
			mnl_attr_put(nlh, IPSET_ATTR_IPADDR_IPV6, 16, v6_bytes);
		else
			mnl_attr_put(nlh, IPSET_ATTR_IPADDR_IPV4, 4, v4_bytes);
		mnl_attr_nest_end(nlh, nest);
		break;
	case 1:
		mnl_attr_put_u8(nlh, IPSET_ATTR_CIDR, v6 ? 128 : 24);
		break;
	case 2:
		mnl_attr_put_u32(nlh, IPSET_ATTR_TIMEOUT | NLA_F_NET_BYTEORDER, htonl(0x01020304));
		break;
	case 3:
	case 4:
		words[0] = htonl(part);
		words[1] = htonl(0xfedcba98);
		mnl_attr_put(nlh, (part == 3 ? IPSET_ATTR_BYTES : IPSET_ATTR_PACKETS) | NLA_F_NET_BYTEORDER, 8, words);
		break;
	default:
		mnl_attr_put_u32(nlh, IPSET_ATTR_CADT_FLAGS | NLA_F_NET_BYTEORDER, htonl(IPSET_FLAG_NOMATCH));
	}
}

static void assert_entry(const struct firewall_entry *e, bool v6, unsigned parts)
{
	char text[ADDR_TEXT_MAX];

	addr_format(text, &e->net);
	if (parts & 1)
		assert_string_equal(text, v6 ? "2001:db8::7" : parts & 2 ? "192.0.2.0/24" : "192.0.2.0");
	assert_int_equal(e->remaining, parts & 4 ? 0x01020304 : 0);
	assert_int_equal(e->bytes, parts & 8 ? UINT64_C(0x3fedcba98) : 0);
	assert_int_equal(e->packets, parts & 16 ? UINT64_C(0x4fedcba98) : 0);
	assert_int_equal(e->exempt, (parts & 32) != 0);
}

/* In the kernel's order first, then turned round; with all attributes, and without each of them. */
static void any_row_of_attributes_is_read(void **state)
{
	(void)state;
	for (unsigned parts = 0; parts < 64; parts++) {
		for (unsigned way = 0; way < 4; way++) {
			char bytes[BYTES];
			struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);
			struct firewall_entry e;
			bool v6 = way >= 2;

			for (unsigned i = 0; i <= PARTS; i++) {
				unsigned part = way % 2 == 0 ? i : PARTS - i;

				if (parts >> part & 1)
					put(nlh, part, v6);
			}
			memset(&e, 0xaa, sizeof(e));
			entry_read(mnl_nlmsg_get_payload(nlh), mnl_nlmsg_get_payload_len(nlh), v6 ? FIREWALL_V6 : FIREWALL_V4,
				   &e);
			assert_entry(&e, v6, parts);
		}
	}
}

/* Whatever the bytes are, nothing behind them is read: the sanitizers see to that. */
static void damaged_bytes_are_no_danger(void **state)
{
	uint64_t random = random_begin(random_seed());

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		char bytes[BYTES], *exact;
		struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);
		struct firewall_entry e;
		size_t len;

		for (unsigned part = 0; part < PARTS; part++)
			put(nlh, part, false);
		len = mnl_nlmsg_get_payload_len(nlh);
		len -= round % 4 == 0 ? random_below(&random, len) : 0;
		exact = malloc(len);
		memcpy(exact, mnl_nlmsg_get_payload(nlh), len);
		for (unsigned i = 0; i < round % 3; i++) {
			size_t at = random_below(&random, len);

			exact[at] = (char)random_below(&random, 256);
		}
		entry_read(exact, len, FIREWALL_V4, &e);
		assert_true(e.net.prefix >= ADDR_V4_BITS && e.net.prefix <= ADDR_BITS);
		free(exact);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_row_of_attributes_is_read),
		cmocka_unit_test(damaged_bytes_are_no_danger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
