/* SPDX-License-Identifier: GPL-2.0-or-later */
/* when: lengths of time, minutes as text, and the calendar, against gmtime_r(3) and timegm(3). */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "base/when.h"
#include "random.h"

static void durations_are_read(void **state)
{
	static const struct {
		const char *text;
		int64_t seconds;
	} good[] = {
		{ "0", 0 }, { "0s", 0 }, { "1s", 1 }, { "90m", 5400 }, { "12h", 43200 }, { "1d", 86400 },
		{ "1w", 604800 }, { "26w", 15724800 }, { "365000d", WHEN_LONGEST }, { "forever", WHEN_FOREVER },
	};
	static const char *const bad[] = { "", "1", "w", "-1w", "+1w", " 1w", "1w ", "1.5h", "1W", "1h30m", "1mm",
					   "Forever", "365001d", "99999999999999999999w", "0x1w", "1y" };

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		int64_t seconds = -1;

		assert_true(when_parse_duration(good[i].text, &seconds));
		assert_int_equal(seconds, good[i].seconds);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		int64_t seconds;

		if (when_parse_duration(bad[i], &seconds))
			fail_msg("\"%s\" was taken for a length of time", bad[i]);
	}
}

static void durations_are_written_in_the_largest_unit(void **state)
{
	static const char *const texts[] = { "0", "59s", "90m", "23h", "1d", "8d", "26w", "forever" };
	struct buf out = { 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		int64_t seconds;

		assert_true(when_parse_duration(texts[i], &seconds));
		buf_clear(&out);
		when_add_duration(&out, seconds);
		assert_string_equal(buf_text(&out), texts[i]);
	}
	buf_free(&out);
}

static void minutes_agree_with_libc(void **state)
{
	struct buf out = { 0 };

	(void)state;
	/* steps of about 11 days with an odd number of seconds, over the years 0000 to 9999 */
	for (int64_t when = -INT64_C(62167219200); when < INT64_C(253402300800); when += 1000037) {
		time_t t = (time_t)when;
		char text[64];
		struct tm tm;
		int64_t back;

		gmtime_r(&t, &tm);
		snprintf(text, sizeof(text), "%04d-%02d-%02dT%02d:%02dZ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
			 tm.tm_hour, tm.tm_min);
		buf_clear(&out);
		when_add_minute(&out, when);
		assert_string_equal(buf_text(&out), text);
		assert_true(when_parse_minute(out.ptr, out.len, &back));
		assert_int_equal(back, when - tm.tm_sec);
	}
	buf_free(&out);
}

static void wrong_minutes_are_refused(void **state)
{
	static const char *const bad[] = {
		"", "2026-11-21", "2026-11-21T03:17", "2026-11-21T03:17:00Z", "2026-13-21T03:17Z", "2026-00-21T03:17Z",
		"2026-11-31T03:17Z", "2026-11-00T03:17Z", "2025-02-29T03:17Z", "2100-02-29T03:17Z", "2026-11-21T24:17Z",
		"2026-11-21T03:60Z", "2026-11-21 03:17Z", "2026-11-21T03:17z", "2026/11/21T03:17Z", "2o26-11-21T03:17Z",
		"Forever", "forever ",
	};
	int64_t seconds;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (when_parse_minute(bad[i], strlen(bad[i]), &seconds))
			fail_msg("\"%s\" was taken for a minute", bad[i]);
	}
	assert_true(when_parse_minute("2024-02-29T00:00Z", WHEN_MINUTE_LEN, &seconds));
	assert_int_equal(seconds, 1709164800);
	assert_true(when_parse_minute("forever", 7, &seconds));
	assert_true(seconds == WHEN_FOREVER);
}

static void only_real_dates_are_read(void **state)
{
	static const char *const bad[] = { "", "2026-11-2", "2026-11-311", "2026-11-31", "2025-02-29", "2026-13-01",
					   "2026/11/21", "21.11.2026", "2o26-11-21", "2026-11-21T03:17Z" };
	int64_t seconds;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (when_parse_date(bad[i], strlen(bad[i]), &seconds))
			fail_msg("\"%s\" was taken for a date", bad[i]);
	}
	assert_true(when_parse_date("2024-02-29", 10, &seconds));
	assert_int_equal(seconds, 1709164800);
}

/* Each byte at each place, and another one somewhere else: what is taken is what would be written. */
static void nothing_but_what_is_written_is_taken(void **state)
{
	static const char whole[] = "2024-02-29T09:59Z";
	struct buf out = { 0 };
	uint64_t random = random_begin(random_seed());
	unsigned taken = 0;

	(void)state;
	for (unsigned place = 0; place < WHEN_MINUTE_LEN; place++) {
		for (unsigned value = 0; value < 256 * 8; value++) {
			char text[WHEN_MINUTE_LEN];
			int64_t seconds;

			memcpy(text, whole, sizeof(text));
			if (value >= 256) {
				size_t at = random_below(&random, WHEN_MINUTE_LEN);

				text[at] = (char)(random_below(&random, 3) == 0 ? random_below(&random, 256) : '0' + random_below(&random, 10));
			}
			text[place] = (char)value;
			if (!when_parse_minute(text, sizeof(text), &seconds))
				continue;
			taken++;
			buf_clear(&out);
			when_add_minute(&out, seconds);
			assert_memory_equal(out.ptr, text, sizeof(text));
		}
	}
	assert_true(taken >= 100 && taken <= 17 * 256 * 4);
	buf_free(&out);
}

static void times_out_of_range_stay_inside(void **state)
{
	struct buf out = { 0 };

	(void)state;
	when_add_minute(&out, INT64_MIN);
	buf_add_char(&out, ' ');
	when_add_minute(&out, INT64_MAX - 1);
	buf_add_char(&out, ' ');
	when_add_minute(&out, WHEN_FOREVER);
	buf_add_char(&out, ' ');
	when_add_minute(&out, -1);
	assert_string_equal(buf_text(&out), "0000-01-01T00:00Z 9999-12-31T23:59Z forever 1969-12-31T23:59Z");
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(durations_are_read),
		cmocka_unit_test(durations_are_written_in_the_largest_unit),
		cmocka_unit_test(minutes_agree_with_libc),
		cmocka_unit_test(wrong_minutes_are_refused),
		cmocka_unit_test(only_real_dates_are_read),
		cmocka_unit_test(nothing_but_what_is_written_is_taken),
		cmocka_unit_test(times_out_of_range_stay_inside),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
