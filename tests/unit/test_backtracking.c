/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * backtracking: no built-in rule can be made to work for long.
 *
 * Lines of 64 KB are built from the rules' own pieces: each field of each template is filled with one piece
 * again and again; shorter ones have one byte again and again where a word or a number ended. On none of them may a
 * rule meet PCRE2's limit or take over a millisecond.
 */
#include "templates.h"

#include <time.h>

#include "base/sanitized.h"
#include "detect/engine.h"
#include "detect/match.h"

/* A rule takes up to a millisecond on a fast machine, and half as much again on a slow one. Backtracking that grows with
 * the square of the line would take seconds. Beside other work the best of several attempts counts. */
enum { LINE_LEN = 65000, SLOW_NS = 5000000, ATTEMPTS = 20 };

struct world {
	struct templates templates;
	struct ruleset set;
	struct engine *engine;
	struct matcher *matcher;
	struct buf line;
	int64_t slowest;
	const char *slowest_rule;
	uint64_t tried;
};

static int set_up(void **state)
{
	struct world *w = mem_zalloc(1, sizeof(*w));

	templates_load(&w->templates);
	assert_int_equal(rules_load(&w->set, NULL, RULES_WITH_SAMPLES), 0);
	assert_int_equal(engine_new(&w->engine, &w->set, true), 0);
	w->matcher = matcher_new(w->engine);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	matcher_free(w->matcher);
	engine_free(w->engine);
	rules_free(&w->set);
	buf_free(&w->templates.file);
	buf_free(&w->line);
	free(w);
	return 0;
}

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

static int64_t time_rule(struct world *w, uint16_t rule)
{
	struct span message = { w->line.ptr, w->line.len };
	int64_t best = INT64_MAX;

	for (int i = 0; i < ATTEMPTS && best > SLOW_NS; i++) {
		struct event event;
		int64_t begun = now_ns(), taken;

		(void)matcher_try(w->matcher, rule, message, &event);
		taken = now_ns() - begun;
		best = taken < best ? taken : best;
	}
	return best;
}

static void try_rule(struct world *w, uint16_t rule)
{
	const struct pattern *pattern = engine_pattern(w->engine, rule);
	int64_t taken = time_rule(w, rule);
	const char *name = engine_rule(w->engine, rule)->rule->name;

	w->tried++;
	assert_non_null(pattern);
	/* where the host forbids machine code, PCRE2 counts and takes more than was promised */
	if (!pattern->jit)
		return;
	if (matcher_limit_hits(w->matcher, rule) > 0)
		fail_msg("%s met the limit: %.300s", name, buf_text(&w->line));
	if (taken > SLOW_NS && !SANITIZED)
		fail_msg("%s took %lld us: %.300s", name, (long long)taken / 1000, buf_text(&w->line));
	if (taken > w->slowest) {
		w->slowest = taken;
		w->slowest_rule = name;
	}
}

static void try_line(struct world *w, const char *program)
{
	const struct engine_program *p = engine_program(w->engine, (struct span){ program, strlen(program) });

	for (size_t i = 0; i < p->rule_count; i++)
		try_rule(w, p->rules[i]);
}

/* The template with its field number chosen filled with the piece, again and again. */
static void fill(struct world *w, const char *text, unsigned chosen, const char *piece, size_t len)
{
	unsigned number = 0;

	buf_clear(&w->line);
	while (*text != '\0') {
		char field = template_field(text);

		if (field == 0) {
			buf_add_char(&w->line, *text++);
			continue;
		}
		text += 3;
		if (field == 'X' && number++ == chosen) {
			while (w->line.len + len + strlen(text) + 200 < LINE_LEN)
				buf_add(&w->line, piece, len);
		} else {
			buf_add_text(&w->line, field == 'X' || field == 'N' ? "x" : "192.0.2.1");
		}
	}
}

static void try_piece(struct world *w, const struct template *t, const char *piece, size_t len)
{
	unsigned fields = 0;

	if (len == 0)
		return;
	for (const char *p = t->text; *p != '\0'; p++)
		fields += template_field(p) == 'X';
	for (unsigned i = 0; i < fields; i++) {
		fill(w, t->text, i, piece, len);
		try_line(w, t->program);
	}
	/* and a line of nothing else, with and without the beginning that the rule wants */
	buf_clear(&w->line);
	template_imitate(&w->line, t->text, "192.0.2.1", "192.0.2.1");
	while (w->line.len + len < LINE_LEN)
		buf_add(&w->line, piece, len);
	try_line(w, t->program);
}

static void no_rule_works_for_long(void **state)
{
	static const char *const singles[] = { " ", "a", "1", ".", ":", ",", "<", ">", "(", "[", "] ", "\"", "=", ", ", ": ", "1.", "a:" };
	struct world *w = *state;
	size_t step = SANITIZED ? 7 : 1;

	for (size_t i = 0; i < w->templates.count; i += step) {
		const struct template *t = &w->templates.all[i];
		struct buf whole = { 0 };

		template_imitate(&whole, t->text, "203.0.113.9", "203.0.113.9");
		try_piece(w, t, whole.ptr, whole.len);
		try_piece(w, t, whole.ptr, whole.len / 2);
		try_piece(w, t, whole.ptr + whole.len / 2, whole.len - whole.len / 2);
		try_piece(w, t, whole.ptr + whole.len / 4, whole.len / 2);
		for (size_t k = 0; k < sizeof(singles) / sizeof(singles[0]); k++)
			try_piece(w, t, singles[k], strlen(singles[k]));
		for (const char *p = t->text; (p = strchr(p, '}')) != NULL; p++) {
			size_t len = strcspn(p + 1, "{");

			try_piece(w, t, p + 1, len);
		}
		buf_free(&whole);
	}
	print_message("%llu attempts; the slowest took %lld us (%s)\n", (unsigned long long)w->tried,
		      (long long)w->slowest / 1000, w->slowest_rule);
}

static int kind_of(char c)
{
	return c >= '0' && c <= '9' ? 1 : (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ? 2 : c;
}

/* A line that the rule knows, but for a run of the byte before end, and for letters behind it that are all capitals now:
 * what repeats in the pattern takes the run and gives it back in vain. */
static void fill_run(struct world *w, const char *line, const char *end, size_t len)
{
	buf_clear(&w->line);
	buf_add(&w->line, line, (size_t)(end - line));
	while (w->line.len + strlen(end) < len)
		buf_add_char(&w->line, end[-1]);
	for (; *end != '\0'; end++)
		buf_add_char(&w->line, *end >= 'a' && *end <= 'z' ? (char)(*end - 'a' + 'A') : *end);
}

static void no_run_of_one_byte_works_for_long(void **state)
{
	struct world *w = *state;

	for (size_t i = 0; i < w->set.count; i++) {
		for (char *const *hit = w->set.rules[i].hits; *hit != NULL; hit++) {
			for (const char *end = *hit + 1; end[-1] != '\0'; end++) {
				if (kind_of(end[-1]) == kind_of(*end))
					continue;
				/* some rules look at no longer lines */
				fill_run(w, *hit, end, MATCH_WHOLE_MAX);
				try_rule(w, (uint16_t)i);
				fill_run(w, *hit, end, 4 * MATCH_WHOLE_MAX);
				try_rule(w, (uint16_t)i);
			}
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(no_rule_works_for_long),
		cmocka_unit_test(no_run_of_one_byte_works_for_long),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
