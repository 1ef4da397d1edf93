/* SPDX-License-Identifier: GPL-2.0-or-later */
/* folder: the folder of its own that a file of tests works in, and the files that it puts there. */
#ifndef MAILBAN_TESTS_FOLDER_H
#define MAILBAN_TESTS_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

static char folder[] = "/tmp/mailban-unit-XXXXXX";

/* Makes the folder and goes there: before the tests of a group. */
static inline int go_to_folder(void **state)
{
	(void)state;
	return mkdtemp(folder) == NULL || chdir(folder) < 0;
}

/* Removes the folder with all that is in it: after the tests of the group. */
static inline int remove_folder(void **state)
{
	(void)state;
	return system("rm -rf \"$PWD\"") != 0;
}

/* Writes bytes to a file. flags: O_TRUNC replaces what it has, O_APPEND adds to it. */
static inline void put(const char *name, const char *bytes, size_t len, int flags)
{
	int fd = open(name, O_WRONLY | O_CREAT | flags, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, len), len);
	close(fd);
}

#endif
