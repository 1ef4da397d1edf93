/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judgement of connections, refused recipients and accepted mail: DESIGN.md, "Judging by points". */
#include "judge_driver.h"

/* ---- connections ---- */

static void a_connection_counts_as_its_strongest_kind(void **state)
{
	(void)state;
	says("10:00 unknown 192.0.2.1 c=7\n10:00 reject 192.0.2.1 c=7\n10:00 unknown 192.0.2.1 c=7");
	points_are("192.0.2.1", "0.5");
	says("10:00 probe 192.0.2.1 c=7");
	points_are("192.0.2.1", "1.0");
	assert_int_equal(account_of("192.0.2.1")->hits, 1);
	says("10:00 unknown 192.0.2.1 c=8");
	points_are("192.0.2.1", "1.5");
}

static void what_ends_a_connection_begins_another(void **state)
{
	(void)state;
	says("10:00 unknown 192.0.2.1 c=7 +ends\n10:00 unknown 192.0.2.1 c=7\n10:00 unknown 192.0.2.2 c=7");
	points_are("192.0.2.1", "1.0");
	points_are("192.0.2.2", "0.5");
}

static void a_failure_outweighs_what_its_connection_did_beside(void **state)
{
	(void)state;
	says("10:00 unknown 192.0.2.1 c=7\n10:00 auth 192.0.2.1 ann c=7\n10:00 probe 192.0.2.1 c=7");
	points_are("192.0.2.1", "1.0");
	says("10:00 auth 192.0.2.1 bob c=7\n10:00 auth 192.0.2.1 eve c=7");
	points_are("192.0.2.1", "3.0");
	says("10:00 auth 192.0.2.1 root c=7\n10:00 helo 192.0.2.1 c=7");
	points_are("192.0.2.1", "9.0");
}

static void a_connection_with_a_login_or_a_mail_did_not_come_to_nothing(void **state)
{
	(void)state;
	says("10:00 login 192.0.2.1 ann c=7\n10:00 unknown 192.0.2.1 c=7 +ends");
	points_are("192.0.2.1", "-1.0");
	says("10:00 mail 192.0.2.2 c=8\n10:00 unknown 192.0.2.2 c=8 +ends\n10:00 mail 192.0.2.2\n"
	     "10:00 unknown 192.0.2.2 c=9\n10:00 mail 192.0.2.2 c=9 +ends");
	points_are("192.0.2.2", "0.0");
}

static void further_recipients_of_a_connection_count_a_tenth(void **state)
{
	(void)state;
	says_times(11, "10:00", "0:0", "reject 192.0.2.1 c=7");
	points_are("192.0.2.1", "0.5");
	says_times(2, "10:00", "0:0", "reject 192.0.2.2 c=#");
	points_are("192.0.2.2", "0.5");
	says_times(11, "10:00", "0:0", "reject 192.0.2.3 c=7 +named");
	points_are("192.0.2.3", "0.2");
}

static void a_stronger_refusal_of_a_connection_counts_in_place_of_the_weaker(void **state)
{
	(void)state;
	/* each VRFY is refused, and the end of the connection tells that there were many */
	says_times(5, "10:00", "0:0:1", "reject 192.0.2.1 c=7 +named");
	says("10:01 reject 192.0.2.1 c=7 points=1000 +named +ends");
	points_are("192.0.2.1", "1.0");
	/* but not where a password was tried, nor a weaker one: those count a tenth */
	says("10:00 reject 192.0.2.2 c=8\n10:00 auth 192.0.2.2 ann c=8\n10:00 reject 192.0.2.2 c=8 points=1000");
	points_are("192.0.2.2", "1.1");
	says("10:00 reject 192.0.2.3 c=9 points=1000\n10:00 reject 192.0.2.3 c=9");
	points_are("192.0.2.3", "1.0");
}

static void further_recipients_count_a_tenth_behind_a_failure_too(void **state)
{
	(void)state;
	says("10:00 auth 192.0.2.1 ann c=7");
	says_times(41, "10:00:01", "0:0:1", "reject 192.0.2.1 c=7");
	points_are("192.0.2.1", "2.0");
	assert_int_equal(account_of("192.0.2.1")->hits, 41);
}

static void a_verified_name_makes_a_refused_recipient_a_tenth(void **state)
{
	(void)state;
	says_times(10, "10:00", "0:0", "reject 192.0.2.1");
	points_are("192.0.2.1", "2.5");
	says_times(10, "10:00", "0:0", "reject 192.0.2.2 +named");
	points_are("192.0.2.2", "1.0");
}

static void without_a_resolver_nobody_has_a_name(void **state)
{
	(void)state;
	/* one client's domain may be broken, and a client may have many addresses */
	says_times(4, "10:00", "0:1", "trouble 192.0.2.1 c=1 +begins");
	says("10:04 trouble 2001:db8:1:1:: c=1 +begins\n10:04 trouble 2001:db8:1:2:: c=2 +begins\n"
	     "10:04 trouble 2001:db8:1:3:: c=3 +begins");
	says("10:05 unknown 198.51.100.1 c=9 +begins");
	points_are("198.51.100.1", "0.5");
	says("10:06 trouble 192.0.2.2 c=2 +begins\n10:08 trouble 192.0.2.4 c=4 +begins");
	says_times(20, "10:09", "0:0:1", "unknown 198.51.100.2 c=8 +begins");
	assert_null(account_of("198.51.100.2"));
	/* half an hour behind the last one it answers again */
	says("10:39 unknown 198.51.100.3 c=9 +begins");
	points_are("198.51.100.3", "0.5");
}

static void who_had_a_name_with_an_accepted_mail_has_not_lost_it(void **state)
{
	(void)state;
	says("10:00 mail 192.0.2.1 c=1 +named\n10:00 mail 192.0.2.2 c=2\n10:00 mail 192.0.2.3 c=3 +named\n"
	     "10:00 mail 192.0.2.4 c=4 +named\n10:00 mail 192.0.2.5 c=5 +named");
	says("11:00 unknown 192.0.2.1 c=6 +begins\n11:00 reject 192.0.2.1 c=6\n11:00 unknown 192.0.2.1 c=6 +ends");
	points_are("192.0.2.1", "0.0");
	says("11:00 unknown 192.0.2.2 c=7 +begins");
	points_are("192.0.2.2", "0.5");
	/* four such clients tell that the resolver is down for all */
	says("11:01 unknown 192.0.2.3 c=8 +begins\n11:02 unknown 192.0.2.4 c=9 +begins");
	says("11:03 unknown 198.51.100.1 c=10 +begins\n11:04 unknown 192.0.2.5 c=11 +begins");
	says("11:05 unknown 198.51.100.1 c=12 +begins");
	points_are("198.51.100.1", "0.5");
	/* a mail without a name: it has none */
	says("12:00 mail 192.0.2.1 c=13\n12:10 unknown 192.0.2.1 c=14 +begins");
	points_are("192.0.2.1", "0.4");
	/* after the setting known */
	says("40d12:00 unknown 192.0.2.3 c=15 +begins");
	points_are("192.0.2.3", "0.5");
	says("40d12:00 auth 192.0.2.4 ann c=16");
	points_are("192.0.2.4", "1.0");
}

static void this_servers_own_trouble_counts_nothing(void **state)
{
	(void)state;
	says_times(500, "10:00", "0:0:1", "trouble 192.0.2.1");
	assert_null(account_of("192.0.2.1"));
	/* nor what its connection does beside */
	says("10:00 unknown 192.0.2.1 c=7\n10:00 trouble 192.0.2.1 c=7\n10:00 probe 192.0.2.1 c=7 +ends");
	points_are("192.0.2.1", "0.0");
	points_are("192.0.2.0/24", "0.0");
	says("10:00 auth 192.0.2.1 ann c=7\n10:00 trouble 192.0.2.1 c=7");
	points_are("192.0.2.1", "1.0");
}

/* ---- accepted mail ---- */

static void the_first_mail_takes_a_threshold_off_weak_points(void **state)
{
	(void)state;
	says_times(10, "10:00", "0:01", "unknown 192.0.2.1");
	says("10:20 auth 192.0.2.1 ann");
	assert_true(is_banned("192.0.2.1"));
	says("10:30 mail 192.0.2.1");
	assert_false(is_banned("192.0.2.1"));
	points_are("192.0.2.1", "1.0");
	says_times(10, "10:00", "0:01", "probe 192.0.2.2");
	says("10:30 mail 192.0.2.2");
	assert_true(is_banned("192.0.2.2"));
	points_are("192.0.2.2", "5.0");
}

/* It is greylisted, and comes back each minute for a quarter of an hour, or for each of several mails. */
static void the_first_mail_takes_two_thresholds_off_a_client_without_a_name(void **state)
{
	(void)state;
	says_times(16, "10:00", "0:01", "unknown 192.0.2.1");
	assert_true(is_banned("192.0.2.1"));
	says("10:16 mail 192.0.2.1");
	assert_false(is_banned("192.0.2.1"));
	points_are("192.0.2.1", "0.0");
	says_times(30, "10:00", "0:01", "unknown 192.0.2.2");
	says("10:30 mail 192.0.2.2");
	assert_true(is_banned("192.0.2.2"));
	points_are("192.0.2.2", "5.0");
}

static void each_of_nine_mails_takes_a_tenth_of_the_weight(void **state)
{
	(void)state;
	says("10:00 mail 192.0.2.1\n10:01 probe 192.0.2.1");
	points_are("192.0.2.1", "0.9");
	says("10:00 mail 192.0.2.2 n=4\n10:01 probe 192.0.2.2");
	points_are("192.0.2.2", "0.6");
}

static void after_nine_mails_weak_evidence_counts_a_tenth(void **state)
{
	(void)state;
	says_times(9, "10:00", "0:01", "mail 192.0.2.1");
	says("11:00 probe 192.0.2.1\n11:00 unknown 192.0.2.1\n11:00 unknown 192.0.2.1");
	points_are("192.0.2.1", "0.2");
	says("11:00 mail 192.0.2.1");
	points_are("192.0.2.1", "0.1");
	says("11:00 helo 192.0.2.1");
	assert_true(is_banned("192.0.2.1"));
	says("11:00 mail 192.0.2.2 n=9\n11:00 auth 192.0.2.2 ann\n10d mail 192.0.2.2 n=99\n10d auth 192.0.2.2 bob");
	points_are("192.0.2.2", "1.2");
}

static void mails_are_forgotten_after_thirty_days(void **state)
{
	(void)state;
	says("10:00 mail 192.0.2.1 n=9\n30d10:00 unknown 192.0.2.1\n30d10:00 unknown 192.0.2.1");
	points_are("192.0.2.1", "0.1");
	says("10:00 mail 192.0.2.2 n=9\n30d10:00:01 unknown 192.0.2.2\n30d10:00:01 unknown 192.0.2.2");
	points_are("192.0.2.2", "1.0");
}

/* A list of 2000 subscribers of whom 150 are gone goes out every day. */
static void dead_recipients_do_not_harm_a_list_host(void **state)
{
	(void)state;
	for (unsigned day = 0; day < 30; day++) {
		char from[20];

		snprintf(from, sizeof(from), "%ud6:00", day);
		says_times(9, from, "0:0:10", "mail 192.0.2.1");
		for (unsigned i = 0; i < 15; i++) {
			says_times(10, from, "0:0:01", "reject 192.0.2.1 c=9 +named");
			says_times(1, from, "0:0:01", "mail 192.0.2.1 c=9 n=100 +ends");
		}
		assert_false(is_banned("192.0.2.1"));
	}
}

/* Two hundred mails in six days, then an hour in which its name cannot be resolved. */
static void an_hour_without_names_does_not_harm_a_big_provider(void **state)
{
	(void)state;
	says_times(200, "10:00", "0:43", "mail 192.0.2.1");
	says_times(90, "6d12:00", "0:0:40", "unknown 192.0.2.1 c=#");
	assert_false(is_banned("192.0.2.1"));
	says_times(200, "7d10:00", "0:01", "unknown 192.0.2.1 c=1#");
	assert_true(is_banned("192.0.2.1"));
}

/* ---- harvests ---- */

enum { RECIPIENTS = 900 };

/* So many refused recipients a connection, two connections a minute; behind one of them a mail is taken; 0: none.
 * Returns whether the address stands banned in the end. */
static bool harvest(unsigned a_connection, const char *named, unsigned mail_behind)
{
	char line[LINE_MAX_LEN];

	anew();
	for (unsigned i = 1; i <= RECIPIENTS; i++) {
		unsigned connection = (i - 1) / a_connection + 1, when = connection * 30;

		snprintf(line, sizeof(line), "10:%u:%u reject 192.0.2.1 c=%u %s", when / 60, when % 60, connection, named);
		says(line);
		snprintf(line, sizeof(line), "10:%u:%u mail 192.0.2.1 c=%u", when / 60, when % 60, connection);
		if (i == mail_behind)
			says(line);
	}
	return is_banned("192.0.2.1");
}

static void a_harvest_is_banned_whatever_its_shape(void **state)
{
	static const unsigned shapes[] = { 1, 9, 18, 100 };

	(void)state;
	the.cut = false;
	for (unsigned s = 0; s < sizeof(shapes) / sizeof(*shapes); s++) {
		assert_true(harvest(shapes[s], "", 0));
		assert_true(harvest(shapes[s], "+named", 0));
	}
}

/* Be it the first recipient or the last one. */
static void one_deliverable_address_does_not_pay_for_a_harvest(void **state)
{
	static const unsigned shapes[] = { 1, 9, 18, 100 }, behind[] = { 1, RECIPIENTS };

	(void)state;
	the.cut = false;
	for (unsigned s = 0; s < sizeof(shapes) / sizeof(*shapes); s++) {
		for (unsigned b = 0; b < 2; b++) {
			assert_true(harvest(shapes[s], "", behind[b]));
			assert_true(harvest(shapes[s], "+named", behind[b]));
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SENTENCE(a_connection_counts_as_its_strongest_kind),
		SENTENCE(what_ends_a_connection_begins_another),
		SENTENCE(a_failure_outweighs_what_its_connection_did_beside),
		SENTENCE(a_connection_with_a_login_or_a_mail_did_not_come_to_nothing),
		SENTENCE(further_recipients_of_a_connection_count_a_tenth),
		SENTENCE(a_stronger_refusal_of_a_connection_counts_in_place_of_the_weaker),
		SENTENCE(further_recipients_count_a_tenth_behind_a_failure_too),
		SENTENCE(a_verified_name_makes_a_refused_recipient_a_tenth),
		SENTENCE(without_a_resolver_nobody_has_a_name),
		SENTENCE(who_had_a_name_with_an_accepted_mail_has_not_lost_it),
		SENTENCE(this_servers_own_trouble_counts_nothing),
		SENTENCE(the_first_mail_takes_a_threshold_off_weak_points),
		SENTENCE(the_first_mail_takes_two_thresholds_off_a_client_without_a_name),
		SENTENCE(each_of_nine_mails_takes_a_tenth_of_the_weight),
		SENTENCE(after_nine_mails_weak_evidence_counts_a_tenth),
		SENTENCE(mails_are_forgotten_after_thirty_days),
		SENTENCE(dead_recipients_do_not_harm_a_list_host),
		SENTENCE(an_hour_without_names_does_not_harm_a_big_provider),
		SENTENCE(a_harvest_is_banned_whatever_its_shape),
		SENTENCE(one_deliverable_address_does_not_pay_for_a_harvest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
