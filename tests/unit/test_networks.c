/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Hosts to networks and back, neighbours, and banned ones that still knock. */
#include "judging_driver.h"

/* count hosts of a /24 are banned, minute after minute. */
static void banned_hosts(struct buf *events, const char *net, unsigned count, unsigned first_minute)
{
	for (unsigned i = 0; i < count; i++)
		buf_addf(events, "%um %s.%u helo\n", first_minute + i, net, 10 + i);
}

static void run_hosts(struct world *w, const char *now, const char *net, unsigned count, unsigned first_minute)
{
	struct buf events = { 0 };

	banned_hosts(&events, net, count, first_minute);
	run_over(w, now, buf_text(&events));
	buf_free(&events);
}

static void eight_hosts_are_a_network(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run_hosts(&w, "1h", "192.0.2", 7, 0);
	assert_null(strstr(list_text(&w), "/24"));
	assert_int_equal(w.added, 7);
	run_hosts(&w, "1h", "192.0.2", 8, 0);
	list_is(&w, "192.0.2.0/24 # since 2026-11-01T00:07Z until 2026-11-08T00:07Z by helo hits 8 hosts 8\n");
	assert_int_equal(w.added, 1);
	/* one that is banned inside makes it last as long as itself */
	run_over(&w, "2h", "1h 192.0.2.200 helo");
	list_is(&w, "192.0.2.0/24 # since 2026-11-01T00:07Z until 2026-11-08T01:00Z by helo hits 9 hosts 9\n");
	changes_are(&w, "network 192.0.2.0/24\n");
	/* it gives nothing back */
	run_over(&w, "7d1h", "");
	list_is(&w, "");
	changes_are(&w, "expired 192.0.2.0/24\n");
	world_free(&w);
}

static void hosts_whose_bans_ended_do_not_count(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run_hosts(&w, "1h", "192.0.2", 7, 0);
	run_over(&w, "8d", "7d 192.0.2.200 helo");
	assert_null(strstr(list_text(&w), "/24"));
	world_free(&w);
	world_init(&w);
	run_hosts(&w, "1h", "192.0.2", 7, 0);
	run_over(&w, "6d23h59m30s", "6d23h59m 192.0.2.200 helo");
	list_is(&w, "192.0.2.0/24 # since 2026-11-07T23:59Z until 2026-11-14T23:59Z by helo hits 8 hosts 8\n");
	world_free(&w);
}

static void ipv6_networks_are_of_48(void **state)
{
	struct buf events = { 0 };
	struct world w;

	(void)state;
	for (unsigned i = 0; i < 8; i++)
		buf_addf(&events, "0 2001:db8:1:%x::1 helo\n0 2001:db8:1:%x::2 helo\n", i, i);
	world_init(&w);
	run_over(&w, "1h", buf_text(&events));
	list_is(&w, "2001:db8:1::/48 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by helo hits 8 hosts 8\n");
	world_free(&w);
	buf_free(&events);
}

static void no_network_holds_a_good_address(void **state)
{
	struct world w;

	(void)state;
	/* within 30 days before */
	world_init(&w);
	run_over(&w, "1h", "0 192.0.2.250 good mail");
	run_hosts(&w, "1h", "192.0.2", 8, 0);
	assert_null(strstr(list_text(&w), "/24"));
	world_free(&w);
	world_init(&w);
	run_over(&w, "1h", "0 192.0.2.250 good mail");
	run_hosts(&w, "31d", "192.0.2", 8, 43200 - 7);
	assert_null(strstr(list_text(&w), "/24"));
	world_free(&w);
	world_init(&w);
	run_over(&w, "1h", "0 192.0.2.250 good mail");
	run_hosts(&w, "31d", "192.0.2", 8, 43200 - 6);
	assert_non_null(strstr(list_text(&w), "/24"));
	world_free(&w);
	/* one that comes later dissolves it; its neighbour's does not */
	world_init(&w);
	run_hosts(&w, "1h", "192.0.2", 8, 0);
	run_over(&w, "2h", "1h 192.0.3.250 good mail");
	assert_non_null(strstr(list_text(&w), "/24"));
	run_over(&w, "2h", "1h 192.0.2.250 good mail");
	assert_null(strstr(list_text(&w), "/24"));
	assert_non_null(strstr(list_text(&w), "192.0.2.17 # since 2026-11-01T00:07Z until 2026-11-08T00:07Z by helo hits 1"));
	changes_are(&w, "dissolved 192.0.2.0/24\n");
	assert_int_equal(w.added, 0);
	world_free(&w);
}

static void no_network_holds_an_allowed_address(void **state)
{
	struct addr allowed = net_of("192.0.2.250");
	struct world w;

	(void)state;
	world_init(&w);
	run_hosts(&w, "1h", "192.0.2", 8, 0);
	netset_add(&w.allow, &allowed);
	netset_finish(&w.allow);
	run_over(&w, "2h", "");
	assert_null(strstr(list_text(&w), "/24"));
	assert_non_null(strstr(list_text(&w), "192.0.2.17 # since 2026-11-01T00:07Z"));
	world_free(&w);
	world_init(&w);
	netset_add(&w.allow, &allowed);
	netset_finish(&w.allow);
	run_hosts(&w, "1h", "192.0.2", 8, 0);
	assert_null(strstr(list_text(&w), "/24"));
	assert_int_equal(w.added, 8);
	world_free(&w);
}

static void wider_networks_have_counts_of_their_own(void **state)
{
	struct buf events = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	assert_null(judge_settings_aggregate(&w.settings, "24:8", true));
	assert_null(judge_settings_aggregate(&w.settings, "20:12", false));
	banned_hosts(&events, "192.0.3", 8, 0);
	banned_hosts(&events, "192.0.5", 3, 10);
	run_over(&w, "1h", buf_text(&events));
	assert_non_null(strstr(list_text(&w), "192.0.3.0/24 # since 2026-11-01T00:07Z"));
	run_over(&w, "1h", "20m 192.0.15.255 helo");
	list_is(&w, "192.0.0.0/20 # since 2026-11-01T00:20Z until 2026-11-08T00:20Z by helo hits 12 hosts 12\n");
	world_free(&w);
	buf_free(&events);
}

static void words_of_the_setting_aggregate(void **state)
{
	static const char *const bad[] = { "", "24", "24:", ":8", "24:1", "32:8", "0:8", "128:8", "24:8x", "x24:8", "24:-8" };
	struct judge_settings s;

	(void)state;
	judge_settings_defaults(&s);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(judge_settings_aggregate(&s, bad[i], false));
	assert_null(judge_settings_aggregate(&s, "64:4", false));
	assert_string_equal(judge_settings_check(&s), "an aggregate is not wider than ipv6-prefix");
	judge_settings_net_hosts(&s, 0);
	assert_int_equal(s.aggregate_count, 0);
}

static void nothing_too_wide_is_banned(void **state)
{
	struct buf events = { 0 };
	struct world w;

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		buf_addf(&events, "0 198.%u.1.1 helo\n", 50 + i % 2);
	world_init(&w);
	assert_null(judge_settings_aggregate(&w.settings, "15:2", true));
	run_over(&w, "1h", buf_text(&events));
	assert_true(w.over_limit);
	changes_are(&w, "added 198.50.1.1\nadded 198.51.1.1\ntoo-wide 198.50.0.0/15\n");
	world_free(&w);
	world_init(&w);
	w.force = true;
	assert_null(judge_settings_aggregate(&w.settings, "15:2", true));
	run_over(&w, "1h", buf_text(&events));
	assert_false(w.over_limit);
	assert_non_null(strstr(list_text(&w), "198.50.0.0/15"));
	world_free(&w);
	world_init(&w);
	assert_null(judge_settings_aggregate(&w.settings, "16:2", true));
	run_over(&w, "1h", "0 198.51.1.1 helo\n0 198.51.2.1 helo");
	assert_false(w.over_limit);
	assert_non_null(strstr(list_text(&w), "198.51.0.0/16"));
	world_free(&w);
	buf_free(&events);
}

static void persons_lines_inside_a_network_stay(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_text(&w.list, BLACKLIST_HEADER "192.0.2.1 # mine\n198.51.100.0/24 # all of them\n");
	/* a person's host is a banned one: seven more make eight */
	run_hosts(&w, "1h", "192.0.2", 7, 0);
	run_over(&w, "1h", "0 198.51.100.7 helo");
	list_is(&w, "192.0.2.0/24 # since 2026-11-01T00:06Z until 2026-11-08T00:06Z by helo hits 7 hosts 8\n"
		    "192.0.2.1 # mine\n198.51.100.0/24 # all of them\n");
	/* what a person's network hid comes out when it is gone */
	buf_clear(&w.list);
	buf_add_text(&w.list, BLACKLIST_HEADER "192.0.2.1 # mine\n");
	run_over(&w, "1h", "");
	list_is(&w, "192.0.2.1 # mine\n198.51.100.7 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by helo hits 1\n");
	world_free(&w);
}

static void neighbours_with_the_same_dates_are_joined(void **state)
{
	struct buf events = { 0 };
	struct world w;

	(void)state;
	banned_hosts(&events, "192.0.2", 8, 0);
	banned_hosts(&events, "192.0.3", 8, 0);
	banned_hosts(&events, "192.0.5", 8, 0);
	banned_hosts(&events, "192.0.6", 8, 0);
	world_init(&w);
	run_over(&w, "1h", buf_text(&events));
	list_is(&w, "192.0.2.0/23 # since 2026-11-01T00:07Z until 2026-11-08T00:07Z by helo hits 16 hosts 16\n"
		    "192.0.5.0/24 # since 2026-11-01T00:07Z until 2026-11-08T00:07Z by helo hits 8 hosts 8\n"
		    "192.0.6.0/24 # since 2026-11-01T00:07Z until 2026-11-08T00:07Z by helo hits 8 hosts 8\n");
	run_over(&w, "1h", "");
	changes_are(&w, "");
	/* and parted again when their dates differ */
	run_over(&w, "1h", "30m 192.0.3.200 helo");
	assert_non_null(strstr(list_text(&w), "192.0.2.0/24 # since 2026-11-01T00:07Z until 2026-11-08T00:07Z by helo hits 8"));
	assert_non_null(strstr(list_text(&w), "192.0.3.0/24 # since 2026-11-01T00:07Z until 2026-11-08T00:30Z by helo hits 9"));
	world_free(&w);
	world_init(&w);
	w.settings.collapse = false;
	run_over(&w, "1h", buf_text(&events));
	assert_null(strstr(list_text(&w), "/23"));
	world_free(&w);
	buf_free(&events);
}

static void neighbours_joined_by_a_run_that_died_are_parted_again(void **state)
{
	struct buf events = { 0 };
	struct run run;
	struct world w;

	(void)state;
	banned_hosts(&events, "192.0.2", 8, 0);
	banned_hosts(&events, "192.0.3", 8, 0);
	world_init(&w);
	run_begin(&run, &w, at("10m"));
	run_events(&run, buf_text(&events));
	run_end(&run, 1);
	assert_non_null(strstr(list_text(&w), "192.0.2.0/23 "));
	buf_add_text(&events, "30m 192.0.3.200 helo\n");
	run_over(&w, "1h", buf_text(&events));
	list_is(&w, "192.0.2.0/24 # since 2026-11-01T00:07Z until 2026-11-08T00:07Z by helo hits 8 hosts 8\n"
		    "192.0.3.0/24 # since 2026-11-01T00:07Z until 2026-11-08T00:30Z by helo hits 9 hosts 9\n");
	world_free(&w);
	buf_free(&events);
}

static void a_network_can_be_taken_out_or_split_by_a_person(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run_hosts(&w, "1h", "192.0.2", 8, 0);
	buf_clear(&w.list);
	buf_add_text(&w.list, BLACKLIST_HEADER);
	run_over(&w, "2h", "1h 192.0.2.200 helo");
	list_is(&w, "192.0.2.200 # since 2026-11-01T01:00Z until 2026-11-08T01:00Z by helo hits 1\n");
	world_free(&w);
	/* all but 192.0.2.128/25, where nobody was banned, and 192.0.2.16/28 with two of the hosts */
	world_init(&w);
	run_hosts(&w, "1h", "192.0.2", 8, 0);
	buf_clear(&w.list);
	buf_add_text(&w.list, BLACKLIST_HEADER
		"192.0.2.0/28             # since 2026-11-01T00:07Z until 2026-11-08T00:07Z by helo hits 8 hosts 8\n"
		"192.0.2.32/27            # since 2026-11-01T00:07Z until 2026-11-08T00:07Z by helo hits 8 hosts 8\n"
		"192.0.2.64/26            # since 2026-11-01T00:07Z until 2026-11-08T00:07Z by helo hits 8 hosts 8\n");
	run_over(&w, "2h", "");
	changes_are(&w, "");
	run_over(&w, "2h", "1h 192.0.2.16 auth n=4\n1h 192.0.2.17 helo");
	changes_are(&w, "added 192.0.2.17\n");
	run_over(&w, "7d10m", "");
	list_is(&w, "192.0.2.17 # since 2026-11-01T01:00Z until 2026-11-08T01:00Z by helo hits 1\n");
	world_free(&w);
}

static void knock(struct world *w, const char *net, uint64_t packets)
{
	w->knocks[0] = (struct knock){ net_of(net), packets };
	w->knock_count = 1;
}

static void who_still_knocks_stays(void **state)
{
	const char *line = "192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by helo hits 1\n";
	struct world w;

	(void)state;
	world_init(&w);
	run_over(&w, "1h", "0 192.0.2.1 helo");
	/* not before the last quarter of its ban */
	knock(&w, "192.0.2.1", 10);
	run_over(&w, "5d5h59m59s", "");
	list_is(&w, line);
	/* nor where nothing came since the last run */
	run_over(&w, "5d6h", "");
	list_is(&w, line);
	knock(&w, "192.0.2.1", 11);
	run_over(&w, "5d6h", "");
	list_is(&w, "192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-15T00:00Z by helo hits 1\n");
	changes_are(&w, "renewed 192.0.2.1\n");
	/* a set that was made anew counts from zero */
	knock(&w, "192.0.2.1", 3);
	run_over(&w, "12d8h", "");
	list_is(&w, "192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-22T00:00Z by helo hits 1\n");
	run_over(&w, "21d", "");
	list_is(&w, "");
	/* still at the second level */
	run_over(&w, "22d", "21d 192.0.2.1 helo");
	list_is(&w, "192.0.2.1 # since 2026-11-22T00:00Z until 2026-12-20T00:00Z by helo hits 1\n");
	world_free(&w);
}

static void renewing_is_a_setting(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.settings.renew = false;
	run_over(&w, "1h", "0 192.0.2.1 helo");
	knock(&w, "192.0.2.1", 10);
	run_over(&w, "6d", "");
	list_is(&w, "192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by helo hits 1\n");
	world_free(&w);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(eight_hosts_are_a_network),
		cmocka_unit_test(hosts_whose_bans_ended_do_not_count),
		cmocka_unit_test(ipv6_networks_are_of_48),
		cmocka_unit_test(no_network_holds_a_good_address),
		cmocka_unit_test(no_network_holds_an_allowed_address),
		cmocka_unit_test(wider_networks_have_counts_of_their_own),
		cmocka_unit_test(words_of_the_setting_aggregate),
		cmocka_unit_test(nothing_too_wide_is_banned),
		cmocka_unit_test(persons_lines_inside_a_network_stay),
		cmocka_unit_test(neighbours_with_the_same_dates_are_joined),
		cmocka_unit_test(neighbours_joined_by_a_run_that_died_are_parted_again),
		cmocka_unit_test(a_network_can_be_taken_out_or_split_by_a_person),
		cmocka_unit_test(who_still_knocks_stays),
		cmocka_unit_test(renewing_is_a_setting),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
