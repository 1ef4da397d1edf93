/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * amend: what a process that was taken over may say of the list, and what is refused. That the amendments of honest
 * ones are the judgement is shown by test_decide and test_judge_model.
 */
#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "app/run.h"
#include "base/digest.h"
#include "judge/amend.h"
#include "list/blacklist.h"

#define NOW INT64_C(1795230000) /* 2026-11-21T03:00Z */
#define HEAD BLACKLIST_HEADER "# mine\n"
#define BAN " # since 2026-11-20T03:00Z until 2026-12-01T03:00Z by auth hits 9"
#define HAND " # since 2026-11-20T03:00Z until 2026-12-01T03:00Z by hand hits 0 note x"

static const char list_text[] = HEAD "192.0.2.1" BAN "\n# theirs\n198.51.100.7 # ticket 4711\n198.51.100.9" HAND
				     "\n203.0.113.0/24" BAN "\n# the end\n";

static struct judge_settings settings;
static struct netset allow;

static void read_list(struct banlist *list)
{
	struct buf text = { 0 };

	buf_add_text(&text, list_text);
	assert_int_equal(blacklist_parse(&text, "list", list), 0);
}

static int begin(void **state)
{
	struct addr office;

	(void)state;
	judge_settings_defaults(&settings);
	settings.max_new = 2;
	assert_true(addr_parse_net(&office, "192.0.2.128/25", 14));
	netset_add(&allow, &office);
	netset_finish(&allow);
	return 0;
}

static int end(void **state)
{
	(void)state;
	netset_free(&allow);
	allow = (struct netset){ 0 };
	return 0;
}

/* The list that comes of it, or "" where it is refused. */
static const char *amended(const char *put, const char *gone)
{
	const struct amend_limits limits = { .settings = &settings, .allow = &allow, .now = NOW };
	static struct buf out;
	struct buf lines = { 0 };
	struct banlist list = { 0 };

	buf_clear(&out);
	read_list(&list);
	buf_add_text(&lines, put);
	if (amend_apply(&list, &limits, &lines, (struct span){ gone, strlen(gone) }) == 0)
		blacklist_format(&list, &out);
	banlist_free(&list);
	return buf_text(&out);
}

static void bans_come_and_go(void **state)
{
	(void)state;
	assert_string_equal(amended("", ""), list_text);
	assert_string_equal(amended("192.0.2.3" BAN "\n", "203.0.113.0/24\n"),
			    HEAD "192.0.2.1" BAN "\n192.0.2.3                # since 2026-11-20T03:00Z until "
				 "2026-12-01T03:00Z by auth hits 9\n# theirs\n198.51.100.7 # ticket 4711\n198.51.100.9"
				 HAND "\n# the end\n");
	/* comments that stood above go above the next one */
	assert_non_null(strstr(amended("", "192.0.2.1\n"), HEAD "# theirs\n198.51.100.7 # ticket 4711\n"));
}

static void comments_of_strangers_do_not_come_in(void **state)
{
	(void)state;
	assert_null(strstr(amended("# buy this\n192.0.2.3" BAN "\n# and this\n", ""), "this"));
}

static void what_is_refused(void **state)
{
	static const struct {
		const char *what, *put, *gone;
	} refused[] = {
		{ "an allowed address", "192.0.2.200" BAN "\n", "" },
		{ "a network around it", "192.0.2.0/24" BAN "\n", "" },
		{ "a private address", "10.1.2.3" BAN "\n", "" },
		{ "a network that is too wide", "203.0.0.0/12" BAN "\n", "" },
		{ "a person's line taken away", "", "198.51.100.7\n" },
		{ "a person's line made a ban", "198.51.100.7" BAN "\n", "" },
		{ "a ban by hand before its end", "", "198.51.100.9\n" },
		{ "a ban by hand made shorter", "198.51.100.9 # since 2026-11-20T03:00Z until 2026-11-22T03:00Z by auth "
						"hits 9\n", "" },
		{ "a permanent line", "192.0.2.3\n", "" },
		{ "a line by hand", "192.0.2.3" HAND "\n", "" },
		{ "more than max-new", "192.0.2.3" BAN "\n192.0.2.4" BAN "\n192.0.2.5" BAN "\n", "" },
		{ "what is not there taken away", "", "192.0.2.99\n" },
		{ "no address", "", "somebody\n" },
		{ "half a line", "", "192.0.2.1" },
		{ "no list", "\n\xff\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(refused) / sizeof(*refused); i++) {
		if (amended(refused[i].put, refused[i].gone)[0] != '\0')
			fail_msg("%s is not refused", refused[i].what);
	}
}

static void what_only_looks_like_it_is_not(void **state)
{
	(void)state;
	/* two new ones and two that stood are not more than max-new */
	assert_non_null(strstr(amended("192.0.2.1 # since 2026-11-20T03:00Z until 2026-12-04T03:00Z by auth hits 12\n"
				       "192.0.2.3" BAN "\n192.0.2.4" BAN "\n203.0.113.0/24" BAN "\n", ""), "hits 12"));
	/* a ban by hand that goes on keeps its note */
	assert_non_null(strstr(amended("198.51.100.9 # since 2026-11-20T03:00Z until 2026-12-09T03:00Z by auth hits 9\n",
				       ""), "until 2026-12-09T03:00Z by auth hits 9 note x\n"));
}

/* ---- the whole answer ---- */

static int take(struct run *r, const char *section, const char *lines)
{
	struct state said = { 0 };
	struct buf answer = { 0 };
	int ret;

	state_set(&said, section, (struct span){ lines, strlen(lines) });
	state_format(&said, &answer);
	ret = run_take_answer(r, &answer);
	state_free(&said);
	buf_free(&answer);
	return ret;
}

static void an_answer_is_believed_in_what_it_may_say(void **state)
{
	static const struct options options;
	struct config config = { .judge = settings };
	struct run r = { .config = &config, .options = &options, .now = NOW };
	struct buf nonsense = { 0 };

	(void)state;
	r.allow.nets = allow;
	read_list(&r.list);
	assert_int_equal(take(&r, STATE_MYNETWORKS, "0.0.0.0/0\n"), EXIT_ALL_WELL);
	assert_int_equal(state_lines(&r.state, STATE_MYNETWORKS).len, 0);
	assert_int_equal(take(&r, "answer-report", "a\033[2Jb\n"), EXIT_ALL_WELL);
	assert_string_equal(buf_text(&r.report), "a?[2Jb\n");
	/* one line, which no other header follows */
	assert_int_equal(take(&r, "answer-subject", "a\rb\nBcc: mallory@example.com\n"), EXIT_ALL_WELL);
	assert_string_equal(buf_text(&r.subject), "a?b");
	assert_int_equal(take(&r, "answer-put", "192.0.2.200" BAN "\n"), EXIT_NOTHING);
	assert_int_equal(take(&r, "answer-gone", "198.51.100.7\n"), EXIT_NOTHING);
	assert_int_equal(run_take_answer(&r, &nonsense), EXIT_NOTHING);
	buf_add_text(&nonsense, "mailban state 2\nsection accounts 1000000\n");
	assert_int_equal(run_take_answer(&r, &nonsense), EXIT_NOTHING);
	state_free(&r.state);
	banlist_free(&r.list);
	buf_free(&r.report);
	buf_free(&r.subject);
	buf_free(&nonsense);
}

static void what_persons_did_is_believed_where_they_may_have_done_something(void **state)
{
	static const struct options options;
	struct config config = { .judge = settings };
	struct run r = { .config = &config, .options = &options, .now = NOW, .has_digests = true };

	(void)state;
	read_list(&r.list);
	r.digest_written = r.list.digest;
	assert_int_equal(take(&r, "answer-edits", "192.0.2.1\n"), EXIT_ALL_WELL);
	assert_int_equal(r.edits.len, 0);
	r.digest_written++;
	assert_int_equal(take(&r, "answer-edits", "192.0.2.1\n"), EXIT_ALL_WELL);
	assert_string_equal(buf_text(&r.edits), "192.0.2.1\n");
	state_free(&r.state);
	banlist_free(&r.list);
	buf_free(&r.edits);
}

/* Of a million sections each one would be looked for among all before it, for hours, under the lock. */
static void an_answer_of_more_sections_than_there_are_is_refused(void **state)
{
	static const struct options options;
	struct config config = { .judge = settings };
	struct run r = { .config = &config, .options = &options, .now = NOW };
	struct buf answer = { 0 };

	(void)state;
	buf_add_text(&answer, "mailban state 2\n");
	for (unsigned i = 0; i < 1000000; i++)
		buf_addf(&answer, "section a%07u 0\n", i);
	buf_addf(&answer, "checksum %016" PRIx64 "\n", digest_of(answer.ptr, answer.len));
	assert_int_equal(run_take_answer(&r, &answer), EXIT_NOTHING);
	state_free(&r.state);
	buf_free(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(bans_come_and_go, begin, end),
		cmocka_unit_test_setup_teardown(comments_of_strangers_do_not_come_in, begin, end),
		cmocka_unit_test_setup_teardown(what_is_refused, begin, end),
		cmocka_unit_test_setup_teardown(what_only_looks_like_it_is_not, begin, end),
		cmocka_unit_test_setup_teardown(an_answer_is_believed_in_what_it_may_say, begin, end),
		cmocka_unit_test_setup_teardown(what_persons_did_is_believed_where_they_may_have_done_something, begin,
						end),
		cmocka_unit_test_setup_teardown(an_answer_of_more_sections_than_there_are_is_refused, begin, end),
	};

	return cmocka_run_group_tests_name("amend", tests, NULL, NULL);
}
