/* SPDX-License-Identifier: GPL-2.0-or-later */
/* addr: what is an address and what is not, the canonical text, order and containment. */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "addr/addr.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static struct addr net(const char *text)
{
	struct addr a;

	if (!addr_parse_net(&a, text, strlen(text)))
		fail_msg("\"%s\" was not taken for a network", text);
	return a;
}

static void texts_become_canonical(void **state)
{
	static const struct {
		const char *from, *to;
	} table[] = {
		{ "0.0.0.0", "0.0.0.0" },
		{ "255.255.255.255", "255.255.255.255" },
		{ "192.0.2.10", "192.0.2.10" },
		{ "192.0.2.0/24", "192.0.2.0/24" },
		{ "192.0.2.7/32", "192.0.2.7" },
		{ "0.0.0.0/0", "0.0.0.0/0" },
		{ "::ffff:192.0.2.7", "192.0.2.7" },
		{ "::FFFF:C000:0207", "192.0.2.7" },
		{ "::ffff:192.0.2.0/120", "192.0.2.0/24" },
		{ "::ffff:0:0/96", "0.0.0.0/0" },
		{ "2001:DB8:0:0:0:0:0:1", "2001:db8::1" },
		{ "2001:db8:0:1:0:0:0:1", "2001:db8:0:1::1" },
		{ "2001:db8::/32", "2001:db8::/32" },
		{ "2001:db8::1/128", "2001:db8::1" },
		{ "::/0", "::/0" },
		{ "::1", "::1" },
		{ "fe80::/10", "fe80::/10" },
		{ "2001:db8:1:2:3:4:5:6", "2001:db8:1:2:3:4:5:6" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		char text[ADDR_TEXT_MAX];
		struct addr a = net(table[i].from);

		assert_int_equal(addr_format(text, &a), strlen(table[i].to));
		assert_string_equal(text, table[i].to);
	}
}

static void what_is_no_address_is_refused(void **state)
{
	static const char *const bad[] = {
		"", ".", "1", "1.2.3", "1.2.3.4.5", "1.2.3.", ".1.2.3", "1..2.3", "1.2.3.256", "1.2.3.1000", "01.2.3.4",
		"1.2.3.00", " 1.2.3.4", "1.2.3.4 ", "1.2.3.4\n", "0x1.2.3.4", "1.2.3.-4", "a.b.c.d", ":", ":::", "1:2",
		"2001:db8::1::2", "2001:db8::g", "fe80::1%eth0", "[2001:db8::1]", "::ffff:1.2.3.256", "12345::",
		"1:2:3:4:5:6:7:8:9", "example.com", "1.2.3.4/", "1.2.3.4/33", "1.2.3.4/-1", "1.2.3.4/08", "1.2.3.4/ 8",
		"1.2.3.4/24", "192.0.2.1/31", "2001:db8::/129", "2001:db8::1/64", "2001:db8::/1000", "/24", "1.2.3.4/24/24",
		"::ffff:192.0.2.1/120", "192.0.2.0/120",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bad); i++) {
		struct addr a;

		if (addr_parse_net(&a, bad[i], strlen(bad[i])))
			fail_msg("\"%s\" was taken for a network", bad[i]);
	}
	{
		struct addr a;

		assert_false(addr_parse(&a, "192.0.2.0/24", 12));
		assert_false(addr_parse(&a, "192.0.2.7\0", 10));
		assert_false(addr_parse(&a, "::1\0", 4));
		assert_true(addr_parse(&a, "192.0.2.77", 9));
	}
}

/* Every text of the right length that inet_pton(3) knows is known, and no other. */
static void ipv4_agrees_with_libc(void **state)
{
	static const char letters[] = "0129.";
	char text[16];

	(void)state;
	for (unsigned n = 0; n < 1953125; n++) { /* 5 letters in 9 places: 1.2.3.4 up to 29.0.1.99 and much else */
		struct in_addr libc;
		struct addr a;
		unsigned rest = n;

		for (unsigned i = 0; i < 9; i++) {
			text[i] = letters[rest % 5];
			rest /= 5;
		}
		text[9] = '\0';
		if (addr_parse(&a, text, 9) != (inet_pton(AF_INET, text, &libc) == 1))
			fail_msg("\"%s\": not as inet_pton(3) has it", text);
		if (addr_parse(&a, text, 9) && (uint32_t)a.lo != ntohl(libc.s_addr))
			fail_msg("\"%s\" became another number", text);
	}
}

static void order_is_ipv4_then_number_then_width(void **state)
{
	static const char *const sorted[] = { "0.0.0.0/0", "0.0.0.0", "9.255.0.0", "10.0.0.0/8", "10.0.0.0", "192.0.2.7",
					      "255.255.255.255", "::/0", "::", "::1", "2001:db8::/32", "2001:db8::/48",
					      "2001:db8::", "2001:db8::1", "ffff::" };

	(void)state;
	for (size_t i = 0; i < COUNT(sorted); i++) {
		for (size_t j = 0; j < COUNT(sorted); j++) {
			struct addr a = net(sorted[i]), b = net(sorted[j]);
			int order = addr_compare(&a, &b);

			assert_int_equal(order < 0 ? -1 : order > 0, i < j ? -1 : i > j);
			assert_int_equal(addr_equal(&a, &b), i == j);
		}
	}
}

static void networks_contain(void **state)
{
	static const struct {
		const char *net, *a;
		bool contains;
	} table[] = {
		{ "192.0.2.0/24", "192.0.2.0", true },        { "192.0.2.0/24", "192.0.2.255", true },
		{ "192.0.2.0/24", "192.0.3.0", false },       { "192.0.2.0/24", "192.0.1.255", false },
		{ "192.0.2.0/24", "192.0.2.128/25", true },   { "192.0.2.128/25", "192.0.2.0/24", false },
		{ "192.0.2.0/24", "192.0.2.0/24", true },     { "192.0.2.7", "192.0.2.7", true },
		{ "0.0.0.0/0", "255.255.255.255", true },     { "0.0.0.0/0", "2001:db8::1", false },
		{ "::/0", "2001:db8::1", true },              { "::/0", "192.0.2.7", false },
		{ "2001:db8::/64", "2001:db8::ffff", true },  { "2001:db8::/64", "2001:db8:0:1::", false },
		{ "2001:db8::/65", "2001:db8::8000:0:0:0", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct addr n = net(table[i].net), a = net(table[i].a);

		if (addr_contains(&n, &a) != table[i].contains)
			fail_msg("%s and %s", table[i].net, table[i].a);
	}
}

static void networks_around_and_their_last_address(void **state)
{
	static const struct {
		const char *a;
		uint8_t prefix; /* of the 128 bits */
		const char *net;
	} table[] = {
		{ "192.0.2.77", 120, "192.0.2.0/24" },
		{ "192.0.2.77", 96, "0.0.0.0/0" },
		{ "192.0.2.77", 128, "192.0.2.77" },
		{ "2001:db8:1:2:3:4:5:6", 64, "2001:db8:1:2::/64" },
		{ "2001:db8:1:2:3:4:5:6", 48, "2001:db8:1::/48" },
		{ "2001:db8:1:2:3:4:5:6", 0, "::/0" },
		{ "2001:db8::/32", 48, "2001:db8::/32" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(table); i++) {
		struct addr a = net(table[i].a), around = addr_network(&a, table[i].prefix);
		char text[ADDR_TEXT_MAX];

		addr_format(text, &around);
		assert_string_equal(text, table[i].net);
	}
}

static void bytes_in_network_order_become_addresses(void **state)
{
	static const char *const texts[] = { "192.0.2.77", "255.0.0.1", "2001:db8:1:2:3:4:5:6", "::1" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct addr expected = net(texts[i]), a;
		unsigned char bytes[16];

		if (inet_pton(AF_INET, texts[i], bytes) == 1) {
			a = addr_of_v4(bytes);
		} else {
			assert_int_equal(inet_pton(AF_INET6, texts[i], bytes), 1);
			a = addr_of_v6(bytes);
		}
		assert_true(addr_equal(&a, &expected));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_become_canonical),
		cmocka_unit_test(what_is_no_address_is_refused),
		cmocka_unit_test(ipv4_agrees_with_libc),
		cmocka_unit_test(order_is_ipv4_then_number_then_width),
		cmocka_unit_test(networks_contain),
		cmocka_unit_test(bytes_in_network_order_become_addresses),
		cmocka_unit_test(networks_around_and_their_last_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
