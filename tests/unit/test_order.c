/* SPDX-License-Identifier: GPL-2.0-or-later */
/* order: what is sorted stands as addr_compare() says, and what is equal as it stood. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "addr/order.h"

struct item {
	uint32_t something;
	struct addr net;
};

struct ranked {
	struct addr net;
	uint32_t number;
};

static uint64_t random_state = 4711;

static uint64_t random_word(void)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return random_state;
}

/* Addresses and networks of which many are equal, and of the bits that may differ in a round. */
static struct addr random_net(uint64_t bits, unsigned v6_in_4)
{
	struct addr a = { random_word() & bits, random_word() & bits, ADDR_BITS };

	if (random_word() % 4 >= v6_in_4)
		a = addr_of_v4_number((uint32_t)a.lo);
	if (random_word() % 3 == 0)
		a = addr_network(&a, (uint8_t)(ADDR_BITS - random_word() % 32));
	return a;
}

static void assert_in_order(const struct item *items, size_t count)
{
	uint32_t *order = addr_order(&items->net, sizeof(*items), count);
	struct ranked *ranked = calloc(count + 1, sizeof(*ranked));

	for (size_t i = 0; i < count; i++)
		ranked[i] = (struct ranked){ items[i].net, (uint32_t)i };
	addr_sort(ranked, sizeof(*ranked), count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(ranked[i].number, order[i]);
	free(ranked);

	for (size_t i = 1; i < count; i++) {
		int compared = addr_compare(&items[order[i - 1]].net, &items[order[i]].net);

		assert_true(compared < 0 || (compared == 0 && order[i - 1] < order[i]));
	}
	free(order);
}

static void items_are_ordered_as_compared(void **state)
{
	static const uint64_t bits[] = { 0, 1, 0xff, 0xff00ff, UINT64_C(0xf0000000), UINT64_C(0x8000000000000001), UINT64_MAX };
	enum { MOST = 3000 };
	struct item *items = calloc(MOST, sizeof(*items));

	(void)state;
	for (unsigned round = 0; round < 5 * sizeof(bits) / sizeof(bits[0]); round++) {
		size_t count = (size_t)(random_word() % MOST);

		for (size_t i = 0; i < count; i++)
			items[i].net = random_net(bits[round / 5], round % 5);
		assert_in_order(items, count);
	}
	free(items);
}

static void few_items_are_ordered(void **state)
{
	struct item items[2] = { 0 };

	(void)state;
	for (size_t count = 0; count <= 2; count++)
		assert_in_order(items, count);
	items[0].net = addr_of_v4_number(UINT32_MAX);
	items[1].net = addr_of_v4_number(0);
	assert_in_order(items, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(items_are_ordered_as_compared),
		cmocka_unit_test(few_items_are_ordered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
