/* SPDX-License-Identifier: GPL-2.0-or-later */
/* firewall: against the sets of a network namespace of its own, with a clock that the test holds; the same tests over
 * ipset and nftables. Skipped where the host gives no such namespace or its kernel has no sets. */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "firewall/firewall.h"
#include "random.h"

enum { NOW = 1000000, WAIT_MS = 20000, ROUNDS = 40 };

static struct firewall_names names = { { "mailban4", "mailban6" }, FIREWALL_IPSET };

static struct addr net_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse_net(&a, text, strlen(text)));
	return a;
}

static void add_ban(struct banlist *bans, const char *text, int64_t until)
{
	banlist_add(bans, &(struct ban){ .net = net_of(text), .until = until });
	banlist_sort(bans);
}

static void read_sets(struct firewall *fw)
{
	struct buf error = { 0 };

	if (firewall_read(fw, &names, &error) < 0)
		fail_msg("%s", buf_text(&error));
	buf_free(&error);
}

static void sync_sets(const struct banlist *bans, int64_t now, struct firewall_report *report)
{
	struct buf error = { 0 };
	struct firewall fw;

	read_sets(&fw);
	if (firewall_sync(&fw, bans, now, false, report, &error) < 0)
		fail_msg("%s", buf_text(&error));
	assert_int_equal(error.len, 0);
	firewall_free(&fw);
	buf_free(&error);
}

static size_t count_entries(void)
{
	struct firewall fw;
	size_t count;

	read_sets(&fw);
	count = fw.sets[FIREWALL_V4].count + fw.sets[FIREWALL_V6].count;
	firewall_free(&fw);
	return count;
}

static int enter_namespace(void **state)
{
	struct buf error = { 0 };
	struct firewall fw;
	static bool usable;

	usable = unshare(geteuid() == 0 ? CLONE_NEWNET : CLONE_NEWUSER | CLONE_NEWNET) == 0;
	if (!usable)
		print_message("skipped: no network namespace here: %s\n", strerror(errno));
	if (usable && firewall_read(&fw, &names, &error) < 0) {
		print_message("skipped: %s: %s\n", firewall_backend_name(names.backend), buf_text(&error));
		usable = false;
	}
	buf_free(&error);
	*state = &usable;
	return 0;
}

static void need_kernel(void **state)
{
	if (!*(bool *)*state)
		skip();
}

static void test_entries_come_back_as_they_went(void **state)
{
	struct firewall_report report = { 0 };
	struct banlist bans = { 0 };
	const struct firewall_entry *e;
	struct addr a;
	struct firewall fw;

	need_kernel(state);
	add_ban(&bans, "192.0.2.1", NOW + 5000);
	add_ban(&bans, "198.51.100.0/25", WHEN_FOREVER);
	add_ban(&bans, "2001:db8:1:2::/64", NOW + 3000000);
	add_ban(&bans, "192.0.2.2", NOW);
	sync_sets(&bans, NOW, &report);
	assert_true(report.changes[FIREWALL_V4].created && report.changes[FIREWALL_V6].created);
	assert_int_equal(report.added.count, 3);
	read_sets(&fw);
	assert_int_equal(fw.sets[FIREWALL_V4].count, 2);
	assert_true(firewall_unused(&fw, FIREWALL_V4));
	a = net_of("192.0.2.1");
	e = firewall_find(&fw, &a);
	assert_non_null(e);
	assert_true(e->remaining >= 4990 && e->remaining <= 5000);
	a = net_of("198.51.100.0/25");
	e = firewall_find(&fw, &a);
	assert_non_null(e);
	assert_int_equal(e->remaining, 0);
	a = net_of("2001:db8:1:2::/64");
	e = firewall_find(&fw, &a);
	assert_non_null(e);
	assert_true(e->remaining >= 2147470 && e->remaining <= 2147483);
	a = net_of("192.0.2.2");
	assert_null(firewall_find(&fw, &a));
	firewall_free(&fw);
	firewall_report_free(&report);
	sync_sets(&bans, NOW + 20, &report);
	assert_int_equal(report.added.count + report.removed.count, 0);
	assert_int_equal(report.changes[FIREWALL_V4].kept, 2);
	firewall_report_free(&report);
	sync_sets(&bans, NOW + 4000, &report);
	assert_int_equal(report.changes[FIREWALL_V4].renewed, 1);
	firewall_report_free(&report);
	banlist_free(&bans);
}

/* The kernel lets an entry go when its ban ends, with nobody there to do it. */
static void test_a_timeout_runs_out_by_itself(void **state)
{
	struct timespec pause = { .tv_nsec = 20 * 1000000 };
	struct firewall_report report = { 0 };
	struct banlist bans = { 0 };
	unsigned waited = 0;

	need_kernel(state);
	add_ban(&bans, "192.0.2.1", NOW + 1);
	add_ban(&bans, "192.0.2.2", NOW + 1000);
	add_ban(&bans, "2001:db8::/64", NOW + 1);
	sync_sets(&bans, NOW, &report);
	assert_int_equal(count_entries(), 3);
	while (count_entries() > 1 && waited < WAIT_MS) {
		nanosleep(&pause, NULL);
		waited += 20;
	}
	assert_int_equal(count_entries(), 1);
	firewall_report_free(&report);
	banlist_free(&bans);
}

static void test_a_dry_run_sends_nothing(void **state)
{
	struct firewall_report report = { 0 };
	struct banlist bans = { 0 };
	struct buf error = { 0 };
	struct firewall fw;
	size_t before;

	need_kernel(state);
	add_ban(&bans, "203.0.113.1", WHEN_FOREVER);
	sync_sets(&(struct banlist){ 0 }, NOW, &report);
	firewall_report_free(&report);
	before = count_entries();
	read_sets(&fw);
	assert_int_equal(firewall_sync(&fw, &bans, NOW, true, &report, &error), 0);
	assert_int_equal(report.added.count, 1);
	assert_int_equal(count_entries(), before);
	firewall_free(&fw);
	firewall_report_free(&report);
	banlist_free(&bans);
}

static void test_a_name_that_is_none(void **state)
{
	static const char *const wrong[] = { "", "a-name-of-twenty-eight-bytes" };
	struct buf error = { 0 };

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct firewall_names named = { { wrong[i], "mailban6" }, names.backend };
		struct firewall fw;

		buf_clear(&error);
		assert_int_equal(firewall_read(&fw, &named, &error), -EINVAL);
		assert_true(error.len > 0);
		firewall_free(&fw);
	}
	buf_free(&error);
}

static void add_network(struct banlist *bans, const struct addr *a, uint8_t prefix, int64_t until)
{
	banlist_add(bans, &(struct ban){ .net = addr_network(a, prefix), .until = until });
}

/* Addresses and networks close to one another, so that they touch, at both ends of a family. */
static void add_any(struct banlist *bans, uint64_t *random)
{
	int64_t until = random_below(random, 3) == 0 ? WHEN_FOREVER : NOW + 1000 + (int64_t)random_below(random, 100000);
	struct addr a = { .prefix = ADDR_BITS };
	bool high = random_below(random, 2) == 0;

	if (random_below(random, 2) == 0) {
		a = addr_of_v4_number((high ? 0xfffffc00 : 0xc0000200) | (uint32_t)random_below(random, 1024));
		add_network(bans, &a, (uint8_t)(ADDR_BITS - random_below(random, 3) * random_below(random, 4)), until);
		return;
	}
	a.hi = (high ? UINT64_C(0xffffffffffff0000) : UINT64_C(0x20010db800000000)) | random_below(random, 64) << 12;
	a.lo = random_below(random, 4);
	add_network(bans, &a, (uint8_t)(random_below(random, 2) == 0 ? ADDR_BITS : 64 - random_below(random, 3) * 4), until);
}

static void make_bans(struct banlist *bans, uint64_t *random)
{
	for (size_t i = random_below(random, 1500); i > 0; i--)
		add_any(bans, random);
	banlist_sort(bans);
	for (size_t i = 1, kept = 1, count = bans->count; i < count; i++) {
		if (!addr_equal(&bans->bans[i].net, &bans->bans[kept - 1].net))
			bans->bans[kept++] = bans->bans[i];
		bans->count = kept;
	}
}

/* Everything banned is covered by an entry. */
static void assert_covered(const struct banlist *bans)
{
	struct banlist have = { 0 };
	struct firewall fw;

	read_sets(&fw);
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		for (size_t i = 0; i < fw.sets[f].count; i++)
			banlist_add(&have, &(struct ban){ .net = fw.sets[f].entries[i].net, .until = WHEN_FOREVER });
	}
	banlist_sort(&have);
	for (size_t i = 0; i < bans->count; i++)
		assert_true(banlist_find(&have, &bans->bans[i].net) != NULL ||
			    banlist_covering(&have, &bans->bans[i].net, 0) != NULL);
	for (size_t i = 0; i < have.count; i++)
		assert_non_null(banlist_find(bans, &have.bans[i].net));
	banlist_free(&have);
	firewall_free(&fw);
}

static void test_whatever_the_list_was_the_set_is_what_it_is_now(void **state)
{
	uint64_t random = random_begin(random_seed());

	need_kernel(state);
	for (unsigned round = 0; round < ROUNDS; round++) {
		struct firewall_report report = { 0 };
		struct banlist bans = { 0 };

		make_bans(&bans, &random);
		sync_sets(&bans, NOW, &report);
		firewall_report_free(&report);
		assert_covered(&bans);
		sync_sets(&bans, NOW, &report);
		assert_int_equal(report.added.count + report.removed.count, 0);
		assert_int_equal(report.changes[0].renewed + report.changes[1].renewed, 0);
		firewall_report_free(&report);
		banlist_free(&bans);
	}
}

static void test_a_network_inside_another_follows_when_that_is_gone(void **state)
{
	struct firewall_report report = { 0 };
	struct banlist bans = { 0 };
	struct addr inner = net_of("198.51.100.0/25"), single = net_of("198.51.100.1");
	struct firewall fw;

	need_kernel(state);
	add_ban(&bans, "198.51.100.0/24", NOW + 1000);
	add_ban(&bans, "198.51.100.0/25", NOW + 2000);
	add_ban(&bans, "198.51.100.1", NOW + 2000);
	sync_sets(&bans, NOW, &report);
	firewall_report_free(&report);
	read_sets(&fw);
	assert_non_null(firewall_find(&fw, &single));
	assert_int_equal(firewall_find(&fw, &inner) != NULL, !fw.sets[FIREWALL_V4].flat);
	firewall_free(&fw);
	sync_sets(&bans, NOW + 1000, &report);
	assert_int_equal(report.changes[FIREWALL_V4].removed, 1);
	firewall_report_free(&report);
	read_sets(&fw);
	assert_non_null(firewall_find(&fw, &inner));
	firewall_free(&fw);
	banlist_free(&bans);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries_come_back_as_they_went),
		cmocka_unit_test(test_a_timeout_runs_out_by_itself),
		cmocka_unit_test(test_a_dry_run_sends_nothing),
		cmocka_unit_test(test_a_name_that_is_none),
		cmocka_unit_test(test_whatever_the_list_was_the_set_is_what_it_is_now),
		cmocka_unit_test(test_a_network_inside_another_follows_when_that_is_gone),
	};
	int failed = cmocka_run_group_tests_name("ipset", tests, enter_namespace, NULL);

	names.backend = FIREWALL_NFTABLES;
	return failed + cmocka_run_group_tests_name("nftables", tests, enter_namespace, NULL);
}
