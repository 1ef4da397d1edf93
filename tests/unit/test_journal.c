/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal: entries of mail units become lines, each once; entries that a user could have made do not.
 * The journals are written by systemd-journal-remote; without it the tests are skipped.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#if HAVE_LIBSYSTEMD
#include <systemd/sd-journal.h>
#endif

#include "base/file.h"
#include "log/journal.h"
#include "folder.h"
#include "reading_driver.h"

#define REMOTE "/lib/systemd/systemd-journal-remote"
#define EPOCH UINT64_C(1795230000) /* 2026-11-21T03:00:00Z */

static struct driver driver;
static struct buf first;         /* the first line that a run took */
static struct buf export;
static unsigned lines, forged, break_at;
static bool crashes, hangs;      /* the library does, where it opens a journal; hangs for three seconds */
static time_t jump;              /* seconds that the clock jumps ahead by, each time that it is asked */

/* Stands before the C library's. */
int clock_gettime(clockid_t clock, struct timespec *now)
{
	static time_t ahead;
	long ret = syscall(SYS_clock_gettime, clock, now);

	ahead += jump;
	now->tv_sec += ahead;
	return (int)ret;
}

#if HAVE_LIBSYSTEMD
/* Stands before the library's, and says that the journal is damaged where the test wants it so. */
int sd_journal_next(sd_journal *journal)
{
	int (*next)(sd_journal *);

	if (break_at > 0 && --break_at == 0)
		return -EBADMSG;
	*(void **)&next = dlsym(RTLD_NEXT, "sd_journal_next");
	return next(journal);
}

int sd_journal_open_directory(sd_journal **journal, const char *path, int flags)
{
	int (*real)(sd_journal **, const char *, int);

	if (crashes)
		_exit(99);
	if (hangs)
		(void)poll(NULL, 0, 3000);
	*(void **)&real = dlsym(RTLD_NEXT, "sd_journal_open_directory");
	return real(journal, path, flags);
}
#endif

static void take(void *context, const char *line, size_t len)
{
	(void)context;
	if (lines++ == 0) {
		buf_clear(&first);
		buf_add(&first, line, len);
	}
	forged += memmem(line, len, "forged", 6) != NULL;
}

static const char *fields = "";  /* more of them, for add() */

static void add(unsigned second, const char *unit, const char *transport, const char *user, const char *text)
{
	unsigned long long usec = (EPOCH + second) * 1000000;

	buf_addf(&export, "__REALTIME_TIMESTAMP=%llu\n__MONOTONIC_TIMESTAMP=%u000000\n"
		 "_BOOT_ID=0123456789abcdef0123456789abcdef\n_TRANSPORT=%s\n_UID=%s\n_HOSTNAME=mx\n"
		 "_SYSTEMD_UNIT=%s\nSYSLOG_IDENTIFIER=postfix/smtpd\n_PID=77\n%s", usec, second + 1, transport, user, unit,
		 fields);
	if (strchr(text, '\n') == NULL) {
		buf_addf(&export, "MESSAGE=%s\n\n", text);
	} else {
		uint64_t len = strlen(text);

		/* little-endian, as the export format has it */
		buf_add_text(&export, "MESSAGE\n");
		for (unsigned i = 0; i < 8; i++)
			buf_add_char(&export, (char)(len >> 8 * i & 0xff));
		buf_addf(&export, "%s\n\n", text);
	}
}

static void write_journal(const char *path)
{
	struct buf command = { 0 };

	assert_int_equal(file_replace("export", export.ptr, export.len, false), 0);
	buf_addf(&command, REMOTE " -o %s export 2> said || { cat said; exit 1; }", path);
	assert_int_equal(system(buf_text(&command)), 0);
	buf_free(&command);
	buf_clear(&export);
}

static unsigned read_units(const char *units, bool commit)
{
	char name[100];
	char *const logs[] = { name };

	snprintf(name, sizeof(name), "journal:%s", units);
	lines = forged = 0;
	assert_int_equal(driver_run(&driver, logs, 1, commit), 0);
	return lines;
}

static int begin(void **state)
{
	(void)state;
	if (access(REMOTE, X_OK) < 0 || !HAVE_LIBSYSTEMD)
		return 0;
	driver_free(&driver);
	driver = (struct driver){ .room = 5000, .take = take, .directory = "journals" };
	return system("rm -rf journals && mkdir journals") != 0;
}

static void need_remote(void)
{
	if (access(REMOTE, X_OK) < 0 || !HAVE_LIBSYSTEMD) {
		print_message("skipped: systemd-journal-remote is not installed, or the build has no libsystemd\n");
		skip();
	}
}

static void goes_on_at_the_cursor(void **state)
{
	static const char *const units[] = { "dovecot.service", "postfix@-.service", "cron.service" };

	(void)state;
	need_remote();
	for (unsigned i = 0; i < 100000; i++)
		add(i / 10, units[i % 3], "syslog", "104", "text");
	write_journal("journals/a.journal");
	assert_int_equal(read_units("", false), 66667);
	assert_int_equal(read_units("", true), 66667);
	assert_string_equal(buf_text(&first), "2026-11-21T03:00:00.000000+00:00 mx postfix/smtpd[77]: text");
	assert_int_equal(read_units("", true), 0);
	add(20000, "postfix@-.service", "syslog", "104", "more");
	add(20001, "cron.service", "syslog", "0", "more");
	write_journal("journals/a.journal");
	assert_int_equal(read_units("", false), 1);
	assert_int_equal(read_units("", true), 1);
	assert_string_equal(buf_text(&first), "2026-11-21T08:33:20.000000+00:00 mx postfix/smtpd[77]: more");
	assert_int_equal(read_units("", true), 0);
	assert_int_equal(driver.lost, 0);
	assert_int_equal(journal_newest("", "journals"), EPOCH + 20000);
	assert_int_equal(journal_newest("dovecot", "journals"), EPOCH + 9999);
	assert_int_equal(journal_newest("nothing", "journals"), WHEN_UNKNOWN);
	assert_int_equal(journal_newest("", "no-such-folder"), WHEN_UNKNOWN);
	/* other units are another log, read from its start */
	assert_int_equal(read_units("postfix@*,x.service", true), 33334);
	assert_int_equal(read_units("nothing", true), 0);
	driver.full = true;
	assert_int_equal(read_units("", true), 66668);
}

static void forged_entries_do_not_count(void **state)
{
	(void)state;
	need_remote();
	add(1, "user@1000.service", "syslog", "1000", "forged: logger -t postfix/smtpd");
	add(2, "session-4.scope", "journal", "1000", "forged");
	add(3, "postfix@-.service", "syslog", "1000", "forged: a command in .forward");
	add(4, "postfix@-.service", "syslog", "123456", "forged: of a directory's user");
	add(5, "postfix@-.service", "kernel", "0", "forged");
	add(6, "xpostfix.service", "syslog", "0", "forged");
	add(7, "postfix@-.service", "syslog", "104", "true\nNov 21 03:00:00 mx postfix/smtpd[1]: in one line");
	add(8, "dovecot.service", "stdout", "0", "true");
	add(9, "dovecot.service", "journal", "61999", "true");
	write_journal("journals/a.journal");
	assert_int_equal(read_units("", true), 3);
	assert_int_equal(forged, 0);
	assert_string_equal(buf_text(&first), "2026-11-21T03:00:07.000000+00:00 mx postfix/smtpd[77]: true Nov 21 03:00:00 "
					      "mx postfix/smtpd[1]: in one line");
}

static void add_printed(unsigned second, const char *stream_and_end, const char *text)
{
	fields = stream_and_end;
	add(second, "dovecot.service", "stdout", "0", text);
	fields = "";
}

static void the_rest_of_a_printed_line_does_not_count(void **state)
{
	(void)state;
	need_remote();
	add_printed(1, "_STREAM_ID=a\n_LINE_BREAK=line-max\n", "true");
	add_printed(2, "_STREAM_ID=b\n", "true: another stream's");
	add_printed(3, "_STREAM_ID=a\n_LINE_BREAK=line-max\n", "forged");
	add_printed(4, "_STREAM_ID=a\n", "forged: the last piece");
	add_printed(5, "_STREAM_ID=a\n_LINE_BREAK=nul\n", "true");
	add_printed(6, "_STREAM_ID=a\n", "forged: behind a NUL");
	add_printed(7, "_STREAM_ID=a\n_LINE_BREAK=eof\n", "true");
	add_printed(8, "_STREAM_ID=a\n", "true");
	add_printed(9, "_STREAM_ID=b\n_LINE_BREAK=line-max\n", "true");
	write_journal("journals/a.journal");
	assert_int_equal(read_units("", true), 6);
	assert_int_equal(forged, 0);
	/* the next run knows what the last entry was */
	add_printed(10, "_STREAM_ID=b\n", "forged: in the next run");
	add_printed(11, "_STREAM_ID=b\n", "true");
	write_journal("journals/a.journal");
	assert_int_equal(read_units("", true), 1);
	assert_int_equal(forged, 0);
}

static void what_was_thrown_away_is_told(void **state)
{
	(void)state;
	need_remote();
	add(1, "postfix@-.service", "syslog", "0", "a");
	write_journal("journals/a.journal");
	assert_int_equal(read_units("", true), 1);
	driver.positions.items[0].last_time = EPOCH + 1;
	add(90000, "postfix@-.service", "syslog", "0", "b");
	write_journal("journals/b.journal");
	assert_int_equal(unlink("journals/a.journal"), 0);
	assert_int_equal(read_units("", true), 1);
	assert_int_equal(driver.lost, 1);
	assert_non_null(strstr(driver.notes.ptr, "after 2026-11-21T03:00Z and before 2026-11-22T04:00Z"));
	assert_int_equal(read_units("", true), 0);
	assert_int_equal(driver.lost, 0);
}

static void what_came_before_a_broken_place_counts(void **state)
{
	(void)state;
	need_remote();
	for (unsigned i = 0; i < 3000; i++)
		add(i, "dovecot.service", "syslog", "104", "text");
	write_journal("journals/a.journal");
	break_at = 2500;
	assert_int_equal(read_units("", true), 2499);
	assert_int_equal(driver.unreadable, 1);
	/* the next run goes on behind that */
	break_at = 0;
	assert_int_equal(read_units("", true), 501);
	assert_int_equal(driver.unreadable, 0);
	/* broken at once, nothing comes before */
	break_at = 1;
	assert_int_equal(read_units("", false), 0);
	assert_int_equal(driver.unreadable, 1);
	break_at = 0;
}

static void a_reader_that_has_crashed_is_told(void **state)
{
	struct journal *journal;
	struct buf why = { 0 };
	siginfo_t ended;

	(void)state;
	need_remote();
	crashes = true;
	journal = journal_open("", "journals", &why);
	assert_non_null(journal);
	assert_int_equal(waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT), 0);
	assert_false(journal_begin(journal, NULL, &why));
	assert_string_equal(buf_text(&why), "the journal cannot be read: its reader was stopped");
	journal_close(journal);
	buf_free(&why);
	crashes = false;
}

static void a_reader_that_says_nothing_is_not_waited_for(void **state)
{
	siginfo_t ended = { .si_pid = 0 };
	struct journal *journal;
	struct buf why = { 0 };

	(void)state;
	need_remote();
	add(0, "dovecot.service", "syslog", "104", "text");
	write_journal("journals/a.journal");
	hangs = true;
	journal = journal_open("", "journals", &why);
	assert_non_null(journal);
	jump = 7200;
	assert_false(journal_begin(journal, NULL, &why));
	assert_string_equal(buf_text(&why), "the journal cannot be read: its reader was stopped");
	journal_close(journal);
	/* it is still there */
	assert_int_equal(waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT), 0);
	assert_int_equal(ended.si_pid, 0);
	jump = 0;
	hangs = false;
	buf_free(&why);
}

static void no_journal_is_told(void **state)
{
	(void)state;
	need_remote();
	assert_int_equal(read_units("", true), 0);
	assert_int_equal(driver.unreadable, 1);
	assert_non_null(strstr(driver.notes.ptr, "/journals: there is no journal, or none"));
}

static int end(void **state)
{
	driver_free(&driver);
	buf_free(&first);
	buf_free(&export);
	return remove_folder(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(goes_on_at_the_cursor, begin),
		cmocka_unit_test_setup(forged_entries_do_not_count, begin),
		cmocka_unit_test_setup(the_rest_of_a_printed_line_does_not_count, begin),
		cmocka_unit_test_setup(what_was_thrown_away_is_told, begin),
		cmocka_unit_test_setup(what_came_before_a_broken_place_counts, begin),
		cmocka_unit_test_setup(a_reader_that_has_crashed_is_told, begin),
		cmocka_unit_test_setup(no_journal_is_told, begin),
		/* the last one, since its reader goes on for a while */
		cmocka_unit_test_setup(a_reader_that_says_nothing_is_not_waited_for, begin),
	};

	return cmocka_run_group_tests_name("journal", tests, go_to_folder, end);
}
