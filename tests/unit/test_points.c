/* SPDX-License-Identifier: GPL-2.0-or-later */
/* points: texts come back as they were, fading is what mathematics says, and a wait ends when it should. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <math.h>
#include <string.h>

#include "base/points.h"
#include "random.h"

enum { ROUNDS = 200000 };

static uint64_t random_state;

/* Of all sizes: as many below a point as in the thousands. */
static int64_t any_points(void)
{
	return (int64_t)(random_bits(&random_state) % ((uint64_t)POINTS_MOST + 1) >> random_below(&random_state, 42));
}

/* What is left of the points, as exactly as can be. */
static long double left(int64_t points, int64_t seconds, int64_t half_life)
{
	return (long double)points * exp2l(-(long double)seconds / (long double)half_life);
}

static void texts_come_back(void **state)
{
	struct buf text = { 0 };

	(void)state;
	random_state = random_begin(random_seed());
	for (unsigned i = 0; i < ROUNDS; i++) {
		int64_t points = any_points(), read = -1;

		buf_clear(&text);
		points_add(&text, points);
		assert_true(points_parse(text.ptr, text.len, &read));
		assert_int_equal(read, points);
	}
	buf_free(&text);
}

static void texts_are_as_short_as_they_can_be(void **state)
{
	static const struct {
		int64_t points;
		const char *text, *rough;
	} table[] = {
		{ 0, "0", "0.0" }, { 1, "0.000000001", "0.1" }, { POINT / 20, "0.05", "0.1" }, { POINT / 4, "0.25", "0.3" },
		{ POINT, "1", "1.0" }, { 13 * POINT / 4, "3.25", "3.3" }, { 10 * POINT, "10", "10.0" },
		{ 5 * POINT - 1, "4.999999999", "5.0" }, { POINTS_MOST, "4000", "4000.0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(*table); i++) {
		struct buf text = { 0 }, rough = { 0 };

		points_add(&text, table[i].points);
		assert_string_equal(buf_text(&text), table[i].text);
		points_add_rough(&rough, table[i].points);
		assert_string_equal(buf_text(&rough), table[i].rough);
		buf_free(&text);
		buf_free(&rough);
	}
}

static void other_texts_are_refused(void **state)
{
	static const char *const texts[] = { "", ".", "1.", ".5", "-1", "+1", " 1", "1 ", "1,5", "1.5.5", "1e3", "0x1", "nan",
		"1.0000000001",
		"4000.000000001", "4001", "99999999999999999999", "1.-5" };
	int64_t points;

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		if (points_parse(texts[i], strlen(texts[i]), &points))
			fail_msg("\"%s\" was read", texts[i]);
	}
}

/* To half of the last digit, and what a double of that size cannot say. */
static void fading_is_rounded_once(void **state)
{
	(void)state;
	random_state = random_begin(random_seed());
	for (unsigned i = 0; i < ROUNDS; i++) {
		int64_t points = any_points(), half_life = 1 + (int64_t)random_below(&random_state, 16 * 345600);
		int64_t seconds = (int64_t)random_below(&random_state, 10000000);
		long double exact = left(points, seconds, half_life);
		int64_t faded = points_times(points, points_fading(seconds, half_life));

		assert_true(fabsl((long double)faded - exact) <= 0.5L + exact * 0x1p-46L);
	}
	assert_int_equal(points_times(5 * POINT, points_fading(0, 345600)), 5 * POINT);
	assert_int_equal(points_times(5 * POINT, points_fading(345600, 345600)), 5 * POINT / 2);
}

static void a_wait_is_not_a_second_too_long(void **state)
{
	(void)state;
	random_state = random_begin(random_seed());
	for (unsigned i = 0; i < ROUNDS; i++) {
		int64_t from = 1 + any_points(), to = 1 + any_points();
		int64_t half_life = 3600 * (1 + (int64_t)random_below(&random_state, 1600));
		int64_t wait = points_wait(from, to, half_life);

		if (from <= to) {
			assert_int_equal(wait, 0);
			continue;
		}
		assert_true(left(from, wait, half_life) <= (long double)to * (1 + 1e-12L));
		assert_true(left(from, wait - 1, half_life) >= (long double)to * (1 - 1e-12L));
	}
	/* five points are banned for two half-lives */
	assert_int_equal(points_wait(5 * POINT, 5 * POINT / 4, 345600), 2 * 345600);
}

static void sums_have_bounds(void **state)
{
	(void)state;
	assert_int_equal(points_sum(POINT, 2 * POINT), 3 * POINT);
	assert_int_equal(points_sum(POINT, -2 * POINT), 0);
	assert_int_equal(points_sum(POINTS_MOST, 1), POINTS_MOST);
	assert_int_equal(points_many(POINT, 7), 7 * POINT);
	assert_int_equal(points_many(POINT, UINT32_MAX), POINTS_MOST);
	assert_int_equal(points_many(0, UINT32_MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_come_back),
		cmocka_unit_test(texts_are_as_short_as_they_can_be),
		cmocka_unit_test(other_texts_are_refused),
		cmocka_unit_test(fading_is_rounded_once),
		cmocka_unit_test(a_wait_is_not_a_second_too_long),
		cmocka_unit_test(sums_have_bounds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
