/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * event: the hash that stands for a user name.
 *
 * It is kept from run to run and may be taken to another host, so its values are fixed here; letters' case makes no
 * difference, and everything else does.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "detect/event.h"

static uint64_t hash(const char *text)
{
	return event_user_hash((struct span){ text, strlen(text) });
}

static void a_hash_stays_what_it_is(void **state)
{
	(void)state;
	assert_int_equal(hash(""), 0);
	assert_int_equal(hash("a"), UINT64_C(0x46c1a73294));
	assert_int_equal(hash("info@example.com"), UINT64_C(0xf9fc5c27d2));
	assert_int_equal(hash("webmaster@mail.example.org"), UINT64_C(0x9c26120292));
}

static void case_makes_no_difference(void **state)
{
	char small[64], large[64];

	(void)state;
	for (size_t len = 1; len < sizeof(small); len++) {
		for (size_t i = 0; i < len; i++) {
			small[i] = (char)('a' + (i * 7 + len) % 26);
			large[i] = (char)(small[i] - 'a' + 'A');
		}
		assert_int_equal(event_user_hash((struct span){ small, len }), event_user_hash((struct span){ large, len }));
	}
	/* what stands beside the letters has no case */
	assert_int_not_equal(hash("@"), hash("`"));
	assert_int_not_equal(hash("["), hash("{"));
	assert_int_not_equal(hash("name\xc1"), hash("name\xe1"));
}

static void each_byte_matters(void **state)
{
	char text[64];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t len = 1; len < sizeof(text); len++) {
		uint64_t before = event_user_hash((struct span){ text, len });

		assert_true(before != 0 && before >> 40 == 0);
		assert_int_not_equal(before, event_user_hash((struct span){ text, len + 1 }));
		for (size_t i = 0; i < len; i++) {
			text[i] = 'y';
			assert_int_not_equal(before, event_user_hash((struct span){ text, len }));
			text[i] = 'x';
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_hash_stays_what_it_is),
		cmocka_unit_test(case_makes_no_difference),
		cmocka_unit_test(each_byte_matters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
