/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stamp: every form of time; the years and days that are left out; the remembered minute. */
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

#include "log/stamp.h"
#include "random.h"

/* 2026-11-21T12:00:00Z */
static const int64_t NOW = INT64_C(1795262400);

struct row {
	const char *text;
	int64_t when; /* -1: no time */
};

static int64_t read_text(struct stamp_reader *reader, const char *text)
{
	int64_t when;

	return stamp_read(reader, (struct span){ text, strlen(text) }, &when) ? when : -1;
}

static void check(const char *zone, int64_t reference, const struct row *rows, size_t count)
{
	struct stamp_reader reader;

	setenv("TZ", zone, 1);
	stamp_begin(&reader, reference);
	/* twice, so that the second answer comes from what the first one left behind */
	for (size_t i = 0; i < 2 * count; i++) {
		const struct row *r = &rows[i / 2];
		int64_t when = read_text(&reader, r->text);

		if (when != r->when)
			fail_msg("%s in %s: %lld, not %lld", r->text, zone, (long long)when, (long long)r->when);
	}
}

#define CHECK(zone, reference, rows) check(zone, reference, rows, sizeof(rows) / sizeof((rows)[0]))

static void reads_every_form(void **state)
{
	static const struct row rows[] = {
		{ "Nov 21 11:59:58", NOW - 2 },
		{ "Nov  3 10:00:01", 1793700001 },
		{ "Nov 3 10:00:01", 1793700001 },
		{ "Nov 03 10:00:01", 1793700001 },
		{ "Nov 03 10:00:01.5", 1793700001 },
		{ "Nov  3 2025 10:00:01", 1762164001 },
		{ "Nov  3 10:00:01 2025", 1762164001 },
		{ "2026-11-03T10:00:01Z", 1793700001 },
		{ "2026-11-03T10:00:01.150Z", 1793700001 },
		{ "2026-11-03T11:00:01.784598+01:00", 1793700001 },
		{ "2026-11-03T11:00:02.784598+01:00", 1793700002 },
		{ "2026-11-03T11:00:01+02:00", 1793696401 },
		{ "2026-11-03T05:30:01-0430", 1793700001 },
		{ "2026-11-03T10:00:01", 1793700001 },
		{ "2026-11-03 10:00:01", 1793700001 },
		{ "2026-11-03 10:00:01.345", 1793700001 },
		{ "2026-11-03 10:00:01,616", 1793700001 },
		{ "2026-11-03 12:00:01 +0200", 1793700001 },
		{ "2026-11-03 12:00:01.345 +0200", 1793700001 },
		{ "2026-11-03 10:00:01 UTC", 1793700001 },
		{ "2026/11/03 10:00:01", 1793700001 },
		{ "22-Jan-2013 22:28:21 +0200", 1358886501 },
		{ "22-Jan-2013 20:28:21 UTC", 1358886501 },
		{ "17/Jun/2011 17:00:45", 1308330045 },
		{ "17/Jun/2011:17:00:45 +0000", 1308330045 },
		{ "Apr-07-13 07:08:36", 1365318516 },
		{ "22-06-2014 09:56:12", 1403430972 },
		{ "06/22/2014 09:56:12", 1403430972 },
		{ "06/22/2014 09:56:12 PM", 1403474172 },
		{ "06/22/2014 12:56:12 AM", 1403398572 },
		{ "08-09-2026 06:14:27", 1788848067 },  /* 8 September: later, and not after the log's end */
		{ "08-12-2026 06:14:27", 1786515267 },  /* 12 August: 8 December is still to come */
		{ "@400000004c91b044077a9e94", 1284616250 },
		{ "11:59:00", NOW - 60 },
		{ "12:30:00", NOW + 1800 },
		{ "13:30:00", NOW + 5400 - 86400 },
		{ "", -1 },
		{ "Nov", -1 },
		{ "Nov 31 10:00:00", -1 },
		{ "Foo  3 10:00:01", -1 },
		{ "Nov  3 24:00:01", -1 },
		{ "Nov  3 10:60:01", -1 },
		{ "Nov  3 10:00:61", -1 },
		{ "Nov  3 10:00:0x", -1 },
		{ "Nov  3 10:00", -1 },
		{ "2026-13-03T10:00:01Z", -1 },
		{ "2026-02-29T10:00:01Z", -1 },
		{ "2026-11-03T10:00:01+99:00", -1 },
		{ "2026-11-03T10:00:01Zx", -1 },
		{ "@400000004c91b044077a9e9", -1 },
		{ "@x00000004c91b044077a9e94", -1 },
	};

	(void)state;
	CHECK("UTC", NOW, rows);
}

static void finds_the_year(void **state)
{
	/* a log that ends on 2 January 2026, 03:00 */
	static const struct row january[] = {
		{ "Jan  2 02:59:59", INT64_C(1767322799) },
		{ "Jan  2 23:00:00", INT64_C(1767394800) },
		{ "Dec 31 23:59:59", INT64_C(1767225599) },
		{ "Jan  4 00:00:00", INT64_C(1767484800) },
		{ "Jan 16 03:00:59", INT64_C(1768532459) },
		{ "Jan 16 03:01:00", INT64_C(1736996460) },
		{ "Feb 29 00:00:00", INT64_C(1709164800) },
	};
	/* one whose last change was on 31 December: the clock of the writer was a little ahead */
	static const struct row december[] = {
		{ "Jan  1 00:00:10", INT64_C(1767225610) },
		{ "Dec 31 23:59:58", INT64_C(1767225598) },
	};

	(void)state;
	CHECK("UTC", INT64_C(1767322800), january);
	CHECK("UTC", INT64_C(1767225599), december);
}

static void knows_the_zone(void **state)
{
	static const struct row berlin[] = {
		{ "Nov  3 11:00:01", 1793700001 },
		{ "2026-07-01 12:00:00", INT64_C(1782900000) },
		{ "2026-11-03T10:00:01Z", 1793700001 },
		{ "2026-11-03 11:00:01", 1793700001 },
	};

	(void)state;
	CHECK("CET-1CEST,M3.5.0,M10.5.0/3", NOW, berlin);
}

static void an_hour_that_is_left_out_goes_on_as_before_it(void **state)
{
	static const struct row berlin[] = {
		{ "2026-07-01 12:00:00", INT64_C(1782900000) },
		{ "2026-03-29 01:59:59", INT64_C(1774745999) },
		{ "2026-03-29 02:30:00", INT64_C(1774747800) },
		{ "2026-03-29 03:00:00", INT64_C(1774746000) },
		{ "2026-01-01 12:00:00", INT64_C(1767265200) },
		{ "2026-03-29 02:30:00", INT64_C(1774747800) },
	};

	(void)state;
	CHECK("CET-1CEST,M3.5.0,M10.5.0/3", NOW, berlin);
}

static void show(time_t when, char text[64], long *ahead)
{
	struct tm tm;

	localtime_r(&when, &tm);
	strftime(text, 64, "%Y-%m-%d %H:%M:%S", &tm);
	*ahead = tm.tm_gmtoff;
}

/* The first time that is shown as when is: the clocks may have been put back since. */
static time_t first_shown(time_t when, const char *text)
{
	char other[64];
	long ahead, before, back;

	show(when, other, &ahead);
	show(when - 6 * 3600, other, &before);
	back = before > ahead ? before - ahead : 0;
	show(when - back, other, &ahead);
	return strcmp(other, text) == 0 ? when - back : when;
}

/* Asks for a time behind one of winter, and behind one of summer. */
static void assert_read_as(struct stamp_reader *reader, const char *text, time_t when)
{
	for (int i = 0; i < 2; i++) {
		(void)read_text(reader, i == 0 ? "2015-01-15 12:00:00" : "2015-07-15 12:00:00");
		if (read_text(reader, text) != when)
			fail_msg("%s in %s is %lld", text, getenv("TZ"), (long long)when);
	}
}

/* Ten years, by half an hour where the clocks were put forward or back within two days. */
static void local_times_do_not_depend_on_what_was_asked_before(void **state)
{
	static const char *const zones[] = { "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe",
					     "America/Sao_Paulo", "CET-1CEST,M3.5.0,M10.5.0/3" };
	const time_t from = 1262304000, until = from + 3653 * (time_t)86400;

	(void)state;
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++) {
		struct stamp_reader reader;
		time_t step;

		setenv("TZ", zones[i], 1);
		stamp_begin(&reader, NOW);
		for (time_t when = from; when < until; when += step) {
			char text[64], other[64];
			long ahead, before, behind;

			show(when - 2 * 86400, other, &before);
			show(when + 2 * 86400, other, &behind);
			step = before == behind ? 12 * 3600 : 1800;
			show(when, text, &ahead);
			assert_read_as(&reader, text, first_shown(when, text));
		}
	}
}

/* Against the C library: every minute text of random times in all forms that say their zone. */
static void agrees_with_the_c_library(void **state)
{
	struct stamp_reader reader;
	uint64_t random = random_begin(random_seed());

	(void)state;
	setenv("TZ", "UTC", 1);
	stamp_begin(&reader, NOW);
	for (int i = 0; i < 20000; i++) {
		time_t t = (time_t)(NOW - (int64_t)random_below(&random, 350 * 86400));
		struct tm tm;
		char text[64];

		gmtime_r(&t, &tm);
		strftime(text, sizeof(text), i % 2 ? "%Y-%m-%dT%H:%M:%SZ" : "%b %e %H:%M:%S", &tm);
		if (read_text(&reader, text) != t)
			fail_msg("%s is %lld", text, (long long)t);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_every_form),
		cmocka_unit_test(finds_the_year),
		cmocka_unit_test(knows_the_zone),
		cmocka_unit_test(an_hour_that_is_left_out_goes_on_as_before_it),
		cmocka_unit_test(local_times_do_not_depend_on_what_was_asked_before),
		cmocka_unit_test(agrees_with_the_c_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
