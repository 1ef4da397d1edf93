/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * when: times and lengths of time, as texts and as seconds.
 *
 * Files, settings and the command line write a minute as "2026-11-21T03:17Z" and a length as "1w"; only this file
 * knows how. It is hand-made for a blacklist of a million lines, and since neither locale nor time zone of the host
 * may matter. Never asks for the current time, never prints, and fails only by saying false.
 */
#include "base/when.h"

#include <string.h>

#include "base/span.h"

enum {
	HOUR = 3600, WEEK = 604800,
	DATE_LEN = 10, /* of 2026-11-21 */
};

static const struct {
	char letter;
	int64_t seconds;
} units[] = { { 'w', WEEK }, { 'd', WHEN_DAY }, { 'h', HOUR }, { 'm', WHEN_MINUTE }, { 's', 1 } };

static const char forever[] = "forever";

static int64_t unit_of(const char *text)
{
	for (unsigned i = 0; i < LENGTH_OF(units); i++) {
		if (text[0] == units[i].letter && text[1] == '\0')
			return units[i].seconds;
	}
	return 0;
}

bool when_parse_duration(const char *text, int64_t *seconds)
{
	size_t digits = strspn(text, "0123456789");
	const char *at = text + digits;
	uint64_t number;
	int64_t unit;

	if (strcmp(text, forever) == 0) {
		*seconds = WHEN_FOREVER;
		return true;
	}
	if (!span_decimal((struct span){ text, digits }, WHEN_LONGEST, &number))
		return false;
	unit = number == 0 && *at == '\0' ? 1 : unit_of(at);
	if (unit == 0 || (int64_t)number > WHEN_LONGEST / unit)
		return false;
	*seconds = (int64_t)number * unit;
	return true;
}

void when_add_duration(struct buf *out, int64_t seconds)
{
	unsigned i = 0;

	if (seconds == WHEN_FOREVER) {
		buf_add_text(out, forever);
		return;
	}
	if (seconds == 0) {
		buf_add_char(out, '0');
		return;
	}
	while (seconds % units[i].seconds != 0)
		i++;
	buf_addf(out, "%lld%c", (long long)(seconds / units[i].seconds), units[i].letter);
}

/* Both conversions count from 0000-03-01, so that the leap day is the last one of its year. */
int64_t when_days(int64_t year, unsigned month, unsigned day)
{
	unsigned year_of_era, day_of_year;
	int64_t era;

	year -= month <= 2;
	era = (year >= 0 ? year : year - 399) / 400;
	year_of_era = (unsigned)(year - era * 400);
	day_of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

void when_civil(int64_t days, int64_t *year, unsigned *month, unsigned *day)
{
	int64_t era, day_of_era, year_of_era, day_of_year, shifted;

	days += 719468;
	era = (days >= 0 ? days : days - 146096) / 146097;
	day_of_era = days - era * 146097;
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	shifted = (5 * day_of_year + 2) / 153;
	*day = (unsigned)(day_of_year - (153 * shifted + 2) / 5 + 1);
	*month = (unsigned)(shifted + (shifted < 10 ? 3 : -9));
	*year = year_of_era + era * 400 + (*month <= 2);
}

unsigned when_month_length(int64_t year, unsigned month)
{
	if (month == 2)
		return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
	return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

static void put_digits(char *at, unsigned count, unsigned value)
{
	while (count > 0) {
		at[--count] = (char)('0' + value % 10);
		value /= 10;
	}
}

void when_add_minute(struct buf *out, int64_t seconds)
{
	const int64_t first = when_days(0, 1, 1) * WHEN_DAY, last = when_days(10000, 1, 1) * WHEN_DAY - 1;
	char text[] = "0000-00-00T00:00Z";
	unsigned month, day, second;
	int64_t days, year;

	if (seconds == WHEN_FOREVER) {
		buf_add_text(out, forever);
		return;
	}
	seconds = seconds < first ? first : seconds > last ? last : seconds;
	days = (seconds >= 0 ? seconds : seconds - (WHEN_DAY - 1)) / WHEN_DAY;
	second = (unsigned)(seconds - days * WHEN_DAY);
	when_civil(days, &year, &month, &day);
	put_digits(text, 4, (unsigned)year);
	put_digits(text + 5, 2, month);
	put_digits(text + 8, 2, day);
	put_digits(text + 11, 2, second / HOUR);
	put_digits(text + 14, 2, second % HOUR / WHEN_MINUTE);
	buf_add(out, text, WHEN_MINUTE_LEN);
}

static inline unsigned digits_at(const char *at, unsigned count, bool *good)
{
	unsigned value = 0;

	for (unsigned i = 0; i < count; i++) {
		unsigned digit = (unsigned char)at[i] - (unsigned)'0';

		*good &= digit <= 9;
		value = value * 10 + digit;
	}
	return value;
}

bool when_parse_date(const char *bytes, size_t len, int64_t *seconds)
{
	unsigned year, month, day;
	bool good = len == DATE_LEN && bytes[4] == '-' && bytes[7] == '-';

	if (!good)
		return false;
	year = digits_at(bytes, 4, &good);
	month = digits_at(bytes + 5, 2, &good);
	day = digits_at(bytes + 8, 2, &good);
	if (!good || month < 1 || month > 12 || day < 1 || (day > 28 && day > when_month_length(year, month)))
		return false;
	*seconds = when_days(year, month, day) * WHEN_DAY;
	return true;
}

bool when_parse_minute(const char *bytes, size_t len, int64_t *seconds)
{
	unsigned hour, minute;
	bool good = true;

	if (len == sizeof(forever) - 1 && memcmp(bytes, forever, len) == 0) {
		*seconds = WHEN_FOREVER;
		return true;
	}
	if (len != WHEN_MINUTE_LEN || bytes[10] != 'T' || bytes[13] != ':' || bytes[16] != 'Z')
		return false;
	hour = digits_at(bytes + 11, 2, &good);
	minute = digits_at(bytes + 14, 2, &good);
	if (!good || hour > 23 || minute > 59 || !when_parse_date(bytes, DATE_LEN, seconds))
		return false;
	*seconds += hour * HOUR + minute * WHEN_MINUTE;
	return true;
}
