/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * logrotate: the real logrotate with the configurations that distributions ship or that admins write most,
 * between runs: every line counts once and nothing is said to be lost. Without logrotate it is skipped.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "folder.h"
#include "reading_driver.h"

enum { ROUNDS = 14, LINES = 50 };

static struct driver driver;
static unsigned counts[(ROUNDS + 1) * LINES], next_line;

static void take(void *context, const char *line, size_t len)
{
	unsigned number;
	char text[16];

	(void)context;
	snprintf(text, sizeof(text), "%.*s", (int)len, line);
	assert_int_equal(sscanf(text, "line %u", &number), 1);
	counts[number]++;
}

static void append(unsigned lines)
{
	FILE *log = fopen("mail.log", "a");

	assert_non_null(log);
	while (lines-- > 0)
		fprintf(log, "line %u\n", next_line++);
	assert_int_equal(fclose(log), 0);
}

static void run(void)
{
	char name[] = "mail.log";
	char *const logs[] = { name };

	assert_int_equal(driver_run(&driver, logs, 1, true), 0);
	assert_string_equal(driver.notes.ptr, "");
}

/* Gives yesterday's date to what was rotated today, so that the next rotation is tomorrow's. */
static void let_a_day_pass(unsigned day)
{
	glob_t found;

	if (glob("mail.log-2*", 0, NULL, &found) != 0)
		return;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		char *date = strchr(found.gl_pathv[i], '-') + 1;
		struct buf name = { 0 };

		/* those of 1999 and before have been moved already */
		buf_addf(&name, "mail.log-199801%02u%s", day, date + 8);
		assert_int_equal(rename(found.gl_pathv[i], buf_text(&name)), 0);
		buf_free(&name);
	}
	globfree(&found);
}

static void rotate(void)
{
	if (system("logrotate -f -s status conf > said 2>&1") != 0)
		fail_msg("logrotate failed: %d", system("cat said"));
}

/* runs: a bit for each round, whether a run comes before its rotation; and another after it. */
static void rounds(const char *conf, unsigned before, unsigned after)
{
	struct buf text = { 0 };

	buf_addf(&text, "\"%s/mail.log\" {\n%s\n}\n", folder, conf);
	assert_int_equal(system("rm -f ./*"), 0);
	assert_int_equal(file_replace("conf", text.ptr, text.len, false), 0);
	buf_free(&text);
	driver_free(&driver);
	driver = (struct driver){ .room = 1000, .take = take };
	memset(counts, 0, sizeof(counts));
	next_line = 0;
	for (unsigned round = 0; round < ROUNDS; round++) {
		append(LINES / 2);
		if (before >> round & 1)
			run();
		append(LINES / 2);
		rotate();
		let_a_day_pass(round + 1);
		if (after >> round & 1)
			run();
	}
	append(LINES);
	run();
	for (unsigned i = 0; i < next_line; i++) {
		if (counts[i] != 1)
			fail_msg("line %u was counted %u times", i, counts[i]);
	}
	assert_true(driver.positions.count > 1);
	/* the test is worth nothing where nothing was rotated, or compressed */
	assert_int_equal(system("ls mail.log?* > said"), 0);
	assert_int_equal(system("ls mail.log?*.[gx]z > said 2>&1") == 0, strstr(conf, "\ncompress") != NULL);
}

static void check(const char *conf)
{
	if (system("command -v logrotate > /dev/null") != 0) {
		print_message("skipped: logrotate is not installed\n");
		skip();
	}
	rounds(conf, 0x3fff, 0);
	rounds(conf, 0, 0x3fff);
	rounds(conf, 0x1111, 0x2044);
	rounds(conf, 0x2001, 0);
}

static void debian(void **state)
{
	(void)state;
	check("rotate 20\nweekly\nmissingok\nnotifempty\ncompress\ndelaycompress\nsharedscripts\n"
	      "postrotate\ntrue\nendscript");
}

static void red_hat(void **state)
{
	(void)state;
	check("rotate 20\nweekly\ndateext\ncreate\nmissingok\nsharedscripts\npostrotate\ntrue\nendscript");
}

static void copytruncate(void **state)
{
	(void)state;
	check("rotate 20\ndaily\ncopytruncate\ncompress\nmissingok");
}

static void xz_dated_late(void **state)
{
	(void)state;
	check("rotate 20\ndaily\ndateext\ncreate 0600\ncompress\ndelaycompress\n"
	      "compresscmd /usr/bin/xz\nuncompresscmd /usr/bin/unxz\ncompressext .xz");
}

static int end(void **state)
{
	driver_free(&driver);
	return remove_folder(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(debian),
		cmocka_unit_test(red_hat),
		cmocka_unit_test(copytruncate),
		cmocka_unit_test(xz_dated_late),
	};

	return cmocka_run_group_tests_name("logrotate", tests, go_to_folder, end);
}
