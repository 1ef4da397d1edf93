/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_BASE_WHEN_H
#define MAILBAN_BASE_WHEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

/* Times are seconds since the epoch, UTC; WHEN_FOREVER is the end that never comes, WHEN_UNKNOWN stands for no time and
 * lies before all times. */
#define WHEN_FOREVER INT64_MAX
#define WHEN_UNKNOWN INT64_MIN

enum {
	WHEN_MINUTE = 60, WHEN_DAY = 86400,
	WHEN_MINUTE_LEN = 17, /* of 2026-11-21T03:17Z */
};

/* The longest length of time that a text can name, in seconds: 1000 years of 365 days. */
#define WHEN_LONGEST (INT64_C(365000) * WHEN_DAY)

/* "90m", "12h", "1w" to seconds: a number and one of s m h d w, nothing else; "0" needs no unit;
 * "forever" is WHEN_FOREVER. False for anything else and beyond WHEN_LONGEST. */
bool when_parse_duration(const char *text, int64_t *seconds);

/* Appends a length of time in the largest unit that divides it: 604800 is "1w", 5400 "90m". seconds >= 0. */
void when_add_duration(struct buf *out, int64_t seconds);

/* Appends the minute that holds the second, 2026-11-21T03:17Z; "forever" for WHEN_FOREVER. A time outside the years
 * 0000 to 9999 becomes the first or last minute of these. */
void when_add_minute(struct buf *out, int64_t seconds);

/* Reads what when_add_minute() wrote: 17 bytes with a real date, or "forever". False for anything else. */
bool when_parse_minute(const char *bytes, size_t len, int64_t *seconds);

/* Reads a real date, 2026-11-21, as the second at which it begins in UTC. False for anything else. */
bool when_parse_date(const char *bytes, size_t len, int64_t *seconds);

/* Days since 1970-01-01 of a date of the Gregorian calendar, and back. month 1..12, day 1..31. */
int64_t when_days(int64_t year, unsigned month, unsigned day);
void when_civil(int64_t days, int64_t *year, unsigned *month, unsigned *day);
unsigned when_month_length(int64_t year, unsigned month);

#endif
