/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digest: the same number however the bytes come in pieces, another one for other bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/digest.h"
#include "random.h"

enum { LONGEST = 300, TEXTS = 3000 };

static uint64_t whole(const char *bytes, size_t len)
{
	struct digest digest = { 0 };

	digest_add(&digest, bytes, len);
	return digest_value(&digest);
}

/* Asks for the number in between, too. */
static uint64_t in_pieces(uint64_t *random_state, const char *bytes, size_t len)
{
	struct digest digest = { 0 };

	for (size_t at = 0; at < len;) {
		size_t piece = random_below(random_state, random_below(random_state, 3) ? 12 : len - at + 1);

		piece = piece < len - at ? piece : len - at;
		digest_add(&digest, bytes + at, piece);
		at += piece;
		assert_int_equal(digest_value(&digest), whole(bytes, at));
	}
	return digest_value(&digest);
}

static void pieces_make_no_difference(void **state)
{
	uint64_t random_state = random_begin(random_seed());
	char text[LONGEST];

	(void)state;
	for (unsigned i = 0; i < TEXTS; i++) {
		size_t len = random_below(&random_state, LONGEST + 1);

		for (size_t k = 0; k < len; k++)
			text[k] = (char)random_below(&random_state, 256);
		assert_int_equal(in_pieces(&random_state, text, len), whole(text, len));
	}
}

static void every_bit_and_the_length_make_one(void **state)
{
	char text[LONGEST] = { 0 };

	(void)state;
	for (size_t len = 0; len < LONGEST; len++) {
		uint64_t is = whole(text, len);

		assert_int_not_equal(is, 0);
		assert_int_not_equal(is, whole(text, len + 1));
		for (size_t bit = 0; bit < 8 * len; bit++) {
			text[bit / 8] = (char)(text[bit / 8] ^ 1 << bit % 8);
			assert_int_not_equal(whole(text, len), is);
			text[bit / 8] = 0;
		}
	}
}

/* It stands in files, so it is the same on every machine and for ever. */
static void numbers_stay_what_they_are(void **state)
{
	static const char text[] = "# mailban blacklist 1\n192.0.2.7\n";

	(void)state;
	assert_int_equal(whole("", 0), 1);
	assert_int_equal(whole(text, strlen(text)), UINT64_C(0x7eb4f41804114367));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_make_no_difference),
		cmocka_unit_test(every_bit_and_the_length_make_one),
		cmocka_unit_test(numbers_stay_what_they_are),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
