/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sums: never less than the evidence that is alike, over what is added, dropped and moved. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "judge/sums.h"
#include "judge/window.h"

static uint32_t below(uint64_t *random, uint32_t n)
{
	*random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(((*random >> 32) * n) >> 32);
}

static struct mark some_mark(uint64_t *random)
{
	uint8_t weak = below(random, 2) != 0 ? MARK_WEAK : 0;

	return (struct mark){ .time = 1, .low = below(random, 20), .high = (uint8_t)below(random, 2),
			      .count = (uint16_t)(1 + below(random, 4)),
			      .what = (uint8_t)(mark_what(MARK_FAIL, below(random, 4)) | weak) };
}

static void assert_enough(const struct store *store, const struct entry *e, const struct mark *like)
{
	const struct mark *marks = store_marks(store, e);
	uint32_t sum = 0;

	for (size_t i = 0; i < e->mark_count; i++) {
		if (marks[i].low == like->low && marks[i].high == like->high && marks[i].what == like->what)
			sum += marks[i].count;
	}
	assert_true(sums_may_reach(e, like, sum));
}

static void what_is_alike_is_never_more(void **state)
{
	const struct addr addr = addr_of_v4_number(0xc0000201);
	uint64_t random = 1;
	struct store store;
	struct entry *e;
	uint32_t number;
	bool made;

	(void)state;
	store_init(&store);
	e = store_get(&store, &addr, &number, &made);
	for (unsigned i = 0; i < 100000; i++) {
		struct mark added = some_mark(&random);

		if (below(&random, 8) == 0)
			sums_make(&store, e);
		*store_insert(&store, e, e->mark_count) = added;
		sums_add(e, &added);
		assert_enough(&store, e, &added);
		if (e->mark_count == 40) {
			e->mark_count = (uint16_t)below(&random, 3);
			e->has_sums = false;
			store_shrink(&store, e);
		}
	}
	store_free(&store);
}

static void little_evidence_is_known_to_be_little(void **state)
{
	const struct mark one = { .time = 1, .low = 7, .count = 1, .what = mark_what(MARK_FAIL, 0) };
	const struct addr addr = addr_of_v4_number(0xc0000201);
	struct store store;
	struct entry *e;
	uint32_t number;
	bool made;

	(void)state;
	store_init(&store);
	e = store_get(&store, &addr, &number, &made);
	*store_insert(&store, e, 0) = one;
	sums_make(&store, e);
	assert_true(sums_may_reach(e, &one, 5));  /* the place is the only mark's */
	*store_insert(&store, e, 1) = one;
	sums_make(&store, e);
	assert_true(sums_may_reach(e, &one, 2));
	assert_false(sums_may_reach(e, &one, 3));
	store_free(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_alike_is_never_more),
		cmocka_unit_test(little_evidence_is_known_to_be_little),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
