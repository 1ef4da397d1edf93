/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ready: every built-in pattern has its function, and says of its samples what it should without PCRE2's help.
 *
 * That the functions mean what PCRE2 means is for test_equality; here it is that they are there and are used, since a
 * rule that lost its function would be right all the same, and slow.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "detect/ready.h"
#include "detect/rules.h"

/* Tells of a user inside a loop that never goes back. */
static const char without[] = "courier-auth";

static enum ready_verdict match(const struct ready *ready, const char *text, struct ready_found *found)
{
	size_t len = strlen(text);
	char *exact = malloc(len); /* of its size, so that reading past the end is caught */
	enum ready_verdict verdict;

	assert_non_null(exact);
	memcpy(exact, text, len);
	verdict = ready->match(exact, exact + len, exact + len, found);
	free(exact);
	return verdict;
}

static void built_in_patterns_have_functions(void **state)
{
	struct ruleset set = { 0 };
	unsigned hits = 0;

	(void)state;
	assert_int_equal(rules_load(&set, NULL), 0);
	assert_true(set.count > 100);
	for (size_t i = 0; i < set.count; i++) {
		const struct rule *rule = &set.rules[i];
		const struct ready *ready = ready_find(rule->match_text);
		struct ready_found found;

		if ((ready == NULL) != (strcmp(rule->name, without) == 0))
			fail_msg("%s: its function is %s", rule->name, ready == NULL ? "missing" : "not expected");
		for (char **hit = rule->hits; ready != NULL && *hit != NULL; hit++) {
			if (match(ready, *hit, &found) != READY_YES)
				fail_msg("%s: does not take its sample: %s", rule->name, *hit);
			hits++;
		}
	}
	assert_true(hits > 200);
	rules_free(&set);
}

static void other_patterns_have_none(void **state)
{
	(void)state;
	assert_null(ready_find("a pattern of the folder from <ADDR>"));
	assert_null(ready_find(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(built_in_patterns_have_functions),
		cmocka_unit_test(other_patterns_have_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
