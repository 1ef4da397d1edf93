/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules: the built-in ones are the same with and without their samples. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "detect/rules.h"

static void samples_make_no_difference(void **state)
{
	struct ruleset with, without;
	size_t samples = 0;

	(void)state;
	assert_int_equal(rules_load(&with, NULL, RULES_WITH_SAMPLES), 0);
	assert_int_equal(rules_load(&without, NULL, RULES_WITHOUT_SAMPLES), 0);
	assert_int_equal(with.count, without.count);
	assert_true(with.count > 100);
	for (size_t i = 0; i < with.count; i++) {
		const struct rule *a = &with.rules[i], *b = &without.rules[i];

		assert_string_equal(a->name, b->name);
		assert_string_equal(a->server, b->server);
		assert_string_equal(a->description, b->description);
		assert_string_equal(a->file, b->file);
		assert_int_equal(a->line, b->line);
		assert_int_equal(a->event_class, b->event_class);
		assert_int_equal(a->points, b->points);
		assert_int_equal(a->flags, b->flags);
		assert_int_equal(a->pieces, b->pieces);
		assert_string_equal(a->program_text, b->program_text);
		assert_string_equal(a->match_text, b->match_text);
		assert_null(b->hits[0]);
		assert_null(b->misses[0]);
		for (char **hit = a->hits; *hit != NULL; hit++)
			samples++;
	}
	assert_true(samples > with.count);
	rules_free(&with);
	rules_free(&without);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(samples_make_no_difference),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
