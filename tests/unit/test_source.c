/* SPDX-License-Identifier: GPL-2.0-or-later */
/* source: what is opened and what is refused, reading in any room, going on where one stopped. */
#define _GNU_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "log/content.h"
#include "log/source.h"
#include "folder.h"
#include "opened.h"

static void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text), O_TRUNC);
}

static struct source *must_open(const char *name)
{
	struct buf why = { 0 };
	struct source *source = open_begun(name, &why);

	if (source == NULL)
		fail_msg("%s %s", name, buf_text(&why));
	buf_free(&why);
	return source;
}

static void assert_refused(const char *name, const char *reason)
{
	struct buf why = { 0 };

	assert_null(open_begun(name, &why));
	if (strstr(buf_text(&why), reason) == NULL)
		fail_msg("%s: %s", name, why.ptr);
	buf_free(&why);
}

static void assert_rest(struct source *source, const char *expected, size_t room)
{
	struct buf all = { 0 };
	ssize_t got;

	while ((got = source_read(source, buf_room(&all, room), room)) > 0)
		all.len += (size_t)got;
	assert_int_equal(got, 0);
	assert_string_equal(buf_text(&all), expected);
	buf_free(&all);
}

static void reads_in_any_room(void **state)
{
	(void)state;
	put_text("log", "one\ntwo\nthree\n");
	for (size_t room = 1; room < 20; room++) {
		struct source *source = must_open("log");
		uint64_t done, total;

		assert_rest(source, "one\ntwo\nthree\n", room);
		source_progress(source, &done, &total);
		assert_int_equal(done, 14);
		assert_int_equal(total, 14);
		source_close(source);
	}
}

static void refuses_what_is_no_log(void **state)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX, .sun_path = "socket" };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)state;
	assert_int_equal(mkdir("dir", 0700), 0);
	assert_int_equal(mkfifo("fifo", 0600), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&name, sizeof(name)), 0);
	close(fd);
	assert_refused("dir", "is a directory");
	assert_refused("fifo", "is a FIFO");
	assert_refused("socket", "is a socket");
	assert_refused("/dev/null", "is a device");
	assert_refused("missing", "No such file");
	assert_refused("/proc/self/exe", "is a program, not a log");
}

static void follows_links_of_trusted_folders_only(void **state)
{
	struct source *source;

	(void)state;
	assert_int_equal(mkdir("open", 0700), 0);
	assert_int_equal(chmod("open", 0777), 0);
	put_text("log", "line\n");
	assert_int_equal(symlink("../log", "open/link"), 0);
	assert_int_equal(symlink("log", "link"), 0);
	assert_refused("open/link", "symbolic link");
	source = must_open("link");
	assert_rest(source, "line\n", 100);
	source_close(source);
	/* what a trusted link leads to may be a link that others made */
	assert_int_equal(symlink("open/link", "chain"), 0);
	assert_refused("chain", "symbolic link");
	assert_int_equal(symlink("link", "twice"), 0);
	source = must_open("twice");
	source_close(source);
	/* so may a folder on the way */
	assert_int_equal(symlink("..", "open/folder"), 0);
	assert_refused("open/folder/log", "symbolic link");
	assert_int_equal(symlink("open/folder", "byway"), 0);
	assert_refused("byway/log", "symbolic link");
	assert_int_equal(symlink(".", "here"), 0);
	source = must_open("here/./here/log");
	source_close(source);
	assert_int_equal(symlink("round", "round"), 0);
	assert_refused("round", "cannot be read");
}

static void tells_what_is_no_log(void **state)
{
	char bytes[600] = "maillog-2026";

	(void)state;
	assert_string_equal(content_foreign("LPKSHHRH\0\0", 10), "a file of the journal, which journal: reads,");
	assert_non_null(content_foreign("SQLite format 3\0x", 17));
	assert_non_null(content_foreign("PK\3\4", 4));
	assert_null(content_foreign("PK\3", 3));
	assert_null(content_foreign("", 0));
	memcpy(bytes + 257, "ustar\00000", 8);
	assert_string_equal(content_foreign(bytes, sizeof(bytes)), "a tar archive");
	/* what somebody gives as his name is none */
	memset(bytes, 'a', 257);
	assert_null(content_foreign(bytes, sizeof(bytes)));
}

static void reads_whatever_bytes_a_log_holds(void **state)
{
	char bytes[4097] = { 0 };
	struct source *source;

	(void)state;
	memset(bytes, 0xff, sizeof(bytes) - 1);
	put_text("strange", bytes);
	source = must_open("strange");
	assert_rest(source, bytes, 1000);
	source_close(source);
}

/* Between two lines lie so many NULs: the second one begins anew, and the place behind it is that of the file. */
static void assert_broken_at(const char *name, off_t nuls, char before, size_t room)
{
	static const char expected[] = "two\nthree";
	struct source *source;
	struct buf text = { 0 };
	struct print tail;
	ssize_t got;

	put_text("nuls", "one");
	assert_int_equal(truncate("nuls", 3 + nuls), 0);
	put("nuls", "two\nthree", 9, O_APPEND);
	if (strcmp(name, "nuls") != 0)
		assert_int_equal(system("gzip -c nuls > nuls.gz"), 0);
	source = must_open(name);
	while ((got = source_read(source, buf_room(&text, room), room)) > 0)
		text.len += (size_t)got;
	assert_true(text.len > strlen(expected));
	assert_memory_equal(text.ptr + text.len - strlen(expected), expected, strlen(expected));
	assert_int_equal(text.ptr[text.len - strlen(expected) - 1], before);
	assert_int_equal(source_offset(source, text.len), nuls + 12);
	assert_int_equal(source_offset(source, text.len - 5), nuls + 7);
	tail = source_tail(source, (uint64_t)nuls + 7);
	source_close(source);
	source = must_open(name);
	assert_true(source_resume(source, (uint64_t)nuls + 7, tail));
	assert_rest(source, "three", 100);
	assert_int_equal(source_offset(source, 5), nuls + 12);
	source_close(source);
	buf_free(&text);
}

static void begins_a_line_behind_nuls(void **state)
{
	static const char *const names[] = { "nuls", "nuls.gz" };
	static const size_t rooms[] = { 65536, 514, 350 };

	(void)state;
	for (size_t i = 0; i < 6; i++) {
		assert_broken_at(names[i % 2], 10, 0, rooms[i / 2]);
		for (off_t nuls = 512; nuls < 300000; nuls = nuls * 3 + 1)
			assert_broken_at(names[i % 2], nuls, '\n', rooms[i / 2]);
	}
}

static void passes_over_holes(void **state)
{
	static char bytes[65536];
	struct source *source;
	size_t given = 0;
	ssize_t got;

	(void)state;
	/* a terabyte between two lines, at the end and alone */
	assert_broken_at("nuls", (off_t)1 << 40, '\n', 65536);
	assert_int_equal(truncate("nuls", (off_t)2 << 40), 0);
	source = must_open("nuls");
	while ((got = source_read(source, bytes, sizeof(bytes))) > 0)
		given += (size_t)got;
	assert_true(given < 1000000);
	assert_int_equal(source_offset(source, given), (uint64_t)2 << 40);
	source_close(source);
	put_text("nuls", "");
	assert_int_equal(truncate("nuls", (off_t)1 << 40), 0);
	source = must_open("nuls");
	assert_int_equal(source_head(source).len, 0);
	source_close(source);
}

static void begins_behind_a_hole(void **state)
{
	struct source *source;

	(void)state;
	put_text("hole", "");
	assert_int_equal(truncate("hole", 3000000), 0);
	source = must_open("hole");
	assert_int_equal(source_head(source).len, 0);
	source_close(source);
	put("hole", "after\n", 6, O_APPEND);
	source = must_open("hole");
	assert_int_equal(source_start(source), 3000000);
	assert_rest(source, "after\n", 100);
	source_close(source);
	assert_int_equal(system("gzip -c hole > hole.gz"), 0);
	source = must_open("hole.gz");
	assert_int_equal(source_start(source), 3000000);
	assert_rest(source, "after\n", 2);
	source_restart(source);
	assert_true(source_resume(source, 3000003, print_of("aft", 3)));
	assert_rest(source, "er\n", 100);
	source_close(source);
	put_text("hole", "");
	assert_int_equal(truncate("hole", 3000000), 0);
	assert_int_equal(system("gzip -c hole > hole.gz"), 0);
	assert_refused("hole.gz", "nothing but NULs");
}

static void ends_where_the_file_is_rewritten(void **state)
{
	char bytes[8];
	struct source *source;

	(void)state;
	put_text("log", "one\ntwo\nthree\nfour\n");
	source = must_open("log");
	assert_int_equal(source_read(source, bytes, 8), 8);
	put_text("log", "un\ndeux\ntrois\nquatre\ncinq\n");
	assert_int_equal(source_read(source, bytes, 8), 0);
	source_close(source);

	put_text("log", "one\ntwo\nthree\nfour\n");
	source = must_open("log");
	assert_int_equal(source_read(source, bytes, 8), 8);
	put_text("log", "");
	assert_int_equal(source_read(source, bytes, 8), 0);
	source_close(source);

	put_text("log", "one\n");
	source = must_open("log");
	put("log", "appended\n", 9, O_APPEND);
	assert_rest(source, "one\n", 100);
	source_close(source);
}

static void resumes_where_the_tail_is_known(void **state)
{
	struct source *source;
	struct print tail;
	char bytes[14];

	(void)state;
	put_text("log", "one\ntwo\nthree\n");
	source = must_open("log");
	assert_int_equal(source_read(source, bytes, 14), 14);
	tail = source_tail(source, 8);
	assert_int_equal(tail.len, 8);
	source_close(source);

	source = must_open("log");
	assert_true(source_resume(source, 8, tail));
	assert_int_equal(source_start(source), 8);
	assert_rest(source, "three\n", 2);
	assert_int_equal(source_tail(source, 8).hash, tail.hash);
	source_close(source);

	put_text("log", "one\nTWO\nthree\n");
	source = must_open("log");
	assert_false(source_resume(source, 8, tail));
	assert_rest(source, "one\nTWO\nthree\n", 100);
	source_close(source);
	put_text("log", "one\n");
	source = must_open("log");
	assert_false(source_resume(source, 8, tail));
	source_close(source);
}

static void finds_the_tail_before_a_long_unfinished_line(void **state)
{
	static char line[100000];
	struct source *source;
	struct print tail;
	ssize_t got;

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "one\ntwo\n", 8);
	put("log", line, sizeof(line), O_TRUNC);
	source = must_open("log");
	do
		got = source_read(source, line, 7000);
	while (got > 0);
	tail = source_tail(source, 8);
	assert_int_equal(tail.hash, print_of("one\ntwo\n", 8).hash);
	put_text("log", "ONE\nTWO\nwhich is another file");
	assert_int_equal(source_tail(source, 8).len, 0);
	source_close(source);
}

static void opens_many_files(void **state)
{
	struct rlimit limit = { 0 };
	struct source *sources[64];

	(void)state;
	put_text("log", "line\n");
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = 20;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	for (size_t i = 0; i < 64; i++)
		sources[i] = must_open("log");
	for (size_t i = 0; i < 64; i++)
		source_close(sources[i]);
}

/* A decompressor has large buffers: those of a log that was read to its end are not kept beside the others'. */
static void logs_that_were_read_keep_no_decompressor(void **state)
{
	struct source *sources[64];
	size_t before;

	(void)state;
/* mallinfo2() came with glibc 2.33 */
#if HAVE_LIBARCHIVE && defined(__GLIBC__) && __GLIBC_MINOR__ >= 33 && !defined(__SANITIZE_ADDRESS__)
	put_text("log", "one\ntwo\n");
	assert_int_equal(system("gzip -c log > log.gz"), 0);
	sources[0] = must_open("log.gz");
	assert_rest(sources[0], "one\ntwo\n", 100);
	before = mallinfo2().uordblks;
	for (size_t i = 1; i < 64; i++) {
		sources[i] = must_open("log.gz");
		assert_rest(sources[i], "one\ntwo\n", 100);
	}
	assert_true(mallinfo2().uordblks - before < 64 * 20000);
	assert_rest(sources[1], "", 100);
	source_restart(sources[1]);
	assert_rest(sources[1], "one\ntwo\n", 100);
	for (size_t i = 0; i < 64; i++)
		source_close(sources[i]);
#else
	(void)sources;
	(void)before;
	skip();
#endif
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_any_room),
		cmocka_unit_test(refuses_what_is_no_log),
		cmocka_unit_test(follows_links_of_trusted_folders_only),
		cmocka_unit_test(tells_what_is_no_log),
		cmocka_unit_test(reads_whatever_bytes_a_log_holds),
		cmocka_unit_test(begins_a_line_behind_nuls),
		cmocka_unit_test(passes_over_holes),
		cmocka_unit_test(begins_behind_a_hole),
		cmocka_unit_test(ends_where_the_file_is_rewritten),
		cmocka_unit_test(resumes_where_the_tail_is_known),
		cmocka_unit_test(opens_many_files),
		cmocka_unit_test(logs_that_were_read_keep_no_decompressor),
		cmocka_unit_test(finds_the_tail_before_a_long_unfinished_line),
	};

	return cmocka_run_group_tests_name("source", tests, go_to_folder, remove_folder);
}
