/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * equality: the fast way finds what the slowest, simplest one finds, in lines that are nearly those of the corpora and
 * of the rules' own samples (mutate.h): the rules in their order with all that spares them, and each rule alone.
 *
 * MAILBAN_LINES says how many lines are tried.
 */
#include "twins.h"

#include "base/sanitized.h"

enum { LINES = SANITIZED ? 150000 : 600000 };

/* lines that one pair of engines sees: an engine remembers no more than some thousand programs */
enum { ROUND = 20000 };

struct world {
	struct ruleset set;
	struct seeds seeds;
};

static int set_up(void **state)
{
	struct world *w = mem_zalloc(1, sizeof(*w));

	assert_int_equal(rules_load(&w->set, NULL, RULES_WITH_SAMPLES), 0);
	seeds_load(&w->seeds, &w->set);
	*state = w;
	return 0;
}

static int tear_down(void **state)
{
	struct world *w = *state;

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

static void try_lines(const struct world *w, uint64_t lines, bool (*try_one)(struct twins *t, struct span line))
{
	struct mutator m;
	uint64_t found = 0, limits = 0;
	unsigned told = 0;

	mutate_begin(&m, &w->seeds);
	for (uint64_t done = 0; done < lines; done += ROUND) {
		struct twins twins = { .told = told };

		twins_begin(&twins, &w->set);
		for (uint64_t i = done; i < lines && i < done + ROUND; i++)
			found += try_one(&twins, mutate_next(&m));
		limits += twins_limit_hits(&twins, FAST) + twins_limit_hits(&twins, SLOW);
		told = twins.told;
		twins_end(&twins);
	}
	mutate_end(&m);
	print_message("%llu of %llu lines were known\n", (unsigned long long)found, (unsigned long long)lines);
	if (told > 0)
		fail_msg("%u lines mean something else", told);
	assert_int_equal(limits, 0);
	/* else nothing was tried */
	assert_true(found > lines / 10);
}

static void every_line_means_the_same(void **state)
{
	try_lines(*state, lines_to_try(), twins_try_line);
}

static void every_rule_finds_the_same(void **state)
{
	try_lines(*state, lines_to_try() / 2, twins_try_rules);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_means_the_same),
		cmocka_unit_test(every_rule_finds_the_same),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
