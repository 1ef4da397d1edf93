/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stamp: turns the texts of times into seconds since the epoch.
 *
 * Neighbouring lines of a log share their minute. So the reader remembers the text of the last minute and its meaning;
 * an equal text costs a compare and two digits. Any other text is taken apart into a date, a time and a zone. Only
 * times without a zone ask the C library (mktime(3)). A time without a year or a date is the last such time that is
 * not more than a day after the last change of the log. Never allocates.
 */
#include "log/stamp.h"

#include <string.h>
#include <time.h>

#include "base/when.h"
#include "log/form.h"

enum { DAY = 86400, NO_YEAR = -1, NO_DATE = -2 };

/* A time as it was written. */
struct written {
	int year;              /* NO_YEAR, NO_DATE */
	int month, day;        /* from 1 */
	int hour, minute, second;
	bool month_or_day;     /* 03-11-2026: which is the month is not said */
	bool zoned;
	int zone;              /* seconds east of Greenwich */
};

struct reading {
	const char *p, *end;
};

static bool take(struct reading *r, char c)
{
	if (r->p < r->end && *r->p == c) {
		r->p++;
		return true;
	}
	return false;
}

/* A number of min to max digits. */
static bool take_number(struct reading *r, int min, int max, int *value)
{
	int n = 0;

	*value = 0;
	while (n < max && r->p < r->end && form_is_digit(*r->p)) {
		*value = *value * 10 + (*r->p++ - '0');
		n++;
	}
	return n >= min;
}

static bool take_month(struct reading *r, int *month)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	char low[3];

	if (r->end - r->p < 3)
		return false;
	for (int i = 0; i < 3; i++)
		low[i] = (char)(r->p[i] | 0x20);
	for (int i = 0; i < 12; i++) {
		if (memcmp(names + 3 * i, low, 3) == 0) {
			*month = i + 1;
			r->p += 3;
			return true;
		}
	}
	return false;
}

static bool take_clock(struct reading *r, struct written *w)
{
	return take_number(r, 1, 2, &w->hour) && take(r, ':') && take_number(r, 2, 2, &w->minute) && take(r, ':') &&
	       take_number(r, 2, 2, &w->second);
}

/* Four digits, or two of this century. */
static bool take_year(struct reading *r, struct written *w)
{
	if (!take_number(r, 2, 4, &w->year))
		return false;
	if (w->year < 100)
		w->year += 2000;
	return true;
}

/* "Nov  3 10:00:00", "Nov 3 2026 10:00:00", "Nov 3 10:00:00 2026" */
static bool take_month_first(struct reading *r, struct written *w)
{
	if (!take_month(r, &w->month))
		return false;
	if (take(r, '-'))
		/* Apr-07-13 07:08:36 */
		return take_number(r, 2, 2, &w->day) && take(r, '-') && take_year(r, w) && take(r, ' ') &&
		       take_clock(r, w);
	if (!take(r, ' '))
		return false;
	take(r, ' ');
	if (!take_number(r, 1, 2, &w->day) || !take(r, ' '))
		return false;
	w->year = NO_YEAR;
	if (r->end - r->p > 5 && r->p[4] == ' ') {
		if (!take_number(r, 4, 4, &w->year) || !take(r, ' '))
			return false;
	}
	return take_clock(r, w);
}

/* "22-Jan-2013 22:28:21", "17/Jun/2011:17:00:45", "03-11-2026 10:00:00", "11/03/2026 10:00:00 AM" */
static bool take_day_first(struct reading *r, struct written *w)
{
	char between;

	if (!take_number(r, 2, 2, &w->day) || r->p >= r->end)
		return false;
	between = *r->p;
	if (between != '-' && between != '/' && between != '.' && between != ' ')
		return false;
	r->p++;
	if (!take_month(r, &w->month)) {
		if (between == ' ' || !take_number(r, 2, 2, &w->month))
			return false;
		/* dots are never the American order */
		w->month_or_day = between != '.';
	}
	if (!take(r, between) || !take_year(r, w))
		return false;
	return (take(r, ' ') || take(r, ':')) && take_clock(r, w);
}

static bool take_year_first(struct reading *r, struct written *w)
{
	char between;

	if (!take_number(r, 4, 4, &w->year) || r->p >= r->end)
		return false;
	between = *r->p++;
	return (between == '-' || between == '/') && take_number(r, 2, 2, &w->month) && take(r, between) &&
	       take_number(r, 2, 2, &w->day) && (take(r, 'T') || take(r, 't') || take(r, ' ')) && take_clock(r, w);
}

/* Takes what may follow: a fraction, AM or PM, a zone, a year. */
static bool take_tail(struct reading *r, struct written *w)
{
	int fraction, hours, minutes;
	bool west;

	if (take(r, '.') || take(r, ',')) {
		while (take_number(r, 1, 9, &fraction))
			continue;
	}
	take(r, ' ');
	if (r->p == r->end)
		return true;
	if (r->end - r->p == 2 && r->p[1] == 'M' && (r->p[0] == 'A' || r->p[0] == 'P')) {
		if (w->hour < 1 || w->hour > 12)
			return false;
		w->hour = w->hour % 12 + (r->p[0] == 'P' ? 12 : 0);
		return true;
	}
	if (w->year == NO_YEAR && form_is_digit(*r->p))
		return take_number(r, 4, 4, &w->year) && r->p == r->end;
	if (take(r, 'Z') || take(r, 'z')) {
		w->zoned = true;
		return r->p == r->end;
	}
	west = *r->p == '-';
	if (take(r, '+') || take(r, '-')) {
		if (!take_number(r, 2, 2, &hours))
			return false;
		take(r, ':');
		if (!take_number(r, 2, 2, &minutes) || hours > 15 || minutes > 59)
			return false;
		w->zoned = true;
		w->zone = (hours * 3600 + minutes * 60) * (west ? -1 : 1);
		return r->p == r->end;
	}
	if (r->end - r->p == 3 && (memcmp(r->p, "UTC", 3) == 0 || memcmp(r->p, "GMT", 3) == 0)) {
		w->zoned = true;
		return true;
	}
	/* other names of zones are local time */
	while (r->p < r->end && (((unsigned char)*r->p | 0x20u) - (unsigned)'a' < 26 || *r->p == '/' || *r->p == '_'))
		r->p++;
	return r->p == r->end;
}

static bool valid(const struct written *w)
{
	return w->month >= 1 && w->month <= 12 && w->day >= 1 && w->year >= 1970 && w->year <= 9999 &&
	       w->day <= (int)when_month_length(w->year, (unsigned)w->month) && w->hour <= 23 && w->minute <= 59 &&
	       w->second <= 60;
}

/* The written time with all its parts known; the seconds are left out. */
static bool to_minute(const struct written *w, int64_t *when)
{
	struct tm tm = { .tm_year = w->year - 1900, .tm_mon = w->month - 1, .tm_mday = w->day, .tm_hour = w->hour,
			 .tm_min = w->minute, .tm_isdst = -1 };

	if (!valid(w))
		return false;
	if (w->zoned)
		*when = when_days(w->year, (unsigned)w->month, (unsigned)w->day) * DAY + w->hour * 3600 +
			w->minute * 60 -
			w->zone;
	else
		*when = (int64_t)mktime(&tm);
	return true;
}

/* Whether a text that leaves out the year or the date may mean this time. */
static bool not_later(const struct stamp_reader *reader, int64_t when)
{
	return when <= reader->reference + DAY;
}

static bool place(const struct stamp_reader *reader, struct written *w, int64_t *when)
{
	time_t reference = (time_t)reader->reference + DAY;
	struct tm tm;

	if (w->year >= 0 && !w->month_or_day)
		return to_minute(w, when);
	if (w->month_or_day) {
		struct written other = *w;
		int64_t swapped;
		bool first;

		other.month = w->day;
		other.day = w->month;
		first = to_minute(w, when);
		if (!to_minute(&other, &swapped))
			return first;
		/* both are valid: the later one that is not after the log's end */
		if (!first || !not_later(reader, *when) || (not_later(reader, swapped) && swapped > *when))
			*when = swapped;
		return true;
	}
	if (localtime_r(&reference, &tm) == NULL)
		return false;
	if (w->year == NO_DATE) {
		w->year = tm.tm_year + 1900;
		w->month = tm.tm_mon + 1;
		w->day = tm.tm_mday;
		if (!to_minute(w, when))
			return false;
		/* the day of the last change, or the one before it where the time would be later */
		while (*when > reader->reference + 3600)
			*when -= DAY;
		return true;
	}
	/* 8 years back reach a 29th of February even across 2100 */
	for (int back = 0; back <= 8; back++) {
		w->year = tm.tm_year + 1900 - back;
		if (to_minute(w, when) && not_later(reader, *when))
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

static bool read_written(struct span text, struct written *w)
{
	struct reading r = { text.ptr, text.ptr + text.len };

	*w = (struct written){ 0 };
	if (text.len < 8)
		return false;
	if (!form_is_digit(text.ptr[0]))
		return take_month_first(&r, w) && take_tail(&r, w);
	if (text.ptr[2] == ':') {
		w->year = NO_DATE;
		return take_clock(&r, w) && r.p == r.end;
	}
	if (form_is_digit(text.ptr[2]))
		return take_year_first(&r, w) && take_tail(&r, w);
	return take_day_first(&r, w) && take_tail(&r, w);
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
	struct written w;

	*second = 0;
	if (text.len > 0 && text.ptr[0] == '@')
		return read_tai(text, when);
	if (!read_written(text, &w) || w.second > 60)
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
