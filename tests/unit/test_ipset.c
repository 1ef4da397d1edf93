/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ipset: against the sets of a network namespace of its own, with a clock that the test holds. Skipped
 * where the host gives no such namespace or its kernel has no sets. */
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

#include "firewall/ipset.h"

enum { NOW = 1000000, WAIT_MS = 20000 };

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

	if (firewall_read(fw, NULL, &error) < 0)
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
	if (usable && firewall_read(&fw, NULL, &error) < 0) {
		print_message("skipped: %s\n", buf_text(&error));
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
	add_ban(&bans, "198.51.100.0/25", BAN_FOREVER);
	add_ban(&bans, "2001:db8:1:2::/64", NOW + 3000000);
	add_ban(&bans, "192.0.2.2", NOW);
	sync_sets(&bans, NOW, &report);
	assert_true(report.changes[FIREWALL_V4].created && report.changes[FIREWALL_V6].created);
	assert_int_equal(report.added_count, 3);
	read_sets(&fw);
	assert_int_equal(fw.sets[FIREWALL_V4].count, 2);
	assert_true(firewall_unused(&fw, FIREWALL_V4));
	a = net_of("192.0.2.1");
	e = firewall_find(&fw, &a);
	assert_non_null(e);
	assert_in_range(e->remaining, 4990, 5000);
	a = net_of("198.51.100.0/25");
	e = firewall_find(&fw, &a);
	assert_non_null(e);
	assert_int_equal(e->remaining, 0);
	a = net_of("2001:db8:1:2::/64");
	e = firewall_find(&fw, &a);
	assert_non_null(e);
	assert_in_range(e->remaining, 2147470, 2147483);
	a = net_of("192.0.2.2");
	assert_null(firewall_find(&fw, &a));
	firewall_free(&fw);
	firewall_report_free(&report);
	sync_sets(&bans, NOW + 20, &report);
	assert_int_equal(report.added_count + report.removed_count, 0);
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
	add_ban(&bans, "203.0.113.1", BAN_FOREVER);
	sync_sets(&(struct banlist){ 0 }, NOW, &report);
	firewall_report_free(&report);
	before = count_entries();
	read_sets(&fw);
	assert_int_equal(firewall_sync(&fw, &bans, NOW, true, &report, &error), 0);
	assert_int_equal(report.added_count, 1);
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
		struct firewall_names names = { { wrong[i], FIREWALL_SET6 } };
		struct firewall fw;

		buf_clear(&error);
		assert_int_equal(firewall_read(&fw, &names, &error), -EINVAL);
		assert_true(error.len > 0);
		firewall_free(&fw);
	}
	buf_free(&error);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries_come_back_as_they_went),
		cmocka_unit_test(test_a_timeout_runs_out_by_itself),
		cmocka_unit_test(test_a_dry_run_sends_nothing),
		cmocka_unit_test(test_a_name_that_is_none),
	};

	return cmocka_run_group_tests(tests, enter_namespace, NULL);
}
