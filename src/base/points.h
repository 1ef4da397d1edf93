/* SPDX-License-Identifier: GPL-2.0-or-later */
/* points: what evidence weighs, and how it fades. Points are whole numbers of billionths. So they are the same after
 * they were written and read, and sums do not depend on the order. */
#ifndef MAILBAN_BASE_POINTS_H
#define MAILBAN_BASE_POINTS_H

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"

#define POINT INT64_C(1000000000)

#define POINTS_MOST (4000 * POINT)    /* no sum grows beyond: it would make no difference to anybody */
#define POINTS_LEAST (POINT / 50)     /* what is below counts for nothing and is forgotten */

/* What is left of one point after so many seconds: a half after each half-life. seconds >= 0, half_life >= 1. */
double points_fading(int64_t seconds, int64_t half_life);

/* Points times a factor from 0 to 1, rounded to the nearest billionth. */
static inline int64_t points_times(int64_t points, double factor)
{
	return llrint((double)points * factor);
}

/* The sum, at most POINTS_MOST and at least 0. */
static inline int64_t points_sum(int64_t a, int64_t b)
{
	int64_t sum = a + b;

	return sum > POINTS_MOST ? POINTS_MOST : sum < 0 ? 0 : sum;
}

/* So many times the points, at most POINTS_MOST. */
static inline int64_t points_many(int64_t points, uint32_t times)
{
	return points > 0 && times > POINTS_MOST / points ? POINTS_MOST : points * times;
}

/* After how many whole seconds `from` has faded to `to` or less; 0 where it is that already. Both above 0. */
int64_t points_wait(int64_t from, int64_t to, int64_t half_life);

/* Appends all digits, as the state has them: "3.25". points >= 0. */
void points_add(struct buf *out, int64_t points);

/* Appends points for people, with one digit behind the point: "3.2". Anything but 0 is at least "0.1", or "-0.1". */
void points_add_rough(struct buf *out, int64_t points);

/* Reads a decimal number with up to nine digits behind the point. False for anything else or beyond POINTS_MOST. */
bool points_parse(const char *text, size_t len, int64_t *points);

#endif
