/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judgement of networks and of who still knocks, and the bounds of what is remembered: DESIGN.md, "Judging by
 * points". */
#include "judge_driver.h"

#include "judge/network.h"

/* ---- networks ---- */

static void eight_addresses_and_twenty_points_are_a_network(void **state)
{
	(void)state;
	says_times(7, "10:00", "0:01", "auth 192.0.2.# n=3");
	assert_false(is_banned("192.0.2.0/24"));
	says("10:08 auth 192.0.2.8 n=3");
	assert_true(is_banned("192.0.2.0/24"));
	assert_int_equal(account_of("192.0.2.0/24")->hosts, 8);
	assert_false(is_banned("192.0.2.8"));
}

static void seven_addresses_are_none_whatever_their_points(void **state)
{
	(void)state;
	says_times(7, "10:00", "0:01", "auth 192.0.2.# n=500");
	assert_false(is_banned("192.0.2.0/24"));
	assert_true(is_banned("192.0.2.7"));
}

static void eight_addresses_with_a_failure_each_are_none(void **state)
{
	(void)state;
	says_times(19, "10:00", "0:01", "auth 192.0.2.# user#");
	assert_false(is_banned("192.0.2.0/24"));
	says("10:20 auth 192.0.2.20 user20\n10:20 auth 192.0.3.1 user20");
	assert_true(is_banned("192.0.2.0/24"));
	assert_false(is_banned("192.0.3.0/24"));
}

static void an_address_gives_its_network_five_points_at_most(void **state)
{
	(void)state;
	says_times(2, "10:00", "0:01", "auth 192.0.2.# n=900");
	points_are("192.0.2.0/24", "10.0");
	says_times(6, "10:02", "0:01", "unknown 192.0.2.1#");
	assert_false(is_banned("192.0.2.0/24"));
	points_are("192.0.2.0/24", "13.0");
}

static void one_try_from_each_64_bans_the_48(void **state)
{
	(void)state;
	says_times(19, "10:00", "0:01", "auth 2001:db8:1:#::1 user#");
	assert_false(is_banned("2001:db8:1::/48"));
	says("10:20 auth 2001:db8:1:20::1 user20");
	assert_true(is_banned("2001:db8:1::/48"));
	assert_false(is_banned("2001:db8:1:20::/64"));
}

static void a_network_with_a_good_address_stays_single(void **state)
{
	(void)state;
	says("10:00 mail 192.0.2.200");
	says_times(20, "10:00", "0:01", "helo 192.0.2.#");
	assert_false(is_banned("192.0.2.0/24"));
	says_times(20, "29d10:00", "0:01", "helo 192.0.2.#");
	assert_false(is_banned("192.0.2.0/24"));
	assert_true(is_banned("192.0.2.1"));
	says_times(20, "30d10:01", "0:01", "helo 192.0.2.1#");
	assert_true(is_banned("192.0.2.0/24"));
}

static void a_good_address_dissolves_the_network_around_it(void **state)
{
	(void)state;
	says_times(8, "10:00", "0:01", "helo 192.0.2.#");
	assert_true(is_banned("192.0.2.0/24"));
	says("11:00 login 192.0.3.200 ann");
	assert_true(is_banned("192.0.2.0/24"));
	says("11:00 login 192.0.2.200 ann");
	assert_false(is_banned("192.0.2.0/24"));
	assert_true(is_banned("192.0.2.8"));
	says("12:00 helo 192.0.2.9");
	assert_false(is_banned("192.0.2.0/24"));
}

static void a_login_from_a_single_host_of_a_banned_network_dissolves_it_but_no_breach(void **state)
{
	(void)state;
	says_times(8, "10:00", "0:0:1", "auth 192.0.2.# a\n");
	says_times(8, "10:01", "0:0:1", "auth 192.0.2.# b\n");
	says_times(8, "10:02", "0:0:1", "auth 192.0.2.# c\n");
	says_times(3, "10:03", "0:0:1", "auth 192.0.2.1 user#\n");
	assert_true(is_banned("192.0.2.0/24"));
	says("10:05 login 192.0.2.1 a");
	assert_string_equal(breaches(), "192.0.2.1 a\n");
	assert_true(is_banned("192.0.2.0/24"));
	says("10:05 login 192.0.2.2 a");
	assert_string_equal(breaches(), "192.0.2.1 a\n");
	assert_false(is_banned("192.0.2.0/24"));
}

static void a_networks_ban_ends_at_a_quarter(void **state)
{
	(void)state;
	says_times(8, "10:00", "0:0", "auth 192.0.2.# n=5");
	assert_int_equal(days_left("192.0.2.0/24"), 12);
}

static void networks_of_other_sizes_have_counts_of_their_own(void **state)
{
	(void)state;
	assert_null(judge_settings_aggregate(&the.settings, "20:12", true));
	says_times(11, "10:00", "0:01", "helo 192.0.#.1");
	assert_false(is_banned("192.0.0.0/20"));
	says("11:00 helo 192.0.15.255");
	assert_true(is_banned("192.0.0.0/20"));
	assert_null(account_of("192.0.1.0/24"));
	anew();
	judge_settings_networks(&the.settings, 0);
	says_times(200, "10:00", "0:01", "helo 192.0.2.#");
	assert_null(account_of("192.0.2.0/24"));
}

static void what_a_connection_takes_back_its_network_gives_back(void **state)
{
	(void)state;
	says("10:00 unknown 192.0.2.1 c=7");
	points_are("192.0.2.0/24", "0.5");
	says("10:00 mail 192.0.2.1 c=7");
	says("10:00 reject 192.0.2.2 c=8\n10:00 probe 192.0.2.2 c=8");
	points_are("192.0.2.0/24", "1.5");
}

static void a_phone_with_an_old_password_bans_no_network_of_its_carrier(void **state)
{
	(void)state;
	says("9:00 login 203.0.113.9 ann");
	says_times(60, "10:00", "3:00", "auth 192.0.2.# ann");
	assert_false(is_banned("192.0.2.0/24"));
	points_are("192.0.2.0/24", "1.0");
	says_times(20, "8d10:00", "0:01", "auth 192.0.2.# user#");
	assert_true(is_banned("192.0.2.0/24"));
}

/* A carrier gives a phone another /64 each night. Passwords that end on one day leave many phones with an old one. */
static void phones_of_nineteen_users_ban_no_network_of_their_carrier(void **state)
{
	(void)state;
	says_times(20, "9:00", "0:0:1", "login 203.0.113.9 user#");
	for (int day = 1; day <= 5; day++) {
		char first[16], sentence[64];

		(void)snprintf(first, sizeof(first), "%dd10:00", day);
		(void)snprintf(sentence, sizeof(sentence), "auth 2001:db8:1:%d#::1 user#", day);
		says_times(19, first, "0:0:1", sentence);
	}
	assert_false(is_banned("2001:db8:1::/48"));
	says("5d10:01 auth 2001:db8:1:a::1 user20");
	assert_true(is_banned("2001:db8:1::/48"));
	assert_false(is_banned("2001:db8:1:a::1"));
}

static void who_guesses_with_another_64_each_time_bans_the_48_by_names_of_nobody(void **state)
{
	(void)state;
	says("9:00 login 203.0.113.9 ann");
	says_times(9, "10:00", "0:0:1", "auth 2001:db8:1:a#::1 ann");
	says_times(18, "10:01", "0:0:1", "auth 2001:db8:1:b#::1 nobody#");
	assert_false(is_banned("2001:db8:1::/48"));
	says("10:02 auth 2001:db8:1:c::1 nobody");
	assert_true(is_banned("2001:db8:1::/48"));
}

static void a_users_failure_that_two_daemons_log_is_one_for_the_network_too(void **state)
{
	(void)state;
	says("9:00 login 203.0.113.9 ann");
	says("10:00 probe 192.0.2.1 c=7\n10:00 auth 192.0.2.1 c=7");
	points_are("192.0.2.0/24", "1.0");
	says("10:00 auth 192.0.2.1 ann +checker");
	points_are("192.0.2.0/24", "1.0");
	points_are("192.0.2.1", "1.0");
	assert_int_equal(account_of("192.0.2.0/24")->points[CLASS_AUTH], 0);
	says("12:00 auth 192.0.2.1\n12:00 auth 192.0.2.1 ann +checker\n14:00 auth 192.0.2.1");
	assert_int_equal(account_of("192.0.2.0/24")->hosts, 1);
}

static void words_of_the_setting_aggregate(void **state)
{
	static const char *const bad[] = { "", "24", "24:", ":8", "24:1", "32:8", "0:8", "128:8", "24:8x", "x24:8", "24:-8" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++)
		assert_non_null(judge_settings_aggregate(&the.settings, bad[i], false));
	assert_null(judge_settings_aggregate(&the.settings, "64:4", false));
	assert_string_equal(judge_settings_check(&the.settings), "an aggregate is not wider than ipv6-prefix");
	assert_null(judge_settings_aggregate(&the.settings, "20:4", true));
	assert_null(judge_settings_aggregate(&the.settings, "20:8", false));
	assert_string_equal(judge_settings_check(&the.settings), "an aggregate is there twice");
}

/* ---- knocking ---- */

static void knock(const char *addr, const char *now, uint64_t packets)
{
	the.judge.now = at(now);
	judge_knock(&the.judge, account_of(addr), packets);
}

static void who_still_knocks_gets_a_point_a_run(void **state)
{
	(void)state;
	says("10:00 helo 192.0.2.1");
	knock("192.0.2.1", "4d10:00", 10);
	points_are("192.0.2.1", "3.5");
	assert_int_equal(account_of("192.0.2.1")->since, at("10:00"));
	assert_true(is_banned_at("192.0.2.1", "9d"));
	/* nothing came since */
	knock("192.0.2.1", "4d11:00", 10);
	points_are("192.0.2.1", "3.5");
	/* a set that was made anew begins to count anew */
	knock("192.0.2.1", "4d11:00", 3);
	points_are("192.0.2.1", "4.5");
}

static void a_banned_network_that_knocks_gets_one_too(void **state)
{
	(void)state;
	says_times(8, "10:00", "0:0", "auth 192.0.2.# n=5");
	knock("192.0.2.0/24", "10:00", 10);
	points_are("192.0.2.0/24", "41.0");
}

static void who_is_banned_no_more_gets_none(void **state)
{
	(void)state;
	says("10:00 helo 192.0.2.1");
	knock("192.0.2.1", "9d", 10);
	points_are("192.0.2.1", "5.0");
	assert_int_equal(account_of("192.0.2.1")->time, at("10:00"));
	the.settings.renew = false;
	knock("192.0.2.1", "5d", 20);
	points_are("192.0.2.1", "5.0");
}

/* ---- bounds ---- */

static void accounts_with_least_go_first(void **state)
{
	(void)state;
	judge_settings_networks(&the.settings, 0);
	the.settings.accounts = 100;
	says("9:00 helo 203.0.113.1\n9:00 login 203.0.113.2 ann\n9:00 auth 203.0.113.3 n=3");
	says_times(90, "10:00", "0:0:1", "unknown 192.0.2.#");
	assert_int_equal(the.judge.accounts.count, 93);
	says_times(250, "11:00", "0:0:1", "unknown 198.51.100.#");
	assert_true(the.judge.accounts.count <= 100);
	assert_true(is_banned("203.0.113.1"));
	points_are("203.0.113.2", "-1.0");
	points_are("203.0.113.3", "3.0");
	assert_null(account_of("192.0.2.1"));
	assert_non_null(account_of("198.51.100.250"));
}

/* A botnet with a name of its own for each attempt makes nobody forget accounts, nor who logged in lately. */
static void names_that_no_account_holds_are_bounded(void **state)
{
	(void)state;
	judge_settings_networks(&the.settings, 0);
	the.settings.accounts = 100;
	says("9:00 helo 203.0.113.1\n9:00 login 203.0.113.2 ann\n9:00 helo 203.0.113.3");
	says_times(254, "10:00", "0:0:1", "auth 192.0.2.# a#");
	says_times(254, "11:00", "0:0:1", "auth 198.51.100.# b#");
	assert_true(the.judge.accounts.names.idle <= 100);
	assert_true(the.judge.accounts.count > 70);
	assert_true(is_banned("203.0.113.1"));
	assert_true(is_banned("203.0.113.3"));
	says("12:00 auth 203.0.113.9 ann n=3");
	points_are("203.0.113.9", "1.1");
}

static void a_failure_without_an_address_is_counted_as_such(void **state)
{
	struct event event = { .time = BASE, .event_class = CLASS_AUTH, .count = 2, .flags = EVENT_NO_ADDRESS };

	(void)state;
	judge_event(&the.judge, &event, BASE);
	judge_event(&the.judge, &event, BASE);
	assert_int_equal(the.judge.without_address, 4);
	assert_int_equal(the.judge.accounts.count, 0);
}

/* ---- what the state keeps ---- */

static void damaged_lines_are_refused(void **state)
{
	static const char *const bad[] = { "192.0.2.256 time=1\n", "192.0.2.1 time=x\n", "192.0.2.1 u:ann=1\n",
		"192.0.2.1 u:%2=1@1@1\n", "192.0.2.1 credit=4001\n", "192.0.2.1 since=5\n", "192.0.2.1 since=5 until=9\n",
		"192.0.2.1 good=4294967296\n", "192.0.2.1 mails=10@5\n", "192.0.2.1  time=1\n", "192.0.2.1 what=1\n",
		"203.0.113.1 time=1\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		struct accounts accounts;
		char lines[200];

		accounts_init(&accounts);
		snprintf(lines, sizeof(lines), "203.0.113.1 time=100 u:ann=1@100@1\n%s", bad[i]);
		assert_int_equal(accounts_load(&accounts, (struct span){ lines, strlen(lines) }), 2);
		accounts_free(&accounts);
	}
}

static void any_bytes_of_a_name_are_read_back(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 some%one=\x80\x01\n10:00 auth 192.0.2.1 x@y\n"
	     "10:00 auth 192.0.2.1 0123456789012345678901234567890123456789012345678901234567890123456789\n"
	     "10:00 auth 192.0.2.1 012345678901234567890123456789012345678901234567890123456789012345678X");
	next_run(&the);
	assert_int_equal(account_of("192.0.2.1")->name_count, 4);
	says("10:00 login 192.0.2.1 SOME%one=\x80\x01\n10:00 login 192.0.2.1 X\n"
	     "10:00 login 192.0.2.1 0123456789012345678901234567890123456789012345678901234567890123456789\n"
	     "10:00 login 192.0.2.1 012345678901234567890123456789012345678901234567890123456789012345678x");
	points_are("192.0.2.1", "-4.0");
	assert_string_equal(breaches(), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SENTENCE(eight_addresses_and_twenty_points_are_a_network),
		SENTENCE(seven_addresses_are_none_whatever_their_points),
		SENTENCE(eight_addresses_with_a_failure_each_are_none),
		SENTENCE(an_address_gives_its_network_five_points_at_most),
		SENTENCE(one_try_from_each_64_bans_the_48),
		SENTENCE(a_network_with_a_good_address_stays_single),
		SENTENCE(a_good_address_dissolves_the_network_around_it),
		SENTENCE(a_login_from_a_single_host_of_a_banned_network_dissolves_it_but_no_breach),
		SENTENCE(a_networks_ban_ends_at_a_quarter),
		SENTENCE(networks_of_other_sizes_have_counts_of_their_own),
		SENTENCE(what_a_connection_takes_back_its_network_gives_back),
		SENTENCE(a_phone_with_an_old_password_bans_no_network_of_its_carrier),
		SENTENCE(phones_of_nineteen_users_ban_no_network_of_their_carrier),
		SENTENCE(who_guesses_with_another_64_each_time_bans_the_48_by_names_of_nobody),
		SENTENCE(a_users_failure_that_two_daemons_log_is_one_for_the_network_too),
		SENTENCE(words_of_the_setting_aggregate),
		SENTENCE(who_still_knocks_gets_a_point_a_run),
		SENTENCE(a_banned_network_that_knocks_gets_one_too),
		SENTENCE(who_is_banned_no_more_gets_none),
		SENTENCE(accounts_with_least_go_first),
		SENTENCE(names_that_no_account_holds_are_bounded),
		SENTENCE(a_failure_without_an_address_is_counted_as_such),
		SENTENCE(damaged_lines_are_refused),
		SENTENCE(any_bytes_of_a_name_are_read_back),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
