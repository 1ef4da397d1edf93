/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fuzz: what the targets share. A target is LLVMFuzzerTestOneInput(), which takes any bytes; a promise that does not
 * hold ends the program, by fuzz_check() or by a sanitizer. See seeds for what each begins with. */
#define _GNU_SOURCE
#ifndef MAILBAN_TESTS_FUZZ_H
#define MAILBAN_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"

enum { FUZZ_NOW = 1795262400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline void fuzz_check(bool holds)
{
	if (!holds)
		abort();
}

static char fuzz_path[64];

static inline void fuzz_remove(void)
{
	(void)unlink(fuzz_path);
}

/* A file of those bytes, one at a time. */
static inline const char *fuzz_file(const void *data, size_t size)
{
	static int fd = -1;

	if (fd < 0) {
		/* a file system on a disk takes a hundred times as long */
		snprintf(fuzz_path, sizeof(fuzz_path), "%s/mailban-fuzz-XXXXXX",
			 access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp");
		fd = mkstemp(fuzz_path);
		atexit(fuzz_remove);
	}
	fuzz_check(fd >= 0 && ftruncate(fd, 0) == 0 && pwrite(fd, data, size, 0) == (ssize_t)size);
	return fuzz_path;
}

static inline struct buf fuzz_text(const void *data, size_t size)
{
	struct buf text = { 0 };

	buf_add(&text, data, size);
	return text;
}

static inline void fuzz_same(const struct buf *a, const struct buf *b)
{
	fuzz_check(a->len == b->len && (a->len == 0 || memcmp(a->ptr, b->ptr, a->len) == 0));
}


#ifdef SAMPLE
#include "sample.h"
#endif

#endif
