/* SPDX-License-Identifier: GPL-2.0-or-later */
/* split: who is taken out of a blacklist, and what is left of the networks around. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "list/blacklist.h"
#include "list/split.h"

#define HEADER BLACKLIST_HEADER
#define FACTS "# since 2026-11-21T03:17Z until 2026-11-28T03:17Z by auth hits 812 hosts 37"

static void entries_leave_and_networks_are_split(void **state)
{
	static const struct {
		const char *from, *hole, *to;
		size_t lifted, split;
	} table[] = {
		{ "192.0.2.7\n192.0.2.8\n", "192.0.2.9", "192.0.2.7\n192.0.2.8\n", 0, 0 },
		{ "192.0.2.7\n192.0.2.8\n", "192.0.2.7", "192.0.2.8\n", 1, 0 },
		{ "192.0.2.7\n192.0.2.8\n192.0.3.0\n", "192.0.2.0/24", "192.0.3.0\n", 2, 0 },
		{ "# a\n192.0.2.0/30             " FACTS "\n# b\n192.0.2.9\n", "192.0.2.1",
		  "# a\n"
		  "192.0.2.0                # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by auth hits 812\n"
		  "192.0.2.2/31             " FACTS "\n"
		  "# b\n192.0.2.9\n", 0, 1 },
		/* a person's network and its note; an entry inside it that outlives nothing */
		{ "192.0.2.0/31 # mine\n192.0.2.1\n", "192.0.2.1", "192.0.2.0                # mine\n", 1, 1 },
		{ "192.0.2.0/31 # since 2026-11-21T03:17Z until forever by hand hits 0 note for now\n", "192.0.2.0",
		  "192.0.2.1                # since 2026-11-21T03:17Z until forever by hand hits 0 note for now\n", 0, 1 },
		/* nested ones become the same parts, of which those that last longer stay, and one that stood there before */
		{ "# a\n192.0.2.0/30 # mine\n# b\n192.0.2.0/31             " FACTS "\n", "192.0.2.1",
		  "# a\n192.0.2.0                # mine\n# b\n192.0.2.2/31             # mine\n", 0, 2 },
		{ "192.0.2.0/30             " FACTS "\n192.0.2.0/31             # mine\n", "192.0.2.1",
		  "192.0.2.0                # mine\n192.0.2.2/31             " FACTS "\n", 0, 2 },
		{ "192.0.2.0/30 " FACTS "\n192.0.2.0/31 # since 2026-11-22T03:17Z until 2026-11-29T03:17Z by helo hits 5\n",
		  "192.0.2.1",
		  "192.0.2.0                # since 2026-11-22T03:17Z until 2026-11-29T03:17Z by helo hits 5\n"
		  "192.0.2.2/31             " FACTS "\n", 0, 2 },
		{ "192.0.2.0/30             " FACTS "\n# b\n192.0.2.2/31 # mine\n", "192.0.2.1",
		  "192.0.2.0                # since 2026-11-21T03:17Z until 2026-11-28T03:17Z by auth hits 812\n"
		  "# b\n192.0.2.2/31 # mine\n", 0, 1 },
		{ "2001:db8::/126\n", "2001:db8::3", "2001:db8::/127\n2001:db8::2\n", 0, 1 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct buf text = { 0 }, out = { 0 }, expected = { 0 };
		struct banlist list = { 0 };
		struct split split;
		struct addr hole;

		buf_addf(&text, HEADER "%s", table[i].from);
		buf_addf(&expected, HEADER "%s", table[i].to);
		assert_int_equal(blacklist_parse(&text, "blacklist", &list), 0);
		assert_true(addr_parse_net(&hole, table[i].hole, strlen(table[i].hole)));
		split_out(&list, &hole, &split);
		blacklist_format(&list, &out);
		assert_string_equal(buf_text(&out), buf_text(&expected));
		assert_int_equal(split.lifted.count, table[i].lifted);
		assert_int_equal(split.networks.count, table[i].split);
		split_free(&split);
		banlist_free(&list);
		buf_free(&out);
		buf_free(&expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_leave_and_networks_are_split),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
