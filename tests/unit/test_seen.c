/* SPDX-License-Identifier: GPL-2.0-or-later */
/* seen: the addresses that failed for a name, against the plainest way to remember them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "judge/seen.h"

enum { WINDOW = 50 };

/* By time; of the same time the one that failed last stands last. */
struct plain {
	uint32_t entries[SEEN_MAX], times[SEEN_MAX];
	size_t count;
};

static void plain_remove(struct plain *plain, size_t at)
{
	plain->count--;
	memmove(plain->entries + at, plain->entries + at + 1, (plain->count - at) * sizeof(uint32_t));
	memmove(plain->times + at, plain->times + at + 1, (plain->count - at) * sizeof(uint32_t));
}

static bool plain_add(struct plain *plain, uint32_t entry, uint32_t time)
{
	bool recent = false;
	size_t at = 0;

	while (at < plain->count && plain->entries[at] != entry)
		at++;
	if (at < plain->count) {
		recent = (int64_t)time - (int64_t)plain->times[at] <= WINDOW;
		time = time > plain->times[at] ? time : plain->times[at];
		plain_remove(plain, at);
	} else if (plain->count == SEEN_MAX) {
		plain_remove(plain, 0);
	}
	at = plain->count++;
	for (; at > 0 && plain->times[at - 1] > time; at--) {
		plain->entries[at] = plain->entries[at - 1];
		plain->times[at] = plain->times[at - 1];
	}
	plain->entries[at] = entry;
	plain->times[at] = time;
	return !recent;
}

static uint32_t below(uint64_t *random, uint32_t n)
{
	*random = *random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(((*random >> 32) * n) >> 32);
}

static void assert_same(const struct seen *seen, const struct plain *plain)
{
	assert_int_equal(seen->count, plain->count);
	for (size_t i = 0; i < plain->count; i++) {
		assert_int_equal(seen_entry(seen, i), plain->entries[i]);
		assert_int_equal(seen_time(seen, i), plain->times[i]);
	}
}

/* Few addresses that come again, and many that do not; times that go on, and some that are late. */
static void remembers_those_that_failed_last(void **state)
{
	static const uint32_t addresses[] = { 1, 3, 8, 9, 40, 64, 65, 100, 5000 };

	(void)state;
	for (size_t n = 0; n < sizeof(addresses) / sizeof(addresses[0]); n++) {
		uint64_t random = n + 1;
		struct plain plain = { .count = 0 };
		struct seen seen = { 0 };
		uint32_t clock = 1000;

		for (unsigned i = 0; i < 3000; i++) {
			uint32_t entry = below(&random, addresses[n]);
			uint32_t time = below(&random, 10) == 0 ? clock - below(&random, 200) : clock;

			clock += below(&random, 3);
			assert_int_equal(seen_add(&seen, entry, time, WINDOW), plain_add(&plain, entry, time));
			assert_same(&seen, &plain);
		}
		seen_free(&seen);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(remembers_those_that_failed_last) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
