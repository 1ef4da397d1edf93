/* SPDX-License-Identifier: GPL-2.0-or-later */
/* allowlist: the file, and what this host's own files say of whom is never to be banned. */
#include "fuzz.h"

#include "list/allow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span text = { (const char *)data, size };
	struct allow allow = { 0 };
	struct buf bytes = { 0 };

	(void)allow_read_file(&allow, fuzz_file(data, size), &bytes);
	allow_read_routes4(&allow, text);
	allow_read_routes6(&allow, text);
	allow_read_resolvers(&allow, text);
	allow_read_mynetworks(&allow, text);
	allow_read_environment(&allow, text);
	netset_finish(&allow.nets);
	for (size_t i = 0; i < allow.count; i++)
		fuzz_check(allow_overlapping(&allow, &allow.entries[i].net) != NULL);
	allow_free(&allow);
	buf_free(&bytes);
	return 0;
}
