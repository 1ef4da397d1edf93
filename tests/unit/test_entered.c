/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entered, habit: accounts that strangers entered, with and without guessing, and what was sent since. */
#include "judge_driver.h"

#define GUESSING "10:00 auth 192.0.2.1 ann\n10:01 auth 192.0.2.1 bob\n10:02 auth 192.0.2.1 eve\n" \
	"10:03 auth 192.0.2.1 root\n10:04 auth 192.0.2.1 info\n10:05 login 192.0.2.1 Ann@example.com\n"

/* "ADDRESS USER HOW LOGINS MAILS[ done]", a line each. */
static const char *entered(void)
{
	static char text[1000];
	size_t len = 0;

	text[0] = '\0';
	for (size_t i = 0; i < the.judge.entered.count; i++) {
		const struct entered *e = &the.judge.entered.all[i];
		char addr[ADDR_TEXT_MAX];

		addr_format(addr, &e->addr);
		len += (size_t)snprintf(text + len, sizeof(text) - len, "%s %s %s %u %u%s\n", addr, e->user,
					e->how == ENTERED_GUESSED ? "guessed" : e->how == ENTERED_BESIDE ? "beside" : "unguessed",
					e->logins, e->mails, e->done != 0 ? " done" : "");
	}
	return text;
}

static void what_is_sent_after_a_breach_is_counted_and_other_names_are_told(void **state)
{
	(void)state;
	says(GUESSING);
	says_times(3, "11:00", "0:01", "login 192.0.2.1 ann@example.com +sends");
	says("12:00 login 192.0.2.1 bob\n12:00 login 192.0.2.2 ann +sends");
	assert_string_equal(entered(), "192.0.2.1 Ann@example.com guessed 4 3\n192.0.2.1 bob beside 1 0\n");
	assert_int_equal(the.judge.entered.all[0].tried_count, 5);
	assert_string_equal(the.judge.entered.all[0].tried[0], "info");
	assert_int_equal(the.judge.entered.all[0].last, at("11:02"));
}

static void who_is_done_is_told_again_when_somebody_enters_again(void **state)
{
	(void)state;
	says(GUESSING);
	assert_int_equal(entered_done(&the.judge.entered, (struct span){ "ANN@", 4 }, at("1d")), 1);
	assert_int_equal(entered_done(&the.judge.entered, (struct span){ "ANN@", 4 }, at("1d")), 0);
	says("12:00 login 192.0.2.1 ann");
	assert_string_equal(entered(), "192.0.2.1 Ann@example.com guessed 2 0 done\n");
	says("2d login 192.0.2.1 ann");
	assert_string_equal(entered(), "192.0.2.1 Ann@example.com guessed 3 0\n");
}

static void more_mails_from_a_new_place_than_ever_are_worth_a_look(void **state)
{
	(void)state;
	says_times(20, "1:00", "10:00", "login 198.51.100.7 ann +sends");
	says_times(31, "9d", "0:01", "login 192.0.2.99 ann +sends");
	assert_string_equal(entered(), "192.0.2.99 ann unguessed 31 31\n");
	assert_int_equal(the.judge.entered.all[0].time, at("9d"));
	assert_false(is_banned("192.0.2.99"));
	says_times(300, "12d", "0:01", "login 192.0.2.99 ann +sends");
	assert_string_equal(entered(), "192.0.2.99 ann unguessed 331 331\n");
}

static void nobody_is_told_of_who_moves_or_begins(void **state)
{
	(void)state;
	/* a new user, from one place */
	says_times(200, "1:00", "0:01", "login 198.51.100.7 new +sends");
	/* one who reads elsewhere */
	says("1:00 login 198.51.100.7 ann +sends");
	says_times(50, "2:00", "0:01", "login 192.0.2.99 ann");
	/* one who sends a lot from another address of the same network */
	says_times(50, "2:00", "0:01", "login 198.51.100.99 ann +sends");
	/* one who has been there for more than a day */
	says("3d login 203.0.113.5 ann +sends");
	says_times(100, "5d", "0:01", "login 203.0.113.5 ann +sends");
	/* one who sends less from a new place than from all others */
	says_times(60, "6d", "0:01", "login 192.0.2.130 ann +sends");
	assert_string_equal(entered(), "");
}

static void new_networks_are_of_both_families(void **state)
{
	(void)state;
	says("1:00 login 2001:db8:1:2::/64 ann +sends");
	says_times(40, "2:00", "0:01", "login 2001:db8:1:3::/64 ann +sends");
	assert_string_equal(entered(), "");
	says_times(90, "4:00", "0:01", "login 2001:db8:2:2::/64 ann +sends");
	assert_string_equal(entered(), "2001:db8:2:2::/64 ann unguessed 90 90\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		SENTENCE(what_is_sent_after_a_breach_is_counted_and_other_names_are_told),
		SENTENCE(who_is_done_is_told_again_when_somebody_enters_again),
		SENTENCE(more_mails_from_a_new_place_than_ever_are_worth_a_look),
		SENTENCE(nobody_is_told_of_who_moves_or_begins),
		SENTENCE(new_networks_are_of_both_families),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
