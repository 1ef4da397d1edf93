/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What speaks against an address and what for it: repeats, successes, breaches, known customers, shared guessing. */
#include "judging_driver.h"

#define BANNED(addr, hits) addr " # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by auth hits " #hits "\n"

/* Expects the list that comes of the events, in one run and with a run of its own for each event. */
static void comes_to(const char *now, const char *events, const char *list)
{
	struct world w;
	struct buf line = { 0 };

	world_init(&w);
	run_over(&w, now, events);
	list_is(&w, list);
	world_free(&w);
	world_init(&w);
	for (const char *at_event = events; *at_event != '\0';) {
		size_t len = strcspn(at_event, "\n");

		buf_clear(&line);
		buf_add(&line, at_event, len);
		run_over(&w, now, buf_text(&line));
		at_event += len + (at_event[len] != '\0');
	}
	list_is(&w, list);
	world_free(&w);
	buf_free(&line);
}

static void one_name_tried_again_counts_once(void **state)
{
	(void)state;
	/* ten minutes and a second later it counts again */
	comes_to("1d", "0 192.0.2.1 auth user=bob n=4\n1 192.0.2.1 auth user=bob\n10m 192.0.2.1 auth user=Bob", "");
	comes_to("1d", "0 192.0.2.1 auth user=bob n=4\n1 192.0.2.1 auth user=bob\n10m1s 192.0.2.1 auth user=bob",
		"192.0.2.1 # since 2026-11-01T00:10Z until 2026-11-08T00:10Z by auth hits 5\n");
	/* from the first that counts, not from the last that was tried */
	comes_to("1d", "0 192.0.2.1 auth user=bob n=4\n6m 192.0.2.1 auth user=bob\n12m 192.0.2.1 auth user=bob",
		"192.0.2.1 # since 2026-11-01T00:12Z until 2026-11-08T00:12Z by auth hits 5\n");
	/* another name counts, and so does a line without one */
	comes_to("1d", "0 192.0.2.1 auth user=bob n=4\n1 192.0.2.1 auth user=eve", BANNED("192.0.2.1", 5));
	comes_to("1d", "0 192.0.2.1 auth n=4\n1 192.0.2.1 auth", BANNED("192.0.2.1", 5));
}

static void repeat_can_be_turned_off(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.settings.repeat = 0;
	run_over(&w, "1d", "0 192.0.2.1 auth user=bob n=4\n0 192.0.2.1 auth user=bob");
	list_is(&w, BANNED("192.0.2.1", 5));
	world_free(&w);
}

static void an_attacker_with_many_names_is_counted(void **state)
{
	struct world w;
	struct buf events = { 0 };

	(void)state;
	for (unsigned i = 0; i < 2000; i++)
		buf_addf(&events, "%u 192.0.2.1 auth user=name%u\n", i / 40, i % 500);
	buf_addf(&events, "2h 192.0.2.1 good user=name3\n3h 192.0.2.1 good user=name7\n");
	world_init(&w);
	run_over(&w, "1d", buf_text(&events));
	list_is(&w, BANNED("192.0.2.1", 5));
	assert_true(w.pending.len < 40000);
	world_free(&w);
	buf_free(&events);
}

static void a_success_forgives_what_was_before_it(void **state)
{
	const char *mistyped = "0 192.0.2.1 auth user=bob n=5\n";
	struct buf events = { 0 };

	(void)state;
	comes_to("1d", mistyped, BANNED("192.0.2.1", 5));
	buf_addf(&events, "%s12h 192.0.2.1 good user=bob", mistyped);
	comes_to("1d", buf_text(&events), "");
	/* somebody else's does not */
	buf_clear(&events);
	buf_addf(&events, "%s12h 192.0.2.1 good user=eve", mistyped);
	comes_to("1d", buf_text(&events), BANNED("192.0.2.1", 5));
	/* nor one from another address, nor one that came before */
	buf_clear(&events);
	buf_addf(&events, "%s12h 192.0.2.2 good user=bob", mistyped);
	comes_to("1d", buf_text(&events), BANNED("192.0.2.1", 5));
	comes_to("1d", "0 192.0.2.1 good\n1 192.0.2.1 auth user=bob n=5", BANNED("192.0.2.1", 5));
	/* failures that name no user are nobody's */
	comes_to("1d", "0 192.0.2.1 auth n=5\n12h 192.0.2.1 good user=bob", BANNED("192.0.2.1", 5));
	/* what is left may be enough, and begins later */
	comes_to("1d", "0 192.0.2.1 auth user=bob n=3\n1 192.0.2.1 auth n=2\n1m 192.0.2.1 auth n=3\n2m 192.0.2.1 good user=bob",
		"192.0.2.1 # since 2026-11-01T00:01Z until 2026-11-08T00:01Z by auth hits 5\n");
	buf_free(&events);
}

static void a_lifted_ban_is_told_and_forgotten(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	run_over(&w, "1h", "0 192.0.2.1 auth user=bob n=5");
	run_over(&w, "1d", "12h 192.0.2.1 good user=bob");
	list_is(&w, "");
	changes_are(&w, "forgiven 192.0.2.1\n");
	/* the next one is a first one */
	run_over(&w, "2d", "1d 192.0.2.1 helo");
	list_is(&w, "192.0.2.1 # since 2026-11-02T00:00Z until 2026-11-09T00:00Z by helo hits 1\n");
	world_free(&w);
}

static void a_success_strikes_bans_out_that_ended(void **state)
{
	struct world w;

	(void)state;
	for (unsigned own = 0; own < 2; own++) {
		world_init(&w);
		run_over(&w, "1h", "0 192.0.2.1 auth user=bob n=5");
		run_over(&w, "8d", "8d 192.0.2.1 probe");
		run_over(&w, "9d", own ? "8d 192.0.2.1 good user=bob" : "8d 192.0.2.1 good user=eve");
		run_over(&w, "10d", "9d 192.0.2.1 helo");
		list_is(&w, own ? "192.0.2.1 # since 2026-11-10T00:00Z until 2026-11-17T00:00Z by helo hits 1\n"
				: "192.0.2.1 # since 2026-11-10T00:00Z until 2026-12-08T00:00Z by helo hits 1\n");
		world_free(&w);
	}
}

static void accepted_mail_forgives_unknown_and_weak_reject(void **state)
{
	(void)state;
	comes_to("1d", "0 192.0.2.1 unknown n=10\n1h 192.0.2.1 good mail", "");
	comes_to("1d", "0 192.0.2.1 reject n=20 weak\n1h 192.0.2.1 good mail", "");
	comes_to("1d", "0 192.0.2.1 unknown n=10\n1h 192.0.2.1 good user=bob", "");
	comes_to("1d", "0 192.0.2.1 reject n=20\n1h 192.0.2.1 good mail",
		"192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by reject hits 20\n");
	comes_to("1d", "0 192.0.2.1 probe n=10\n1h 192.0.2.1 good mail",
		"192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by probe hits 10\n");
	comes_to("1d", "0 192.0.2.1 auth user=bob n=5\n1h 192.0.2.1 good mail", BANNED("192.0.2.1", 5));
}

static void a_customer_is_no_stranger(void **state)
{
	(void)state;
	/* his certificate store is old, his reverse name was lost, his list has addresses that are gone */
	comes_to("31d", "0 192.0.2.1 good user=bob\n30d 192.0.2.1 probe n=10 weak", "");
	comes_to("31d", "0 192.0.2.1 good user=bob\n30d 192.0.2.1 unknown n=10", "");
	comes_to("31d", "0 192.0.2.1 good user=bob\n30d 192.0.2.1 reject n=20 weak", "");
	/* a month later he is one; and what mail does not forgive is no customer's either */
	comes_to("31d", "0 192.0.2.1 good user=bob\n30d1m 192.0.2.1 unknown n=10",
		"192.0.2.1 # since 2026-12-01T00:01Z until 2026-12-08T00:01Z by unknown hits 10\n");
	comes_to("31d", "0 192.0.2.1 good user=bob\n30d 192.0.2.1 probe n=10",
		"192.0.2.1 # since 2026-12-01T00:00Z until 2026-12-08T00:00Z by probe hits 10\n");
	comes_to("31d", "0 192.0.2.1 good mail\n30d 192.0.2.1 unknown n=10",
		"192.0.2.1 # since 2026-12-01T00:00Z until 2026-12-08T00:00Z by unknown hits 10\n");
}

static void many_users_and_then_a_success_is_a_breach(void **state)
{
	const char *few = "0 192.0.2.1 auth user=ann n=4\n1 192.0.2.1 auth user=bob\n2 192.0.2.1 good user=ann";
	const char *many = "0 192.0.2.1 auth user=ann n=3\n1 192.0.2.1 auth user=bob\n2 192.0.2.1 auth user=eve\n"
			   "3 192.0.2.1 good user=ann";
	struct world w;

	(void)state;
	comes_to("1d", few, "");
	comes_to("1d", many, BANNED("192.0.2.1", 5));
	world_init(&w);
	run_over(&w, "1d", many);
	changes_are(&w, "breach 192.0.2.1 ann\nadded 192.0.2.1\n");
	run_over(&w, "1d", "1h 192.0.2.1 good user=bob\n2h 192.0.2.1 good user=eve");
	list_is(&w, BANNED("192.0.2.1", 5));
	changes_are(&w, "breach 192.0.2.1 bob\nbreach 192.0.2.1 eve\n");
	world_free(&w);
	/* below the threshold nobody is an attacker */
	comes_to("1d", "0 192.0.2.1 auth user=ann\n1 192.0.2.1 auth user=bob\n2 192.0.2.1 auth user=eve\n"
		       "3 192.0.2.1 good user=ann", "");
}

static void a_breach_without_a_name_is_told_where_none_has_one(void **state)
{
	static const char failures[] =
		"0 192.0.2.1 auth user=ann n=3\n1 192.0.2.1 auth user=bob\n2 192.0.2.1 auth user=eve\n";
	struct buf events = { 0 };
	struct world w;

	(void)state;
	for (unsigned named = 0; named < 2; named++) {
		world_init(&w);
		buf_clear(&events);
		buf_addf(&events, "%s%s4 192.0.2.1 good", failures, named ? "3 192.0.2.1 good user=bob\n" : "");
		run_over(&w, "1d", buf_text(&events));
		changes_are(&w, named ? "breach 192.0.2.1 bob\nadded 192.0.2.1\n" : "breach 192.0.2.1\nadded 192.0.2.1\n");
		list_is(&w, BANNED("192.0.2.1", 5));
		world_free(&w);
	}
	buf_free(&events);
}

static void a_breach_is_told_once(void **state)
{
	struct buf events = { 0 };
	struct world w;

	(void)state;
	for (unsigned i = 0; i < 300; i++)
		buf_addf(&events, "%u 192.0.2.1 auth user=name%u\n", i, i % 60);
	for (unsigned i = 0; i < 5000; i++)
		buf_addf(&events, "1h 192.0.2.1 good user=name%u\n", i % 2);
	world_init(&w);
	run_over(&w, "1d", buf_text(&events));
	changes_are(&w, "breach 192.0.2.1 name0\nbreach 192.0.2.1 name1\nadded 192.0.2.1\n");
	/* its success makes it nobody's customer */
	run_over(&w, "9d", "8d 192.0.2.1 auth user=name0 n=5");
	assert_non_null(strstr(list_text(&w), "since 2026-11-09T00:00Z until 2026-12-07T00:00Z by auth hits 5"));
	world_free(&w);
	buf_free(&events);
}

static void logs_may_come_in_any_order(void **state)
{
	struct world w;

	(void)state;
	/* another server's log is read after the first one's */
	world_init(&w);
	run_over(&w, "3d", "2d 192.0.2.1 auth n=3\n1d 192.0.2.1 auth n=2\n1d1h 192.0.2.1 auth n=2\n"
			   "2d 192.0.2.2 auth n=9\n1d 192.0.2.2 auth n=4\n1d1m 192.0.2.2 auth");
	list_is(&w, "192.0.2.1 # since 2026-11-03T00:00Z until 2026-11-10T00:00Z by auth hits 5\n"
		    "192.0.2.2 # since 2026-11-02T00:01Z until 2026-11-09T00:01Z by auth hits 5\n");
	world_free(&w);
	/* a success that was read first counts for what was before it */
	comes_to("1d", "2h 192.0.2.1 good user=bob\n1h 192.0.2.1 auth user=bob n=9", "");
	comes_to("1d", "2h 192.0.2.1 good mail\n1h 192.0.2.1 unknown n=10", "");
	/* one that was read last counts for what a customer did after it */
	comes_to("1d", "2h 192.0.2.1 auth user=bob n=9\n1h 192.0.2.1 good user=bob", "");
	comes_to("1d", "2h 192.0.2.1 unknown n=10\n1h 192.0.2.1 good user=bob", "");
	comes_to("31d", "30d1h 192.0.2.1 unknown n=10\n1h 192.0.2.1 good user=bob", "");
	comes_to("31d", "30d2h 192.0.2.1 unknown n=10\n1h 192.0.2.1 good user=bob",
		"192.0.2.1 # since 2026-12-01T02:00Z until 2026-12-08T02:00Z by unknown hits 10\n");
	comes_to("1d", "0 192.0.2.1 unknown n=10\n0 192.0.2.1 good mail\n1 192.0.2.1 unknown n=10\n0 192.0.2.1 good mail",
		"192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by unknown hits 10\n");
	comes_to("1d", "2m 192.0.2.1 auth user=eve n=5\n1m 192.0.2.1 good user=bob",
		"192.0.2.1 # since 2026-11-01T00:02Z until 2026-11-08T00:02Z by auth hits 5\n");
}

static void a_known_customer_is_reported(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	w.settings.repeat = 0;
	run_over(&w, "1h", "0 192.0.2.1 good user=bob");
	run_over(&w, "30d", "30d 192.0.2.1 auth user=bob n=99");
	list_is(&w, "");
	changes_are(&w, "known 192.0.2.1 bob\n");
	run_over(&w, "30d", "30d 192.0.2.1 auth user=eve n=4");
	list_is(&w, "");
	changes_are(&w, "");
	run_over(&w, "30d", "30d 192.0.2.1 auth user=bob n=1");
	list_is(&w, "192.0.2.1 # since 2026-12-01T00:00Z until 2026-12-08T00:00Z by auth hits 100\n");
	world_free(&w);
}

static void a_customer_is_known_for_a_time_and_for_his_name(void **state)
{
	(void)state;
	comes_to("31d", "0 192.0.2.1 good user=bob\n30d 192.0.2.1 auth user=bob n=5", "");
	comes_to("31d", "0 192.0.2.1 good user=bob\n30d1s 192.0.2.1 auth user=bob n=5",
		"192.0.2.1 # since 2026-12-01T00:00Z until 2026-12-08T00:00Z by auth hits 5\n");
	comes_to("1d", "0 192.0.2.1 good user=bob\n1 192.0.2.1 auth user=eve n=5", BANNED("192.0.2.1", 5));
	comes_to("1d", "0 192.0.2.1 good user=bob\n1 192.0.2.1 helo user=bob",
		"192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by helo hits 1\n");
}

static void spray(struct buf *events, unsigned addresses)
{
	buf_clear(events);
	for (unsigned i = 0; i < addresses; i++)
		buf_addf(events, "%um 198.51.%u.1 auth user=bob\n", i, 100 + i);
}

static void a_user_under_attack_is_reported(void **state)
{
	struct buf events = { 0 };
	struct world w;

	(void)state;
	world_init(&w);
	spray(&events, 19);
	run_over(&w, "1h", buf_text(&events));
	changes_are(&w, "");
	/* a day later the first of them no longer shares in it */
	run_over(&w, "2d", "1d1s 198.51.200.1 auth user=bob");
	changes_are(&w, "");
	world_free(&w);
	world_init(&w);
	run_over(&w, "1h", buf_text(&events));
	run_over(&w, "2d", "1d 198.51.200.1 auth user=bob");
	changes_are(&w, "attacked 198.51.100.1 bob\n");
	list_is(&w, "");
	world_free(&w);
	buf_free(&events);
}

static void sprayers_are_banned_where_wanted(void **state)
{
	struct buf events = { 0 };
	struct world w;

	(void)state;
	spray(&events, 21);
	buf_addf(&events, "22m 198.51.105.1 good user=bob\n23m 198.51.102.1 auth user=ann\n");
	world_init(&w);
	w.settings.ban_sprayers = true;
	run_over(&w, "1h", "0 198.51.101.1 good user=eve\n0 198.51.103.1 good mail\n1 198.51.104.1 good");
	run_over(&w, "1h", buf_text(&events));
	assert_int_equal(w.added, 17);
	assert_non_null(strstr(list_text(&w), "198.51.100.1 # since 2026-11-01T00:19Z"));
	assert_non_null(strstr(list_text(&w), "198.51.120.1 # since 2026-11-01T00:20Z"));
	assert_null(strstr(list_text(&w), "198.51.101.1"));
	assert_null(strstr(list_text(&w), "198.51.103.1"));
	assert_null(strstr(list_text(&w), "198.51.104.1"));
	assert_null(strstr(list_text(&w), "198.51.105.1"));
	world_free(&w);
	/* one of more than settings.known ago does not, in one run as in several */
	for (unsigned runs = 1; runs <= 2; runs++) {
		world_init(&w);
		w.settings.ban_sprayers = true;
		w.settings.known = 60;
		buf_clear(&events);
		buf_addf(&events, "0 198.51.101.1 good mail\n0 198.51.118.1 good user=eve\n");
		if (runs == 2)
			run_over(&w, "1h", buf_text(&events));
		spray(&events, 19);
		if (runs == 1)
			buf_addf(&events, "0 198.51.101.1 good mail\n0 198.51.118.1 good user=eve\n");
		buf_addf(&events, "18m30s 198.51.110.1 good mail\n19m 198.51.119.1 auth user=bob\n");
		run_over(&w, "1h", buf_text(&events));
		assert_int_equal(w.added, 19);
		world_free(&w);
	}
	buf_free(&events);
}

/* Events of one class, each with a name of its own, so many seconds apart. */
static void guess(struct buf *events, unsigned from, unsigned count, unsigned apart, const char *event_class)
{
	for (unsigned i = 0; i < count; i++)
		buf_addf(events, "%u 192.0.2.1 %s user=name%u\n", from + i * apart, event_class, i);
}

/* What never bans is not kept, however much of it comes; what is kept of another class is judged all the same. */
static void a_class_without_a_threshold_is_no_evidence(void **state)
{
	struct world w;
	struct buf events = { 0 };

	(void)state;
	guess(&events, 0, 9000, 1, "probe");
	guess(&events, 0, 9000, 1, "reject");
	world_init(&w);
	w.settings.classes[CLASS_PROBE].threshold = 0;
	w.settings.classes[CLASS_REJECT].threshold = 0;
	run_over(&w, "1d", buf_text(&events));
	list_is(&w, "");
	assert_true(w.pending.len < 100);
	run_over(&w, "1d", "2d 192.0.2.1 auth n=5");
	list_is(&w, "192.0.2.1 # since 2026-11-03T00:00Z until 2026-11-10T00:00Z by auth hits 5\n");
	world_free(&w);
	buf_free(&events);
}

static void known_customers_without_a_threshold_are_no_evidence(void **state)
{
	struct world w;
	struct buf events = { 0 };

	(void)state;
	buf_add_text(&events, "0 192.0.2.1 good user=bob\n");
	for (unsigned i = 0; i < 9000; i++)
		buf_addf(&events, "%u 192.0.2.1 auth user=bob\n", i + 1);
	world_init(&w);
	w.settings.repeat = 0;
	w.settings.known_threshold = 0;
	run_over(&w, "1d", buf_text(&events));
	list_is(&w, "");
	world_free(&w);
	buf_free(&events);
}

/* Four guesses in ten minutes, all the time: never a ban, and another class is looked at for a month. */
static void a_short_window_beside_a_long_one_keeps_little(void **state)
{
	struct world w;
	struct buf events = { 0 };

	(void)state;
	guess(&events, 0, 9000, 200, "auth");
	world_init(&w);
	w.settings.classes[CLASS_AUTH].window = 600;
	w.settings.classes[CLASS_REJECT].window = 30 * 86400;
	run_over(&w, "21d", buf_text(&events));
	list_is(&w, "");
	run_over(&w, "21d", "20d20h 192.0.2.1 auth n=5");
	list_is(&w, "192.0.2.1 # since 2026-11-21T20:00Z until 2026-11-28T20:00Z by auth hits 8\n");
	world_free(&w);
	buf_free(&events);
}

/* The highest thresholds together ask for more than there is room for: what is oldest goes. */
static void high_thresholds_are_no_end_of_a_run(void **state)
{
	static const char *const classes[] = { "probe", "reject", "unknown", "auth" };
	struct world w;
	struct buf events = { 0 };

	(void)state;
	for (unsigned i = 0; i < 4; i++)
		guess(&events, i * 2000, 1999, 1, classes[i]);
	world_init(&w);
	for (unsigned c = 0; c < CLASS_GOOD; c++)
		w.settings.classes[c].threshold = JUDGE_THRESHOLD_MAX;
	run_over(&w, "1d", buf_text(&events));
	list_is(&w, "");
	run_over(&w, "1d", "8000 192.0.2.1 auth user=eve");
	assert_non_null(strstr(list_text(&w), "by auth hits 2000"));
	world_free(&w);
	buf_free(&events);
}

/* The last line first: each event comes more than a minute before the ban that the later ones made. */
static void a_log_read_backwards_keeps_little(void **state)
{
	struct world w;
	struct buf events = { 0 };

	(void)state;
	for (unsigned i = 9000; i-- > 0;)
		buf_addf(&events, "%u 192.0.2.1 auth user=name%u\n", i * 61, i % 20);
	world_init(&w);
	run_over(&w, "6d12h", buf_text(&events));
	assert_non_null(strstr(list_text(&w), "192.0.2.1 # since 2026-11-01T00:0"));
	assert_true(w.pending.len < 10000);
	world_free(&w);
	buf_free(&events);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_name_tried_again_counts_once),
		cmocka_unit_test(repeat_can_be_turned_off),
		cmocka_unit_test(an_attacker_with_many_names_is_counted),
		cmocka_unit_test(a_success_forgives_what_was_before_it),
		cmocka_unit_test(a_lifted_ban_is_told_and_forgotten),
		cmocka_unit_test(a_success_strikes_bans_out_that_ended),
		cmocka_unit_test(accepted_mail_forgives_unknown_and_weak_reject),
		cmocka_unit_test(a_customer_is_no_stranger),
		cmocka_unit_test(many_users_and_then_a_success_is_a_breach),
		cmocka_unit_test(a_breach_without_a_name_is_told_where_none_has_one),
		cmocka_unit_test(a_breach_is_told_once),
		cmocka_unit_test(logs_may_come_in_any_order),
		cmocka_unit_test(a_known_customer_is_reported),
		cmocka_unit_test(a_customer_is_known_for_a_time_and_for_his_name),
		cmocka_unit_test(a_user_under_attack_is_reported),
		cmocka_unit_test(sprayers_are_banned_where_wanted),
		cmocka_unit_test(a_class_without_a_threshold_is_no_evidence),
		cmocka_unit_test(known_customers_without_a_threshold_are_no_evidence),
		cmocka_unit_test(a_short_window_beside_a_long_one_keeps_little),
		cmocka_unit_test(high_thresholds_are_no_end_of_a_run),
		cmocka_unit_test(a_log_read_backwards_keeps_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
