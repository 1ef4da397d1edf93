/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header: a line taken apart twice, without and with the memory of the host; its parts lie in the line. */
#include "fuzz.h"

#include "log/header.h"
#include "log/stamp.h"

static bool is_inside(struct span part, const char *line, size_t len)
{
	return part.len == 0 || (part.ptr >= line && part.ptr + part.len <= line + len);
}

static bool same(struct span a, struct span b)
{
	return a.len == b.len && (a.len == 0 || memcmp(a.ptr, b.ptr, a.len) == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = mem_text_of((const char *)data, size);
	struct header_host host = { 0 };
	struct stamp_reader reader;
	struct header once, again;
	int64_t when;

	if (memchr(line, '\n', size) == NULL) {
		header_parse(&once, line, size);
		for (unsigned i = 0; i < 2; i++) {
			header_parse_next(&again, line, size, &host);
			fuzz_check(same(once.stamp, again.stamp) && same(once.host, again.host) &&
				   same(once.program, again.program) && same(once.pid, again.pid) &&
				   same(once.message, again.message) && once.server == again.server &&
				   once.cut == again.cut);
		}
		fuzz_check(is_inside(once.stamp, line, size) && is_inside(once.host, line, size) &&
			   is_inside(once.pid, line, size) && is_inside(once.message, line, size));
		stamp_begin(&reader, FUZZ_NOW);
		(void)stamp_read(&reader, once.stamp, &when);
	}
	free(line);
	return 0;
}
