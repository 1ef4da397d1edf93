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

static char folder[] = "/tmp/mailban-source-XXXXXX";

static void put(const char *name, const char *bytes, size_t len, int flags)
{
	int fd = open(name, O_WRONLY | O_CREAT | flags, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

static void put_text(const char *name, const char *text)
{
	put(name, text, strlen(text), O_TRUNC);
}

static struct source *must_open(const char *name)
{
	struct buf why = { 0 };
	struct source *source = source_open(name, &why);

	if (source == NULL)
		fail_msg("%s %s", name, buf_text(&why));
	buf_free(&why);
	return source;
}

static void assert_refused(const char *name, const char *reason)
{
	struct buf why = { 0 };

	assert_null(source_open(name, &why));
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
	assert_refused("/proc/self/exe", "binary");
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
	assert_int_equal(symlink("round", "round"), 0);
	assert_refused("round", "cannot be read");
}

static void tells_text_from_binary(void **state)
{
	char bytes[4096];

	(void)state;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 2654435761u >> 13);
	assert_true(content_is_binary(bytes, sizeof(bytes)));
	memset(bytes, 0, sizeof(bytes));
	assert_true(content_is_binary(bytes, sizeof(bytes)));
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i % 2 ? 0 : 'a';
	assert_true(content_is_binary(bytes, sizeof(bytes)));
	/* a few NULs, a line of Latin-1, a line of UTF-8 */
	assert_false(content_is_binary("a\0b\0\n", 5));
	assert_false(content_is_binary("Nov 21 03:17:00 h p: \xe4\xf6\xfc\xe4\xf6\xfc\n", 28));
	assert_false(content_is_binary("\xd0\x9f\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82\n", 13));
	assert_false(content_is_binary("", 0));
	/* one byte of hostile text in four is not enough to have a log refused */
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = i % 4 ? 'a' : 1;
	assert_false(content_is_binary(bytes, sizeof(bytes)));
}

static void begins_behind_a_hole(void **state)
{
	struct source *source;

	(void)state;
	put_text("hole", "");
	assert_int_equal(truncate("hole", 3000000), 0);
	assert_refused("hole", "binary");
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
	assert_refused("hole.gz", "binary");
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
#if HAVE_LIBARCHIVE && !defined(__SANITIZE_ADDRESS__)
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

static int go_to_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) < 0;
}

static int remove_folder(void **state)
{
	char command[80];

	(void)state;
	snprintf(command, sizeof(command), "rm -rf %s", folder);
	return chdir("/") < 0 || system(command) != 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_any_room),
		cmocka_unit_test(refuses_what_is_no_log),
		cmocka_unit_test(follows_links_of_trusted_folders_only),
		cmocka_unit_test(tells_text_from_binary),
		cmocka_unit_test(begins_behind_a_hole),
		cmocka_unit_test(ends_where_the_file_is_rewritten),
		cmocka_unit_test(resumes_where_the_tail_is_known),
		cmocka_unit_test(opens_many_files),
		cmocka_unit_test(logs_that_were_read_keep_no_decompressor),
		cmocka_unit_test(finds_the_tail_before_a_long_unfinished_line),
	};

	return cmocka_run_group_tests_name("source", tests, go_to_folder, remove_folder);
}
