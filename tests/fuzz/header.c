/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header: a line taken apart; its parts lie in the line, and its time can be read or cannot. */
#include "fuzz.h"

#include "log/header.h"
#include "log/stamp.h"

static bool is_inside(struct span part, const char *line, size_t len)
{
	return part.len == 0 || (part.ptr >= line && part.ptr + part.len <= line + len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = mem_text_of((const char *)data, size);
	struct stamp_reader reader;
	struct header header;
	int64_t when;

	if (memchr(line, '\n', size) == NULL) {
		header_parse(&header, line, size);
		fuzz_check(is_inside(header.stamp, line, size) && is_inside(header.host, line, size) &&
			   is_inside(header.pid, line, size) && is_inside(header.message, line, size));
		stamp_begin(&reader, FUZZ_NOW);
		(void)stamp_read(&reader, header.stamp, &when);
	}
	free(line);
	return 0;
}
