/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan: what is sent to a set, as tables. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "firewall/plan.h"

enum { NOW = 1000000 };

static struct addr net_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse_net(&a, text, strlen(text)));
	return a;
}

static void add_ban(struct banlist *bans, const char *text, int64_t until)
{
	banlist_add(bans, &(struct ban){ .net = net_of(text), .until = until });
}

static struct firewall_entry entry(const char *text, uint32_t remaining)
{
	return (struct firewall_entry){ .net = net_of(text), .remaining = remaining };
}

static struct firewall_set set_of(struct firewall_entry *entries, size_t count)
{
	return (struct firewall_set){ .exists = true, .right_kind = true, .max_entries = 65536, .hash_size = 1024,
				      .entries = entries, .count = count };
}

static void assert_entry(const struct plan *plan, size_t i, const char *text, uint32_t timeout, enum plan_action action)
{
	char shown[ADDR_TEXT_MAX];

	assert_true(i < plan->count);
	addr_format(shown, &plan->entries[i].net);
	assert_string_equal(shown, text);
	assert_int_equal(plan->entries[i].timeout, timeout);
	assert_int_equal(plan->entries[i].action, action);
}

static void test_difference(void **state)
{
	struct firewall_entry have[] = { entry("192.0.2.1", 500), entry("192.0.2.2", 0), entry("198.51.100.0/24", 700) };
	struct firewall_set set = set_of(have, 3);
	struct banlist bans = { 0 };
	struct plan plan;

	(void)state;
	add_ban(&bans, "192.0.2.1", NOW + 500);
	add_ban(&bans, "192.0.2.3", WHEN_FOREVER);
	add_ban(&bans, "198.51.100.0/24", NOW + 7000);
	add_ban(&bans, "2001:db8::/64", NOW + 7000);
	plan_make(&plan, &bans, NOW, &set, FIREWALL_V4);
	assert_int_equal(plan.count, 3);
	assert_int_equal(plan.kept, 1);
	assert_entry(&plan, 0, "192.0.2.1", 500, PLAN_KEEP);
	assert_ptr_equal(plan.entries[0].former, &have[0]);
	assert_entry(&plan, 1, "192.0.2.3", 0, PLAN_ADD);
	assert_entry(&plan, 2, "198.51.100.0/24", 7000, PLAN_RENEW);
	assert_int_equal(plan.gone_count, 1);
	assert_ptr_equal(plan.gone[0], &have[1]);
	assert_false(plan.replace);
	plan_free(&plan);
	set.max_entries = 2;
	plan_make(&plan, &bans, NOW, &set, FIREWALL_V4);
	assert_true(plan.replace);
	assert_int_equal(plan.count, 3);
	plan_free(&plan);
	plan_make(&plan, &bans, NOW, &(struct firewall_set){ 0 }, FIREWALL_V6);
	assert_int_equal(plan.count, 1);
	assert_entry(&plan, 0, "2001:db8::/64", 7000, PLAN_ADD);
	plan_free(&plan);
	banlist_free(&bans);
}

/* until against now, and against what the kernel takes: each boundary on both sides. */
static void test_time(void **state)
{
	static const struct {
		int64_t until;
		int timeout; /* -1: left out */
	} rows[] = {
		{ NOW - 1, -1 }, { NOW, -1 }, { NOW + 1, 1 }, { NOW + PLAN_TIMEOUT_MAX, PLAN_TIMEOUT_MAX },
		{ NOW + PLAN_TIMEOUT_MAX + 1, PLAN_TIMEOUT_MAX }, { WHEN_FOREVER - 1, PLAN_TIMEOUT_MAX }, { WHEN_FOREVER, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct banlist bans = { 0 };
		struct plan plan;

		add_ban(&bans, "192.0.2.1", rows[i].until);
		plan_make(&plan, &bans, NOW, &(struct firewall_set){ 0 }, FIREWALL_V4);
		assert_int_equal(plan.count, rows[i].timeout >= 0);
		if (rows[i].timeout >= 0)
			assert_int_equal(plan.entries[0].timeout, rows[i].timeout);
		plan_free(&plan);
		banlist_free(&bans);
	}
}

/* What the kernel has left against what it should have. */
static void test_renewal(void **state)
{
	static const uint32_t eighth = PLAN_TIMEOUT_MAX / 8;
	const struct {
		uint32_t is;
		int64_t until;
		enum plan_action action;
	} rows[] = {
		{ 1000, NOW + 1000 + PLAN_SLACK, PLAN_KEEP }, { 1000, NOW + 1001 + PLAN_SLACK, PLAN_RENEW },
		{ 1000, NOW + 1000 - PLAN_SLACK, PLAN_KEEP }, { 1000, NOW + 999 - PLAN_SLACK, PLAN_RENEW },
		{ 0, NOW + 10, PLAN_RENEW }, { 10, WHEN_FOREVER, PLAN_RENEW }, { 0, WHEN_FOREVER, PLAN_KEEP },
		{ PLAN_TIMEOUT_MAX - eighth, NOW + 9999999, PLAN_KEEP },
		{ PLAN_TIMEOUT_MAX - eighth - 1, NOW + 9999999, PLAN_RENEW },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct firewall_entry have = entry("192.0.2.1", rows[i].is);
		struct firewall_set set = set_of(&have, 1);
		struct banlist bans = { 0 };
		struct plan plan;

		add_ban(&bans, "192.0.2.1", rows[i].until);
		plan_make(&plan, &bans, NOW, &set, FIREWALL_V4);
		assert_int_equal(plan.kept, rows[i].action == PLAN_KEEP);
		assert_int_equal(plan.renewed, rows[i].action == PLAN_RENEW);
		assert_int_equal(plan.entries[0].action, rows[i].action);
		have.exempt = true;
		plan_free(&plan);
		plan_make(&plan, &bans, NOW, &set, FIREWALL_V4);
		assert_int_equal(plan.entries[0].action, PLAN_RENEW);
		plan_free(&plan);
		banlist_free(&bans);
	}
}

static void test_everything_is_two_halves(void **state)
{
	struct banlist bans = { 0 };
	struct plan plan;

	(void)state;
	add_ban(&bans, "0.0.0.0/0", NOW + 100);
	add_ban(&bans, "192.0.2.1", NOW + 300);
	add_ban(&bans, "128.0.0.0/1", NOW + 200);
	add_ban(&bans, "::/0", WHEN_FOREVER);
	banlist_sort(&bans);
	plan_make(&plan, &bans, NOW, &(struct firewall_set){ 0 }, FIREWALL_V4);
	assert_int_equal(plan.count, 3);
	assert_entry(&plan, 0, "0.0.0.0/1", 100, PLAN_ADD);
	assert_entry(&plan, 1, "128.0.0.0/1", 200, PLAN_ADD);
	assert_entry(&plan, 2, "192.0.2.1", 300, PLAN_ADD);
	plan_free(&plan);
	plan_make(&plan, &bans, NOW, &(struct firewall_set){ 0 }, FIREWALL_V6);
	assert_int_equal(plan.count, 2);
	assert_entry(&plan, 0, "::/1", 0, PLAN_ADD);
	assert_entry(&plan, 1, "8000::/1", 0, PLAN_ADD);
	plan_free(&plan);
	banlist_free(&bans);
}

static void fill(struct banlist *bans, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		struct addr a = net_of("10.0.0.0");

		a.lo += i;
		banlist_add(bans, &(struct ban){ .net = a, .until = WHEN_FOREVER });
	}
}

static void test_size(void **state)
{
	struct firewall_set set = set_of(NULL, 0);
	struct banlist bans = { 0 };
	struct plan plan;

	(void)state;
	fill(&bans, 65536);
	plan_make(&plan, &bans, NOW, &(struct firewall_set){ 0 }, FIREWALL_V4);
	assert_int_equal(plan.max_entries, 131072);
	assert_int_equal(plan.hash_size, 32768);
	plan_free(&plan);
	set.hash_size = 8192;
	plan_make(&plan, &bans, NOW, &set, FIREWALL_V4);
	assert_false(plan.replace);
	plan_free(&plan);
	set.max_entries = 65535;
	plan_make(&plan, &bans, NOW, &set, FIREWALL_V4);
	assert_true(plan.replace);
	plan_free(&plan);
	set = set_of(NULL, 0);
	set.hash_size = 4096;
	plan_make(&plan, &bans, NOW, &set, FIREWALL_V4);
	assert_true(plan.replace);
	plan_free(&plan);
	set = set_of(NULL, 0);
	set.hash_size = 8192;
	set.right_kind = false;
	plan_make(&plan, &bans, NOW, &set, FIREWALL_V4);
	assert_true(plan.replace);
	plan_free(&plan);
	banlist_free(&bans);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_time),
		cmocka_unit_test(test_renewal),
		cmocka_unit_test(test_everything_is_two_halves),
		cmocka_unit_test(test_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
