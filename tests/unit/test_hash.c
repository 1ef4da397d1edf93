/* SPDX-License-Identifier: GPL-2.0-or-later */
/* hash: a table that is put to and taken from at random holds what a plain array holds. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdbool.h>

#include "base/hash.h"
#include "random.h"

enum { ITEMS = 600, STEPS = 20000, TABLES = 20 };

/* Item i is in the table under hashes[i] where there[i]. */
struct plain {
	uint32_t hashes[ITEMS];
	bool there[ITEMS];
};

/* What the table gives under the hash of item i is what the array has under it. */
static void compare(const struct hash *table, const struct plain *plain, uint32_t i)
{
	bool found[ITEMS] = { false };
	unsigned expected = 0, count = 0;
	size_t at;

	for (unsigned k = 0; k < ITEMS; k++)
		expected += plain->there[k] && plain->hashes[k] == plain->hashes[i];
	for (uint32_t n = hash_first(table, plain->hashes[i], &at); n != HASH_NONE;
	     n = hash_next(table, plain->hashes[i], &at)) {
		assert_true(n < ITEMS);
		/* others may share a slot's hash by chance only */
		assert_true(plain->there[n] && plain->hashes[n] == plain->hashes[i] && !found[n]);
		found[n] = true;
		count++;
	}
	assert_int_equal(count, expected);
}

static void one_table(uint64_t *random_state)
{
	struct hash table = { 0 };
	struct plain plain = { .there = { false } };
	uint32_t kinds = 1 + (uint32_t)random_below(random_state, 300), grows = 1 + (uint32_t)random_below(random_state, 3);

	hash_seed(&table);
	for (unsigned i = 0; i < ITEMS; i++) {
		plain.hashes[i] = (uint32_t)random_below(random_state, kinds);
		/* some lie side by side, some far from each other */
		if (i % 3 != 0)
			plain.hashes[i] = hash_of_numbers(&table, plain.hashes[i], 0);
	}
	for (unsigned step = 0; step < STEPS; step++) {
		uint32_t i = (uint32_t)random_below(random_state, ITEMS);

		if (!plain.there[i] && random_below(random_state, 4) < grows)
			hash_put(&table, plain.hashes[i], i);
		else if (plain.there[i])
			hash_remove(&table, plain.hashes[i], i);
		else
			continue;
		plain.there[i] = !plain.there[i];
		compare(&table, &plain, (uint32_t)random_below(random_state, ITEMS));
		if (random_below(random_state, 10000) == 0) {
			hash_clear(&table);
			plain = (struct plain){ .there = { false } };
			for (unsigned k = 0; k < ITEMS; k++)
				plain.hashes[k] = hash_of_numbers(&table, k % kinds, 0);
		}
	}
	hash_free(&table);
}

static void tables_are_as_arrays(void **state)
{
	uint64_t random_state = random_begin(random_seed());

	(void)state;
	for (unsigned i = 0; i < TABLES; i++)
		one_table(&random_state);
}

static void an_empty_table_has_nothing(void **state)
{
	struct hash table = { 0 };
	size_t at;

	(void)state;
	assert_int_equal(hash_first(&table, 7, &at), HASH_NONE);
	hash_clear(&table);
	hash_free(&table);
}

static void hashes_depend_on_the_seed(void **state)
{
	struct hash a = { 0 }, b = { 0 };
	unsigned same = 0;

	(void)state;
	hash_seed(&a);
	hash_seed(&b);
	for (uint64_t i = 0; i < 100; i++) {
		same += hash_of_numbers(&a, i, 0) == hash_of_numbers(&b, i, 0);
		same += hash_of_bytes(&a, &i, sizeof(i)) == hash_of_bytes(&b, &i, sizeof(i));
		assert_int_equal(hash_of_bytes(&a, &i, sizeof(i)), hash_of_bytes(&a, &i, sizeof(i)));
	}
	assert_true(same < 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tables_are_as_arrays),
		cmocka_unit_test(an_empty_table_has_nothing),
		cmocka_unit_test(hashes_depend_on_the_seed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
