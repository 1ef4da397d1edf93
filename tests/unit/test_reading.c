/* SPDX-License-Identifier: GPL-2.0-or-later */
/* reading: the ways in which logs change between two runs, one test each; every line counts once. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "log/reading_inside.h"
#include "folder.h"
#include "reading_driver.h"

static struct driver driver;
static struct buf seen;

static void take(void *context, const char *line, size_t len)
{
	(void)context;
	buf_add(&seen, line, len);
	buf_add_char(&seen, ' ');
}

static void take_length(void *context, const char *line, size_t len)
{
	(void)context;
	(void)line;
	buf_addf(&seen, "%zu ", len);
}

static void shell(const char *command)
{
	if (system(command) != 0)
		fail_msg("%s", command);
}

static void assert_run_of(char *const *logs, size_t count, const char *lines)
{
	buf_clear(&seen);
	assert_int_equal(driver_run(&driver, logs, count, true), 0);
	assert_string_equal(buf_text(&seen), lines);
}

/* A run reads just these lines, in this order. */
static void assert_run(const char *lines)
{
	char name[] = "log";
	char *const logs[] = { name };

	assert_run_of(logs, 1, lines);
}

static int begin(void **state)
{
	(void)state;
	driver_free(&driver);
	driver = (struct driver){ .room = 7, .take = take };
	return system("rm -rf ./*");
}

static void appended(void **state)
{
	(void)state;
	shell("echo a > log");
	assert_run("a ");
	assert_run("");
	assert_int_equal(driver.sources, 0);
	shell("echo b >> log; printf c >> log");
	assert_run("b ");
	assert_run("");
	shell("echo c >> log");
	assert_run("cc ");
	assert_int_equal(driver.lost, 0);
}

static void first_run_reads_siblings(void **state)
{
	(void)state;
	shell("echo a > log.2; gzip log.2; echo b > log.1; echo c > log; echo x > log.txt; echo x > log2");
	assert_run("a b c ");
	assert_run("");
}

static void renamed_and_created(void **state)
{
	(void)state;
	shell("echo a > log");
	assert_run("a ");
	shell("echo b >> log; mv log log.1; echo c > log");
	assert_run("b c ");
	shell("mv log.1 log.2; mv log log.1");
	assert_run("");
	shell("gzip log.2; echo d > log");
	assert_run("d ");
	assert_int_equal(driver.lost, 0);
}

/* Bytes that were counted never count again, whatever file begins with them. */
static void put_back_from_a_copy(void **state)
{
	(void)state;
	shell("echo a > log");
	assert_run("a ");
	shell("echo b >> log; mv log log.1; cp log.1 log; echo c >> log");
	assert_run("b c ");
	shell("gzip log.1; mv log.1.gz log.2.gz; mv log log.1; zcat log.2.gz > log");
	assert_run("");
	shell("echo d >> log");
	assert_run("d ");
	assert_int_equal(driver.lost, 0);
}

/* Whoever makes many of them keeps no run busy. */
static void files_that_differ_at_their_ends_are_compared_up_to_a_bound(void **state)
{
	const uint64_t most = UINT64_C(1) << 34, size = 100000;
	const struct reading_options options = { .full = false };
	const struct positions none = { 0 };
	struct reading reading;
	char name[] = "log";
	char *const logs[] = { name };

	(void)state;
	shell("yes 'the same line' | head -c 100000 > log");
	shell("for i in $(seq 20); do { cat log; echo $i; } > log.$i; done");
	for (unsigned attacked = 0; attacked < 2; attacked++) {
		reading_open(&reading, logs, 1, &options);
		if (attacked)
			reading.logs[0].compared = most - 5 * size;
		reading_begin(&reading, &none);
		assert_int_equal(reading.count, 21);
		assert_int_equal(reading.note_count, attacked);
		if (attacked)
			assert_in_range(reading.logs[0].compared, most, most + 3 * size);
		else
			assert_in_range(reading.logs[0].compared, 300 * size, most);
		reading_free(&reading);
	}
}

/* Where strangers make files, a glob has a bound, and what is behind it is told. Rotated files are no logs. */
static void logs_of_a_glob_have_a_bound(void **state)
{
	const struct reading_options options = { .full = false };
	struct reading reading;
	char name[] = "*.log*";
	char *const logs[] = { name };

	(void)state;
	shell("for i in $(seq 1000 1999); do : > $i.log; : > $i.log.1; done");
	for (unsigned above = 0; above < 2; above++) {
		reading_open(&reading, logs, 1, &options);
		assert_int_equal(reading.log_count, 1000);
		assert_int_equal(reading.note_count, above);
		if (above)
			assert_non_null(strstr(reading.notes[0].text, "/9998.log: a run reads 1000 logs at most;"));
		reading_free(&reading);
		shell(": > 9998.log; : > 9999.log");
	}
}

/* Where each day has a log of its own, the places in those that are gone do not pile up. */
static void places_in_logs_that_are_gone_stay_for_a_year(void **state)
{
	const struct reading_options options = { .full = false };
	const int64_t year = 365 * 86400, now = 1700000000;
	struct positions old = { 0 }, next = { 0 };
	struct position place = { .offset = 10, .head = { .len = 5 }, .tail = { .len = 5 } };
	struct reading reading;
	char name[] = "log";
	char *const logs[] = { name };

	(void)state;
	place.last_time = now - year - 1;
	positions_add(&old, &place, "/of-an-older-day");
	place.last_time = now - year;
	positions_add(&old, &place, "/of-a-day");
	place.last_time = now;
	positions_add(&old, &place, "/newest");
	reading_open(&reading, logs, 1, &options);
	reading_begin(&reading, &old);
	reading_finish(&reading, &next);
	assert_int_equal(next.count, 2);
	assert_string_equal(next.items[0].log, "/newest");
	assert_string_equal(next.items[1].log, "/of-a-day");
	reading_free(&reading);
	positions_free(&next);
	positions_free(&old);
}

static void copied_and_truncated(void **state)
{
	(void)state;
	shell("echo a > log");
	assert_run("a ");
	shell("echo b >> log; cp log log.1");
	assert_run("b ");
	assert_int_equal(driver.lost, 0);
	shell(": > log");
	assert_run("");
	assert_int_equal(driver.lost, 0);
	shell("echo c >> log; mv log.1 log.2; cp log log.1; : > log; echo d >> log");
	assert_run("c d ");
	assert_int_equal(driver.lost, 0);
}

static void emptied_under_a_writer_that_does_not_append(void **state)
{
	(void)state;
	shell("seq 2000 > log");
	driver.room = 100000;
	assert_int_equal(driver_run(&driver, (char *[]){ "log" }, 1, true), 0);
	/* the writer goes on at its old place: a hole comes before the next line */
	shell("cp log log.1; : > log; truncate -s 8893 log; echo a >> log");
	assert_run("a ");
	shell("echo b >> log; mv log.1 log.2; cp log log.1; gzip log.1; : > log; truncate -s 8897 log; echo c >> log");
	assert_run("b c ");
	shell("gzip log.2");
	assert_run("");
	assert_int_equal(driver.lost + driver.unreadable, 0);
}

static void emptied(void **state)
{
	(void)state;
	shell("echo '2026-11-20T03:17:00Z h p: a' > log");
	assert_run("2026-11-20T03:17:00Z h p: a ");
	driver.positions.items[0].last_time = 1763608620;
	shell(": > log");
	assert_run("");
	assert_int_equal(driver.lost, 1);
	assert_run("");
	assert_int_equal(driver.lost, 0);
	shell("echo b >> log");
	assert_run("b ");
	shell("echo '2026-11-21T03:17:00Z h p: longer' > log");
	driver.positions.items[0].last_time = 1763608620;
	assert_run("2026-11-21T03:17:00Z h p: longer ");
	assert_int_equal(driver.lost, 1);
	assert_non_null(strstr(driver.notes.ptr, "emptied"));
	assert_non_null(strstr(driver.notes.ptr, "after 2025-11-20T03:17Z and before 2026-11-21T03:17Z"));
}

static void dated_and_packed_late(void **state)
{
	(void)state;
	shell("echo a > log");
	assert_run("a ");
	shell("echo b >> log; mv log log-20261119; echo c > log; mv log log-20261120; xz log-20261119; echo d > log");
	assert_run("b c d ");
	shell("zstd -q --rm log-20261120; mv log log-20261121-03; echo e > log");
	assert_run("e ");
	assert_int_equal(driver.lost, 0);
}

static void extension_kept(void **state)
{
	char name[] = "mail.log";
	char *const logs[] = { name };

	(void)state;
	shell("echo a > mail.log");
	assert_run_of(logs, 1, "a ");
	shell("echo b >> mail.log; mv mail.log mail-20261120.log; bzip2 mail-20261120.log; echo c > mail.log");
	assert_run_of(logs, 1, "b c ");
	shell("lz4 -q --rm mail.log mail.1.log.lz4; echo d > mail.log");
	assert_run_of(logs, 1, "d ");
}

static void many_rotations(void **state)
{
	(void)state;
	shell("echo a > log");
	assert_run("a ");
	shell("for l in b c d e f g h i j k l m; do echo $l >> log; i=12; while [ $i -gt 0 ]; do"
	      " [ -e log.$i ] && mv log.$i log.$((i + 1)); i=$((i - 1)); done; mv log log.1; done; echo n > log;"
	      /* the time says nothing then */
	      "touch -d 2026-11-20 log*");
	assert_run("b c d e f g h i j k l m n ");
	assert_int_equal(driver.lost, 0);
}

static void deleted(void **state)
{
	(void)state;
	shell("echo a > log");
	assert_run("a ");
	shell("echo b >> log; mv log log.1; echo c > log; rm log.1");
	assert_run("c ");
	assert_int_equal(driver.lost, 1);
	shell("mv log log.1; echo d > log");
	assert_run("d ");
	shell("rm log.1");
	assert_run("");
	assert_int_equal(driver.lost, 0);
	shell("echo e >> log; mv log log.2; echo g > log");
	assert_run("e g ");
	assert_int_equal(driver.lost, 1);
	assert_non_null(strstr(driver.notes.ptr, "number 1 of"));
	assert_run("");
	assert_int_equal(driver.lost, 0);
}

static void replaced(void **state)
{
	(void)state;
	shell("echo a > log");
	assert_run("a ");
	shell("printf 'x\\ny\\n' > new; mv new log");
	assert_run("x y ");
	assert_int_equal(driver.lost, 1);
}

/* A log of so many lines, each as long as real ones are at least. */
static void assert_run_of_lines(unsigned from, unsigned to)
{
	struct buf lines = { 0 };

	for (; from <= to; from++)
		buf_addf(&lines, "2026-11-20T03:17:%02uZ host program[1]: line ", from);
	assert_run(buf_text(&lines));
	buf_free(&lines);
}

static const char append_lines[] = "add() { for i in $(seq $1 $2); do "
				   "printf '2026-11-20T03:17:%02dZ host program[1]: line\\n' $i >> log; done; }; ";

static void log_of(const char *rest)
{
	char command[512];

	snprintf(command, sizeof(command), "%s%s", append_lines, rest);
	shell(command);
}

static void head_cut_off(void **state)
{
	(void)state;
	log_of("add 1 9");
	assert_run_of_lines(1, 9);
	/* in place, with lines to come; as another file; down to the last line that was read */
	log_of("tail -n 5 log > new; cat new > log; rm new; add 10 11");
	assert_run_of_lines(10, 11);
	log_of("sed -i 1,3d log");
	assert_run("");
	log_of("cp log log.1");
	assert_run("");
	log_of("rm log.1");
	log_of("add 12 13; sed -i 1,3d log");
	assert_run_of_lines(12, 13);
	log_of("tail -n 1 log > new; cat new > log; rm new; add 14 14");
	assert_run_of_lines(14, 14);
	/* through the middle of a line, and rotated before the next run */
	log_of("add 15 19; tail -c 300 log > new; mv new log; gzip -c log > log.1.gz; rm log; add 20 21");
	assert_run_of_lines(15, 21);
	assert_int_equal(driver.lost + driver.unreadable, 0);
	assert_run("");
}

/* As many bytes came as went. */
static void head_cut_off_and_as_long_as_before(void **state)
{
	(void)state;
	log_of("add 1 9");
	assert_run_of_lines(1, 9);
	log_of("tail -n 5 log > new; cat new > log; rm new; add 10 13");
	assert_run_of_lines(10, 13);
	assert_run("");
}

/* What was not read yet and is cut off is lost, and what is left of it counts. */
static void more_cut_off_than_was_read(void **state)
{
	(void)state;
	log_of("add 1 3");
	assert_run_of_lines(1, 3);
	log_of("add 4 9; sed -i 1,6d log");
	assert_run_of_lines(7, 9);
	assert_int_equal(driver.lost, 1);
}

static void equal_last_lines(void **state)
{
	(void)state;
	log_of("add 1 9; add 9 9; add 9 9");
	assert_int_equal(driver_run(&driver, (char *[]){ "log" }, 1, true), 0);
	log_of("sed -i 1,3d log; add 10 10");
	assert_run_of_lines(10, 10);
}

static void without_the_last_line(void **state)
{
	(void)state;
	log_of("add 1 9");
	assert_run_of_lines(1, 9);
	driver.positions.items[0].last_time = 1795144629;
	log_of("sed -i '9d;1,3d' log; add 10 10");
	/* the driver knows no times, so it takes what it is given */
	assert_int_equal(driver_run(&driver, (char *[]){ "log" }, 1, true), 0);
	assert_int_equal(driver.not_before, 1795144629);
	assert_int_equal(driver.lost, 1);
	assert_non_null(strstr(driver.notes.ptr, "was rewritten since the last run, without the last line"));
	assert_non_null(strstr(driver.notes.ptr, "lines written after 2026-11-20T03:17Z, if there were any, are lost"));
}

static void two_logs_with_the_same_first_lines(void **state)
{
	char a[] = "a.log", b[] = "b.log";
	char *const logs[] = { a, b }, *const swapped[] = { b, a };
	char *same;

	(void)state;
	shell("seq 2000 > a.log; cp a.log b.log; echo a >> a.log");
	driver.room = 100000;
	buf_clear(&seen);
	assert_int_equal(driver_run(&driver, logs, 1, true), 0);
	/* the second log holds what was read of the first, but for its last line */
	assert_string_equal(buf_text(&seen) + seen.len - 7, "2000 a ");
	seen.len -= 2;
	same = mem_text(buf_text(&seen));
	assert_run_of(swapped, 2, same);
	free(same);
	shell("echo c >> a.log; echo d >> b.log");
	assert_run_of(logs, 2, "c d ");
	assert_int_equal(driver.lost, 0);
}

static void one_log_with_two_names(void **state)
{
	char a[] = "log", b[] = "link", c[] = "hard", g[] = "./l*";
	char *const logs[] = { a, b, c, g }, *const other[] = { c };

	(void)state;
	shell("echo a > log; ln -s log link; ln log hard");
	assert_run_of(logs, 4, "a ");
	shell("echo b >> log");
	assert_run_of(other, 1, "b ");
	shell("echo c >> log");
	assert_run_of(logs, 4, "c ");
	assert_run_of(logs, 4, "");
	assert_int_equal(driver.lost, 0);
}

static void refused_link_hides_nothing(void **state)
{
	(void)state;
	shell("mkdir -p open; echo a > open/log; ln -s log open/a; chmod 1777 open");
	assert_run_of((char *[]){ "open/[al]*" }, 1, "a ");
	assert_int_equal(driver.unreadable, 1);
	assert_non_null(strstr(driver.notes.ptr, "open/a: is a symbolic link"));
	assert_run_of((char *[]){ "open/[al]*" }, 1, "");
	assert_int_equal(driver.lost, 0);
}

static void rotated_into_another_folder(void **state)
{
	char *const logs[] = { "log", "old/log*" };

	(void)state;
	shell("mkdir old; echo a > log; echo 0 > old/log.1");
	assert_run_of(logs, 2, "a 0 ");
	shell("echo b >> log; gzip old/log.1; mv old/log.1.gz old/log.2.gz; mv log old/log.1; echo c > log");
	assert_run_of(logs, 2, "c b ");
	assert_int_equal(driver.lost, 0);
	assert_run_of(logs, 2, "");
	shell("gzip old/log.1; mv old/log.2.gz old/log.3.gz; mv old/log.1.gz old/log.2.gz; echo d >> log; mv log old/log.1");
	assert_run_of(logs, 2, "d ");
	assert_int_equal(driver.lost + driver.unreadable, 0);
}

static void copies_in_the_making(void **state)
{
	(void)state;
	shell("seq 3000 > log; cp log log.1; head -c 5000 log.1 | gzip | head -c 1500 > log.1.gz;"
	      "head -c 3 log.1.gz > log.1.xz; mv log orig; echo new > log");
	driver.room = 100000;
	buf_clear(&seen);
	assert_int_equal(driver_run(&driver, (char *[]){ "log" }, 1, true), 0);
	assert_string_equal(driver.notes.ptr, "");
	assert_string_equal(buf_text(&seen) + seen.len - 9, "3000 new ");
	shell("gzip -f log.1; rm log.1.xz");
	assert_run("");
	shell("gunzip -k log.1.gz");
	assert_run("");
	shell("rm log.1; mv log.1.gz log.2.gz; mv log log.1; echo b > log");
	assert_run("b ");
}

static void copies_beside_a_log_that_is_new(void **state)
{
	(void)state;
	shell("seq 3 > log; cp -p log log.1; gzip -c log > log.2.gz; head -c 4 log > log.7; echo 0 > log.8");
	assert_run("0 1 2 3 ");
	shell("echo 4 >> log");
	assert_run("4 ");
	assert_run("");
	shell("mv log.2.gz log.3.gz; mv log.1 log.2; mv log log.1; echo 5 > log");
	assert_run("5 ");
	shell("mv log.2 log.5; gzip log.1; mv log.1.gz log.2.gz; mv log log.1; echo 6 > log");
	assert_run("6 ");
	shell("cp log log.0; : > log");
	assert_run("");
	shell("echo 7 > log");
	assert_run("7 ");
	assert_int_equal(driver.lost + driver.unreadable, 0);
}

/* A person copies the log, before a rotation or behind one, with lines or a run between. */
static void copies_beside_a_log_that_was_read(void **state)
{
	static const char *const copies[] = { "cp log log.old", "cp -p log log-20261128", "gzip -c log > log.7.gz",
					      "head -c 3 log > log.old" };

	for (size_t i = 0; i < 4 * sizeof(copies) / sizeof(copies[0]); i++) {
		assert_int_equal(begin(state), 0);
		shell("echo a > log; echo b >> log");
		assert_run("a b ");
		shell(copies[i / 4]);
		if (i % 2 > 0)
			assert_run("");
		shell(i % 4 > 1 ? "mv log log.1; echo c > log" : "echo x >> log; mv log log.1; echo c > log");
		assert_run(i % 4 > 1 ? "c " : "x c ");
		shell(copies[i / 4]);
		shell("echo d >> log; mv log.1 log.2; mv log log.1; echo e > log");
		assert_run("d e ");
		/* the copy is left alone, in another form */
		shell("rm log.2; [ ! -e log.old ] || gzip log.old");
		assert_run("");
		assert_int_equal(driver.lost + driver.unreadable, 0);
	}
}

static void copies_of_a_log_not_read_yet(void **state)
{
	(void)state;
	shell("echo a > log");
	assert_run("a ");
	shell("mv log log.1; seq 4 > log; cp log log.old; gzip -c log > log.3.gz; head -c 7 log > log.4");
	assert_run("1 2 3 4 ");
	shell("rm log.1; echo b >> log; mv log log.1; echo c > log");
	assert_run("b c ");
	shell("rm log.1; cp log.old log.9; gzip -d log.3.gz; rm log.4");
	assert_run("");
	shell("cp log.9 log.10; cp log.3 log.11");
	assert_run("");
	assert_int_equal(driver.lost + driver.unreadable, 0);
}

/* An earlier rotation has taken the old position; the runs come while the copy is made, and before the log is emptied. */
static void copied_and_truncated_since_a_rotation(void **state)
{
	(void)state;
	shell("echo a > log");
	assert_run("a ");
	shell("mv log log.2; seq 4 > log; head -c 5 log > log.1");
	assert_run("1 2 3 4 ");
	shell("echo 5 >> log; cp log log.1");
	assert_run("5 ");
	shell(": > log");
	assert_run("");
	shell("echo 6 > log; mv log.2 log.3; mv log.1 log.2; cp log log.1; : > log; echo 7 >> log");
	assert_run("6 7 ");
	assert_int_equal(driver.lost + driver.unreadable, 0);
}

static void damaged_is_told_once(void **state)
{
	(void)state;
	shell("seq 3000 | gzip | head -c 3000 > log.2.gz; printf '\\037\\213\\010junk' > log.3.gz; echo a > log");
	driver.room = 100000;
	buf_clear(&seen);
	assert_int_equal(driver_run(&driver, (char *[]){ "log" }, 1, true), 0);
	assert_int_equal(driver.unreadable, 2);
	assert_string_equal(buf_text(&seen) + seen.len - 2, "a ");
	assert_run("");
	assert_string_equal(driver.notes.ptr, "");
	shell("mv log.2.gz log.3.gz; mv log log.1");
	assert_run("");
	assert_string_equal(driver.notes.ptr, "");
}

static void missing_and_back(void **state)
{
	(void)state;
	assert_run("");
	assert_int_equal(driver.unreadable, 1);
	shell("echo a > log");
	assert_run("a ");
	shell("mv log away");
	assert_run("");
	assert_int_equal(driver.unreadable, 1);
	shell("mv away log; echo b >> log");
	assert_run("b ");
}

static void finished_without_newline(void **state)
{
	(void)state;
	shell("printf a > log");
	assert_run("");
	shell("mv log log.1; echo b > log");
	assert_run("b ");
	shell("printf 2 >> log.1");
	assert_run("");
	shell("mv log.1 log.2; mv log log.1; echo c > log");
	assert_run("a2 c ");
	assert_run("");
	shell("printf d >> log; gzip log; echo e > log");
	assert_run("d e ");
}

/* The new log has no line yet, and the daemon goes on in the old one, through two rotations. Of a line of which a run
 * meets the beginning nothing counts, until it is whole or the file has stopped to grow. */
static void daemon_told_late(void **state)
{
	(void)state;
	shell("echo a > log");
	assert_run("a ");
	shell("mv log log.1; : > log; echo b >> log.1");
	assert_run("b ");
	shell("mv log.1 log.2; mv log log.1; : > log; echo c >> log.2; printf d >> log.2");
	assert_run("c ");
	shell("echo d >> log.2; echo e > log; printf f >> log.2");
	assert_run("dd e ");
	assert_run("f ");
	assert_run("");
	assert_int_equal(driver.lost + driver.unreadable, 0);
}

/* After a restart, or on a share that is mounted anew, devices and inodes have other numbers, or those of other files:
 * files are known by their bytes, compressed ones too. */
static void numbers_of_files_change(void **state)
{
	(void)state;
	shell("echo a > log.3; gzip log.3; echo bb > log.2; echo cc > log.1; echo dd > log");
	assert_run("a bb cc dd ");
	for (size_t i = 0; i < driver.positions.count; i++)
		driver.positions.items[i].file.device++;
	shell("echo ee >> log");
	assert_run("ee ");
	assert_int_equal(driver.positions.count, 4);
	for (size_t i = 0; i < 4; i++)
		driver.positions.items[i].file.inode = driver.positions.items[(i + 1) % 4].file.inode;
	shell("mv log log.0; echo ff > log");
	assert_run("ff ");
	assert_int_equal(driver.lost + driver.unreadable, 0);
	assert_run("");
}

/* Both logs begin with the same banner, which is longer than what is kept of heads. The one that is deleted ends in a
 * long line without a newline: its place lies within a line of the other one, and is none there. */
static void place_in_a_log_that_begins_alike(void **state)
{
	char *const logs[] = { "a.log", "b.log" };

	(void)state;
	driver.room = 100000;
	driver.take = take_length;
	shell("head -c 4300 /dev/zero | tr '\\0' '#' > banner; echo >> banner; cp banner b.log; seq -s ' ' 1000 1900 > line;"
	      "(cat banner; printf %s \"$(head -c 3000 line)\") > a.log.1; gzip a.log.1; cp banner a.log");
	assert_run_of(logs, 2, "4300 3000 4300 4300 ");
	shell("rm a.log.1.gz; seq -s ' ' 2000 2900 >> b.log");
	assert_run_of(logs, 2, "4504 ");
	assert_run_of(logs, 2, "");
}

static void full_reads_all(void **state)
{
	(void)state;
	shell("echo a > log.1; gzip log.1; echo b > log");
	assert_run("a b ");
	driver.full = true;
	assert_run("a b ");
	driver.full = false;
	assert_run("");
}

/* The bytes that this process has read so far, from whatever it was. */
static uint64_t bytes_read(void)
{
	FILE *io = fopen("/proc/self/io", "r");
	unsigned long long bytes = 0;

	assert_non_null(io);
	assert_int_equal(fscanf(io, "rchar: %llu", &bytes), 1);
	fclose(io);
	return bytes;
}

static void take_none(void *context, const char *line, size_t len)
{
	(void)context;
	(void)line;
	(void)len;
}

/* 10 GB, of which 1% is new, behind 30 compressed siblings: the old part is a hole between real ends. */
static void reads_what_is_new_and_little_more(void **state)
{
	enum { NEW = 100000000, FILES = 31, STEP = 1000000 };
	static char step[STEP];
	struct position *live;
	uint64_t before;

	(void)state;
	shell("seq 100000 > log.1; gzip log.1; for i in $(seq 2 30); do cp log.1.gz log.$i.gz; done; seq 5000 > log");
	driver.room = 1 << 20;
	driver.take = take_none;
	assert_int_equal(driver_run(&driver, (char *[]){ "log" }, 1, true), 0);
	assert_int_equal(driver.sources, 2);
	assert_int_equal(driver.positions.count, FILES);
	assert_int_equal(truncate("log", INT64_C(9900000000) - STEP), 0);
	memset(step, 'x', sizeof(step));
	for (size_t i = 99; i < sizeof(step); i += 100)
		step[i] = '\n';
	put("log", step, sizeof(step), O_APPEND);
	live = &driver.positions.items[driver.positions.count - 1];
	live->offset = UINT64_C(9900000000);
	live->tail = print_of(step + sizeof(step) - live->tail.len, live->tail.len);
	for (size_t done = 0; done < NEW; done += sizeof(step))
		put("log", step, sizeof(step), O_APPEND);
	before = bytes_read();
	assert_int_equal(driver_run(&driver, (char *[]){ "log" }, 1, true), 0);
	assert_true(bytes_read() - before >= NEW);
	assert_true(bytes_read() - before <= NEW + FILES * 65536);
	assert_int_equal(driver.sources, 1);
	assert_int_equal(driver.lost, 0);
	/* and with nothing new, hardly anything */
	before = bytes_read();
	assert_int_equal(driver_run(&driver, (char *[]){ "log" }, 1, true), 0);
	assert_true(bytes_read() - before <= FILES * 65536);
	assert_int_equal(driver.sources, 0);
}

static void positions_in_text(void **state)
{
	static const char good[] = "/var/log/a%20b offset=12 head=12:00000000000000ff tail=3:0000000000000001 time=-5 "
				   "file=1:2:3:4 packed live\njournal: cursor=s=1;i=2%25 time=7\n";
	static const char *const bad[] = { "/a\n", "/a offset=\n", "/a offset=1x\n", "/a offset=99999999999999999999\n",
					   "/a what=1\n", "/%0 offset=1\n", "/a head=9999:0\n", " offset=1\n", "\n" };
	struct positions positions = { 0 };
	struct buf text = { 0 };

	(void)state;
	assert_int_equal(positions_parse(&positions, (struct span){ good, strlen(good) }), 0);
	assert_int_equal(positions.count, 2);
	assert_string_equal(positions.items[0].log, "/var/log/a b");
	assert_string_equal(positions.items[1].cursor, "s=1;i=2%");
	positions_format(&positions, &text);
	assert_string_equal(buf_text(&text), good);
	positions_free(&positions);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(positions_parse(&positions, (struct span){ bad[i], strlen(bad[i]) }), 1);
	buf_free(&text);
}

/* Whatever stands in the state, reading it ends, and what was read is written again as it was. */
static void positions_of_any_text(void **state)
{
	static const char good[] = "/var/log/a%20b offset=12 head=12:00000000000000ff time=-5 file=1:2:3:4 live\n"
				   "journal: cursor=s=1;i=2%25 time=7\n";
	static const char bytes[] = "\0\n %=:0f9-ox\xff";
	unsigned random = 1;

	(void)state;
	for (unsigned i = 0; i < 50000; i++) {
		struct positions positions = { 0 };
		struct buf text = { 0 }, once = { 0 }, twice = { 0 };

		buf_add(&text, good, sizeof(good) - 1);
		for (unsigned j = 0; j < 1 + i % 3; j++) {
			random = random * 1103515245 + 12345;
			text.ptr[(random >> 8) % text.len] = bytes[(random >> 24) % (sizeof(bytes) - 1)];
		}
		if (positions_parse(&positions, (struct span){ text.ptr, text.len }) == 0) {
			positions_format(&positions, &once);
			positions_free(&positions);
			assert_int_equal(positions_parse(&positions, (struct span){ once.ptr, once.len }), 0);
			positions_format(&positions, &twice);
			assert_string_equal(buf_text(&once), buf_text(&twice));
		}
		positions_free(&positions);
		buf_free(&text);
		buf_free(&once);
		buf_free(&twice);
	}
}

static int end(void **state)
{
	driver_free(&driver);
	buf_free(&seen);
	return remove_folder(state);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(appended, begin),
		cmocka_unit_test_setup(first_run_reads_siblings, begin),
		cmocka_unit_test_setup(renamed_and_created, begin),
		cmocka_unit_test_setup(put_back_from_a_copy, begin),
		cmocka_unit_test_setup(files_that_differ_at_their_ends_are_compared_up_to_a_bound, begin),
		cmocka_unit_test_setup(logs_of_a_glob_have_a_bound, begin),
		cmocka_unit_test_setup(places_in_logs_that_are_gone_stay_for_a_year, begin),
		cmocka_unit_test_setup(copied_and_truncated, begin),
		cmocka_unit_test_setup(emptied_under_a_writer_that_does_not_append, begin),
		cmocka_unit_test_setup(emptied, begin),
		cmocka_unit_test_setup(dated_and_packed_late, begin),
		cmocka_unit_test_setup(extension_kept, begin),
		cmocka_unit_test_setup(many_rotations, begin),
		cmocka_unit_test_setup(deleted, begin),
		cmocka_unit_test_setup(replaced, begin),
		cmocka_unit_test_setup(head_cut_off, begin),
		cmocka_unit_test_setup(head_cut_off_and_as_long_as_before, begin),
		cmocka_unit_test_setup(more_cut_off_than_was_read, begin),
		cmocka_unit_test_setup(equal_last_lines, begin),
		cmocka_unit_test_setup(without_the_last_line, begin),
		cmocka_unit_test_setup(two_logs_with_the_same_first_lines, begin),
		cmocka_unit_test_setup(one_log_with_two_names, begin),
		cmocka_unit_test_setup(refused_link_hides_nothing, begin),
		cmocka_unit_test_setup(rotated_into_another_folder, begin),
		cmocka_unit_test_setup(copies_in_the_making, begin),
		cmocka_unit_test_setup(copies_beside_a_log_that_is_new, begin),
		cmocka_unit_test_setup(copies_beside_a_log_that_was_read, begin),
		cmocka_unit_test_setup(copies_of_a_log_not_read_yet, begin),
		cmocka_unit_test_setup(copied_and_truncated_since_a_rotation, begin),
		cmocka_unit_test_setup(damaged_is_told_once, begin),
		cmocka_unit_test_setup(missing_and_back, begin),
		cmocka_unit_test_setup(finished_without_newline, begin),
		cmocka_unit_test_setup(daemon_told_late, begin),
		cmocka_unit_test_setup(numbers_of_files_change, begin),
		cmocka_unit_test_setup(place_in_a_log_that_begins_alike, begin),
		cmocka_unit_test_setup(full_reads_all, begin),
		cmocka_unit_test_setup(reads_what_is_new_and_little_more, begin),
		cmocka_unit_test_setup(positions_in_text, begin),
		cmocka_unit_test_setup(positions_of_any_text, begin),
	};

	return cmocka_run_group_tests_name("reading", tests, go_to_folder, end);
}
