/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netset: tables, and random sets against arrays of single addresses that are obviously right. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "addr/netset.h"
#include "random.h"

/* The small world of the random tests: 256 IPv4 and 256 IPv6 addresses. */
enum { HALF = 256, WORLD = 2 * HALF, ROUNDS = 1000 };

static uint64_t random_state;

static unsigned below(unsigned n)
{
	return (unsigned)random_below(&random_state, n);
}

static struct addr net(const char *text)
{
	struct addr a;

	if (!addr_parse_net(&a, text, strlen(text)))
		fail_msg("\"%s\" is no network", text);
	return a;
}

static void add_texts(struct netset *set, const char *texts)
{
	char *copy = strdup(texts), *rest = NULL;

	for (char *word = strtok_r(copy, " ", &rest); word != NULL; word = strtok_r(NULL, " ", &rest)) {
		struct addr a = net(word);

		netset_add(set, &a);
	}
	free(copy);
}

static void assert_set(const struct netset *set, const char *texts)
{
	struct buf out = { 0 };

	for (size_t i = 0; i < set->count; i++) {
		if (i > 0)
			buf_add_char(&out, ' ');
		addr_add_to(&out, &set->nets[i]);
	}
	assert_string_equal(buf_text(&out), texts);
	buf_free(&out);
}

static void finish_sorts_and_drops_what_lies_inside(void **state)
{
	static const char *const table[][2] = {
		{ "", "" },
		{ "192.0.2.7", "192.0.2.7" },
		{ "192.0.2.7 192.0.2.7", "192.0.2.7" },
		{ "203.0.113.9 192.0.2.7", "192.0.2.7 203.0.113.9" },
		{ "192.0.2.7 192.0.2.0/24 192.0.2.255 192.0.3.0", "192.0.2.0/24 192.0.3.0" },
		{ "2001:db8::1 192.0.2.7 ::1", "192.0.2.7 ::1 2001:db8::1" },
		{ "::/0 192.0.2.7 2001:db8::1", "192.0.2.7 ::/0" },
		{ "192.0.2.0/25 192.0.2.0/24 192.0.2.0", "192.0.2.0/24" },
		{ "0.0.0.0/0 192.0.2.0/24 2001:db8::1", "0.0.0.0/0 2001:db8::1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct netset set = { 0 };

		add_texts(&set, table[i][0]);
		netset_finish(&set);
		assert_set(&set, table[i][1]);
		netset_free(&set);
	}
}

static void collapse_joins_neighbours(void **state)
{
	static const char *const table[][2] = {
		{ "", "" },
		{ "192.0.2.0 192.0.2.1", "192.0.2.0/31" },
		{ "192.0.2.1 192.0.2.2", "192.0.2.1 192.0.2.2" },
		{ "192.0.2.0 192.0.2.1 192.0.2.2 192.0.2.3", "192.0.2.0/30" },
		{ "192.0.2.2/31 192.0.2.0 192.0.2.1 192.0.2.4", "192.0.2.0/30 192.0.2.4" },
		{ "192.0.2.0/25 192.0.2.128/25 192.0.3.0/24", "192.0.2.0/23" },
		{ "0.0.0.0/1 128.0.0.0/1", "0.0.0.0/0" },
		{ "::/1 8000::/1", "::/0" },
		{ "2001:db8::/33 2001:db8:8000::/33", "2001:db8::/32" },
		{ "2001:db8::/64 2001:db8:0:1::/64 192.0.2.0", "192.0.2.0 2001:db8::/63" },
		/* the mapped range has neighbours in IPv6; they are not IPv4 */
		{ "::fffe:0:0/96 0.0.0.0/0", "0.0.0.0/0 ::fffe:0:0/96" },
		{ "0.0.0.0/0 ::/1", "0.0.0.0/0 ::/1" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct netset set = { 0 };

		add_texts(&set, table[i][0]);
		netset_collapse(&set);
		assert_set(&set, table[i][1]);
		netset_free(&set);
	}
}

static void subtract_splits_networks(void **state)
{
	static const char *const table[][3] = {
		{ "192.0.2.0/30", "192.0.2.1", "192.0.2.0 192.0.2.2/31" },
		{ "192.0.2.0/30", "192.0.2.0/24", "" },
		{ "192.0.2.0/24", "192.0.3.0/24 192.0.1.255", "192.0.2.0/24" },
		{ "192.0.2.0/24", "192.0.2.0/25 192.0.2.128/25", "" },
		{ "192.0.2.0/29", "192.0.2.3 192.0.2.4", "192.0.2.0/31 192.0.2.2 192.0.2.5 192.0.2.6/31" },
		{ "192.0.2.7 198.51.100.0/24", "192.0.2.7", "198.51.100.0/24" },
		{ "2001:db8::/126", "2001:db8::2", "2001:db8::/127 2001:db8::3" },
		{ "0.0.0.0/0", "::/0", "0.0.0.0/0" },
		{ "::/0", "0.0.0.0/0", "::/0" },
		{ "", "192.0.2.7", "" },
		{ "192.0.2.7", "", "192.0.2.7" },
		/* never lets a hole beside the mapped range turn into all of IPv4 */
		{ "::fffc:0:0/94", "::fffe:0:0/96", "::fffc:0:0/95" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		struct netset a = { 0 }, b = { 0 }, out = { 0 };

		add_texts(&a, table[i][0]);
		add_texts(&b, table[i][1]);
		netset_finish(&a);
		netset_finish(&b);
		netset_subtract(&out, &a, &b);
		assert_set(&out, table[i][2]);
		netset_free(&a);
		netset_free(&b);
		netset_free(&out);
	}
}

/* Number n of the small world. */
static struct addr place(unsigned n)
{
	if (n < HALF)
		return (struct addr){ 0, UINT64_C(0xffffc0000200) + n, ADDR_BITS };
	return (struct addr){ UINT64_C(0x20010db8) << 32, n - HALF, ADDR_BITS };
}

static struct addr random_net(void)
{
	struct addr a = place(below(WORLD));

	return addr_network(&a, (uint8_t)(128 - (below(3) == 0 ? below(9) : 0)));
}

static void random_set(struct netset *set, bool *model)
{
	unsigned count = below(40);

	memset(model, 0, WORLD * sizeof(*model));
	for (unsigned i = 0; i < count; i++) {
		struct addr a = random_net();

		netset_add(set, &a);
		for (unsigned n = 0; n < WORLD; n++) {
			struct addr p = place(n);

			model[n] = model[n] || addr_contains(&a, &p);
		}
	}
	netset_finish(set);
}

/* The fewest networks that make up exactly the true places of size places from n on. */
static size_t fewest(const bool *model, unsigned n, unsigned size)
{
	size_t here = 0, parts;

	for (unsigned i = 0; i < size; i++)
		here += model[n + i];
	if (here == 0 || here == size)
		return here != 0;
	parts = fewest(model, n, size / 2);
	return parts + fewest(model, n + size / 2, size / 2);
}

static void assert_is(const struct netset *set, const bool *model, const char *what)
{
	for (size_t i = 1; i < set->count; i++) {
		if (addr_compare(&set->nets[i - 1], &set->nets[i]) >= 0 ||
		    addr_contains(&set->nets[i - 1], &set->nets[i]))
			fail_msg("%s: not sorted, or one inside another", what);
	}
	for (unsigned n = 0; n < WORLD; n++) {
		struct addr p = place(n);

		if (netset_contains(set, &p) != model[n])
			fail_msg("%s: address %u is wrong", what, n);
	}
}

static void assert_questions(const struct netset *set, const bool *model)
{
	for (unsigned i = 0; i < 20; i++) {
		struct addr a = random_net();
		bool any = false, all = true;

		for (unsigned n = 0; n < WORLD; n++) {
			struct addr p = place(n);

			if (addr_contains(&a, &p)) {
				any = any || model[n];
				all = all && model[n];
			}
		}
		assert_int_equal(netset_overlaps(set, &a), any);
		/* asked of a collapsed set, so that all places inside means one network around */
		assert_int_equal(netset_contains(set, &a), all);
	}
}

static void one_random_round(void)
{
	struct netset a = { 0 }, b = { 0 }, both = { 0 }, rest = { 0 };
	bool in_a[WORLD], in_b[WORLD], in_both[WORLD], in_rest[WORLD];

	random_set(&a, in_a);
	random_set(&b, in_b);
	for (unsigned n = 0; n < WORLD; n++) {
		in_both[n] = in_a[n] || in_b[n];
		in_rest[n] = in_a[n] && !in_b[n];
	}
	for (size_t i = 0; i < a.count + b.count; i++)
		netset_add(&both, i < a.count ? &a.nets[i] : &b.nets[i - a.count]);
	netset_finish(&both);
	netset_subtract(&rest, &a, &b);
	assert_is(&a, in_a, "a");
	assert_is(&both, in_both, "union");
	assert_is(&rest, in_rest, "rest");
	netset_collapse(&both);
	assert_is(&both, in_both, "collapsed union");
	assert_int_equal(both.count, fewest(in_both, 0, HALF) + fewest(in_both, HALF, HALF));
	assert_questions(&both, in_both);
	netset_free(&a);
	netset_free(&b);
	netset_free(&both);
	netset_free(&rest);
}

static void random_sets_are_what_the_model_says(void **state)
{
	(void)state;
	for (unsigned i = 0; i < ROUNDS; i++)
		one_random_round();
}

static int compare(const void *a, const void *b)
{
	return addr_compare(a, b);
}

/* Numbers from everywhere, so that every byte of the sort is needed; against qsort(3). */
static void wide_random_sets_are_sorted(void **state)
{
	enum { COUNT = 20000 };
	struct netset set = { 0 };
	struct addr *expected = malloc(COUNT * sizeof(*expected));
	size_t kept = 0;

	(void)state;
	for (unsigned i = 0; i < COUNT; i++) {
		struct addr a = below(2) == 0 ? net("0.0.0.0") : net("::");

		if (addr_is_v4(&a)) {
			a.lo |= random_below(&random_state, UINT32_MAX);
			a = addr_network(&a, (uint8_t)(110 + below(19)));
		} else {
			a.hi = random_bits(&random_state);
			a.lo = random_bits(&random_state);
			a = addr_network(&a, (uint8_t)(16 + below(113)));
		}
		expected[i] = a;
		netset_add(&set, &a);
	}
	qsort(expected, COUNT, sizeof(*expected), compare);
	for (size_t i = 0; i < COUNT; i++) {
		if (kept == 0 || !addr_contains(&expected[kept - 1], &expected[i]))
			expected[kept++] = expected[i];
	}
	netset_finish(&set);
	assert_int_equal(set.count, kept);
	for (size_t i = 0; i < kept; i++)
		assert_true(addr_equal(&set.nets[i], &expected[i]));
	free(expected);
	netset_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finish_sorts_and_drops_what_lies_inside),
		cmocka_unit_test(collapse_joins_neighbours),
		cmocka_unit_test(subtract_splits_networks),
		cmocka_unit_test(random_sets_are_what_the_model_says),
		cmocka_unit_test(wide_random_sets_are_sorted),
	};

	random_state = random_begin(random_seed());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
