/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "judge_driver.h"
#include "base/sanitized.h"
#include "record/history.h"
#include "random.h"

enum { FIRST = 20000, SOME = 9000 }; /* a day; random events */
enum { STREAMS = SANITIZED ? 2 : 4 };

static struct history history;

/* The history of the events so far, cut into runs behind each event with a chance of one in `cut`; 0: not at all. */
struct stream {
	struct judge judge;
	struct history history;
	struct state memory;
	struct judge_settings settings;
	uint64_t random;
};

static void begin_run(struct stream *s)
{
	judge_init(&s->judge, &s->settings, (int64_t)(FIRST + 1000) * DAYS);
	s->judge.history = &s->history;
	assert_int_equal(remembered_judge(&s->memory, "state", &s->judge), 0);
	assert_int_equal(remembered_history(&s->memory, "state", &s->history), 0);
}

static void end_run(struct stream *s)
{
	judge_save(&s->judge, &s->memory);
	judge_free(&s->judge);
	history_free(&s->history);
}

/* Days pass, now and then many at once; addresses and names are more than are counted apart, some of them busy. */
static struct event draw(uint64_t *random, int64_t *time, char name[20])
{
	static const struct { uint8_t event_class; uint16_t flags; } kinds[] = {
		{ CLASS_AUTH, 0 }, { CLASS_AUTH, 0 }, { CLASS_AUTH, 0 }, { CLASS_PROBE, 0 }, { CLASS_GOOD, 0 },
		{ CLASS_GOOD, EVENT_ACCEPTED },
	};
	unsigned kind = (unsigned)random_below(random, sizeof(kinds) / sizeof(*kinds));
	uint64_t which = random_below(random, 4) > 0 ? random_below(random, 100000) : random_below(random, 5);
	struct event event = { .event_class = kinds[kind].event_class, .flags = kinds[kind].flags, .count = 1 };

	*time += random_below(random, 5000) == 0 ? (int64_t)random_below(random, 5) * DAYS : 30;
	event.time = *time - (random_below(random, 50) == 0 ? (int64_t)random_below(random, 3 * DAYS) : 0);
	event.addr = addr_of_v4_number(0xcb007100 + (uint32_t)which);
	snprintf(name, 20, "name%u", (unsigned)which);
	event.user = (struct span){ name, strlen(name) };
	return event;
}

static void play(struct stream *s, uint64_t seed, uint64_t cut)
{
	uint64_t random = random_begin(seed), cuts = random_begin(seed + 1);
	int64_t time = (int64_t)FIRST * DAYS;
	char name[20];

	judge_settings_defaults(&s->settings);
	begin_run(s);
	for (unsigned i = 0; i < SOME; i++) {
		struct event event = draw(&random, &time, name);

		judge_event(&s->judge, &event, s->judge.now);
		if (cut > 0 && random_below(&cuts, (size_t)cut) == 0) {
			end_run(s);
			begin_run(s);
		}
	}
	end_run(s);
}

static void assert_section(const struct stream *a, const struct stream *b, const char *section)
{
	struct span x = state_lines(&a->memory, section), y = state_lines(&b->memory, section);

	assert_true(x.len > 0);
	assert_int_equal(x.len, y.len);
	assert_memory_equal(x.ptr, y.ptr, x.len);
}

static void cuts_make_no_difference(void **unused)
{
	uint64_t seed = random_seed();

	(void)unused;
	for (unsigned i = 0; i < STREAMS; i++) {
		struct stream whole = { 0 }, cut = { 0 };

		play(&whole, seed + i, 0);
		play(&cut, seed + i, i % 2 == 0 ? 700 : 40);
		assert_section(&whole, &cut, STATE_HISTORY);
		assert_section(&whole, &cut, STATE_TOPS);
		state_free(&whole.memory);
		state_free(&cut.memory);
	}
}

static int begin(void **unused)
{
	(void)unused;
	judge_settings_defaults(&the.settings);
	judge_init(&the.judge, &the.settings, at("500d"));
	the.judge.history = &history;
	return 0;
}

static int end(void **unused)
{
	(void)unused;
	judge_free(&the.judge);
	history_free(&history);
	return 0;
}

static void lines_are(const char *days, const char *tops)
{
	struct state state = { 0 };

	history_save(&history, &state);
	assert_true(span_is(state_lines(&state, STATE_HISTORY), days));
	assert_true(span_is(state_lines(&state, STATE_TOPS), tops));
	state_free(&state);
}

static void days_classes_addresses_names_and_networks_are_counted(void **unused)
{
	(void)unused;
	says("10:00 auth 192.0.2.1 ann\n10:01 auth 192.0.2.1 Ann@example.com n=2\n10:02 auth 192.0.2.2 ann\n"
	     "10:03 probe 192.0.2.2\n10:04 login 198.51.100.1 ann\n10:05 mail 198.51.100.1\n");
	lines_are("2026-11-01 auth=4 probe=1 login=1 mail=1 addresses=2 open\n",
		  "2026-11-01 192.0.2.1 auth=3\n2026-11-01 192.0.2.2 auth=1 probe=1\n"
		  "2026-11-01 u:ann failures=4 addresses=2\n");
	/* the day is open for an hour more */
	says("1d00:59 auth 192.0.2.1 ann\n23:59 login 198.51.100.1 ann\n");
	lines_are("2026-11-01 auth=4 probe=1 login=2 mail=1 addresses=2 open\n2026-11-02 auth=1 addresses=1 open\n",
		  "2026-11-01 192.0.2.1 auth=3\n2026-11-01 192.0.2.2 auth=1 probe=1\n"
		  "2026-11-01 u:ann failures=4 addresses=2\n"
		  "2026-11-02 192.0.2.1 auth=1\n2026-11-02 u:ann failures=1 addresses=1\n");
	says("1d01:00 mail 198.51.100.1\n");
	lines_are("2026-11-01 auth=4 probe=1 login=2 mail=1 addresses=2\n2026-11-02 auth=1 mail=1 addresses=1 open\n",
		  "2026-11-01 192.0.2.1 auth=3\n2026-11-01 192.0.2.2 auth=1 probe=1\n"
		  "2026-11-01 u:ann failures=4 addresses=2\n2026-11-01 192.0.2.0/24 events=5 hosts=2\n"
		  "2026-11-02 192.0.2.1 auth=1\n2026-11-02 u:ann failures=1 addresses=1\n");
	/* what is late counts for its day, whose tops are closed */
	says("11:00 auth 192.0.2.9 bob\n");
	lines_are("2026-11-01 auth=5 probe=1 login=2 mail=1 addresses=2\n2026-11-02 auth=1 mail=1 addresses=1 open\n",
		  "2026-11-01 192.0.2.1 auth=3\n2026-11-01 192.0.2.2 auth=1 probe=1\n"
		  "2026-11-01 u:ann failures=4 addresses=2\n2026-11-01 192.0.2.0/24 events=5 hosts=2\n"
		  "2026-11-02 192.0.2.1 auth=1\n2026-11-02 u:ann failures=1 addresses=1\n");
}

static void days_beyond_the_bound_go(void **unused)
{
	(void)unused;
	for (unsigned day = 0; day < HISTORY_DAYS + 10; day++) {
		struct event event = { .event_class = CLASS_AUTH, .count = 1, .addr = net_of("192.0.2.1") };
		struct state state = { 0 };

		event.time = BASE + (int64_t)day * DAYS;
		judge_event(&the.judge, &event, the.judge.now);
		history_save(&history, &state);
		if (day == HISTORY_DAYS + 9)
			assert_true(span_starts(state_lines(&state, STATE_TOPS), "2026-11-11 192.0.2.1 auth=1\n"));
		state_free(&state);
	}
	assert_int_equal(history.count, HISTORY_DAYS);
}

/* A busy address among more than are counted apart, which come once. */
static void who_comes_often_stays_whatever_else_comes(void **unused)
{
	struct event event = { .event_class = CLASS_AUTH, .count = 1 };

	(void)unused;
	for (unsigned i = 0; i < 20 * HISTORY_APART; i++) {
		event.time = BASE + i / 10;
		event.addr = i % 20 == 19 ? net_of("192.0.2.7") : addr_of_v4_number(0xc6330000 + i);
		judge_event(&the.judge, &event, the.judge.now);
	}
	for (size_t i = 0; i < history.open[history.clock & 1][HISTORY_ADDRESS].count; i++) {
		const struct history_item *item = &history.open[history.clock & 1][HISTORY_ADDRESS].items[i];

		if (addr_equal(&item->addr, &(struct addr){ 0, UINT64_C(0xffffc0000207), ADDR_BITS })) {
			assert_true(item->count[CLASS_AUTH] >= HISTORY_APART - 40 && item->count[CLASS_AUTH] <= HISTORY_APART);
			return;
		}
	}
	fail_msg("it is gone");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(cuts_make_no_difference),
		cmocka_unit_test_setup_teardown(days_classes_addresses_names_and_networks_are_counted, begin, end),
		cmocka_unit_test_setup_teardown(days_beyond_the_bound_go, begin, end),
		cmocka_unit_test_setup_teardown(who_comes_often_stays_whatever_else_comes, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
