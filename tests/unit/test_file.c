/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file: a file comes into memory as it is; links are followed; rights stay. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

static char folder[] = "/tmp/mailban-file-XXXXXX";
static bool without_links;

/* The file system: it may have no second names, and the kernel may refuse one. */
int link(const char *from, const char *to)
{
	errno = EPERM;
	return without_links ? -1 : linkat(AT_FDCWD, from, AT_FDCWD, to, 0);
}

static void is(const char *path, const char *text)
{
	struct buf got = { 0 };

	assert_int_equal(file_read(path, &got), 0);
	assert_string_equal(buf_text(&got), text);
	buf_free(&got);
}

static void a_file_is_read_whole(void **state)
{
	static const size_t sizes[] = { 0, 1, 65535, 65536, (1 << 20) + 4711 };
	enum { LARGEST = (1 << 20) + 4711 };
	char *bytes = malloc(LARGEST);
	struct buf path = { 0 }, got = { 0 };

	(void)state;
	for (size_t i = 0; i < LARGEST; i++)
		bytes[i] = (char)(i * 2654435761U >> 11);
	assert_non_null(mkdtemp(folder));
	buf_addf(&path, "%s/file", folder);
	buf_text(&path);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		assert_int_equal(file_replace(path.ptr, bytes, sizes[i], false), 0);
		got.len = 0;
		buf_add(&got, "before", 6);
		assert_int_equal(file_read(path.ptr, &got), 0);
		assert_int_equal(got.len, 6 + sizes[i]);
		assert_memory_equal(got.ptr, "before", 6);
		assert_true(sizes[i] == 0 || memcmp(got.ptr + 6, bytes, sizes[i]) == 0);
	}
	unlink(path.ptr);
	assert_int_equal(file_read(path.ptr, &path), -ENOENT);
	assert_int_equal(file_read(folder, &path), -EISDIR);
	rmdir(folder);
	buf_free(&path);
	buf_free(&got);
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
		got.len = 0;
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

/* A list that lets user 4711 read, and a label, outlast that the file is replaced. */
static void access_list_and_label_stay(void **state)
{
	/* version 2; entries of tag, rights, number: owner, user 4711, group, mask, others */
	static const unsigned char list[] = {
		2, 0, 0, 0, 1, 0, 6, 0, 255, 255, 255, 255, 2, 0, 4, 0, 103, 18, 0, 0, 4, 0, 0, 0, 255, 255, 255, 255,
		16, 0, 4, 0, 255, 255, 255, 255, 32, 0, 0, 0, 255, 255, 255, 255,
	};
	static const char label[] = "system_u:object_r:mailban_var_lib_t:s0";
	char got[256], path[64];

	(void)state;
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof(path), "%s/file", folder);
	assert_int_equal(file_replace(path, "one", 3, false), 0);
	if (setxattr(path, "system.posix_acl_access", list, sizeof(list), 0) == 0) {
		assert_int_equal(file_replace(path, "two", 3, true), 0);
		assert_int_equal(getxattr(path, "system.posix_acl_access", got, sizeof(got)), sizeof(list));
		assert_memory_equal(got, list, sizeof(list));
	}
	/* root alone may label, where no policy says otherwise */
	if (setxattr(path, "security.selinux", label, sizeof(label), 0) == 0) {
		assert_int_equal(file_replace(path, "three", 5, true), 0);
		assert_int_equal(getxattr(path, "security.selinux", got, sizeof(got)), sizeof(label));
		assert_string_equal(got, label);
	}
	unlink(path);
	strcat(path, ".1");
	unlink(path);
	rmdir(folder);
}

static void former_versions_stay_without_second_names_too(void **state)
{
	(void)state;
	for (unsigned links = 0; links < 2; links++) {
		without_links = links == 0;
		strcpy(folder + strlen(folder) - 6, "XXXXXX");
		assert_non_null(mkdtemp(folder));
		assert_int_equal(chdir(folder), 0);
		/* a person's own, whatever it is called */
		assert_int_equal(file_replace("file.new", "mine", 4, 0), 0);
		assert_int_equal(file_replace("file", "one", 3, 2), 0);
		assert_int_equal(access("file.1", F_OK), -1);
		assert_int_equal(file_replace("file", "two", 3, 2), 0);
		is("file.1", "one");
		assert_int_equal(file_replace("file", "three", 5, 2), 0);
		is("file", "three");
		is("file.1", "two");
		is("file.2", "one");
		/* a version that is kept already, as behind a run that died, is not kept twice */
		assert_int_equal(file_replace("file.1", "three", 5, 0), 0);
		assert_int_equal(file_replace("file", "four", 4, 2), 0);
		is("file", "four");
		is("file.1", "three");
		is("file.2", "one");
		is("file.new", "mine");
		assert_int_equal(unlink("file") + unlink("file.1") + unlink("file.2") + unlink("file.new"), 0);
		/* nothing else stays */
		assert_int_equal(rmdir(folder), 0);
	}
	without_links = false;
}

static void a_lock_file_of_another_holder_stays(void **state)
{
	struct file_lock first, second, third;
	struct buf holder = { 0 };

	(void)state;
	strcpy(folder + strlen(folder) - 6, "XXXXXX");
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(file_lock(&first, "file", "run", 0, &holder), 0);
	/* a person thinks that it is a leftover */
	assert_int_equal(unlink("file.lock"), 0);
	assert_int_equal(file_lock(&second, "file", "ban", 0, &holder), 0);
	file_unlock(&first);
	assert_int_equal(file_lock(&third, "file", "sync", 0, &holder), -ETIMEDOUT);
	assert_non_null(strstr(buf_text(&holder), "(mailban ban)"));
	file_unlock(&second);
	assert_int_equal(rmdir(folder), 0);
	buf_free(&holder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_file_is_read_whole),
		cmocka_unit_test(a_link_is_followed),
		cmocka_unit_test(access_list_and_label_stay),
		cmocka_unit_test(former_versions_stay_without_second_names_too),
		cmocka_unit_test(a_lock_file_of_another_holder_stays),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
