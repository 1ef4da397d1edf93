/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a tally counts, what it keeps for the next run, and what it costs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "judge/tally.h"

static struct addr addr_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse(&a, text, strlen(text)));
	return a;
}

static struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static struct tally *fresh_tally(struct judge_settings *settings)
{
	judge_settings_defaults(settings);
	assert_null(judge_settings_check(settings));
	return tally_new(settings, NULL, NULL, 2000000000);
}

static void add(struct tally *tally, const char *addr, int64_t time, enum event_class event_class, uint32_t count)
{
	struct event event = { .addr = addr_of(addr), .time = time, .event_class = (uint8_t)event_class, .count = count };

	tally_add(tally, &event);
}

static void take_row(void *context, const struct tally_row *row)
{
	struct buf *out = context;

	addr_add_to(out, &row->addr);
	buf_addf(out, " %s %llu %lld %lld\n", event_class_name(row->event_class), (unsigned long long)row->count,
		(long long)row->first, (long long)row->last);
}

static void rows_are(struct tally *tally, const char *expected)
{
	struct buf out = { 0 };

	tally_each(tally, take_row, &out);
	assert_string_equal(buf_text(&out), expected);
	buf_free(&out);
}

static void counts_by_address_and_class(void **state)
{
	struct judge_settings settings;
	struct tally *tally = fresh_tally(&settings);
	struct tally_row row;
	struct addr a = addr_of("192.0.2.7");

	(void)state;
	add(tally, "203.0.113.9", 1000, CLASS_AUTH, 3);
	add(tally, "2001:db8::1", 1010, CLASS_PROBE, 1);
	add(tally, "2001:db8:0:0:5::", 1020, CLASS_PROBE, 1);
	add(tally, "192.0.2.7", 1030, CLASS_GOOD, 1);
	add(tally, "192.0.2.7", 1025, CLASS_UNKNOWN, 2);
	add(tally, "192.0.2.7", 1040, CLASS_UNKNOWN, 2);
	add(tally, "192.0.2.7", 1005, CLASS_UNKNOWN, 16777215);
	add(tally, "203.0.113.9", 900, CLASS_AUTH, 4000000000U);
	rows_are(tally, "192.0.2.7 unknown 16777219 1005 1040\n192.0.2.7 good 1 1030 1030\n"
			"203.0.113.9 auth 4000000003 900 1000\n2001:db8::/64 probe 2 1010 1020\n");
	assert_true(tally_find(tally, &a, CLASS_UNKNOWN, &row));
	assert_int_equal(row.count, 16777219);
	assert_false(tally_find(tally, &a, CLASS_AUTH, &row));
	assert_int_equal(tally_addresses(tally), 3);
	assert_int_equal(tally_last_time(tally), 1040);
	tally_free(tally);
}

static void a_failure_without_an_address_is_counted_as_such(void **state)
{
	struct judge_settings settings;
	struct tally *tally = fresh_tally(&settings);
	struct event event = { .time = 1000, .event_class = CLASS_AUTH, .count = 2, .flags = EVENT_NO_ADDRESS };

	(void)state;
	tally_add(tally, &event);
	tally_add(tally, &event);
	assert_int_equal(tally_without_address(tally), 4);
	assert_int_equal(tally_addresses(tally), 0);
	tally_free(tally);
}

/* One line of a connection: b begins, e ends, c counts once a connection, l counts each line. */
static void add_line(struct tally *tally, uint64_t connection, const char *flags, enum event_class event_class)
{
	struct event event = { .addr = addr_of("192.0.2.1"), .time = 1000, .connection = connection, .count = 1,
			       .event_class = (uint8_t)event_class };

	for (; *flags != '\0'; flags++)
		event.flags |= *flags == 'b' ? EVENT_BEGINS : *flags == 'e' ? EVENT_ENDS : *flags == 'c' ? EVENT_PER_CONNECTION : 0;
	tally_add(tally, &event);
}

static void a_class_counts_once_a_connection(void **state)
{
	struct judge_settings settings;
	struct tally *tally = fresh_tally(&settings);

	(void)state;
	add_line(tally, 7, "bc", CLASS_UNKNOWN);   /* counts */
	add_line(tally, 7, "c", CLASS_UNKNOWN);
	add_line(tally, 8, "c", CLASS_UNKNOWN);    /* counts: another connection */
	add_line(tally, 7, "c", CLASS_REJECT);     /* counts: another class */
	add_line(tally, 7, "ce", CLASS_UNKNOWN);
	add_line(tally, 7, "c", CLASS_UNKNOWN);    /* counts: that one had ended */
	add_line(tally, 8, "bc", CLASS_UNKNOWN);   /* counts: a new one of the same process */
	add_line(tally, 0, "c", CLASS_UNKNOWN);    /* counts: no connection is known */
	add_line(tally, 0, "c", CLASS_UNKNOWN);    /* counts */
	add_line(tally, 9, "l", CLASS_AUTH);       /* counts */
	add_line(tally, 9, "l", CLASS_AUTH);       /* counts: each line does */
	add_line(tally, 9, "ce", CLASS_AUTH);      /* a line of the class was there */
	add_line(tally, 10, "ce", CLASS_AUTH);     /* counts: none was */
	add_line(tally, 11, "l", CLASS_AUTH);      /* counts */
	add_line(tally, 11, "e", CLASS_GOOD);
	add_line(tally, 11, "ce", CLASS_AUTH);     /* counts: a good line has ended that one */
	rows_are(tally, "192.0.2.1 auth 5 1000 1000\n192.0.2.1 unknown 6 1000 1000\n192.0.2.1 reject 1 1000 1000\n"
			"192.0.2.1 good 1 1000 1000\n");
	tally_free(tally);
}

static void an_open_connection_lasts_over_runs(void **state)
{
	struct judge_settings settings;
	struct tally *tally = fresh_tally(&settings);
	struct buf saved = { 0 };
	unsigned long line;

	(void)state;
	add_line(tally, 7, "bc", CLASS_UNKNOWN);
	add_line(tally, 8, "bce", CLASS_UNKNOWN);
	tally_save(tally, &saved);
	tally_free(tally);
	tally = fresh_tally(&settings);
	assert_int_equal(tally_load(tally, saved.ptr, saved.len, &line), 0);
	add_line(tally, 7, "ce", CLASS_UNKNOWN);
	add_line(tally, 8, "c", CLASS_UNKNOWN);
	rows_are(tally, "192.0.2.1 unknown 1 1000 1000\n");
	tally_free(tally);
	buf_free(&saved);
}

static void connections_are_bounded(void **state)
{
	struct judge_settings settings;
	struct tally *tally = fresh_tally(&settings);
	struct tally_row row;
	struct addr a = addr_of("192.0.2.1");

	(void)state;
	add_line(tally, 1, "c", CLASS_UNKNOWN);
	for (uint64_t i = 0; i < 65535; i++)
		add_line(tally, 1000 + i, "l", CLASS_PROBE);
	add_line(tally, 1, "c", CLASS_UNKNOWN);
	assert_true(tally_find(tally, &a, CLASS_UNKNOWN, &row));
	assert_int_equal(row.count, 1);
	add_line(tally, 2, "l", CLASS_PROBE);
	add_line(tally, 1, "c", CLASS_UNKNOWN);
	assert_true(tally_find(tally, &a, CLASS_UNKNOWN, &row));
	assert_int_equal(row.count, 2);
	tally_free(tally);
}

static void names_the_users_that_were_tried(void **state)
{
	struct judge_settings settings;
	struct tally *tally = fresh_tally(&settings);
	struct event event = { .addr = addr_of("192.0.2.1"), .time = 1000, .event_class = CLASS_AUTH, .count = 1 };
	static const char *const tried[] = { "root", "admin", "Root", "info" };
	struct span names[2];
	struct addr addrs[2];
	bool more;

	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		event.user = span_of(tried[i]);
		event.user_hash = event_user_hash(event.user);
		tally_add(tally, &event);
	}
	assert_int_equal(tally_users(tally, &event.addr, names, 2, &more), 2);
	assert_true(more);
	assert_int_equal(names[0].len, 5);
	assert_memory_equal(names[0].ptr, "admin", 5);
	assert_memory_equal(names[1].ptr, "info", 4);
	assert_int_equal(tally_attackers(tally, span_of("ROOT"), addrs, 2), 1);
	assert_true(addr_equal(&addrs[0], &event.addr));
	assert_int_equal(tally_attackers(tally, span_of("nobody"), addrs, 2), 0);
	event.addr = addr_of("192.0.2.2");
	assert_int_equal(tally_users(tally, &event.addr, names, 2, &more), 0);
	assert_false(more);
	tally_free(tally);
}

static void what_is_saved_is_read_back(void **state)
{
	struct judge_settings settings;
	struct tally *tally = fresh_tally(&settings);
	struct event event = { .addr = addr_of("192.0.2.1"), .time = 1700000000, .event_class = CLASS_AUTH, .count = 2,
			       .user = span_of("some %one\x80") };
	struct buf first = { 0 }, second = { 0 };
	unsigned long line;

	(void)state;
	event.user_hash = event_user_hash(event.user);
	tally_add(tally, &event);
	add(tally, "2001:db8::1", 1700000100, CLASS_PROBE, 7);
	event.event_class = CLASS_GOOD;
	event.addr = addr_of("198.51.100.1");
	tally_add(tally, &event);
	tally_save(tally, &first);
	tally_free(tally);
	tally = fresh_tally(&settings);
	assert_int_equal(tally_load(tally, first.ptr, first.len, &line), 0);
	tally_save(tally, &second);
	assert_string_equal(buf_text(&first), buf_text(&second));
	assert_non_null(strstr(buf_text(&first), "some%20%25one%80"));
	rows_are(tally, "");
	tally_free(tally);
	buf_free(&first);
	buf_free(&second);
}

static void known_customers_are_bounded(void **state)
{
	struct judge_settings settings;
	struct tally *tally = fresh_tally(&settings);
	struct event event = { .event_class = CLASS_GOOD, .count = 1, .user = span_of("ann") };
	struct buf saved = { 0 };
	size_t lines = 0;

	(void)state;
	event.user_hash = event_user_hash(event.user);
	for (uint32_t i = 0; i < 250000; i++) {
		event.addr = (struct addr){ 0, UINT64_C(0xffff0b000000) | i, ADDR_BITS };
		event.time = 1700000000 + i;
		tally_add(tally, &event);
	}
	tally_save(tally, &saved);
	for (size_t i = 0; i < saved.len; i++)
		lines += saved.ptr[i] == '\n';
	/* the first line is that of the last time */
	assert_int_equal(lines, 1 + 200000);
	assert_null(strstr(buf_text(&saved), "\n11.0.195.79 "));
	assert_non_null(strstr(buf_text(&saved), "\n11.0.195.80 "));
	tally_free(tally);
	buf_free(&saved);
}

static void damaged_lines_are_refused(void **state)
{
	static const char *const bad[] = { "last\n", "last x\n", "open 0 1 1\n", "open 1 1\n", "name 1 0\n", "name 0 0 a\n",
		"name 1 0 a 192.0.2.1\n", "name 1 0 %2\n", "192.0.2.1 1 2 3\n", "192.0.2.256 0 1 1 0\n", "192.0.2.1 38 1 1 0\n",
		"192.0.2.1 0 1 10000 0\n", "192.0.2.1  0 1 1 0\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct judge_settings settings;
		struct tally *tally = fresh_tally(&settings);
		struct buf text = { 0 };
		unsigned long line = 0;

		buf_addf(&text, "last 100\n%s", bad[i]);
		assert_int_equal(tally_load(tally, text.ptr, text.len, &line), -1);
		assert_int_equal(line, 2);
		tally_free(tally);
		buf_free(&text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts_by_address_and_class),
		cmocka_unit_test(a_failure_without_an_address_is_counted_as_such),
		cmocka_unit_test(a_class_counts_once_a_connection),
		cmocka_unit_test(an_open_connection_lasts_over_runs),
		cmocka_unit_test(connections_are_bounded),
		cmocka_unit_test(names_the_users_that_were_tried),
		cmocka_unit_test(what_is_saved_is_read_back),
		cmocka_unit_test(known_customers_are_bounded),
		cmocka_unit_test(damaged_lines_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
