/* SPDX-License-Identifier: GPL-2.0-or-later */
/* line: some lines through header and rules, with the literals that spare PCRE2 most lines, and without. */
#include "fuzz.h"

#include "detect/match.h"

static struct matcher *make(struct ruleset *set, bool prefilter)
{
	struct engine *engine;

	fuzz_check(engine_new(&engine, set, prefilter) == 0);
	return matcher_new(engine);
}

static void check_line(struct matcher *with, struct matcher *without, const char *line, size_t len)
{
	/* the user of an event points into the line that it was given */
	struct event a = { 0 }, b = { 0 };
	enum match_verdict verdict = matcher_line(with, (struct span){ line, len }, &a);

	fuzz_check(verdict == matcher_line(without, (struct span){ line, len }, &b));
	if (verdict != MATCH_EVENT)
		return;
	fuzz_check(a.time == b.time && a.rule == b.rule && a.event_class == b.event_class && a.count == b.count &&
		   addr_equal(&a.addr, &b.addr));
	fuzz_check(a.user.len == b.user.len && (a.user.len == 0 || memcmp(a.user.ptr, b.user.ptr, a.user.len) == 0));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ruleset set;
	static struct matcher *with, *without;
	char *text = mem_text_of((const char *)data, size);

	if (with == NULL) {
		fuzz_check(rules_load(&set, NULL, RULES_WITHOUT_SAMPLES) == 0);
		with = make(&set, true);
		without = make(&set, false);
	}
	matcher_begin(with, FUZZ_NOW, NULL);
	matcher_begin(without, FUZZ_NOW, NULL);
	for (char *at = text, *end = text + size; at < end;) {
		char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = (size_t)((newline != NULL ? newline : end) - at);
		/* exactly so long: the sanitizers see who reads behind it */
		char *line = mem_alloc(len, 1);

		memcpy(line, at, len);
		check_line(with, without, line, len);
		free(line);
		at += len + 1;
	}
	free(text);
	return 0;
}
