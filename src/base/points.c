/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * points: sums in billionths of a point.
 *
 * Fading multiplies by a power of two and rounds once. An account fades when an event comes and never in between, by
 * (4) of src/README.md.
 */
#include "base/points.h"

#include <inttypes.h>
#include <math.h>

#include "base/span.h"

enum { DIGITS = 9 }; /* digits behind the point: POINT is 10 to that power */

double points_fading(int64_t seconds, int64_t half_life)
{
	return exp2(-(double)seconds / (double)half_life);
}

int64_t points_wait(int64_t from, int64_t to, int64_t half_life)
{
	return from <= to ? 0 : (int64_t)ceil((double)half_life * log2((double)from / (double)to));
}

void points_add(struct buf *out, int64_t points)
{
	int64_t rest = points % POINT;

	buf_addf(out, "%" PRId64, points / POINT);
	if (rest == 0)
		return;
	buf_addf(out, ".%0*" PRId64, DIGITS, rest);
	while (out->ptr[out->len - 1] == '0')
		out->len--;
}

void points_add_rough(struct buf *out, int64_t points)
{
	int64_t size = points < 0 ? -points : points, tenths = (size + POINT / 20) / (POINT / 10);

	if (tenths == 0 && size > 0)
		tenths = 1;
	if (points < 0)
		buf_add_char(out, '-');
	buf_addf(out, "%" PRId64 ".%" PRId64, tenths / 10, tenths % 10);
}

bool points_parse(const char *text, size_t len, int64_t *points)
{
	struct span part = { text, len }, whole = span_take(&part, '.');
	uint64_t ones, billionths = 0;

	if (!span_decimal(whole, POINTS_MOST / POINT, &ones))
		return false;
	if (whole.len < len && (part.len > DIGITS || !span_decimal(part, POINT, &billionths)))
		return false;
	for (size_t i = part.len; i < DIGITS; i++)
		billionths *= 10;
	*points = (int64_t)(ones * POINT + billionths);
	return *points <= POINTS_MOST;
}
