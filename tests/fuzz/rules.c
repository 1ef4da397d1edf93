/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules: a file of rules; where it can be read its patterns are compiled and tried on their own samples. */
#include "fuzz.h"

#include "detect/match.h"
#include "detect/rules_inside.h"
#include "detect/samples.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = mem_text_of((const char *)data, size);
	struct rules_text file = { "rules.d/fuzz.conf", "fuzz", text };
	struct ruleset set = { 0 };
	struct engine *engine;
	size_t tried;

	/* libconfuse goes on at include(FILE), which is the file system's */
	if (strlen(text) == size && rules_read_text(&set, &file) == 0 && engine_new(&engine, &set, true) == 0) {
		(void)samples_check(engine, true, &tried);
		engine_free(engine);
	}
	rules_free(&set);
	free(text);
	return 0;
}
