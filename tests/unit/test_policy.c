/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The judgement: evidence, windows, ban lengths, expiry, allowlist, persons' lines. */
#include "judging_driver.h"

/* n failures of a class, step seconds apart. */
static void repeat(struct buf *events, unsigned n, int64_t from, int64_t step, const char *rest)
{
	for (unsigned i = 0; i < n; i++)
		buf_addf(events, "%llds %s\n", (long long)(from + step * i), rest);
}

static void run_n(struct world *w, const char *now, unsigned n, int64_t step, const char *rest)
{
	struct buf events = { 0 };

	repeat(&events, n, 60, step, rest);
	run_over(w, now, n > 0 ? buf_text(&events) : "");
	buf_free(&events);
}

static void each_class_has_its_threshold(void **state)
{
	static const struct {
		const char *name;
		unsigned threshold;
	} classes[] = { { "auth", 5 }, { "unknown", 10 }, { "reject", 20 }, { "probe", 10 }, { "helo", 1 } };

	(void)state;
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		char rest[60], expected[120];
		struct world w;

		snprintf(rest, sizeof(rest), "192.0.2.1 %s", classes[i].name);
		world_init(&w);
		run_n(&w, "1d", classes[i].threshold - 1, 0, rest);
		list_is(&w, "");
		world_free(&w);
		world_init(&w);
		run_n(&w, "1d", classes[i].threshold, 0, rest);
		snprintf(expected, sizeof(expected),
			"192.0.2.1 # since 2026-11-01T00:01Z until 2026-11-08T00:01Z by %s hits %u\n", classes[i].name,
			classes[i].threshold);
		list_is(&w, expected);
		changes_are(&w, "added 192.0.2.1\n");
		world_free(&w);
	}
}

static void a_window_includes_both_ends(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run_n(&w, "2d", 5, 21600, "192.0.2.1 auth");
	list_is(&w, "192.0.2.1 # since 2026-11-02T00:01Z until 2026-11-09T00:01Z by auth hits 5\n");
	world_free(&w);
	world_init(&w);
	run_over(&w, "2d", "0 192.0.2.1 auth n=4\n1d1s 192.0.2.1 auth");
	list_is(&w, "");
	run_over(&w, "2d", "1d1s 192.0.2.1 auth n=3");
	list_is(&w, "");
	run_over(&w, "2d", "1d1s 192.0.2.1 auth");
	list_is(&w, "192.0.2.1 # since 2026-11-02T00:00Z until 2026-11-09T00:00Z by auth hits 5\n");
	world_free(&w);
}

static void classes_do_not_add_up(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run_over(&w, "1d", "1 192.0.2.1 auth n=4\n2 192.0.2.1 probe n=9\n3 192.0.2.1 unknown n=9\n4 192.0.2.1 reject n=19");
	list_is(&w, "");
	run_over(&w, "1d", "5 192.0.2.1 probe");
	list_is(&w, "192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by probe hits 10\n");
	world_free(&w);
}

static void evidence_counts_over_runs(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	for (unsigned i = 1; i < 5; i++) {
		char event[60];

		snprintf(event, sizeof(event), "%uh 192.0.2.1 auth", i);
		run_over(&w, "6h", event);
		list_is(&w, "");
	}
	run_over(&w, "6h", "5h 192.0.2.1 auth");
	list_is(&w, "192.0.2.1 # since 2026-11-01T05:00Z until 2026-11-08T05:00Z by auth hits 5\n");
	world_free(&w);
}

static void a_standing_ban_is_not_counted_again(void **state)
{
	const char *line = "192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by auth hits 5\n";
	struct world w;

	(void)state;
	world_init(&w);
	run_over(&w, "1d", "1 192.0.2.1 auth n=5\n2 192.0.2.1 auth n=500");
	list_is(&w, line);
	run_over(&w, "2d", "1d 192.0.2.1 auth n=500");
	list_is(&w, line);
	changes_are(&w, "");
	run_over(&w, "7d", "6d23h59m59s 192.0.2.1 helo");
	list_is(&w, "");
	changes_are(&w, "expired 192.0.2.1\n");
	world_free(&w);
}

static void a_ban_ends_on_time_and_the_next_is_longer(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run_over(&w, "1h", "1 192.0.2.1 helo");
	run_over(&w, "6d23h59m", "");
	list_is(&w, "192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by helo hits 1\n");
	run_over(&w, "7d", "");
	list_is(&w, "");
	changes_are(&w, "expired 192.0.2.1\n");
	run_over(&w, "8d", "7d 192.0.2.1 helo");
	list_is(&w, "192.0.2.1 # since 2026-11-08T00:00Z until 2026-12-06T00:00Z by helo hits 1\n");
	run_over(&w, "40d", "36d 192.0.2.1 helo");
	list_is(&w, "192.0.2.1 # since 2026-12-07T00:00Z until 2027-06-07T00:00Z by helo hits 1\n");
	run_over(&w, "300d", "299d 192.0.2.1 helo");
	list_is(&w, "192.0.2.1 # since 2027-08-27T00:00Z until 2028-02-25T00:00Z by helo hits 1\n");
	world_free(&w);
}

static void an_address_is_forgotten_in_time(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run_over(&w, "1h", "0 192.0.2.1 helo");
	run_over(&w, "8d", "");
	run_over(&w, "188d", "187d 192.0.2.1 helo");
	list_is(&w, "192.0.2.1 # since 2027-05-07T00:00Z until 2027-06-04T00:00Z by helo hits 1\n");
	world_free(&w);
	world_init(&w);
	run_over(&w, "1h", "0 192.0.2.1 helo");
	run_over(&w, "188d", "187d1m 192.0.2.1 helo");
	list_is(&w, "192.0.2.1 # since 2027-05-07T00:01Z until 2027-05-14T00:01Z by helo hits 1\n");
	world_free(&w);
}

static void old_logs_are_judged_alike_in_one_run_and_in_two(void **state)
{
	struct world w;

	(void)state;
	for (unsigned runs = 1; runs <= 2; runs++) {
		world_init(&w);
		if (runs == 2)
			run_over(&w, "300d", "0 192.0.2.1 auth n=5");
		run_over(&w, "300d", runs == 1 ? "0 192.0.2.1 auth n=5\n150d 192.0.2.1 auth n=5\n290d 192.0.2.1 auth n=5"
					       : "150d 192.0.2.1 auth n=5\n290d 192.0.2.1 auth n=5");
		list_is(&w, "192.0.2.1 # since 2027-08-18T00:00Z until 2028-02-16T00:00Z by auth hits 5\n");
		world_free(&w);
	}
}

static void forever_is_a_length(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.settings.classes[CLASS_HELO].bans[0] = WHEN_FOREVER;
	run_over(&w, "1h", "0 192.0.2.1 helo");
	list_is(&w, "192.0.2.1 # since 2026-11-01T00:00Z until forever by helo hits 1\n");
	run_over(&w, "3000d", "2999d 192.0.2.1 helo");
	list_is(&w, "192.0.2.1 # since 2026-11-01T00:00Z until forever by helo hits 1\n");
	world_free(&w);
}

static void a_ban_that_is_over_is_not_added_and_counts(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run_over(&w, "7d", "0 192.0.2.1 helo");
	list_is(&w, "");
	changes_are(&w, "over 192.0.2.1\n");
	run_over(&w, "9d", "8d 192.0.2.1 helo");
	list_is(&w, "192.0.2.1 # since 2026-11-09T00:00Z until 2026-12-07T00:00Z by helo hits 1\n");
	world_free(&w);
}

static void counting_begins_anew_when_a_ban_ends(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run_over(&w, "7d1h", "0 192.0.2.1 auth n=5\n6d23h59m 192.0.2.1 auth n=4\n7d 192.0.2.1 auth n=4");
	list_is(&w, "");
	run_over(&w, "7d1h", "7d1m 192.0.2.1 auth");
	list_is(&w, "192.0.2.1 # since 2026-11-08T00:01Z until 2026-12-06T00:01Z by auth hits 5\n");
	world_free(&w);
}

static void ipv6_is_banned_by_64(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.settings.ban_private = true;
	run_over(&w, "1h", "0 2001:db8::1 auth n=2\n1 2001:db8::ffff auth n=2\n2 2001:db8:0:1::1 auth n=4\n3 2001:db8::2 auth");
	list_is(&w, "2001:db8::/64 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by auth hits 5\n");
	world_free(&w);
}

static void allow(struct world *w, const char *net)
{
	struct addr a = net_of(net);

	netset_add(&w->allow, &a);
	netset_finish(&w->allow);
}

static void the_allowlist_refuses(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	allow(&w, "192.0.2.8/30");
	run_over(&w, "1h", "0 192.0.2.7 helo\n0 192.0.2.8 helo\n0 192.0.2.11 helo\n0 192.0.2.12 helo");
	list_is(&w, "192.0.2.7 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by helo hits 1\n"
		    "192.0.2.12 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by helo hits 1\n");
	changes_are(&w, "added 192.0.2.7\nadded 192.0.2.12\nrefused 192.0.2.8\nrefused 192.0.2.11\n");
	allow(&w, "192.0.2.7");
	run_over(&w, "2h", "");
	list_is(&w, "192.0.2.12 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by helo hits 1\n");
	changes_are(&w, "allowed 192.0.2.7\n");
	world_free(&w);
}

static void a_network_by_hand_is_split_by_the_allowlist(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_text(&w.list, BLACKLIST_HEADER
		"198.51.100.0/30 # since 2026-11-01T00:00Z until 2026-12-01T00:00Z by hand hits 0\n");
	allow(&w, "198.51.100.1");
	run_over(&w, "1h", "");
	list_is(&w, "198.51.100.0 # since 2026-11-01T00:00Z until 2026-12-01T00:00Z by hand hits 0\n"
		    "198.51.100.2/31 # since 2026-11-01T00:00Z until 2026-12-01T00:00Z by hand hits 0\n");
	world_free(&w);
}

static void private_addresses_are_not_banned_unless_told(void **state)
{
	static const char *const inside[] = { "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.0.1", "169.254.1.1",
		"127.0.0.1", "fe80::1", "fd00::1" };
	static const char *const outside[] = { "9.255.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255",
		"169.253.1.1", "11.0.0.0", "2001:db8::1" };
	char event[80];
	struct world w;

	(void)state;
	for (size_t i = 0; i < 8 + 7 + 8; i++) {
		world_init(&w);
		w.settings.ban_private = i >= 15;
		snprintf(event, sizeof(event), "0 %s helo", i < 8 ? inside[i] : i < 15 ? outside[i - 8] : inside[i - 15]);
		run_over(&w, "1h", event);
		assert_int_equal(w.list.len > strlen(BLACKLIST_HEADER), i >= 8);
		world_free(&w);
	}
}

static void a_persons_line_stays_to_the_letter(void **state)
{
	const char *before = BLACKLIST_HEADER
		"# seen in the office\n192.0.2.1   # ticket  4711\n192.0.2.3\n# the end\n";
	struct world w;

	(void)state;
	world_init(&w);
	buf_add_text(&w.list, before);
	allow(&w, "192.0.2.3");
	run_over(&w, "1h", "0 192.0.2.1 helo\n0 192.0.2.3 helo");
	assert_string_equal(buf_text(&w.list), before);
	changes_are(&w, "refused 192.0.2.3\n");
	run_over(&w, "1h", "0 192.0.2.2 helo");
	assert_string_equal(buf_text(&w.list), BLACKLIST_HEADER
		"# seen in the office\n192.0.2.1   # ticket  4711\n"
		"192.0.2.2                # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by helo hits 1\n"
		"192.0.2.3\n# the end\n");
	run_over(&w, "10d", "");
	assert_string_equal(buf_text(&w.list), before);
	world_free(&w);
}

static void a_comment_stays_where_its_entry_was(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run_over(&w, "1h", "0 192.0.2.1 helo\n1d 192.0.2.5 helo");
	buf_clear(&w.list);
	buf_add_text(&w.list, BLACKLIST_HEADER "# note\n"
		"192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by helo hits 1\n# other\n"
		"192.0.2.5 # since 2026-11-02T00:00Z until 2026-11-09T00:00Z by helo hits 1\n");
	run_over(&w, "7d", "");
	list_is(&w, "# note\n# other\n192.0.2.5 # since 2026-11-02T00:00Z until 2026-11-09T00:00Z by helo hits 1\n");
	run_over(&w, "8d", "");
	list_is(&w, "# note\n# other\n");
	world_free(&w);
}

static void deleting_a_line_unbans(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run_over(&w, "1h", "0 192.0.2.1 auth n=500");
	buf_clear(&w.list);
	buf_add_text(&w.list, BLACKLIST_HEADER);
	run_over(&w, "2h", "");
	list_is(&w, "");
	run_over(&w, "3h", "2h 192.0.2.1 auth n=4");
	list_is(&w, "");
	run_over(&w, "4h", "3h 192.0.2.1 auth");
	list_is(&w, "192.0.2.1 # since 2026-11-01T03:00Z until 2026-11-08T03:00Z by auth hits 5\n");
	world_free(&w);
}

static void the_list_is_believed_where_the_state_is_lost(void **state)
{
	const char *line = "192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by auth hits 5\n";
	struct world w;

	(void)state;
	world_init(&w);
	run_over(&w, "1h", "0 192.0.2.1 auth n=5");
	buf_clear(&w.history);
	buf_clear(&w.pending);
	run_over(&w, "2h", "1h 192.0.2.1 auth n=50");
	list_is(&w, line);
	changes_are(&w, "");
	run_over(&w, "7d", "");
	list_is(&w, "");
	world_free(&w);
}

static void too_many_new_ones_are_refused(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.settings.max_new = 2;
	run_over(&w, "1h", "0 192.0.2.1 helo\n0 192.0.2.2 helo");
	assert_false(w.over_limit);
	run_over(&w, "1h", "0 192.0.2.3 helo\n0 192.0.2.4 helo\n0 192.0.2.5 helo");
	assert_true(w.over_limit);
	assert_int_equal(w.added, 3);
	w.force = true;
	run_over(&w, "1h", "0 192.0.2.6 helo\n0 198.51.100.4 helo\n0 203.0.113.5 helo");
	assert_false(w.over_limit);
	world_free(&w);
}

static void settings_that_cannot_be_kept_are_refused(void **state)
{
	struct judge_settings s;

	(void)state;
	judge_settings_defaults(&s);
	assert_null(judge_settings_check(&s));
	s.breach_users = 17;
	assert_string_equal(judge_settings_check(&s), "breach-users is not between 1 and 16");
	s.breach_users = 16;
	s.attack_addresses = 65;
	assert_string_equal(judge_settings_check(&s), "attack-addresses is over 64");
	s.attack_addresses = 64;
	s.classes[CLASS_AUTH].threshold = 2001;
	assert_string_equal(judge_settings_check(&s), "a threshold is over 2000");
	s.classes[CLASS_AUTH].threshold = 2000;
	assert_null(judge_settings_check(&s));
	s.classes[CLASS_AUTH].bans[0] = 59;
	assert_string_equal(judge_settings_check(&s), "a ban is shorter than a minute");
}

static void a_scan_tells_all_who_reached_a_threshold(void **state)
{
	struct judge_settings settings;
	struct verdict *verdicts;
	struct tally *tally;
	struct policy_input input = { .settings = &settings, .now = at("10d") };

	(void)state;
	judge_settings_defaults(&settings);
	tally = tally_new(&settings, NULL, NULL, at("10d"));
	input.tally = tally;
	add_event(tally, "0 192.0.2.9 helo");
	add_event(tally, "9d 192.0.2.9 helo");
	add_event(tally, "9d 10.0.0.1 helo");
	add_event(tally, "9d 192.0.2.1 auth n=4");
	assert_int_equal(policy_verdicts(&input, &verdicts), 3);
	assert_true(verdicts[0].allowed);
	assert_true(verdicts[1].over);
	assert_int_equal(verdicts[1].since, at("0"));
	assert_false(verdicts[2].over);
	assert_int_equal(verdicts[2].until, at("37d"));
	free(verdicts);
	tally_free(tally);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_class_has_its_threshold),
		cmocka_unit_test(a_window_includes_both_ends),
		cmocka_unit_test(classes_do_not_add_up),
		cmocka_unit_test(evidence_counts_over_runs),
		cmocka_unit_test(a_standing_ban_is_not_counted_again),
		cmocka_unit_test(a_ban_ends_on_time_and_the_next_is_longer),
		cmocka_unit_test(an_address_is_forgotten_in_time),
		cmocka_unit_test(old_logs_are_judged_alike_in_one_run_and_in_two),
		cmocka_unit_test(forever_is_a_length),
		cmocka_unit_test(a_ban_that_is_over_is_not_added_and_counts),
		cmocka_unit_test(counting_begins_anew_when_a_ban_ends),
		cmocka_unit_test(ipv6_is_banned_by_64),
		cmocka_unit_test(the_allowlist_refuses),
		cmocka_unit_test(a_network_by_hand_is_split_by_the_allowlist),
		cmocka_unit_test(private_addresses_are_not_banned_unless_told),
		cmocka_unit_test(a_persons_line_stays_to_the_letter),
		cmocka_unit_test(a_comment_stays_where_its_entry_was),
		cmocka_unit_test(deleting_a_line_unbans),
		cmocka_unit_test(the_list_is_believed_where_the_state_is_lost),
		cmocka_unit_test(too_many_new_ones_are_refused),
		cmocka_unit_test(settings_that_cannot_be_kept_are_refused),
		cmocka_unit_test(a_scan_tells_all_who_reached_a_threshold),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
