/* SPDX-License-Identifier: GPL-2.0-or-later */
/* stamp_written: the text of a time as a date, a time and a zone, in any of the forms that logs have. */
#include "log/stamp_inside.h"

#include <string.h>

#include "log/form.h"

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

static bool take_clock(struct reading *r, struct stamp_written *w)
{
	return take_number(r, 1, 2, &w->hour) && take(r, ':') && take_number(r, 2, 2, &w->minute) && take(r, ':') &&
	       take_number(r, 2, 2, &w->second);
}

/* Four digits, or two of this century. */
static bool take_year(struct reading *r, struct stamp_written *w)
{
	if (!take_number(r, 2, 4, &w->year))
		return false;
	if (w->year < 100)
		w->year += 2000;
	return true;
}

/* "Nov  3 10:00:00", "Nov 3 2026 10:00:00", "Nov 3 10:00:00 2026" */
static bool take_month_first(struct reading *r, struct stamp_written *w)
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
	w->year = STAMP_NO_YEAR;
	if (r->end - r->p > 5 && r->p[4] == ' ') {
		if (!take_number(r, 4, 4, &w->year) || !take(r, ' '))
			return false;
	}
	return take_clock(r, w);
}

/* "22-Jan-2013 22:28:21", "17/Jun/2011:17:00:45", "03-11-2026 10:00:00", "11/03/2026 10:00:00 AM" */
static bool take_day_first(struct reading *r, struct stamp_written *w)
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

static bool take_year_first(struct reading *r, struct stamp_written *w)
{
	char between;

	if (!take_number(r, 4, 4, &w->year) || r->p >= r->end)
		return false;
	between = *r->p++;
	return (between == '-' || between == '/') && take_number(r, 2, 2, &w->month) && take(r, between) &&
	       take_number(r, 2, 2, &w->day) && (take(r, 'T') || take(r, 't') || take(r, ' ')) && take_clock(r, w);
}

/* Takes what may follow: a fraction, AM or PM, a zone, a year. */
static bool take_tail(struct reading *r, struct stamp_written *w)
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
	if (w->year == STAMP_NO_YEAR && form_is_digit(*r->p))
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

bool stamp_take_apart(struct span text, struct stamp_written *w)
{
	struct reading r = { text.ptr, text.ptr + text.len };

	*w = (struct stamp_written){ 0 };
	if (text.len < 8)
		return false;
	if (!form_is_digit(text.ptr[0]))
		return take_month_first(&r, w) && take_tail(&r, w);
	if (text.ptr[2] == ':') {
		w->year = STAMP_NO_DATE;
		return take_clock(&r, w) && r.p == r.end;
	}
	if (form_is_digit(text.ptr[2]))
		return take_year_first(&r, w) && take_tail(&r, w);
	return take_day_first(&r, w) && take_tail(&r, w);
}
