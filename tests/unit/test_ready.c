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
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "detect/ready_inside.h"
#include "detect/rules.h"

/* Tells of a user inside a loop that never goes back. */
static const char without[] = "courier-auth";

static enum ready_verdict match(const struct ready *ready, const char *text, struct ready_found *found)
{
	size_t len = strlen(text);
	char *exact = malloc(len + READY_BEHIND); /* of its size, so that reading farther is caught */
	enum ready_verdict verdict;

	assert_non_null(exact);
	memcpy(exact, text, len);
	memset(exact + len, '\n', READY_BEHIND);
	verdict = ready->match(exact, exact + len, found);
	free(exact);
	return verdict;
}

static void built_in_patterns_have_functions(void **state)
{
	struct ruleset set = { 0 };
	unsigned hits = 0;

	(void)state;
	assert_int_equal(rules_load(&set, NULL, RULES_WITH_SAMPLES), 0);
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

/* Numbers and dots as they come, against the way that goes byte by byte. */
static void addresses_are_read_at_once_as_byte_by_byte(void **state)
{
#ifdef __x86_64__
	static const char *const pieces[] = { "0", "00", "1", "9", "10", "99", "100", "255", "256", "999", "1000", "", "01", "25" };
	static const char *const behind[] = { "]", " ", ".", ":", "1", ".x", ".1", "\n", "/24", "..", "x" };
	enum { PIECES = sizeof(pieces) / sizeof(pieces[0]), BEHIND = sizeof(behind) / sizeof(behind[0]) };

	(void)state;
	if (!__builtin_cpu_supports("ssse3"))
		skip();
	for (unsigned i = 0; i < PIECES * PIECES * PIECES * PIECES * BEHIND; i++) {
		unsigned n = i / BEHIND;
		char text[80];
		uint32_t once = 0, slowly = 0;
		const char *at, *slow;

		memset(text, '\n', sizeof(text));
		snprintf(text, sizeof(text), "%s.%s.%s.%s%s\n", pieces[n % PIECES], pieces[n / PIECES % PIECES],
			pieces[n / PIECES / PIECES % PIECES], pieces[n / PIECES / PIECES / PIECES], behind[i % BEHIND]);
		at = ready_address_at_once(text, &once);
		slow = ready_address_v4(text, text + strlen(text) - 1, &slowly);
		if (at != NULL && (at != slow || once != slowly))
			fail_msg("%s is read as %08x and as %08x", text, once, slowly);
		/* what a log writes around an address */
		if (slow != NULL && at == NULL && strchr("] :/x", *slow) != NULL)
			fail_msg("%s is not read at once", text);
	}
#else
	(void)state;
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(built_in_patterns_have_functions),
		cmocka_unit_test(other_patterns_have_none),
		cmocka_unit_test(addresses_are_read_at_once_as_byte_by_byte),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
