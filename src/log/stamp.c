/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stamp: turns the texts of times into seconds since the epoch.
 *
 * Neighbouring lines of a log share their minute. So the reader remembers the text of the last minute and its meaning;
 * an equal text costs a compare and two digits. Any other text is taken apart into a date, a time and a zone. Only
 * times without a zone ask the C library. A time without a year is the last such time up to two weeks after the last
 * change of the log. For a clock may be ahead by days, and few logs hold nearly a year. Never allocates.
 */
#define _DEFAULT_SOURCE
#include "log/stamp_inside.h"

#include <string.h>
#include <time.h>

#include "base/when.h"
#include "log/form.h"

enum { CLOCK_AHEAD = 14 * WHEN_DAY };

static bool valid(const struct stamp_written *w)
{
	return w->month >= 1 && w->month <= 12 && w->day >= 1 && w->year >= 1970 && w->year <= 9999 &&
	       w->day <= (int)when_month_length(w->year, (unsigned)w->month) && w->hour <= 23 && w->minute <= 59 &&
	       w->second <= 60;
}

/* By how many seconds the clocks here are ahead of UTC at a time. */
static int64_t ahead_at(int64_t when)
{
	time_t at = (time_t)when;
	struct tm tm;

	return localtime_r(&at, &tm) != NULL ? tm.tm_gmtoff : 0;
}

/* When the clocks here first showed a time, which is given as if it were UTC. In an hour that is left out, clocks go on
 * as before it. mktime(3) would answer by what it was asked before. */
static int64_t from_local(int64_t shown)
{
	int64_t before = ahead_at(shown - WHEN_DAY), behind = ahead_at(shown + WHEN_DAY);
	int64_t most = before > behind ? before : behind;

	return ahead_at(shown - most) == most ? shown - most : shown - (before < behind ? before : behind);
}

/* The written time with all its parts known; the seconds are left out. */
static bool to_minute(const struct stamp_written *w, int64_t *when)
{
	if (!valid(w))
		return false;
	*when = when_days(w->year, (unsigned)w->month, (unsigned)w->day) * WHEN_DAY + w->hour * 3600 + w->minute * 60;
	*when = w->zoned ? *when - w->zone : from_local(*when);
	return true;
}

/* Whether it is no more than so long after the log's end. */
static bool not_later(const struct stamp_reader *reader, int64_t when, int64_t ahead)
{
	return when <= reader->reference + ahead;
}

static bool place(const struct stamp_reader *reader, struct stamp_written *w, int64_t *when)
{
	time_t reference = (time_t)reader->reference + (w->year == STAMP_NO_DATE ? WHEN_DAY : CLOCK_AHEAD);
	struct tm tm;

	if (w->year >= 0 && !w->month_or_day)
		return to_minute(w, when);
	if (w->month_or_day) {
		struct stamp_written other = *w;
		int64_t swapped;
		bool first;

		other.month = w->day;
		other.day = w->month;
		first = to_minute(w, when);
		if (!to_minute(&other, &swapped))
			return first;
		/* both are valid: the later one that is not after the log's end */
		if (!first || !not_later(reader, *when, WHEN_DAY) ||
		    (not_later(reader, swapped, WHEN_DAY) && swapped > *when))
			*when = swapped;
		return true;
	}
	if (localtime_r(&reference, &tm) == NULL)
		return false;
	if (w->year == STAMP_NO_DATE) {
		w->year = tm.tm_year + 1900;
		w->month = tm.tm_mon + 1;
		w->day = tm.tm_mday;
		if (!to_minute(w, when))
			return false;
		/* the day of the last change, or the one before it where the time would be later */
		while (*when > reader->reference + 3600)
			*when -= WHEN_DAY;
		return true;
	}
	/* 8 years back reach a 29th of February even across 2100 */
	for (int back = 0; back <= 8; back++) {
		w->year = tm.tm_year + 1900 - back;
		if (to_minute(w, when) && not_later(reader, *when, CLOCK_AHEAD))
			return true;
	}
	return false;
}

/* multilog's label: "@", 2^62 + seconds of TAI, nanoseconds. Leap seconds are left out, as qmail does. */
static bool read_tai(struct span text, int64_t *when)
{
	uint64_t value;

	if (text.len != 25 || !span_hex((struct span){ text.ptr + 1, 16 }, &value) || value >> 62 != 1)
		return false;
	*when = (int64_t)(value - (UINT64_C(1) << 62)) - 10;
	return true;
}

void stamp_begin(struct stamp_reader *reader, int64_t reference)
{
	*reader = (struct stamp_reader){ .reference = reference };
	tzset();
}

/* Of the two common forms, "Nov  3 10:00:00" and "2026-11-03T10:00:00.123456+00:00": the length of the text up to the
 * minute. *zone is where the zone begins, behind seconds and fraction. 0 for all other forms. */
static size_t minute_len(struct span text, size_t *zone)
{
	const char *p = text.ptr;
	size_t len = text.len == 15 ? 12 : 16;

	if ((len == 16 && (text.len < 19 || p[4] != '-')) || p[len - 3] != ':' || p[len] != ':' ||
	    !form_is_digit(p[len + 1]) || !form_is_digit(p[len + 2]))
		return 0;
	*zone = len + 3;
	if (*zone < text.len && (p[*zone] == '.' || p[*zone] == ',')) {
		for (++*zone; *zone < text.len && form_is_digit(p[*zone]);)
			++*zone;
	}
	return text.len - *zone <= sizeof(((struct stamp_reader *)0)->minute_text) - 16 ? len : 0;
}

static bool read_other(struct stamp_reader *reader, struct span text, int64_t *when, int *second)
{
	struct stamp_written w;

	*second = 0;
	if (text.len > 0 && text.ptr[0] == '@')
		return read_tai(text, when);
	if (!stamp_take_apart(text, &w) || w.second > 60)
		return false;
	*second = w.second;
	return place(reader, &w, when);
}

bool stamp_read(struct stamp_reader *reader, struct span text, int64_t *when)
{
	size_t zone = 0, len = minute_len(text, &zone), rest = text.len - zone;
	int second;

	if (len != 0 && reader->minute_len == len + rest && span_same(text.ptr, reader->minute_text, len) &&
	    span_same(text.ptr + zone, reader->minute_text + len, rest)) {
		second = (text.ptr[len + 1] - '0') * 10 + (text.ptr[len + 2] - '0');
		*when = reader->minute + second;
		return second <= 60;
	}
	if (!read_other(reader, text, when, &second))
		return false;
	if (len != 0) {
		memcpy(reader->minute_text, text.ptr, len);
		memcpy(reader->minute_text + len, text.ptr + zone, rest);
		reader->minute_len = len + rest;
		reader->minute = *when;
	}
	*when += second;
	return true;
}
