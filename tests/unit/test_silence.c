/* SPDX-License-Identifier: GPL-2.0-or-later */
/* silence: since when nobody has written to a log, whatever rotation makes of it meanwhile. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "log/silence.h"
#include "folder.h"

enum { DAY = 86400 };

static void assert_begins(const char *command, int64_t expected)
{
	char name[] = "log";
	struct log_list logs;

	assert_int_equal(system(command), 0);
	log_list_make(&logs, (char *[]){ name }, 1);
	assert_int_equal(logs.count, 1);
	assert_int_equal(silence_begins(&logs.logs[0]), expected);
	log_list_free(&logs);
}

static void last_line_of_any_file(void **state)
{
	(void)state;
	assert_begins("seq 100 > log; touch -d @1000000 log", 1000000);
	assert_begins("mv log log.1; : > log; touch -d @2000000 log", 1000000);
	assert_begins("mv log.1 log.2; gzip log.2; mv log log.1; gzip log.1; : > log", 1000000);
	assert_begins("echo a > log.1; seq 100 >> log; touch -d @3000000 log; touch -d @2900000 log.1", 3000000);
}

/* Rotation goes on where the last line is gone with its file. */
static void empty_files_alone(void **state)
{
	(void)state;
	assert_begins("rm -f log*; for i in 0 1 2 3; do : > log.$i; touch -d @$((9000000 - i * 86400)) log.$i; done; "
		      "mv log.0 log",
		      9000000 - 3 * DAY);
	assert_begins("rm -f log*", WHEN_UNKNOWN);
}

static void three_days(void **state)
{
	(void)state;
	assert_false(silence_is_long(1000000, 1000000 + 3 * DAY - 1));
	assert_true(silence_is_long(1000000, 1000000 + 3 * DAY));
	assert_false(silence_is_long(2000000, 1000000));
	assert_true(silence_is_long(WHEN_UNKNOWN, 1000000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(last_line_of_any_file),
		cmocka_unit_test(empty_files_alone),
		cmocka_unit_test(three_days),
	};

	return cmocka_run_group_tests_name("silence", tests, go_to_folder, remove_folder);
}
