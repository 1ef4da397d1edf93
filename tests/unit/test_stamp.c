/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stamp: every form of time; the years and days that are left out; the remembered minute. */
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
		{ "Jan  4 00:00:00", INT64_C(1735948800) },
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

/* Against the C library: every minute text of random times in all forms that say their zone. */
static void agrees_with_the_c_library(void **state)
{
	struct stamp_reader reader;
	uint64_t random = random_begin(random_seed());

	(void)state;
	setenv("TZ", "UTC", 1);
	stamp_begin(&reader, NOW);
	for (int i = 0; i < 20000; i++) {
		time_t t = (time_t)(NOW - (int64_t)random_below(&random, 360 * 86400));
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
		cmocka_unit_test(agrees_with_the_c_library),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
