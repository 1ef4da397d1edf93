/* SPDX-License-Identifier: GPL-2.0-or-later */
/* archive: a log of any bytes, above all compressed ones: read to its end, and again from its middle. */
#include "fuzz.h"

#include "log/source.h"

/* As much as one input may become: what grows without end is another test's. */
enum { MOST = 1 << 22 };

static size_t read_all(struct source *source)
{
	char bytes[4096];
	size_t all = 0;
	ssize_t got;

	while (all < MOST && (got = source_read(source, bytes, sizeof(bytes))) > 0)
		all += (size_t)got;
	return all;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf why = { 0 };
	struct source *source = source_open(fuzz_file(data, size), NULL, &why, NULL);
	struct print tail;
	uint64_t at;

	if (source != NULL && source_begin(source, NULL, &why)) {
		size_t all = read_all(source);

		at = source_offset(source, all);
		tail = source_tail(source, at);
		source_restart(source);
		if (all < MOST && source_error(source) == NULL && tail.len > 0)
			fuzz_check(source_resume(source, at, tail) && read_all(source) == 0);
	} else {
		fuzz_check(why.len > 0);
	}
	source_close(source);
	buf_free(&why);
	return 0;
}
