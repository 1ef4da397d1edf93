/* SPDX-License-Identifier: GPL-2.0-or-later */
/* wrapping: what stands around the lines of all of a file is taken off, and nothing of what only some of them have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "log/wrapping.h"

#define LINE "Nov  3 10:00:00 mx postfix/smtpd[1]: connect from unknown[192.0.2.1]"

static const struct {
	enum wrapping wrapping;
	const char *text;
} forms[] = {
	{ WRAPPING_COMPOSE, "postfix-1     | " LINE "\n" },
	{ WRAPPING_COMPOSE, "mail_postfix.1.abcdefghijkl@node1    | " LINE "\n" },
	{ WRAPPING_COMPOSE, "[pod/mail-0/postfix] " LINE "\n" },
	{ WRAPPING_COMPOSE_STAMP, "postfix-1     | 2026-11-03T10:00:00.762881123Z " LINE "\n" },
	{ WRAPPING_JSON, "{\"log\":\"" LINE "\\r\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-03T10:00:00.1Z\"}\n" },
	{ WRAPPING_STAMP, "2026-11-03T10:00:00.762881123Z " LINE "\n" },
	{ WRAPPING_STAMP, "2026-11-03T10:00:00.762881123+01:00 " LINE "\n" },
	{ WRAPPING_CRI, "2026-11-03T10:00:00.762881123Z stdout F " LINE "\n" },
	{ WRAPPING_JSON, "{\"log\":\"" LINE "\\n\",\"stream\":\"stdout\",\"time\":\"2026-11-03T10:00:00.1Z\"}\n" },
	{ WRAPPING_SYSLOG, "Nov  3 10:00:01 node docker[99]: " LINE "\n" },
};

static void assert_taken_off(enum wrapping wrapping, const char *from, const char *to)
{
	char bytes[2000];
	size_t len = strlen(from);
	bool in_pieces = false;

	memcpy(bytes, from, len);
	len = wrapping_take_off(wrapping, &in_pieces, bytes, len);
	bytes[len] = '\0';
	assert_string_equal(bytes, to);
}

static void each_form_is_known_and_taken_off(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		assert_int_equal(wrapping_of(forms[i].text, strlen(forms[i].text)), forms[i].wrapping);
		assert_taken_off(forms[i].wrapping, forms[i].text, LINE "\n");
	}
}

static void a_log_without_any_is_left_alone(void **state)
{
	static const char *const logs[] = { LINE "\n", "", "text\n", LINE, "2026-11-03T10:00:00.762881123Z mx a[1]: x\n",
		"Nov  3 10:00:00 mx exim[9]: 2026-11-03 10:00:00 [9] H=(x) y\n", "a | b\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		assert_int_equal(wrapping_of(logs[i], strlen(logs[i])), WRAPPING_NONE);
		assert_taken_off(WRAPPING_NONE, logs[i], logs[i]);
	}
}

/* A client may get any of the forms into one line. */
static void one_line_without_it_leaves_the_file_alone(void **state)
{
	char bytes[2000];

	(void)state;
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		snprintf(bytes, sizeof(bytes), "%sNov  3 10:00:00 mx a[1]: x\n", forms[i].text);
		assert_int_equal(wrapping_of(bytes, strlen(bytes)), WRAPPING_NONE);
	}
}

static void lines_without_it_and_pieces_of_lines_become_empty(void **state)
{
	(void)state;
	assert_taken_off(WRAPPING_COMPOSE, "a | x\nb\na | y\n", "x\n\ny\n");
	assert_taken_off(WRAPPING_CRI, "2026-11-03T10:00:00.762881123Z stdout P x\n2026-11-03T10:00:00.762881123Z stdout F y\n"
		"2026-11-03T10:00:00.762881123Z stdout F z\n", "\n\nz\n");
	assert_taken_off(WRAPPING_JSON, "{\"log\":\"x\",\"stream\":\"stdout\"}\n{\"log\":\"y\\n\",\"stream\":\"stdout\"}\n"
		"{\"log\":\"z\\n\",\"stream\":\"stderr\"}\n{\"log\":\"cut", "\n\nz\n");
}

/* A log is given by blocks. */
static void the_rest_of_a_line_is_left_out_wherever_the_log_is_cut(void **state)
{
	static const char log[] = "2026-11-03T10:00:00.762881123Z stdout P x\n2026-11-03T10:00:00.762881123Z stdout F y\n"
				  "2026-11-03T10:00:00.762881123Z stdout F z\n";
	const size_t line = strlen(log) / 3;

	(void)state;
	for (size_t cut = 0; cut <= 3; cut++) {
		char bytes[sizeof(log)];
		bool in_pieces = false;
		size_t len;

		memcpy(bytes, log, sizeof(log));
		len = wrapping_take_off(WRAPPING_CRI, &in_pieces, bytes, cut * line);
		assert_int_equal(in_pieces, cut == 1);
		memmove(bytes + len, log + cut * line, (3 - cut) * line);
		len += wrapping_take_off(WRAPPING_CRI, &in_pieces, bytes + len, (3 - cut) * line);
		assert_int_equal(len, 4);
		assert_memory_equal(bytes, "\n\nz\n", 4);
	}
}

static void escapes_of_json_mean_what_they_say(void **state)
{
	(void)state;
	assert_taken_off(WRAPPING_JSON, "{\"log\":\"a \\\"b\\\" \\u003cc\\u003E\\\\d\\te\\u0000\\u00e9\\nf\\n\",\"stream\":\"stdout\"}\n",
		"a \"b\" <c>\\d\te??" "?f\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_form_is_known_and_taken_off),
		cmocka_unit_test(a_log_without_any_is_left_alone),
		cmocka_unit_test(one_line_without_it_leaves_the_file_alone),
		cmocka_unit_test(lines_without_it_and_pieces_of_lines_become_empty),
		cmocka_unit_test(the_rest_of_a_line_is_left_out_wherever_the_log_is_cut),
		cmocka_unit_test(escapes_of_json_mean_what_they_say),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
