/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file: a large file comes into memory as it is, however many threads read it; and what work is done together. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
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
		cmocka_unit_test(each_item_is_worked_on_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
