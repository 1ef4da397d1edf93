/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command: what a program prints counts where it ends well and in time, and nothing of it stays behind. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "base/command.h"

enum { LONG = 60000, SHORT = 200 };

static void assert_command(const char *script, int milliseconds, const char *printed, const char *reason)
{
	struct buf out = { 0 }, why = { 0 };
	char *const arguments[] = { (char *)"/bin/sh", (char *)"-c", (char *)script, NULL };

	buf_add_text(&out, "before ");
	assert_int_equal(command_read(arguments, milliseconds, &out, &why), printed != NULL);
	assert_int_equal(memcmp(buf_text(&out), "before ", 7), 0);
	assert_string_equal(buf_text(&out) + 7, printed != NULL ? printed : "");
	assert_string_equal(buf_text(&why), reason);
	buf_free(&out);
	buf_free(&why);
}

static void takes_what_is_printed(void **state)
{
	(void)state;
	assert_command("echo a; echo b >&2; cat; echo c", LONG, "a\nc\n", "");
	assert_command(":", LONG, "", "");
}

static void takes_nothing_of_what_fails(void **state)
{
	char *const missing[] = { (char *)"/nonexistent/program", NULL };
	struct buf out = { 0 }, why = { 0 };

	(void)state;
	assert_command("echo 192.0.2.0/24; exit 1", LONG, NULL, "exits with 1");
	assert_command("echo 192.0.2.0/24; kill -9 $$", LONG, NULL, "is killed by signal 9");
	assert_command("while :; do echo 01234567890123456789012345678901; done", LONG, NULL, "prints too much");
	assert_false(command_read(missing, LONG, &out, &why));
	assert_string_equal(buf_text(&why), "cannot be started: No such file or directory");
	buf_free(&out);
	buf_free(&why);
}

/* Each child would outlive the test by far: that the read ends proves that the pipe is closed, or not waited for. */
static void waits_no_longer_than_it_may(void **state)
{
	(void)state;
	assert_command("echo a; sleep 1000", SHORT, NULL, "does not answer");
	assert_command("echo a; sleep 1000 & echo b", SHORT, NULL, "does not answer");
	assert_command("echo a; exec >&-; sleep 1000", SHORT, NULL, "does not end");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_what_is_printed),
		cmocka_unit_test(takes_nothing_of_what_fails),
		cmocka_unit_test(waits_no_longer_than_it_may),
	};

	return cmocka_run_group_tests_name("command", tests, NULL, NULL);
}
