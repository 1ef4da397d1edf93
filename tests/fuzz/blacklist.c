/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blacklist: what can be read is written, and that is read and written the same. */
#include "fuzz.h"

#include "list/blacklist.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf text = fuzz_text(data, size), once = { 0 }, twice = { 0 };
	struct banlist list = { 0 }, again = { 0 };

	if (blacklist_parse(&text, "blacklist", &list) == 0) {
		blacklist_format(&list, &once);
		text = fuzz_text(once.ptr, once.len);
		fuzz_check(blacklist_parse(&text, "blacklist", &again) == 0 && again.count == list.count);
		blacklist_format(&again, &twice);
		fuzz_same(&once, &twice);
		banlist_free(&again);
	}
	banlist_free(&list);
	buf_free(&once);
	buf_free(&twice);
	return 0;
}
