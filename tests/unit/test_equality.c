/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * equality: the fast ways give what the slowest, simplest one gives.
 *
 * Two engines see the same lines: one as it is, and one without the prefilter, in which PCRE2 tries every rule of a
 * program on each of its lines. Every field of what they find must be the same, for lines that are nearly those of
 * the corpora and of the rules' own samples (mutate.h). Then whole scans: blocks, repeated lines, any number of
 * threads. The seed is told; MAILBAN_SEED sets it, MAILBAN_LINES how many lines are tried.
 */
#include "mutate.h"

#include <unistd.h>

#include "addr/addr.h"
#include "detect/engine.h"
#include "detect/scan.h"
#include "log/source.h"

#if defined(__SANITIZE_ADDRESS__)
enum { LINES = 50000 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { LINES = 50000 };
#else
enum { LINES = 600000 };
#endif
#else
enum { LINES = 600000 };
#endif

enum {
	ROUND = 20000,      /* lines that one pair of engines sees: no engine remembers more than some thousand programs */
	TELL_MAX = 5,       /* differences that are told */
	REFERENCE = 1795262400,
};

enum side { FAST, SLOW, SIDES };

struct world {
	struct ruleset set;
	struct seeds seeds;
	struct engine *engines[SIDES];
	struct matcher *matchers[SIDES];
	struct buf texts[SIDES];   /* what each side makes of a line */
	unsigned told;
};

static void make_engines(struct world *w)
{
	for (int side = FAST; side < SIDES; side++) {
		assert_int_equal(engine_new(&w->engines[side], &w->set, side == FAST), 0);
		w->matchers[side] = matcher_new(w->engines[side]);
		matcher_want_phrases(w->matchers[side]);
		matcher_begin(w->matchers[side], REFERENCE);
	}
}

static void free_engines(struct world *w)
{
	for (int side = FAST; side < SIDES; side++) {
		for (size_t i = 0; i < w->set.count; i++) {
			if (matcher_limit_hits(w->matchers[side], (uint16_t)i) > 0)
				fail_msg("%s met a limit of PCRE2", w->set.rules[i].name);
		}
		matcher_free(w->matchers[side]);
		engine_free(w->engines[side]);
	}
}

static int set_up(void **state)
{
	struct world *w = mem_zalloc(1, sizeof(*w));

	assert_int_equal(rules_load(&w->set, NULL), 0);
	seeds_load(&w->seeds, &w->set);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

	for (int side = FAST; side < SIDES; side++)
		buf_free(&w->texts[side]);
	seeds_free(&w->seeds);
	rules_free(&w->set);
	free(w);
	return 0;
}

static uint64_t lines_to_try(void)
{
	const char *given = getenv("MAILBAN_LINES");

	return given != NULL ? strtoull(given, NULL, 10) : LINES;
}

/* All that an event says, as a text. A user is where it stands in the line. */
static void add_event(struct buf *out, const struct ruleset *set, const struct event *event, const char *line)
{
	buf_addf(out, "%s: class %s, flags %#x, count %u, repeats %u, phrases %#x, connection %#llx, time %lld, address ",
		 set->rules[event->rule].name, event_class_name(event->event_class), event->flags, event->count, event->repeats,
		 event->phrases, (unsigned long long)event->connection, (long long)event->time);
	if (event->flags & EVENT_NO_ADDRESS)
		buf_add_text(out, "none");
	else
		addr_add_to(out, &event->addr);
	if (event->user.len > 0)
		buf_addf(out, ", user %zu bytes at %td", event->user.len, event->user.ptr - line);
}

static void add_verdict(struct world *w, enum side side, struct span line)
{
	struct buf *out = &w->texts[side];
	struct event event = { 0 };

	buf_clear(out);
	switch (matcher_line(w->matchers[side], line.ptr, line.len, &event)) {
	case MATCH_NONE:
		buf_add_text(out, "none");
		break;
	case MATCH_REPEATED:
		buf_addf(out, "repeated %u", event.count);
		break;
	case MATCH_EVENT:
		add_event(out, &w->set, &event, line.ptr);
	}
}

static bool texts_differ(const struct world *w)
{
	const struct buf *a = &w->texts[FAST], *b = &w->texts[SLOW];

	return a->len != b->len || memcmp(a->ptr, b->ptr, a->len) != 0;
}

static bool lines_differ(struct world *w, struct span line)
{
	/* in memory of just its size, so that reading beyond it does not go unseen */
	char *copy = mem_alloc(line.len > 0 ? line.len : 1, 1);

	memcpy(copy, line.ptr, line.len);
	for (int side = FAST; side < SIDES; side++)
		add_verdict(w, (enum side)side, (struct span){ copy, line.len });
	free(copy);
	return texts_differ(w);
}

/* What one rule makes of a message, whether or not another one would have been tried before. */
static bool rules_differ(struct world *w, uint16_t rule, struct span message)
{
	for (int side = FAST; side < SIDES; side++) {
		struct event event = { 0 };

		buf_clear(&w->texts[side]);
		if (matcher_try(w->matchers[side], rule, message, &event))
			add_event(&w->texts[side], &w->set, &event, message.ptr);
		else
			buf_add_text(&w->texts[side], "none");
	}
	return texts_differ(w);
}

typedef bool differ(struct world *w, uint16_t rule, struct span text);

static bool whole_line(struct world *w, uint16_t rule, struct span line)
{
	(void)rule;
	return lines_differ(w, line);
}

/* Leaves out what can be left out without the difference going away. */
static void shorten(struct world *w, differ *is_different, uint16_t rule, struct buf *text)
{
	struct buf shorter = { 0 };

	for (size_t piece = text->len / 2; piece > 0; piece /= 2) {
		for (size_t at = 0; at + piece <= text->len;) {
			buf_clear(&shorter);
			buf_add(&shorter, text->ptr, at);
			buf_add(&shorter, text->ptr + at + piece, text->len - at - piece);
			if (!is_different(w, rule, (struct span){ shorter.ptr, shorter.len })) {
				at += piece;
				continue;
			}
			text->len = at;
			buf_add(text, shorter.ptr + at, shorter.len - at);
		}
	}
	buf_free(&shorter);
	(void)is_different(w, rule, (struct span){ text->ptr, text->len });
}

static void tell(struct world *w, differ *is_different, uint16_t rule, struct span text)
{
	struct buf shortened = { 0 }, shown = { 0 };

	if (w->told++ >= TELL_MAX)
		return;
	buf_add(&shortened, text.ptr, text.len);
	shorten(w, is_different, rule, &shortened);
	buf_add_escaped(&shown, shortened.ptr, shortened.len);
	print_message("%s\n  fast: %s\n  slow: %s\n", buf_text(&shown), buf_text(&w->texts[FAST]), buf_text(&w->texts[SLOW]));
	buf_free(&shortened);
	buf_free(&shown);
}

/* One line with all that is done to spare rules; returns whether something was found. */
static bool try_line(struct world *w, struct span line)
{
	if (lines_differ(w, line))
		tell(w, whole_line, 0, line);
	return strncmp(buf_text(&w->texts[SLOW]), "none", 4) != 0;
}

/* Every rule of its program alone, whether or not another one takes the line. */
static bool try_rules(struct world *w, struct span line)
{
	const struct engine_program *program;
	struct header header;
	bool found = false;

	header_parse(&header, line.ptr, line.len);
	program = engine_program(w->engines[FAST], header.program);
	for (size_t i = 0; i < program->rule_count; i++) {
		if (rules_differ(w, program->rules[i], header.message))
			tell(w, rules_differ, program->rules[i], header.message);
		found |= strcmp(buf_text(&w->texts[SLOW]), "none") != 0;
	}
	return found;
}

static void try_lines(struct world *w, uint64_t lines, bool (*try_one)(struct world *w, struct span line))
{
	struct mutator m;
	uint64_t found = 0;

	w->told = 0;
	mutate_begin(&m, &w->seeds);
	for (uint64_t i = 0; i < lines; i++) {
		if (i % ROUND == 0)
			make_engines(w);
		found += try_one(w, mutate_next(&m));
		if (i % ROUND == ROUND - 1 || i == lines - 1)
			free_engines(w);
	}
	mutate_end(&m);
	print_message("%llu of %llu lines were known\n", (unsigned long long)found, (unsigned long long)lines);
	if (w->told > 0)
		fail_msg("%u lines mean something else", w->told);
	/* else nothing was tried */
	assert_true(found > lines / 5);
}

static void every_line_means_the_same(void **state)
{
	try_lines(*state, lines_to_try(), try_line);
}

static void every_rule_finds_the_same(void **state)
{
	try_lines(*state, lines_to_try() / 2, try_rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_means_the_same),
		cmocka_unit_test(every_rule_finds_the_same),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
