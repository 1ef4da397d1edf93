/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file: a large file comes into memory as it is, however many threads read it; links are followed; and what work is done
 * together. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/together.h"

static char folder[] = "/tmp/mailban-file-XXXXXX";

/* Sizes around those at which one thread more takes part. */
static void a_file_is_read_whole(void **state)
{
	static const size_t sizes[] = { 0, 1, 65536, (1 << 23) - 1, 2 << 23, (2 << 23) + 1, (3 << 23) + 4711 };
	enum { LARGEST = (3 << 23) + 4711 };
	char *bytes = malloc(LARGEST);
	struct buf path = { 0 };

	(void)state;
	for (size_t i = 0; i < LARGEST; i++)
		bytes[i] = (char)(i * 2654435761U >> 11);
	assert_non_null(mkdtemp(folder));
	buf_addf(&path, "%s/file", folder);
	buf_text(&path);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(file_replace(path.ptr, bytes, sizes[i], false), 0);
		for (unsigned threads = 1; threads <= 9; threads += 2) {
			struct buf got = { 0 };

			buf_add(&got, "before", 6);
			assert_int_equal(file_read_with(path.ptr, threads, &got), 0);
			assert_int_equal(got.len, 6 + sizes[i]);
			assert_memory_equal(got.ptr, "before", 6);
			assert_true(sizes[i] == 0 || memcmp(got.ptr + 6, bytes, sizes[i]) == 0);
			buf_free(&got);
		}
	}
	unlink(path.ptr);
	assert_int_equal(file_read(path.ptr, &path), -ENOENT);
	assert_int_equal(file_read(folder, &path), -EISDIR);
	rmdir(folder);
	buf_free(&path);
	free(bytes);
}

/* What a link names is made and replaced, and the link stays: also where there is no such file yet. */
static void a_link_is_followed(void **state)
{
	struct buf got = { 0 };
	char link[32];

	(void)state;
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(mkdir("there", 0700), 0);
	assert_int_equal(symlink("there/second", "first"), 0);
	assert_int_equal(symlink("file", "there/second"), 0);
	for (unsigned i = 0; i < 2; i++) {
		assert_int_equal(file_replace("first", "bytes", 5, false), 0);
		buf_clear(&got);
		assert_int_equal(file_read("there/file", &got), 0);
		assert_int_equal(got.len, 5);
		assert_int_equal(readlink("first", link, sizeof(link)), 12);
		assert_int_equal(readlink("there/second", link, sizeof(link)), 4);
	}
	/* into a folder that is not there nothing goes, and nothing takes the link's place */
	assert_int_equal(symlink("nowhere/file", "lost"), 0);
	assert_int_equal(file_replace("lost", "bytes", 5, true), -ENOENT);
	assert_int_equal(readlink("lost", link, sizeof(link)), 12);
	unlink("lost");
	unlink("first");
	unlink("there/second");
	unlink("there/file");
	rmdir("there");
	assert_int_equal(chdir("/"), 0);
	assert_int_equal(rmdir(folder), 0);
	buf_free(&got);
}

static void add_one(void *item)
{
	++*(unsigned *)item;
}

static void each_item_is_worked_on_once(void **state)
{
	unsigned items[20] = { 0 };

	(void)state;
	for (unsigned count = 0; count <= 20; count++) {
		together(add_one, items, sizeof(*items), count);
		for (unsigned i = 0; i < 20; i++)
			assert_int_equal(items[i], i < count);
		memset(items, 0, sizeof(items));
	}
	assert_int_equal(together_threads(1), 1);
	assert_in_range(together_threads(4), 1, 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_whole),
		cmocka_unit_test(a_link_is_followed),
		cmocka_unit_test(each_item_is_worked_on_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
