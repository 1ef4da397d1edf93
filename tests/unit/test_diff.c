/* SPDX-License-Identifier: GPL-2.0-or-later */
/* diff: what is printed, that it leads from one text to the other, and that sorted lists get the shortest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random.h"
#include "report/diff.h"

static uint64_t random_state;

static struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static void assert_diff(const char *from, const char *to, bool color, const char *expected)
{
	struct buf out = { 0 };
	bool differ = diff_unified(&out, "a", span_of(from), "b", span_of(to), color);

	assert_string_equal(buf_text(&out), expected);
	assert_int_equal(differ, expected[0] != '\0');
	buf_free(&out);
}

static void hunks_are_as_diff_writes_them(void **state)
{
	(void)state;
	assert_diff("", "", false, "");
	assert_diff("1\n2\n", "1\n2\n", false, "");
	assert_diff("", "1\n", false, "--- a\n+++ b\n@@ -0,0 +1 @@\n+1\n");
	assert_diff("1\n2\n", "", false, "--- a\n+++ b\n@@ -1,2 +0,0 @@\n-1\n-2\n");
	assert_diff("1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\nfive\n6\n7\n8\n9\n", false,
		    "--- a\n+++ b\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
	/* six lines between two changes make one hunk, seven make two */
	assert_diff("a\n1\n2\n3\n4\n5\n6\nb\n", "1\n2\n3\n4\n5\n6\n", false,
		    "--- a\n+++ b\n@@ -1,8 +1,6 @@\n-a\n 1\n 2\n 3\n 4\n 5\n 6\n-b\n");
	assert_diff("a\n1\n2\n3\n4\n5\n6\n7\nb\n", "1\n2\n3\n4\n5\n6\n7\n", false,
		    "--- a\n+++ b\n@@ -1,4 +1,3 @@\n-a\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-b\n");
	/* lines that are not unique stay where they can */
	assert_diff("#\nx\n#\ny\n#\n", "#\nx\n#\nz\n#\n", false,
		    "--- a\n+++ b\n@@ -1,5 +1,5 @@\n #\n x\n #\n-y\n+z\n #\n");
	assert_diff("1\n2", "1\n2\n", false,
		    "--- a\n+++ b\n@@ -1,2 +1,2 @@\n 1\n-2\n\\ No newline at end of file\n+2\n");
}

static void colours_are_around_lines(void **state)
{
	(void)state;
	assert_diff("1\n", "2\n", true,
		    "\033[1m--- a\033[0m\n\033[1m+++ b\033[0m\n\033[36m@@ -1 +1 @@\033[0m\n"
		    "\033[31m-1\033[0m\n\033[32m+2\033[0m\n");
}

/* Goes over a diff as patch(1) does, taking every number and every line of it at its word. Returns how many
 * lines it takes away and adds. */
static unsigned apply(const char *from, const char *diff, struct buf *to)
{
	const char *at = diff;
	unsigned line = 1, changes = 0;

	for (int i = 0; i < 2; i++)
		at = strchr(at, '\n') + 1;
	while (*at == '@') {
		unsigned first, count = 1, new_first, new_count = 1, seen = 0, new_seen = 0;
		int used = 0;

		assert_true(sscanf(at, "@@ -%u%n", &first, &used) == 1);
		at += used;
		if (*at == ',')
			count = (unsigned)strtoul(at + 1, (char **)(void *)&at, 10);
		assert_true(sscanf(at, " +%u%n", &new_first, &used) == 1);
		at += used;
		if (*at == ',')
			new_count = (unsigned)strtoul(at + 1, (char **)(void *)&at, 10);
		at = strchr(at, '\n') + 1;
		for (; line < first + (count == 0); line++) {
			const char *next = strchr(from, '\n') + 1;

			buf_add(to, from, (size_t)(next - from));
			from = next;
		}
		while (*at == ' ' || *at == '-' || *at == '+') {
			const char *next = strchr(at, '\n') + 1;
			size_t len = (size_t)(next - at - 1);

			changes += *at != ' ';
			new_seen += *at != '-';
			if (*at != '-')
				buf_add(to, at + 1, len);
			if (*at != '+') {
				assert_memory_equal(from, at + 1, len);
				from += len;
				line++;
				seen++;
			}
			at = next;
		}
		assert_int_equal(seen, count);
		assert_int_equal(new_seen, new_count);
	}
	assert_true(*at == '\0');
	buf_add_text(to, from);
	return changes;
}

enum { LINES = 60, ROUNDS = 5000 };

static void make_text(struct buf *out, const unsigned *numbers, unsigned count)
{
	buf_clear(out);
	for (unsigned i = 0; i < count; i++)
		buf_addf(out, "%u\n", numbers[i]);
	buf_text(out);
}

static unsigned diff_and_apply(struct buf *a, struct buf *b)
{
	struct buf diff = { 0 }, made = { 0 };
	unsigned changes = 0;

	if (diff_unified(&diff, "a", (struct span){ a->ptr, a->len }, "b", (struct span){ b->ptr, b->len }, false))
		changes = apply(buf_text(a), buf_text(&diff), &made);
	else
		buf_add(&made, a->ptr, a->len);
	assert_string_equal(buf_text(&made), buf_text(b));
	buf_free(&diff);
	buf_free(&made);
	return changes;
}

static unsigned below(unsigned n)
{
	return (unsigned)random_below(&random_state, n);
}

static void random_texts_lead_to_each_other(void **state)
{
	struct buf a = { 0 }, b = { 0 };

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned from[LINES], to[LINES], count = below(LINES), new_count = below(LINES);
		unsigned letters = 1 + below(100); /* few: most lines stand there many times */

		for (unsigned i = 0; i < LINES; i++) {
			from[i] = below(letters);
			to[i] = below(3) == 0 ? below(letters) : from[i];
		}
		make_text(&a, from, count);
		make_text(&b, to, new_count);
		diff_and_apply(&a, &b);
	}
	buf_free(&a);
	buf_free(&b);
}

static void sorted_lists_get_the_shortest(void **state)
{
	struct buf a = { 0 }, b = { 0 };

	(void)state;
	for (unsigned round = 0; round < ROUNDS; round++) {
		unsigned expected = 0;

		buf_clear(&a);
		buf_clear(&b);
		for (unsigned i = 0; i < LINES; i++) {
			unsigned kind = below(10);

			if (kind != 0)
				buf_addf(&a, "%u\n", i);
			if (kind != 1)
				buf_addf(&b, "%u\n", i);
			expected += kind <= 1;
		}
		assert_int_equal(diff_and_apply(&a, &b), expected);
	}
	buf_free(&a);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hunks_are_as_diff_writes_them),
		cmocka_unit_test(colours_are_around_lines),
		cmocka_unit_test(random_texts_lead_to_each_other),
		cmocka_unit_test(sorted_lists_get_the_shortest),
	};

	random_state = random_begin(random_seed());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
