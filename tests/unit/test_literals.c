/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is read off a pattern's text, and that nothing is where the walk could be wrong about it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "detect/literals.h"

static bool passes(const char *pattern, const char *message)
{
	struct span text = { message, strlen(message) };
	struct literals l;

	literals_derive(&l, pattern);
	return literals_pass(&l, text);
}

static void a_beginning_is_needed(void **state)
{
	(void)state;
	assert_true(passes("connect from unknown\\[<ADDR>\\]$", "connect from unknown[192.0.2.1]"));
	assert_false(passes("connect from unknown\\[<ADDR>\\]$", "connect from mail[192.0.2.1]"));
	assert_false(passes("connect from unknown\\[<ADDR>\\]$", "connect"));
	assert_true(passes("(?:lost connection|timeout) after ", "timeout after AUTH from"));
	assert_true(passes("(?:lost connection|timeout) after ", "lost connection after AUTH from"));
	assert_false(passes("(?:lost connection|timeout) after ", "too many errors after AUTH"));
}

static void what_is_inside_is_needed(void **state)
{
	(void)state;
	assert_false(passes("warning: \\S+ SASL \\w+ failed", "warning: x: no such thing"));
	assert_true(passes("warning: \\S+ SASL \\w+ failed", "warning: x SASL PLAIN failed"));
	assert_true(passes("[N0-9A-F]++: client=\\S", "4F2A1: client=unknown[192.0.2.1]"));
	assert_false(passes("[N0-9A-F]++: client=\\S", "4F2A1: message-id=<x@example.com>"));
	assert_true(passes("a.*bcde", "abcde"));
	assert_false(passes("a.*bcde", "abced"));
	/* too short to be worth looking for */
	assert_true(passes("a.*bcd", "abdc"));
}

/* Where nothing else is needed, one of what the branches of a group need. */
static void one_of_several_is_needed(void **state)
{
	const char *pattern = "x.*(?:data=(?<count>\\d+)|bdat=\\d|[0-9]++ lost connection)";

	(void)state;
	assert_true(passes(pattern, "x ehlo=1 data=1"));
	assert_true(passes(pattern, "x bdat=1 rcpt=1"));
	assert_true(passes(pattern, "x 3 lost connection"));
	assert_false(passes(pattern, "x ehlo=1 rcpt=1 quit=1"));
	assert_true(passes("x(?<user>abcd|(?:ef)?ghij)+", "xghij"));
	assert_false(passes("x(?<user>abcd|(?:ef)?ghij)+", "xef"));
	/* a branch that needs nothing, or too little; a group that may be missing, or that only looks */
	assert_true(passes("x(?:abcd|)", "x"));
	assert_true(passes("x(?:abcd|efg)", "xefg"));
	assert_true(passes("x(?:abcd|efgh?)", "xefg"));
	assert_true(passes("x(?:abcd|efgh)?", "x"));
	assert_true(passes("x(?:abcd|efgh){0,3}", "x"));
	assert_true(passes("x(?!abcd|efgh)", "x"));
	assert_true(passes("x(?<!abcd|efgh)", "x"));
	assert_true(passes("x(?:abcd|(?i)efgh)", "xEFGH"));
	assert_true(passes("x(?:a{4}|b[c|d]ef)", "xaaaa"));
}

static void a_byte_that_a_quantifier_follows_is_not_needed(void **state)
{
	(void)state;
	assert_true(passes("ab?c", "ac"));
	assert_true(passes("xab*", "xa"));
	assert_true(passes("a{0,1}b", "b"));
	assert_true(passes("(?:ab)?c", "c"));
	assert_true(passes("(?:one|two)?three", "three"));
	assert_true(passes("a++b", "aaab"));
}

static void what_is_not_understood_lets_all_pass(void **state)
{
	static const char *const patterns[] = { "one|two", "(?i)abc", "\\Qabc\\E", "\\x41bc", "(*COMMIT)abc",
						"(?:Z(*ACCEPT)|y)abc", "Z(?#()z|(?:)abcd", "[[:alpha:]]bc", "a(b", "[ab" };

	(void)state;
	for (size_t i = 0; i < sizeof(patterns) / sizeof(*patterns); i++)
		assert_true(passes(patterns[i], "Zz"));
}

static void escapes_and_groups_are_no_literals(void **state)
{
	(void)state;
	assert_true(passes("a\\.b", "a.b"));
	assert_false(passes("a\\.b", "axb"));
	assert_true(passes("a\\db", "a1b"));
	assert_true(passes("user=<(?<user>abc)>", "user=<abc>"));
	assert_true(passes("x(?!yz)y", "xy"));
	assert_true(passes("a[]x]b", "a]b"));
	assert_true(passes("[]x]+: b", "]: b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_beginning_is_needed),
		cmocka_unit_test(what_is_inside_is_needed),
		cmocka_unit_test(one_of_several_is_needed),
		cmocka_unit_test(a_byte_that_a_quantifier_follows_is_not_needed),
		cmocka_unit_test(what_is_not_understood_lets_all_pass),
		cmocka_unit_test(escapes_and_groups_are_no_literals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
