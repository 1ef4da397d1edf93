/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drift: shapes of lines, the search for words of failure, counts that do not depend on the order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <cmocka.h>

#include "detect/drift.h"
#include "detect/drift_known.h"
#include "detect/shape.h"
#include "random.h"

static struct span span(const char *text)
{
	return (struct span){ text, strlen(text) };
}

struct row {
	const char *text, *shape;
	bool address;
};

static void folds_what_differs(void **state)
{
	static const struct row rows[] = {
		{ "lost id 17 from a.example.net[192.0.2.1]:4711: x", "lost id # from NAME[ADDR]#: x", true },
		{ "user=<a b>, rip=2001:db8::1, lip=192.0.2.25.", "user=<*>, rip=ADDR, lip=ADDR.", true },
		{ "A1B2: reject \"x 192.0.2.1\" of a@example.com", "#: reject \"*\" of *", false },
		{ "can't say 'x' 7", "can't say '*' #", false },
		{ "host=abc def=12", "host=* def=*", false },
		{ "192.0.2.1:25 it is", "ADDR it is", true },
		{ "", "", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf out = { 0 };
		bool address = shape_fold(&out, span(rows[i].text));

		if (strcmp(buf_text(&out), rows[i].shape) != 0)
			fail_msg("'%s' is folded to '%s'", rows[i].text, buf_text(&out));
		assert_int_equal(address, rows[i].address);
		buf_free(&out);
	}
}

static void addresses_are_found_in_quotes_too(void **state)
{
	(void)state;
	assert_true(shape_holds_address(span("{\"ip\":\"192.0.2.1\"}")));
	assert_true(shape_holds_address(span("for '192.0.2.1:5060'")));
	assert_true(shape_holds_address(span("2001:db8::1.")));
	assert_false(shape_holds_address(span("{\"version\":\"31.0.2\"} at 10:00:00")));
	assert_false(shape_holds_address(span("")));
}

static bool names_failure_slowly(const char *text)
{
	static const char *const words[] = { "fail", "reject", "invalid", "denied", "mismatch", "refused", "incorrect", "illegal",
					     "wrong " };

	for (const char *p = text; *p != '\0'; p++) {
		for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
			if (strncasecmp(p, words[i], strlen(words[i])) == 0)
				return true;
		}
	}
	return false;
}

/* Words and pieces of words at all places of texts of all lengths, against a search that is plainly right. */
static void finds_words_of_failure_everywhere(void **state)
{
	static const char *const pieces[] = { "fail", "Rejected", "inva", "lid", "denied", "mism", "atch", "refused", "Incorrect",
					      "ILLEGAL", "wrong ", "wrong", "a", "xyz", " ", "nn", "ar", "from", "e", "rejec" };
	uint64_t random = random_begin(random_seed());
	unsigned found = 0;

	(void)state;
	for (int i = 0; i < 200000; i++) {
		char text[128] = "", *exact;
		bool want;

		for (uint64_t k = random_below(&random, 12); k > 0; k--)
			strcat(text, pieces[random_below(&random, 3) ? 11 + random_below(&random, 9) : random_below(&random, 20)]);
		for (size_t k = strlen(text); k < random_below(&random, 100); k++)
			text[k] = "qzvb ,;#"[random_below(&random, 8)], text[k + 1] = '\0';
		want = names_failure_slowly(text);
		found += want;
		/* memory of exactly its length, so that a read behind it is seen */
		exact = malloc(strlen(text) + 1);
		assert_non_null(exact);
		memcpy(exact, text, strlen(text));
		exact = realloc(exact, strlen(text) > 0 ? strlen(text) : 1);
		if (shape_names_failure((struct span){ exact, strlen(text) }) != want)
			fail_msg("'%s' names %s failure", text, want ? "a" : "no");
		free(exact);
	}
	assert_true(found > 1000);
}

static void count_line(struct drift *d, unsigned n)
{
	char name[20], text[100];
	size_t program;

	snprintf(name, sizeof(name), "p%u", n % 3);
	program = drift_program(d, span(name));
	d->programs[program].lines++;
	d->programs[program].recognised += n % 5 == 0;
	/* 500 shapes, more than there is room for */
	snprintf(text, sizeof(text), "%c%c%c failed for [192.0.2.%u]", 'a' + (int)(n % 500 / 25), 'a' + (int)(n % 25), 'z', n % 256);
	drift_unknown(d, program, span(text));
}

static void assert_same(const struct drift *a, const struct drift *b)
{
	assert_int_equal(a->program_count, b->program_count);
	for (size_t i = 0; i < a->program_count; i++) {
		assert_string_equal(a->programs[i].name, b->programs[i].name);
		assert_int_equal(a->programs[i].lines, b->programs[i].lines);
		assert_int_equal(a->programs[i].recognised, b->programs[i].recognised);
		assert_int_equal(a->programs[i].failures, b->programs[i].failures);
	}
	assert_int_equal(a->shape_count, b->shape_count);
	for (size_t i = 0; i < a->shape_count; i++) {
		assert_string_equal(a->shapes[i].shape, b->shapes[i].shape);
		assert_int_equal(a->shapes[i].count, b->shapes[i].count);
		assert_int_equal(a->shapes[i].example_len, b->shapes[i].example_len);
		assert_memory_equal(a->shapes[i].example, b->shapes[i].example, a->shapes[i].example_len);
	}
}

static void counts_the_same_in_any_order(void **state)
{
	struct drift *one = drift_new(), *parts[3] = { drift_new(), drift_new(), drift_new() }, *all = drift_new();

	(void)state;
	for (unsigned n = 0; n < 6000; n++)
		count_line(one, n);
	for (unsigned n = 6000; n > 0; n--)
		count_line(parts[n * 7 % 11 % 3], n - 1);
	for (unsigned i = 0; i < 3; i++)
		drift_merge(all, parts[2 - i]);
	drift_sort(one);
	drift_sort(all);
	assert_int_equal(one->shape_count, DRIFT_SHAPES_MAX);
	assert_same(one, all);
	for (unsigned i = 0; i < 3; i++)
		drift_free(parts[i]);
	drift_free(one);
	drift_free(all);
}

static void remembers_what_was_seen(void **state)
{
	struct drift_known known, again;
	struct drift *d = drift_new();
	struct buf text = { 0 }, second = { 0 };

	(void)state;
	assert_int_equal(drift_known_parse(&known, (struct span){ 0 }), 0);
	for (unsigned n = 0; n < 600; n++)
		count_line(d, n);
	assert_false(drift_known_shape(&known, &d->shapes[0]));
	drift_known_add(&known, d);
	assert_true(drift_known_shape(&known, &d->shapes[0]));
	drift_known_format(&known, &text);
	assert_int_equal(drift_known_parse(&again, (struct span){ text.ptr, text.len }), 0);
	drift_known_format(&again, &second);
	assert_string_equal(buf_text(&text), buf_text(&second));
	/* p0 had recognised lines; none of so many is now */
	assert_true(drift_known_silent(&again, &(struct drift_program){ .name = "p0", .lines = DRIFT_SILENT_LINES }));
	assert_false(drift_known_silent(&again, &(struct drift_program){ .name = "p0", .lines = DRIFT_SILENT_LINES - 1 }));
	assert_false(drift_known_silent(&again, &(struct drift_program){ .name = "p0", .lines = 200, .recognised = 1 }));
	assert_false(drift_known_silent(&again, &(struct drift_program){ .name = "px", .lines = 200 }));
	drift_known_free(&known);
	drift_known_free(&again);
	assert_int_equal(drift_known_parse(&known, span("program a\nshape 12\n")), 2);
	drift_known_free(&known);
	drift_free(d);
	buf_free(&text);
	buf_free(&second);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds_what_differs),
		cmocka_unit_test(addresses_are_found_in_quotes_too),
		cmocka_unit_test(finds_words_of_failure_everywhere),
		cmocka_unit_test(counts_the_same_in_any_order),
		cmocka_unit_test(remembers_what_was_seen),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
