/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rotation: which names are rotated siblings, how old they say they are, and whose they are. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "log/rotation.h"

static void counted(void **state)
{
	static const struct {
		const char *base, *name;
		unsigned number;
	} cases[] = {
		{ "maillog", "maillog.1", 1 },     { "maillog", "maillog.0.bz2", 0 },     { "maillog", "maillog.12.gz", 12 },
		{ "mail.log", "mail.log.3.xz", 3 }, { "mail.log", "mail.2.log", 2 },       { "mail.log", "mail.2.log.zst", 2 },
	};
	struct rotation r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(rotation_parse(&r, cases[i].base, cases[i].name));
		assert_int_equal(r.style, ROTATION_COUNTED);
		assert_int_equal(r.number, cases[i].number);
	}
}

static void dated(void **state)
{
	static const struct {
		const char *base, *name, *date;
	} cases[] = {
		{ "maillog", "maillog-20261121", "20261121" },
		{ "maillog", "maillog-20261121.gz", "20261121" },
		{ "maillog", "maillog.2026-11-21-03.lz4", "2026112103" },
		{ "maillog", "maillog-20261121-1795230000.gz", "202611211795230000" },
		{ "mail.log", "mail-20261121.log", "20261121" },
		{ "mail.log", "mail.log_20261121T03:17", "202611210317" },
	};
	struct rotation r;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(rotation_parse(&r, cases[i].base, cases[i].name));
		assert_int_equal(r.style, ROTATION_DATED);
		assert_string_equal(r.date, cases[i].date);
	}
}

static void others(void **state)
{
	static const char *const no[] = { "maillog", "maillog2", "maillog.txt", "maillog.1.tmp", "maillog-2026", "maillog.",
					  "maillog-", "maillog.-1", "maillog.1x", "xmaillog.1", "maillog.123456x", "mail.1",
					  "maillog-20261121-", "maillog.gz.tmp", "", ".1" };
	struct rotation r;

	(void)state;
	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++) {
		if (rotation_parse(&r, "maillog", no[i]))
			fail_msg("%s", no[i]);
	}
	assert_true(rotation_parse(&r, "maillog", "maillog.old"));
	assert_int_equal(r.style, ROTATION_OTHER);
	assert_true(rotation_parse(&r, "maillog", "maillog.gz"));
	assert_true(rotation_parse(&r, "maillog", "maillog.old.gz"));
}

static void bases(void **state)
{
	static const char *const cases[][2] = {
		{ "maillog.1", "maillog" },
		{ "maillog.2.gz", "maillog" },
		{ "mail.log-20261121.xz", "mail.log" },
		{ "mail-20261121.log", "mail.log" },
		{ "mail.3.log.gz", "mail.log" },
	};
	char base[64];

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_true(rotation_base(cases[i][0], base));
		assert_string_equal(base, cases[i][1]);
	}
	assert_false(rotation_base("mail.log", base));
	assert_false(rotation_base("maillog", base));
	assert_false(rotation_base("", base));
	assert_false(rotation_base(".1", base));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counted),
		cmocka_unit_test(dated),
		cmocka_unit_test(others),
		cmocka_unit_test(bases),
	};

	return cmocka_run_group_tests_name("rotation", tests, NULL, NULL);
}
