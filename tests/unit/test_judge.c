/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judgement of failures and logins: DESIGN.md, "Judging by points". */
#include "judge_driver.h"

/* ---- failures ---- */

static void five_failures_ban(void **state)
{
	(void)state;
	says_times(4, "10:00", "0:30", "auth 192.0.2.1 user#");
	assert_false(is_banned("192.0.2.1"));
	says("12:00 auth 192.0.2.1 last");
	assert_true(is_banned("192.0.2.1"));
	assert_false(is_banned("192.0.2.2"));
}

static void points_halve_every_four_days(void **state)
{
	(void)state;
	says("0d auth 192.0.2.1 ann\n0d auth 192.0.2.1 bob\n0d auth 192.0.2.1 eve\n4d auth 192.0.2.1 root");
	points_are("192.0.2.1", "2.5");
}

static void one_failure_a_day_for_five_days_does_not_ban(void **state)
{
	(void)state;
	says_times(5, "10:00", "1d", "auth 192.0.2.1 user#");
	assert_false(is_banned("192.0.2.1"));
}

static void a_name_that_fails_again_counts_less(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 ann\n10:00:59 auth 192.0.2.1 ann");
	points_are("192.0.2.1", "1.5");
	says("11:00:58 auth 192.0.2.1 ann\n12:00:57 auth 192.0.2.1 ann");
	points_are("192.0.2.1", "1.6");
	says("13:01:58 auth 192.0.2.1 ann");
	points_are("192.0.2.1", "2.6");
}

static void a_guesser_at_one_name_is_banned_within_ten_attempts(void **state)
{
	(void)state;
	says_times(8, "10:00", "0:0:10", "auth 192.0.2.1 ann");
	assert_false(is_banned("192.0.2.1"));
	says("10:02 auth 192.0.2.1 ann");
	assert_true(is_banned("192.0.2.1"));
}

static void a_day_of_a_phone_with_an_old_password_does_not_ban(void **state)
{
	(void)state;
	says("9:00 login 192.0.2.1 ann");
	says_times(96, "10:00", "0:15", "auth 192.0.2.1 ann");
	assert_false(is_banned("192.0.2.1"));
	says_times(24, "2d", "1:00", "auth 192.0.2.1 ann");
	assert_false(is_banned("192.0.2.1"));
}

static void a_phone_abroad_does_not_ban_within_two_days(void **state)
{
	(void)state;
	says("9:00 login 192.0.2.1 ann");
	says_times(900, "10:00", "0:15", "auth 198.51.100.1 ann");
	assert_true(account_of("198.51.100.1")->since >= at("2d10:00"));
}

static void a_name_that_logged_in_anywhere_counts_a_twentieth(void **state)
{
	(void)state;
	says("9:00 login 198.51.100.1 ann\n30d8:00 auth 192.0.2.1 ann n=3");
	points_are("192.0.2.1", "1.1");
	says("30d9:00:01 auth 192.0.2.3 ann n=3");
	points_are("192.0.2.3", "2.0");
}

static void ann_and_ann_at_example_com_are_one(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 Ann\n10:00:10 auth 192.0.2.1 ann\n10:00:20 auth 192.0.2.1 ann@example.com\n"
	     "10:00:30 auth 192.0.2.1 ANN@example.org");
	points_are("192.0.2.1", "2.5");
	says("10:01 login 192.0.2.1 ann@Example.NET");
	points_are("192.0.2.1", "-1.0");
}

static void a_domain_of_windows_is_no_part_of_a_name(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 EXAMPLE\\ann\n10:00:10 auth 192.0.2.1 ann\n10:00:20 auth 192.0.2.1 b\\Ann@example.com");
	points_are("192.0.2.1", "2.0");
	says("10:01 login 192.0.2.1 ann");
	points_are("192.0.2.1", "-1.0");
	/* J\303\244nn and Z\303\244nn are two, and so are ann and ann with a backslash at its end */
	says("11:00 auth 192.0.2.2 j\\303\\244nn\n11:00:10 auth 192.0.2.2 z\\303\\244nn");
	says("11:00:20 auth 192.0.2.2 ann\\\n11:00:30 auth 192.0.2.2 ann\n11:00:40 auth 192.0.2.2 \\bob");
	points_are("192.0.2.2", "5.0");
}

static void stand_ins_name_nobody(void **state)
{
	static const char *const words[] = { "-notset-", "(unavailable)", "UNKNOWN", "<unknown>", "?" };
	char line[LINE_MAX_LEN];

	(void)state;
	for (unsigned i = 0; i < 5; i++) {
		snprintf(line, sizeof(line), "10:00:%02u auth 192.0.2.1 %s", i, words[i]);
		says(line);
	}
	assert_true(is_banned("192.0.2.1"));
	assert_int_equal(account_of("192.0.2.1")->name_count, 1);
}

static void told_by_a_server_and_who_checks_its_passwords_counts_once(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 ann +checker\n10:00:05 auth 192.0.2.1");
	points_are("192.0.2.1", "1.0");
	says("10:00 auth 192.0.2.2\n10:00:05 auth 192.0.2.2 ann +checker");
	points_are("192.0.2.2", "1.0");
	says("10:00 auth 192.0.2.3 ann +checker\n10:00:06 auth 192.0.2.3");
	points_are("192.0.2.3", "1.5");
	says("10:00 auth 192.0.2.4 ann +checker\n10:00:01 auth 192.0.2.4\n10:00:02 auth 192.0.2.4");
	points_are("192.0.2.4", "1.5");
	says("10:00 auth 192.0.2.5 ann +checker\n10:00 auth 192.0.2.5 bob +checker\n10:00:01 auth 192.0.2.5\n"
	     "10:00:02 auth 192.0.2.5");
	points_are("192.0.2.5", "2.0");
	assert_int_equal(account_of("192.0.2.5")->hits, 2);
}

static void so_it_does_where_both_name_the_user_or_neither(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 ann +checker\n10:00:01 auth 192.0.2.1 ann@example.com");
	points_are("192.0.2.1", "1.0");
	assert_int_equal(account_of("192.0.2.1")->hits, 1);
	says("10:00 auth 192.0.2.2 ann\n10:00:01 auth 192.0.2.2 ann +checker");
	points_are("192.0.2.2", "1.0");
	says("10:00 auth 192.0.2.3 +checker\n10:00:02 auth 192.0.2.3");
	points_are("192.0.2.3", "1.0");
	/* the line of a connection's end tells of all of its attempts, and names the last user */
	says_times(5, "10:00", "0:0:2", "auth 192.0.2.4 ann# +checker");
	says("10:00:09 auth 192.0.2.4 ann5 n=5");
	points_are("192.0.2.4", "5.0");
	assert_int_equal(account_of("192.0.2.4")->hits, 5);
	/* one that names the user, twice, tells of two failures */
	says("10:00 auth 192.0.2.5 ann\n10:00:01 auth 192.0.2.5 ben");
	points_are("192.0.2.5", "2.0");
}

/* Dovecot's login process, its auth process with auth_verbose, and PAM, which names no user that it does not know. */
static void three_and_four_tell_of_one_failure(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 ann +pam\n10:00 auth 192.0.2.1 ann +checker\n10:00:02 auth 192.0.2.1 ann");
	points_are("192.0.2.1", "1.0");
	assert_int_equal(account_of("192.0.2.1")->hits, 1);
	says("10:00 auth 192.0.2.2 +pam\n10:00 auth 192.0.2.2 bob +checker\n10:00:02 auth 192.0.2.2 bob\n"
	     "10:00:02 auth 192.0.2.2");
	points_are("192.0.2.2", "1.0");
	/* the same again, in another order */
	says("10:00:04 auth 192.0.2.2\n10:00:05 auth 192.0.2.2 carl\n10:00:05 auth 192.0.2.2 carl +checker\n"
	     "10:00:06 auth 192.0.2.2 +pam");
	points_are("192.0.2.2", "2.0");
	assert_int_equal(account_of("192.0.2.2")->hits, 2);
}

static void so_it_does_where_a_server_names_the_user_and_another_nobody(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 ann\n10:00:05 auth 192.0.2.1");
	points_are("192.0.2.1", "1.0");
	says("10:00 auth 192.0.2.2\n10:00:05 auth 192.0.2.2 ann");
	points_are("192.0.2.2", "1.0");
	assert_int_equal(account_find_name(account_of("192.0.2.2"), NAME_NONE)->points, 0);
	says("10:00 auth 192.0.2.3 ann\n10:00:06 auth 192.0.2.3");
	points_are("192.0.2.3", "1.5");
	/* the one without the name comes first, and the same user failed a moment before */
	says("10:00 auth 192.0.2.5 ann +checker\n10:00 auth 192.0.2.5\n10:00:02 auth 192.0.2.5\n"
	     "10:00:02 auth 192.0.2.5 ann +checker");
	points_are("192.0.2.5", "1.5");
	assert_int_equal(account_of("192.0.2.5")->hits, 2);
	/* who looks for a name by IMAP and SMTP at once */
	says("10:00 auth 192.0.2.4 ann\n10:00:01 auth 192.0.2.4\n10:00:02 auth 192.0.2.4 ben\n10:00:03 auth 192.0.2.4");
	points_are("192.0.2.4", "2.0");
	assert_int_equal(account_of("192.0.2.4")->hits, 2);
}

static void of_attempts_in_one_line_three_are_the_users(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 ann n=3");
	points_are("192.0.2.1", "2.0");
	says("10:00 auth 192.0.2.2 ann n=4");
	points_are("192.0.2.2", "3.0");
	says("10:00 auth 192.0.2.3 ann n=40");
	points_are("192.0.2.3", "39.0");
	assert_true(is_banned("192.0.2.3"));
	says("10:00 login 192.0.2.3 ann");
	assert_int_equal(account_find_name(account_of("192.0.2.3"), NAME_NONE)->points, 32 * POINT);
}

static void a_repeated_line_is_many_attempts_of_one(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 ann n=4 repeats=4");
	points_are("192.0.2.1", "2.5");
	says("10:01 login 192.0.2.1 ann");
	points_are("192.0.2.1", "-1.0");
}

static void more_than_sixty_four_names_count_for_nobody(void **state)
{
	(void)state;
	says_times(200, "10:00", "0:0:1", "auth 192.0.2.1 user#");
	assert_int_equal(account_of("192.0.2.1")->name_count, 65);
	assert_int_equal(account_of("192.0.2.1")->hits, 200);
	points_are("192.0.2.1", "200.0");
}

static void ipv6_is_judged_by_64(void **state)
{
	(void)state;
	says("10:00 auth 2001:db8::1 a\n10:00 auth 2001:db8::2 b\n10:00 auth 2001:db8::ffff c\n10:00 auth 2001:db8::4 d\n"
	     "10:00 auth 2001:db8:0:1::1 e");
	assert_false(is_banned("2001:db8::/64"));
	says("10:01 auth 2001:db8::ffff:1 e");
	assert_true(is_banned("2001:db8::/64"));
	assert_false(is_banned("2001:db8:0:1::/64"));
}

static void a_rule_may_have_points_of_its_own(void **state)
{
	(void)state;
	says("10:00 probe 192.0.2.1 points=4500");
	points_are("192.0.2.1", "4.5");
	says("10:00 auth 192.0.2.2 ann points=5000");
	assert_true(is_banned("192.0.2.2"));
}

static void settings_say_what_a_class_weighs(void **state)
{
	(void)state;
	says("10:00 helo 192.0.2.1\n10:00 probe 192.0.2.2\n10:00 unknown 192.0.2.3\n10:00 auth 192.0.2.4 ann");
	assert_true(is_banned("192.0.2.1"));
	points_are("192.0.2.2", "1.0");
	points_are("192.0.2.3", "0.5");
	points_are("192.0.2.4", "1.0");
	the.settings.points[CLASS_HELO] = 0;
	the.settings.points[CLASS_AUTH] = POINT / 2;
	the.settings.threshold = 2 * POINT;
	says("10:00 helo 192.0.2.5\n10:00 auth 192.0.2.6 a\n10:00 auth 192.0.2.6 b\n10:00 auth 192.0.2.6 c");
	points_are("192.0.2.5", "0.0");
	assert_false(is_banned("192.0.2.6"));
	says("10:00 auth 192.0.2.6 d");
	assert_true(is_banned("192.0.2.6"));
}

/* ---- logins ---- */

static void a_login_forgives_its_own_name(void **state)
{
	(void)state;
	says_times(6, "10:00", "1:02", "auth 192.0.2.1 ann");
	assert_true(is_banned("192.0.2.1"));
	says("18:00 login 192.0.2.2 ann");
	assert_true(is_banned("192.0.2.1"));
	says("18:30 login 192.0.2.1 ann");
	assert_false(is_banned("192.0.2.1"));
	points_are("192.0.2.1", "-1.0");
}

static void a_login_leaves_a_point_of_another_name(void **state)
{
	(void)state;
	says_times(6, "10:00", "1:02", "auth 192.0.2.1 alias");
	assert_true(is_banned("192.0.2.1"));
	says("18:30 login 192.0.2.1 ann");
	assert_false(is_banned("192.0.2.1"));
	points_are("192.0.2.1", "0.0");
}

static void a_login_forgives_what_is_weak_and_nameless(void **state)
{
	(void)state;
	says("10:00 unknown 192.0.2.1\n10:00 probe 192.0.2.1\n10:00 reject 192.0.2.1\n10:00 auth 192.0.2.1 n=2\n"
	     "10:01 login 192.0.2.1 ann");
	points_are("192.0.2.1", "-1.0");
	says("10:00 auth 192.0.2.2 n=7\n10:00 login 192.0.2.2 ann");
	points_are("192.0.2.2", "1.0");
	says("10:00 helo 192.0.2.3\n10:00 login 192.0.2.3 ann");
	assert_false(is_banned("192.0.2.3"));
}

static void a_forgiven_ban_was_none(void **state)
{
	(void)state;
	says_times(6, "10:00", "1:00", "auth 192.0.2.1 ann");
	says("18:00 login 192.0.2.1 ann\n20d helo 192.0.2.1");
	assert_int_equal(account_of("192.0.2.1")->level, 1);
	assert_int_equal(days_left("192.0.2.1"), 8);
}

static void credit_is_one_a_name_and_day(void **state)
{
	(void)state;
	says("10:00 login 192.0.2.1 ann\n10:01 login 192.0.2.1 ann\n23:59 login 192.0.2.1 Ann@example.com");
	points_are("192.0.2.1", "-0.9");
	says("23:59 login 192.0.2.1 bob\n1d0:00 login 192.0.2.1 ann");
	points_are("192.0.2.1", "-2.9");
}

static void where_others_log_in_no_single_name_bans(void **state)
{
	(void)state;
	says("9:00 login 192.0.2.1 ann");
	says_times(100, "10:00", "1:02", "auth 192.0.2.1 scan");
	assert_false(is_banned("192.0.2.1"));
	says_times(8, "5d", "0:0:10", "auth 192.0.2.1 other#");
	assert_true(is_banned("192.0.2.1"));
}

static void mailboxes_that_are_gone_ban_nobody_where_somebody_logs_in(void **state)
{
	(void)state;
	says("9:00 login 192.0.2.1 ann");
	for (int i = 0; i < 5; i++)
		says_times(300, "10:00", "0:20", (const char *[]){ "auth 192.0.2.1 old1", "auth 192.0.2.1 old2",
								   "auth 192.0.2.1 old3", "auth 192.0.2.1 old4",
								   "auth 192.0.2.1 old5" }[i]);
	assert_false(is_banned("192.0.2.1"));
	says_times(3, "4d14:00", "0:20", "auth 192.0.2.1 other#");
	assert_true(is_banned("192.0.2.1"));
}

static void old_passwords_of_several_who_log_in_there_ban_nobody(void **state)
{
	(void)state;
	says("9:00 login 192.0.2.1 ann\n9:00 login 192.0.2.1 bob\n9:00 login 192.0.2.1 cay");
	for (int i = 0; i < 3; i++)
		says_times(200, "10:00", "0:30", (const char *[]){ "auth 192.0.2.1 ann", "auth 192.0.2.1 bob",
								   "auth 192.0.2.1 cay" }[i]);
	assert_false(is_banned("192.0.2.1"));
}

static void old_passwords_of_all_who_log_in_there_ban_nobody_after_a_holiday(void **state)
{
	(void)state;
	for (int d = 0; d < 5; d++) {
		char from[20];

		snprintf(from, sizeof(from), "%dd9:00", d);
		says_times(40, from, "0:0:30", "login 192.0.2.1 ann#");
	}
	/* two weeks later all passwords are over, and hardly any credit is left */
	says_times(40, "21d8:00", "0:0:30", "auth 192.0.2.1 ann#");
	says("21d8:30 auth 192.0.2.1 guest");
	assert_false(is_banned("192.0.2.1"));
	/* other names count as ever */
	says_times(12, "21d9:00", "0:0:30", "auth 192.0.2.1 other#");
	assert_true(is_banned("192.0.2.1"));
}

static void nameless_failures_of_a_device_count_little_where_others_log_in(void **state)
{
	(void)state;
	says("9:00 login 192.0.2.1 ann");
	says_times(2000, "10:00", "0:05", "auth 192.0.2.1");
	assert_false(is_banned("192.0.2.1"));
	says_times(1100, "7d", "0:0:10", "auth 192.0.2.1");
	assert_true(is_banned("192.0.2.1"));
	says_times(10, "10:00", "0:05", "auth 192.0.2.2");
	assert_true(is_banned("192.0.2.2"));
}

static void a_nameless_failure_beside_the_only_name_counts_half(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 ann\n10:00:30 auth 192.0.2.1");
	points_are("192.0.2.1", "1.5");
	says_times(4, "10:02", "0:10", "auth 192.0.2.1");
	points_are("192.0.2.1", "3.5");
	says("11:05 auth 192.0.2.1");
	points_are("192.0.2.1", "4.5");
	says("10:00 auth 192.0.2.2 ann\n10:00:10 auth 192.0.2.2 ben\n10:00:30 auth 192.0.2.2");
	points_are("192.0.2.2", "3.0");
	/* a telephone is set up: twice by IMAP, once by SMTP, and all of it three times */
	says("10:00 auth 192.0.2.3 ann\n10:00:04 auth 192.0.2.3 ann@example.com\n10:00:20 auth 192.0.2.3\n"
	     "10:07 auth 192.0.2.3 ann\n10:07:04 auth 192.0.2.3 ann@example.com\n10:07:20 auth 192.0.2.3\n"
	     "10:14 auth 192.0.2.3 ann\n10:14:04 auth 192.0.2.3 ann@example.com\n10:14:20 auth 192.0.2.3");
	assert_false(is_banned("192.0.2.3"));
	/* a guesser goes through names behind a first one */
	says("10:00 auth 192.0.2.4 info");
	says_times(8, "10:01", "0:00:20", "auth 192.0.2.4");
	assert_true(is_banned("192.0.2.4"));
}

static void the_cap_ends_with_the_credit(void **state)
{
	(void)state;
	says("0:00 login 192.0.2.1 ann");
	says_times(6, "8d", "1:02", "auth 192.0.2.1 scan");
	assert_false(is_banned("192.0.2.1"));
	says_times(6, "9d8:00", "1:02", "auth 192.0.2.1 scan");
	assert_true(is_banned("192.0.2.1"));
}

static void the_cap_ends_at_five_hundred_points_of_the_name(void **state)
{
	(void)state;
	says("9:00 login 192.0.2.1 ann");
	says_times(995, "10:00", "0:0:1", "auth 192.0.2.1 root");
	assert_false(is_banned("192.0.2.1"));
	says_times(15, "10:17", "0:0:1", "auth 192.0.2.1 root");
	assert_true(is_banned("192.0.2.1"));
}

/* ---- bans ---- */

static void a_ban_ends_at_a_quarter(void **state)
{
	(void)state;
	says("10:00 helo 192.0.2.1");
	assert_true(is_banned_at("192.0.2.1", "8d9:59"));
	assert_false(is_banned_at("192.0.2.1", "8d10:01"));
	says("8d10:00 auth 192.0.2.1 ann");
	points_are("192.0.2.1", "2.3");
}

static void about_a_week_for_five_points_and_six_for_two_thousand(void **state)
{
	(void)state;
	says("10:00 helo 192.0.2.1\n10:00 auth 192.0.2.2 n=2000");
	assert_int_equal(days_left("192.0.2.1"), 8);
	assert_int_equal(days_left("192.0.2.2"), 43);
}

static void evidence_during_a_ban_prolongs_it(void **state)
{
	(void)state;
	says("10:00 helo 192.0.2.1\n10:01 helo 192.0.2.1");
	assert_int_equal(days_left("192.0.2.1"), 12);
	assert_int_equal(account_of("192.0.2.1")->since, at("10:00"));
}

static void comebacks_fade_half_as_fast_four_times_at_most(void **state)
{
	static const int days[] = { 8, 18, 37, 73, 146, 146 };
	int64_t day = 0;

	(void)state;
	for (unsigned i = 0; i < sizeof(days) / sizeof(*days); i++) {
		char line[LINE_MAX_LEN];

		snprintf(line, sizeof(line), "%dd helo 192.0.2.1", (int)day);
		says(line);
		assert_true(days_left("192.0.2.1") >= days[i] - 1 && days_left("192.0.2.1") <= days[i] + 1);
		day += days_left("192.0.2.1") + 1;
	}
	assert_int_equal(account_of("192.0.2.1")->level, 6);
}

static void a_ban_is_forgotten_after_thirty_six_days(void **state)
{
	(void)state;
	says("10:00 helo 192.0.2.1\n44d9:59 helo 192.0.2.1\n10:00 helo 192.0.2.2\n44d10:00 helo 192.0.2.2");
	assert_int_equal(account_of("192.0.2.1")->level, 2);
	assert_int_equal(account_of("192.0.2.2")->level, 1);
}

static void ban_least_and_ban_most_bound_a_ban(void **state)
{
	(void)state;
	the.settings.ban_least = 20 * DAYS;
	the.settings.ban_most = 30 * DAYS;
	says("10:00 helo 192.0.2.1\n10:00 auth 192.0.2.2 n=2000");
	assert_int_equal(days_left("192.0.2.1"), 20);
	assert_int_equal(days_left("192.0.2.2"), 30);
	says("20d9:59 auth 192.0.2.1 ann");
	assert_int_equal(account_of("192.0.2.1")->until, at("20d10:00"));
}

/* ---- breaches ---- */

#define GUESSING "10:00 auth 192.0.2.1 ann\n10:01 auth 192.0.2.1 bob\n10:02 auth 192.0.2.1 eve\n" \
	"10:03 auth 192.0.2.1 root\n10:04 auth 192.0.2.1 info\n"

static void guessing_and_then_a_login_is_a_breach(void **state)
{
	(void)state;
	says(GUESSING "10:05 login 192.0.2.1 Ann@example.com");
	assert_string_equal(breaches(), "192.0.2.1 Ann@example.com\n");
	assert_int_equal(days_left("192.0.2.1"), 182);
	says("10:06 login 192.0.2.1 bob\n1d login 192.0.2.1 ann\n2d login 192.0.2.1 ann");
	assert_string_equal(breaches(), "192.0.2.1 Ann@example.com\n");
	assert_int_equal(account_of("192.0.2.1")->until, at("182d10:04"));
	assert_int_equal(account_of("192.0.2.1")->credit, 0);
}

static void where_five_names_log_in_after_a_breach_many_people_share_the_address(void **state)
{
	(void)state;
	says("8:10 auth 192.0.2.1 ann\n8:11 auth 192.0.2.1 bob\n8:12 auth 192.0.2.1 cay\n8:13 auth 192.0.2.1 dan\n"
	     "8:14 auth 192.0.2.1 eve\n8:20 login 192.0.2.1 ann\n8:30 login 192.0.2.1 bob\n8:40 login 192.0.2.1 cay\n"
	     "8:50 login 192.0.2.1 dan");
	assert_int_equal(days_left("192.0.2.1"), 182);
	says("9:00 login 192.0.2.1 eve");
	assert_false(is_banned("192.0.2.1"));
	assert_string_equal(breaches(), "192.0.2.1 ann\n");
}

static void five_logins_of_a_guesser_forgive_none_of_his_guesses(void **state)
{
	(void)state;
	says_times(30, "10:00", "0:0:10", "auth 192.0.2.1 user#");
	says("10:10 login 192.0.2.1 ann\n10:10 login 192.0.2.1 bob\n10:10 login 192.0.2.1 cay\n"
	     "10:10 login 192.0.2.1 dan\n10:10 login 192.0.2.1 eve");
	assert_true(is_banned_at("192.0.2.1", "12d"));
}

static void there_is_no_breach_for_fewer_than_three_names(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 ann\n10:01 auth 192.0.2.1 bob n=6\n10:02 login 192.0.2.1 ann");
	assert_string_equal(breaches(), "");
}

static void there_is_no_breach_below_the_threshold(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 ann\n10:01 auth 192.0.2.1 bob\n10:02 auth 192.0.2.1 eve\n10:05 login 192.0.2.1 ann");
	assert_string_equal(breaches(), "");
	points_are("192.0.2.1", "1.0");
}

static void an_office_is_never_breached(void **state)
{
	(void)state;
	says("9:00 login 192.0.2.1 boss\n" GUESSING "10:05 login 192.0.2.1 ann");
	assert_string_equal(breaches(), "");
	assert_false(is_banned("192.0.2.1"));
}

static void devices_of_users_alone_make_no_breach_where_they_are_new(void **state)
{
	(void)state;
	says("8:00 login 203.0.113.9 ann\n8:00 login 203.0.113.9 bob\n8:00 login 203.0.113.9 cay\n"
	     "8:00 login 203.0.113.9 dan");
	says_times(50, "1d0:00", "0:10", "auth 192.0.2.1 ann\n");
	says_times(50, "1d0:01", "0:10", "auth 192.0.2.1 bob\n");
	says_times(50, "1d0:02", "0:10", "auth 192.0.2.1 cay\n");
	says_times(50, "1d0:03", "0:10", "auth 192.0.2.1 dan\n");
	assert_true(is_banned("192.0.2.1"));
	says("1d9:00 login 192.0.2.1 ann\n1d9:10 login 192.0.2.1 bob\n1d9:20 login 192.0.2.1 cay");
	assert_string_equal(breaches(), "");
	assert_false(is_banned("192.0.2.1"));
}

static void one_name_that_is_no_users_makes_the_guesses_a_breach(void **state)
{
	(void)state;
	says("8:00 login 203.0.113.9 ann\n8:00 login 203.0.113.9 bob\n8:00 login 203.0.113.9 eve");
	says(GUESSING "10:05 login 192.0.2.1 ann");
	assert_string_equal(breaches(), "192.0.2.1 ann\n");
}

static void a_new_user_who_mistypes_makes_no_breach(void **state)
{
	(void)state;
	says_times(20, "10:00", "0:0:20", "auth 192.0.2.1 new");
	says("10:10 login 192.0.2.1 new");
	assert_string_equal(breaches(), "");
	assert_false(is_banned("192.0.2.1"));
}

static void a_name_that_had_logged_in_before_makes_no_breach(void **state)
{
	(void)state;
	says("0:00 login 192.0.2.1 ann\n12d9:00 auth 192.0.2.1 a\n12d9:00 auth 192.0.2.1 b\n12d9:00 auth 192.0.2.1 c\n"
	     "12d9:00 auth 192.0.2.1 d\n12d9:00 auth 192.0.2.1 e\n12d9:00 auth 192.0.2.1 f");
	assert_true(is_banned("192.0.2.1"));
	says("12d10:00 login 192.0.2.1 ann");
	assert_string_equal(breaches(), "");
	says("12d10:00 login 192.0.2.1 b");
	assert_string_equal(breaches(), "");
}

static void guessing_in_a_connection_and_its_end_are_one_login(void **state)
{
	(void)state;
	says("10:00 login 192.0.2.1 ann c=7\n10:01 login 192.0.2.1 c=7 +ends");
	points_are("192.0.2.1", "-1.0");
	assert_int_equal(account_of("192.0.2.1")->name_count, 1);
}

/* ---- users under attack ---- */

static void a_user_under_attack_counts_double(void **state)
{
	(void)state;
	says_times(12, "10:00", "0:0:1", "auth 192.0.2.# ann");
	points_are("192.0.2.11", "1.0");
	points_are("192.0.2.12", "2.0");
	says_times(2, "11:00", "0:0:1", "auth 198.51.100.# ann");
	points_are("198.51.100.2", "2.0");
	/* another name does not, nor does she where she logged in, nor a day without them */
	says("11:01 auth 203.0.113.1 bob\n11:01 login 203.0.113.2 ann\n11:01 auth 203.0.113.2 ann\n3d auth 203.0.113.3 ann");
	points_are("203.0.113.1", "1.0");
	points_are("203.0.113.2", "0.0");
	points_are("203.0.113.3", "1.0");
}

static void an_address_attacks_a_name_once_a_day(void **state)
{
	(void)state;
	says_times(60, "10:00", "0:10", "auth 192.0.2.1 ann");
	says("20:30 auth 192.0.2.2 ann");
	points_are("192.0.2.2", "1.0");
}

static void guessing_spread_over_many_addresses_is_found(void **state)
{
	(void)state;
	for (unsigned day = 0; day < 3; day++) {
		char from[20];

		assert_false(is_banned("192.0.2.50"));
		snprintf(from, sizeof(from), "%ud1:00", day);
		says_times(250, from, "0:01", "auth 192.0.2.# ann");
	}
	assert_true(is_banned("192.0.2.50"));
	assert_true(is_banned("192.0.2.250"));
}

/* ---- times ---- */

static void a_late_event_is_as_of_its_own_time(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 ann\n4d10:00 auth 192.0.2.1 bob");
	points_are("192.0.2.1", "1.5");
	says("0d10:00 auth 192.0.2.1 eve");
	points_are("192.0.2.1", "2.0");
	assert_int_equal(account_of("192.0.2.1")->time, at("4d10:00"));
}

static void events_of_the_future_are_taken_back(void **state)
{
	(void)state;
	the.judge.now = at("10d");
	says("10d23:59 auth 192.0.2.1 ann");
	assert_int_equal(account_of("192.0.2.1")->time, at("10d23:59"));
	assert_int_equal(the.judge.future, 0);
	the.cut = false;
	says("1000d auth 192.0.2.2 ann");
	assert_int_equal(account_of("192.0.2.2")->time, at("10d"));
	assert_int_equal(the.judge.future, 1);
}

static void an_account_is_forgotten_when_nothing_is_left(void **state)
{
	(void)state;
	says("0d auth 192.0.2.1 ann\n0d login 192.0.2.2 ann\n20d auth 192.0.2.3 bob");
	next_run(&the);
	assert_non_null(account_of("192.0.2.1"));
	says("40d auth 192.0.2.3 bob");
	next_run(&the);
	assert_null(account_of("192.0.2.1"));
	assert_null(account_of("192.0.2.2"));
	assert_non_null(account_of("192.0.2.3"));
}

static void who_is_known_from_a_breach_stays_known_over_runs(void **state)
{
	(void)state;
	the.settings.ban_most = the.settings.forget = DAYS;
	the.settings.known = 60 * DAYS;
	says(GUESSING "10:05 login 192.0.2.1 ann\n50d auth 192.0.2.3 bob");
	next_run(&the);
	assert_non_null(account_of("192.0.2.1"));
	says("70d auth 192.0.2.3 bob");
	next_run(&the);
	assert_null(account_of("192.0.2.1"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SENTENCE(five_failures_ban),
		SENTENCE(points_halve_every_four_days),
		SENTENCE(one_failure_a_day_for_five_days_does_not_ban),
		SENTENCE(a_name_that_fails_again_counts_less),
		SENTENCE(a_guesser_at_one_name_is_banned_within_ten_attempts),
		SENTENCE(a_day_of_a_phone_with_an_old_password_does_not_ban),
		SENTENCE(a_phone_abroad_does_not_ban_within_two_days),
		SENTENCE(a_name_that_logged_in_anywhere_counts_a_twentieth),
		SENTENCE(ann_and_ann_at_example_com_are_one),
		SENTENCE(a_domain_of_windows_is_no_part_of_a_name),
		SENTENCE(stand_ins_name_nobody),
		SENTENCE(told_by_a_server_and_who_checks_its_passwords_counts_once),
		SENTENCE(three_and_four_tell_of_one_failure),
		SENTENCE(so_it_does_where_both_name_the_user_or_neither),
		SENTENCE(so_it_does_where_a_server_names_the_user_and_another_nobody),
		SENTENCE(of_attempts_in_one_line_three_are_the_users),
		SENTENCE(a_repeated_line_is_many_attempts_of_one),
		SENTENCE(more_than_sixty_four_names_count_for_nobody),
		SENTENCE(ipv6_is_judged_by_64),
		SENTENCE(a_rule_may_have_points_of_its_own),
		SENTENCE(settings_say_what_a_class_weighs),
		SENTENCE(a_login_forgives_its_own_name),
		SENTENCE(a_login_leaves_a_point_of_another_name),
		SENTENCE(a_login_forgives_what_is_weak_and_nameless),
		SENTENCE(a_forgiven_ban_was_none),
		SENTENCE(credit_is_one_a_name_and_day),
		SENTENCE(where_others_log_in_no_single_name_bans),
		SENTENCE(mailboxes_that_are_gone_ban_nobody_where_somebody_logs_in),
		SENTENCE(old_passwords_of_several_who_log_in_there_ban_nobody),
		SENTENCE(old_passwords_of_all_who_log_in_there_ban_nobody_after_a_holiday),
		SENTENCE(nameless_failures_of_a_device_count_little_where_others_log_in),
		SENTENCE(a_nameless_failure_beside_the_only_name_counts_half),
		SENTENCE(the_cap_ends_with_the_credit),
		SENTENCE(the_cap_ends_at_five_hundred_points_of_the_name),
		SENTENCE(a_ban_ends_at_a_quarter),
		SENTENCE(about_a_week_for_five_points_and_six_for_two_thousand),
		SENTENCE(evidence_during_a_ban_prolongs_it),
		SENTENCE(comebacks_fade_half_as_fast_four_times_at_most),
		SENTENCE(a_ban_is_forgotten_after_thirty_six_days),
		SENTENCE(ban_least_and_ban_most_bound_a_ban),
		SENTENCE(guessing_and_then_a_login_is_a_breach),
		SENTENCE(where_five_names_log_in_after_a_breach_many_people_share_the_address),
		SENTENCE(five_logins_of_a_guesser_forgive_none_of_his_guesses),
		SENTENCE(there_is_no_breach_for_fewer_than_three_names),
		SENTENCE(there_is_no_breach_below_the_threshold),
		SENTENCE(an_office_is_never_breached),
		SENTENCE(devices_of_users_alone_make_no_breach_where_they_are_new),
		SENTENCE(one_name_that_is_no_users_makes_the_guesses_a_breach),
		SENTENCE(a_new_user_who_mistypes_makes_no_breach),
		SENTENCE(a_name_that_had_logged_in_before_makes_no_breach),
		SENTENCE(guessing_in_a_connection_and_its_end_are_one_login),
		SENTENCE(a_user_under_attack_counts_double),
		SENTENCE(an_address_attacks_a_name_once_a_day),
		SENTENCE(guessing_spread_over_many_addresses_is_found),
		SENTENCE(a_late_event_is_as_of_its_own_time),
		SENTENCE(events_of_the_future_are_taken_back),
		SENTENCE(an_account_is_forgotten_when_nothing_is_left),
		SENTENCE(who_is_known_from_a_breach_stays_known_over_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
