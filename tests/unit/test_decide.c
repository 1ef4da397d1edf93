/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From accounts to the blacklist: persons' lines and edits, the allowlist, what is told. */
#include "judge_driver.h"

#include "amended.h"

#include "judge/decide.h"
#include "judge/edits.h"
#include "list/blacklist.h"

/* What lies on the disk, and what a run is told. */
static struct {
	struct buf list, read, written;  /* the blacklist as it is; as the last run read it and wrote it */
	struct buf changes;              /* of the last run: "KIND ADDRESS [USER]", a line each */
	struct netset allow;
	bool force;
} disk;

static int begin_disk(void **state)
{
	memset(&disk, 0, sizeof(disk));
	return begin_test(state);
}

static int end_disk(void **state)
{
	buf_free(&disk.list);
	buf_free(&disk.read);
	buf_free(&disk.written);
	buf_free(&disk.changes);
	netset_free(&disk.allow);
	return end_test(state);
}

static void set(struct buf *buf, const char *text)
{
	buf_clear(buf);
	buf_add_text(buf, text);
}

/* A person writes the blacklist. */
static void write_list(const char *lines)
{
	set(&disk.list, BLACKLIST_HEADER);
	buf_add_text(&disk.list, lines);
}

static void allow(const char *text)
{
	struct addr net = net_of(text);

	netset_add(&disk.allow, &net);
	netset_finish(&disk.allow);
}

static void note_changes(const struct changes *changes)
{
	static const char *const names[] = { "breach", "entered", "too-wide", "deferred", "added", "network", "renewed", "moved",
		"expired", "forgiven", "dissolved", "allowed", "into", "refused", "attacked", "failing" };

	buf_clear(&disk.changes);
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *c = &changes->all[i];

		buf_addf(&disk.changes, "%s ", names[c->kind]);
		addr_add_to(&disk.changes, &c->net);
		buf_addf(&disk.changes, "%s%s\n", c->user != NULL ? " " : "", c->user != NULL ? c->user : "");
	}
}

static enum edits_file kind_of_file(void)
{
	if (strcmp(buf_text(&disk.list), buf_text(&disk.written)) == 0)
		return EDITS_NONE;
	return strcmp(buf_text(&disk.list), buf_text(&disk.read)) == 0 ? EDITS_UNWRITTEN : EDITS_BY_PERSON;
}

/* wrote: whether the run came to write the blacklist behind the state. */
static void run_once(const char *now, const char *events, enum edits_file kind, bool wrote)
{
	struct banlist list = { 0 };
	struct changes changes = { 0 };
	struct buf text = { 0 }, gone = { 0 };
	struct decide_input input = { .judge = &the.judge, .allow = &disk.allow, .now = at(now),
		.tell_failing = true, .force = disk.force };

	the.judge.now = at(now);
	buf_add_text(&text, buf_text(&disk.list));
	assert_int_equal(blacklist_parse(&text, "list", &list), 0);
	edits_take(&the.judge, &list, kind, &gone);
	buf_free(&gone);
	input.last_clock = the.judge.clock;
	says(events);
	decide(&input, &list, &changes);
	assert_amended(&input, buf_text(&disk.list), &list, &changes);
	note_changes(&changes);
	set(&disk.read, buf_text(&disk.list));
	buf_clear(&disk.written);
	blacklist_format(&list, &disk.written);
	if (wrote)
		set(&disk.list, buf_text(&disk.written));
	changes_free(&changes);
	banlist_free(&list);
	next_run(&the);
}

static void runs(const char *now, const char *events)
{
	run_once(now, events, kind_of_file(), true);
}

/* The list without its header, blanks before # folded. */
static const char *list_text(void)
{
	static struct buf folded;
	const char *text = buf_text(&disk.list);

	buf_clear(&folded);
	assert_int_equal(strncmp(text, BLACKLIST_HEADER, strlen(BLACKLIST_HEADER)), 0);
	for (text += strlen(BLACKLIST_HEADER); *text != '\0'; text++) {
		if (*text != ' ' || text[1] != ' ')
			buf_add_char(&folded, *text);
	}
	return buf_text(&folded);
}

#define list_is(expected) assert_string_equal(list_text(), expected)
#define changes_are(expected) assert_string_equal(buf_text(&disk.changes), expected)

/* The line of who greeted as a known bot at 10:00 of a day in November. */
#define HELO(addr, since, until) \
	addr " # since 2026-11-" since "T10:00Z until 2026-11-" until "T10:00Z by helo hits 1\n"

/* ---- lines ---- */

static void a_line_says_since_until_by_and_hits(void **state)
{
	(void)state;
	runs("12:00", "10:00 helo 192.0.2.7\n10:00 auth 2001:db8::1 ann n=40\n10:00 auth 192.0.2.1");
	list_is(HELO("192.0.2.7", "01", "09")
		"2001:db8::/64 # since 2026-11-01T10:00Z until 2026-11-21T06:30Z by auth hits 40\n");
	changes_are("added 192.0.2.7\nadded 2001:db8::/64\n");
}

static void a_line_changes_only_when_its_ban_changes(void **state)
{
	(void)state;
	runs("12:00", "10:00 helo 192.0.2.7");
	runs("13:00", "");
	changes_are("");
	list_is(HELO("192.0.2.7", "01", "09"));
	runs("14:00", "13:00 helo 192.0.2.7");
	changes_are("moved 192.0.2.7\n");
	list_is("192.0.2.7 # since 2026-11-01T10:00Z until 2026-11-13T11:31Z by helo hits 2\n");
}

static void a_ban_that_is_over_leaves(void **state)
{
	(void)state;
	runs("12:00", "10:00 helo 192.0.2.7");
	runs("8d9:59", "");
	list_is(HELO("192.0.2.7", "01", "09"));
	runs("8d10:00", "");
	list_is("");
	changes_are("expired 192.0.2.7\n");
}

static void a_ban_that_was_over_when_its_log_was_read_is_never_listed(void **state)
{
	(void)state;
	runs("9d", "10:00 helo 192.0.2.7");
	list_is("");
	changes_are("");
	runs("10d", "9d10:00 helo 192.0.2.7");
	assert_int_equal(account_of("192.0.2.7")->level, 2);
}

static void a_forgiven_ban_leaves_and_is_told(void **state)
{
	(void)state;
	runs("17:00", "10:00 auth 192.0.2.7 ann n=3\n12:00 auth 192.0.2.7 ann n=3\n14:00 auth 192.0.2.7 ann n=3");
	changes_are("added 192.0.2.7\n");
	runs("18:00", "17:30 login 192.0.2.7 ann");
	list_is("");
	changes_are("forgiven 192.0.2.7\n");
}

/* ---- persons' lines ---- */

static void a_persons_line_stays_to_the_letter(void **state)
{
	const char *before = "# seen in the office\n192.0.2.1   # ticket  4711\n192.0.2.3\n# the end\n";

	(void)state;
	write_list(before);
	runs("12:00", "10:00 helo 192.0.2.1\n10:00 helo 192.0.2.3");
	assert_string_equal(buf_text(&disk.list) + strlen(BLACKLIST_HEADER), before);
	runs("13:00", "10:00 helo 192.0.2.2");
	list_is("# seen in the office\n192.0.2.1 # ticket 4711\n" HELO("192.0.2.2", "01", "09") "192.0.2.3\n# the end\n");
	runs("30d", "");
	assert_string_equal(buf_text(&disk.list) + strlen(BLACKLIST_HEADER), before);
}

static void a_comment_stays_where_its_entry_was(void **state)
{
	(void)state;
	runs("1d12:00", "10:00 helo 192.0.2.1\n1d10:00 helo 192.0.2.5");
	write_list("# note\n" HELO("192.0.2.1", "01", "09") "# other\n" HELO("192.0.2.5", "02", "10"));
	runs("2d", "1d10:00 helo 192.0.2.5");
	assert_non_null(strstr(list_text(), "# note\n192.0.2.1 # since"));
	assert_non_null(strstr(list_text(), "# other\n192.0.2.5 # since 2026-11-02T10:00Z until 2026-11-14T"));
	runs("8d10:00", "");
	assert_non_null(strstr(list_text(), "# note\n# other\n192.0.2.5 # since"));
	runs("20d", "");
	list_is("# note\n# other\n");
}

static void a_note_behind_a_line_of_ours_stays_when_it_moves(void **state)
{
	(void)state;
	runs("12:00", "10:00 helo 192.0.2.1");
	write_list("192.0.2.1 # since 2026-11-01T10:00Z until 2026-11-09T10:00Z by helo hits 1 note ticket 4711\n");
	runs("13:00", "12:00 helo 192.0.2.1");
	assert_non_null(strstr(list_text(), " by helo hits 2 note ticket 4711\n"));
}

static void a_foreign_line_stays_until_it_is_over(void **state)
{
	(void)state;
	write_list("192.0.2.1 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by auth hits 5\n"
		   "192.0.2.2 # since 2026-11-01T00:00Z until 2026-11-08T00:00Z by hand hits 0\n");
	runs("12:00", "");
	changes_are("");
	runs("6d23:59", "6d23:00 auth 192.0.2.1 ann");
	changes_are("");
	/* a ban that outlasts it takes the line over */
	runs("6d23:59", "6d23:30 helo 192.0.2.1");
	changes_are("moved 192.0.2.1\n");
	runs("7d", "");
	changes_are("expired 192.0.2.2\n");
	assert_non_null(strstr(list_text(), "192.0.2.1 # since 2026-11-07T23:30Z until 2026-11-1"));
}

/* ---- persons' edits ---- */

static void a_line_that_was_removed_unbans(void **state)
{
	(void)state;
	runs("12:00", "10:00 auth 192.0.2.1 n=500\n10:00 helo 192.0.2.2");
	write_list(HELO("192.0.2.2", "01", "09"));
	runs("13:00", "");
	list_is(HELO("192.0.2.2", "01", "09"));
	changes_are("");
	runs("14:00", "13:00 auth 192.0.2.1 n=4");
	list_is(HELO("192.0.2.2", "01", "09"));
	runs("15:00", "14:00 auth 192.0.2.1");
	changes_are("added 192.0.2.1\n");
	assert_non_null(strstr(list_text(), "192.0.2.1 # since 2026-11-01T14:00Z"));
}

static void a_network_that_was_removed_unbans_all_inside(void **state)
{
	(void)state;
	for (unsigned i = 1; i <= 9; i++) {
		char line[80];

		snprintf(line, sizeof(line), "10:00 helo 192.0.2.%u\n10:00 helo 198.51.100.1", i);
		runs("12:00", line);
	}
	assert_non_null(strstr(list_text(), "192.0.2.0/24 "));
	write_list("");
	runs("13:00", "");
	list_is("");
	assert_null(account_of("192.0.2.1"));
}

static void an_end_that_a_person_changed_holds(void **state)
{
	const char *held = "192.0.2.1 # since 2026-11-01T10:00Z until 2026-12-24T00:00Z by helo hits 1\n";

	(void)state;
	runs("12:00", "10:00 helo 192.0.2.1");
	write_list(held);
	runs("13:00", "");
	list_is(held);
	runs("13d", "12d helo 192.0.2.1\n12d login 192.0.2.1 ann");
	assert_non_null(strstr(list_text(), "192.0.2.1 # since 2026-11-01T10:00Z until 2026-12-24T00:00Z by helo"));
	runs("53d", "");
	list_is("");
}

static void an_end_that_a_person_made_earlier_ends_it_earlier(void **state)
{
	(void)state;
	runs("12:00", "10:00 auth 192.0.2.1 n=500");
	write_list("192.0.2.1 # since 2026-11-01T10:00Z until 2026-11-02T00:00Z by auth hits 500\n");
	runs("13:00", "");
	assert_non_null(strstr(list_text(), "until 2026-11-02T00:00Z"));
	runs("1d", "");
	list_is("");
	changes_are("expired 192.0.2.1\n");
}

static void a_line_that_a_person_made_his_own_stays(void **state)
{
	(void)state;
	runs("12:00", "10:00 helo 192.0.2.1");
	write_list("192.0.2.1 # mine now\n");
	runs("13:00", "");
	runs("40d", "");
	list_is("192.0.2.1 # mine now\n");
	/* and without it nothing is left */
	write_list("");
	runs("41d", "");
	list_is("");
}

static void a_persons_line_that_was_removed_unbans(void **state)
{
	(void)state;
	runs("12:00", "10:00 helo 192.0.2.1\n10:00 helo 192.0.2.2\n10:00 auth 198.51.100.1 ann n=4");
	write_list("192.0.2.0/24 # all of it\n192.0.2.2 # mine\n"
		   "198.51.100.1 # since 2026-11-01T12:00Z until 2026-12-24T00:00Z by hand hits 0\n");
	runs("13:00", "");
	runs("14:00", "13:30 helo 192.0.2.2");
	/* a wider line bans it still */
	write_list("192.0.2.0/24 # all of it\n");
	runs("15:00", "14:30 auth 198.51.100.1 ann n=4");
	list_is("192.0.2.0/24 # all of it\n");
	write_list("");
	runs("16:00", "");
	list_is("");
	assert_null(account_of("192.0.2.2"));
	runs("17:00", "16:30 helo 192.0.2.1");
	assert_non_null(strstr(list_text(), "192.0.2.1 # since 2026-11-01T16:30Z"));
}

static void a_ban_by_hand_stays_until_its_end(void **state)
{
	const char *by_hand = "192.0.2.1 # since 2026-11-01T12:00Z until 2026-11-03T00:00Z by hand hits 0\n";

	(void)state;
	runs("12:00", "10:00 helo 192.0.2.2");
	write_list(by_hand);
	runs("13:00", "");
	list_is(by_hand);
	runs("2d", "");
	list_is("");
}

static void a_run_that_died_before_it_wrote_the_list_pardons_nobody(void **state)
{
	(void)state;
	runs("12:00", "10:00 helo 192.0.2.1");
	run_once("13:00", "12:00 helo 192.0.2.2", EDITS_NONE, false);
	runs("14:00", "");
	assert_non_null(strstr(list_text(), "192.0.2.1 "));
	assert_non_null(strstr(list_text(), "192.0.2.2 "));
}

static void an_edit_after_a_run_that_died_is_told_from_what_it_never_wrote(void **state)
{
	(void)state;
	runs("12:00", "10:00 helo 192.0.2.1\n10:00 helo 192.0.2.3");
	run_once("13:00", "12:00 helo 192.0.2.2", EDITS_NONE, false);
	write_list(HELO("192.0.2.3", "01", "09"));
	run_once("14:00", "", EDITS_OF_UNWRITTEN, true);
	assert_null(strstr(list_text(), "192.0.2.1 "));
	assert_non_null(strstr(list_text(), "192.0.2.2 "));
	assert_non_null(strstr(list_text(), "192.0.2.3 "));
}

static void the_list_is_believed_where_the_state_is_lost(void **state)
{
	(void)state;
	runs("12:00", "10:00 helo 192.0.2.1");
	anew();
	runs("13:00", "12:00 auth 192.0.2.1 n=3");
	list_is(HELO("192.0.2.1", "01", "09"));
	changes_are("");
	runs("9d", "");
	list_is("");
}

/* ---- who may not be banned ---- */

static void the_allowlist_refuses_and_takes_out(void **state)
{
	(void)state;
	allow("192.0.2.8/30");
	runs("12:00", "10:00 helo 192.0.2.7\n10:00 helo 192.0.2.8\n10:00 helo 192.0.2.11\n10:00 helo 192.0.2.12");
	list_is(HELO("192.0.2.7", "01", "09") HELO("192.0.2.12", "01", "09"));
	changes_are("added 192.0.2.7\nadded 192.0.2.12\nrefused 192.0.2.8\nrefused 192.0.2.11\n");
	allow("192.0.2.7");
	runs("13:00", "");
	list_is(HELO("192.0.2.12", "01", "09"));
	changes_are("allowed 192.0.2.7\n");
}

static void no_network_is_banned_around_an_allowed_address(void **state)
{
	(void)state;
	allow("192.0.2.250");
	runs("12:00", "10:00 helo 192.0.2.1\n10:00 helo 192.0.2.2\n10:00 helo 192.0.2.3\n10:00 helo 192.0.2.4\n"
		      "10:00 helo 192.0.2.5\n10:00 helo 192.0.2.6\n10:00 helo 192.0.2.7\n10:00 helo 192.0.2.8");
	assert_null(strstr(list_text(), "/24"));
	assert_non_null(strstr(list_text(), "192.0.2.8 "));
	assert_non_null(strstr(buf_text(&disk.changes), "refused 192.0.2.0/24\n"));
}

static void private_addresses_are_told_once_and_not_banned_unless_asked_for(void **state)
{
	static const char *const inside[] = { "10.1.2.3", "172.31.255.255", "192.168.0.1", "169.254.1.1", "fd00::1" };

	(void)state;
	for (size_t i = 0; i < sizeof(inside) / sizeof(*inside); i++) {
		char line[80];

		snprintf(line, sizeof(line), "10:00 helo %s", inside[i]);
		runs("12:00", line);
		assert_int_equal(strncmp(buf_text(&disk.changes), i == 0 ? "refused " : "", i == 0 ? 8 : 0), 0);
	}
	list_is("");
	runs("13:00", "12:00 helo 172.32.0.0\n11:00 helo 10.9.9.9");
	assert_non_null(strstr(buf_text(&disk.changes), "refused 10.9.9.9\n"));
	runs("13:00", "");
	changes_are("");
	the.settings.ban_private = true;
	runs("13:00", "");
	assert_non_null(strstr(buf_text(&disk.changes), "added 10.1.2.3\n"));
}

static void nothing_wider_than_max_prefix_is_banned(void **state)
{
	const char *two = "10:00 auth 198.50.1.1 n=5\n10:00 auth 198.51.1.1 n=5";

	(void)state;
	assert_null(judge_settings_aggregate(&the.settings, "15:2", true));
	runs("12:00", two);
	changes_are("too-wide 198.50.0.0/15\nadded 198.50.1.1\nadded 198.51.1.1\n");
	runs("13:00", "");
	changes_are("");
	disk.force = true;
	runs("14:00", "");
	assert_non_null(strstr(list_text(), "198.50.0.0/15 "));
	/* the widest that is allowed */
	anew();
	disk.force = false;
	write_list("");
	assert_null(judge_settings_aggregate(&the.settings, "16:2", true));
	runs("12:00", "10:00 helo 198.51.1.1\n10:00 helo 198.51.2.1");
	assert_non_null(strstr(list_text(), "198.51.0.0/16 "));
}

/* ---- max-new ---- */

static void beyond_max_new_those_with_most_points_go_first(void **state)
{
	(void)state;
	the.settings.max_new = 2;
	runs("12:00", "10:00 auth 192.0.2.1 n=5\n10:00 auth 192.0.2.2 n=50\n10:00 auth 192.0.2.3 n=500");
	changes_are("deferred 192.0.2.1\nadded 192.0.2.2\nadded 192.0.2.3\n");
	runs("12:30", "");
	changes_are("added 192.0.2.1\n");
	runs("13:00", "12:00 helo 192.0.2.1\n12:00 helo 192.0.2.2\n12:00 helo 192.0.2.3\n12:00 helo 192.0.2.4");
	assert_non_null(strstr(buf_text(&disk.changes), "added 192.0.2.4\n"));
	assert_null(strstr(buf_text(&disk.changes), "deferred"));
	disk.force = true;
	runs("14:00", "13:00 helo 198.51.100.1\n13:00 helo 198.51.100.2\n13:00 helo 198.51.100.3");
	assert_null(strstr(buf_text(&disk.changes), "deferred"));
}

/* ---- entries inside others ---- */

#define EIGHT \
	"10:00 auth 192.0.2.1 n=5\n10:00 auth 192.0.2.2 n=5\n10:00 auth 192.0.2.3 n=5\n10:00 auth 192.0.2.4 n=5\n" \
	"10:00 auth 192.0.2.5 n=5\n10:00 auth 192.0.2.6 n=5\n10:00 auth 192.0.2.7 n=5\n10:00 auth 192.0.2.8 n=5\n"

static void hosts_go_into_a_network_that_outlives_them_and_come_out_again(void **state)
{
	(void)state;
	runs("12:00", "10:00 auth 192.0.2.1 n=5\n10:00 auth 192.0.2.9 n=5000");
	runs("13:00", "10:00 auth 192.0.2.2 n=5\n10:00 auth 192.0.2.3 n=5\n10:00 auth 192.0.2.4 n=5\n"
		      "10:00 auth 192.0.2.5 n=5\n10:00 auth 192.0.2.6 n=5\n10:00 auth 192.0.2.7 n=5\n");
	changes_are("network 192.0.2.0/24\ninto 192.0.2.1\n");
	/* one that outlives the network stands beside it */
	assert_non_null(strstr(list_text(),
		"192.0.2.0/24 # since 2026-11-01T10:00Z until 2026-11-13T10:00Z by auth hits 8 hosts 8\n192.0.2.9 # since"));
	runs("14:00", "13:30 login 192.0.2.200 ann");
	assert_non_null(strstr(buf_text(&disk.changes), "added 192.0.2.1\n"));
	assert_non_null(strstr(buf_text(&disk.changes), "dissolved 192.0.2.0/24\n"));
	assert_non_null(strstr(list_text(), "192.0.2.7 "));
}

static void what_a_person_wrote_inside_a_network_stays(void **state)
{
	(void)state;
	write_list("192.0.2.1 # mine\n192.0.2.99 # since 2026-11-01T00:00Z until 2026-11-03T00:00Z by hand hits 0\n"
		   "198.51.100.0/24 # all of them\n");
	runs("12:00", EIGHT "10:00 helo 198.51.100.7");
	list_is("192.0.2.0/24 # since 2026-11-01T10:00Z until 2026-11-13T10:00Z by auth hits 8 hosts 8\n"
		"192.0.2.1 # mine\n192.0.2.99 # since 2026-11-01T00:00Z until 2026-11-03T00:00Z by hand hits 0\n"
		"198.51.100.0/24 # all of them\n");
}

/* ---- what is told beside bans ---- */

static void a_name_that_keeps_failing_where_others_log_in_is_told_once_a_day(void **state)
{
	struct buf events = { 0 };

	(void)state;
	buf_add_text(&events, "9:00 login 192.0.2.1 ann\n9:00 login 192.0.2.1 bob\n");
	for (unsigned i = 0; i < 12; i++)
		buf_addf(&events, "10:%02u auth 192.0.2.1 Scanner@example.com\n", i);
	runs("12:00", buf_text(&events));
	changes_are("failing 192.0.2.1 Scanner@example.com\n");
	list_is("");
	runs("13:00", "");
	changes_are("");
	buf_free(&events);
}

static void a_user_under_attack_is_told(void **state)
{
	struct buf events = { 0 };

	(void)state;
	for (unsigned i = 1; i < 12; i++)
		buf_addf(&events, "10:00 auth 192.0.%u.1 Ann@example.com\n", i);
	runs("12:00", buf_text(&events));
	changes_are("");
	runs("12:00", "10:01 auth 192.0.90.1 ANN@example.com\n10:01 auth 192.0.91.1 ANN@example.com");
	changes_are("attacked 192.0.1.1 ANN@example.com\n");
	runs("13:00", "");
	changes_are("");
	buf_free(&events);
}

static void a_breach_is_told_first(void **state)
{
	(void)state;
	runs("12:00", "10:00 helo 192.0.2.9\n10:00 auth 192.0.2.1 a n=4\n10:01 auth 192.0.2.1 b\n10:02 auth 192.0.2.1 c\n"
		      "10:03 login 192.0.2.1 Ann@example.com");
	changes_are("breach 192.0.2.1 Ann@example.com\nadded 192.0.2.1\nadded 192.0.2.9\n");
	runs("13:00", "");
	changes_are("breach 192.0.2.1 Ann@example.com\n");
}

#define RUNS(test) { #test, test, begin_disk, end_disk, NULL }

int main(void)
{
	const struct CMUnitTest tests[] = {
		RUNS(a_line_says_since_until_by_and_hits),
		RUNS(a_line_changes_only_when_its_ban_changes),
		RUNS(a_ban_that_is_over_leaves),
		RUNS(a_ban_that_was_over_when_its_log_was_read_is_never_listed),
		RUNS(a_forgiven_ban_leaves_and_is_told),
		RUNS(a_persons_line_stays_to_the_letter),
		RUNS(a_comment_stays_where_its_entry_was),
		RUNS(a_note_behind_a_line_of_ours_stays_when_it_moves),
		RUNS(a_foreign_line_stays_until_it_is_over),
		RUNS(a_line_that_was_removed_unbans),
		RUNS(a_network_that_was_removed_unbans_all_inside),
		RUNS(an_end_that_a_person_changed_holds),
		RUNS(an_end_that_a_person_made_earlier_ends_it_earlier),
		RUNS(a_line_that_a_person_made_his_own_stays),
		RUNS(a_persons_line_that_was_removed_unbans),
		RUNS(a_ban_by_hand_stays_until_its_end),
		RUNS(a_run_that_died_before_it_wrote_the_list_pardons_nobody),
		RUNS(an_edit_after_a_run_that_died_is_told_from_what_it_never_wrote),
		RUNS(the_list_is_believed_where_the_state_is_lost),
		RUNS(the_allowlist_refuses_and_takes_out),
		RUNS(no_network_is_banned_around_an_allowed_address),
		RUNS(private_addresses_are_told_once_and_not_banned_unless_asked_for),
		RUNS(nothing_wider_than_max_prefix_is_banned),
		RUNS(beyond_max_new_those_with_most_points_go_first),
		RUNS(hosts_go_into_a_network_that_outlives_them_and_come_out_again),
		RUNS(what_a_person_wrote_inside_a_network_stays),
		RUNS(a_name_that_keeps_failing_where_others_log_in_is_told_once_a_day),
		RUNS(a_user_under_attack_is_told),
		RUNS(a_breach_is_told_first),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
