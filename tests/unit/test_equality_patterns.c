/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * equality of patterns: rules that nobody wrote find the same by the fast way as by the slowest, simplest one.
 *
 * The built-in rules are some patterns; whoever writes rules writes others. Here they are made at random of what
 * patterns are made of: words, classes with all kinds of quantifiers, groups, alternatives, looks ahead, an address,
 * users and counts. With each pattern come texts that it is likely to match, and from those mutate.h makes more.
 */
#include "twins.h"

#include "base/sanitized.h"

enum { ROUNDS = SANITIZED ? 15 : 40 };

enum { RULES = 30, TEXTS = 5, LINES = 3000, DEPTH_MAX = 2 };

struct maker {
	uint64_t shape;       /* random numbers that the pattern depends on */
	uint64_t choice;      /* random numbers that only the text depends on */
	struct buf pattern, text;
	unsigned depth;
};

static const struct {
	const char *pattern, *bytes;
} classes[] = {
	{ "\\d", "0123456789" }, { "\\S", "ab[]<>:,=\"9" }, { "\\w", "aZ_09" }, { "\\s", " \t" }, { ".", "a [<:,\"x" }, { "[^\\[\\s]", "ab.-<\"" },
	{ "[^<>]", "a b[=" }, { "[^\"]", "a b'<" }, { "[0-9A-F]", "0F9A" }, { "[A-Z-]", "AZ-" }, { "[\\w.-]", "a.-_1" }, { "[^()]", "a [" },
	{ "[^,]", "a =" }, { "[]x]", "]x" }, { "[a\\]]", "a]" }, { "\\D", "a[ " }, { "[45]", "45" }, { "x", "x" }, { " ", " " }, { "[^]]", "a[" },
};

static const struct {
	const char *pattern;
	unsigned min, max;
} quantifiers[] = {
	{ "", 1, 1 }, { "?", 0, 1 }, { "*", 0, 4 }, { "+", 1, 4 }, { "?+", 0, 1 }, { "*+", 0, 5 }, { "++", 1, 5 }, { "*?", 0, 4 }, { "+?", 1, 4 },
	{ "??", 0, 1 }, { "{2}", 2, 2 }, { "{1,3}", 1, 3 }, { "{0,3}+", 0, 3 }, { "{2,}", 2, 5 }, { "{6}", 6, 6 }, { "{1,2}?", 1, 2 },
};

static const char *const words[] = {
	"from ", "client=", ": ", "[", "]", "auth failed", ", ", "user=<", ">", "\"", "(", ")", " ", "rip=", "unknown", "reject: ", "a", "SASL ",
	"warning: ", " - ", "5.7.1", "x", "-", "; ", "=", "?", "+", "*", "|", "$", "^", "\\", "{", "}", ".", "/", "authentication", "lost",
};

static void add_word(struct maker *m)
{
	const char *word = words[random_below(&m->shape, sizeof(words) / sizeof(words[0]))];

	buf_add_text(&m->text, word);
	for (; *word != '\0'; word++) {
		if (strchr("\\[](){}|^$.?*+", *word) != NULL)
			buf_add_char(&m->pattern, '\\');
		buf_add_char(&m->pattern, *word);
	}
}

static void add_class(struct maker *m)
{
	size_t class = random_below(&m->shape, sizeof(classes) / sizeof(classes[0]));
	size_t quantifier = random_below(&m->shape, sizeof(quantifiers) / sizeof(quantifiers[0]));
	uint64_t times = quantifiers[quantifier].min + random_below(&m->choice, quantifiers[quantifier].max - quantifiers[quantifier].min + 1);
	const char *bytes = classes[class].bytes;

	buf_addf(&m->pattern, "%s%s", classes[class].pattern, quantifiers[quantifier].pattern);
	while (times-- > 0)
		buf_add_char(&m->text, bytes[random_below(&m->choice, strlen(bytes))]);
}

static void add_item(struct maker *m);

static void add_items(struct maker *m, size_t most)
{
	for (size_t items = 1 + random_below(&m->shape, most); items > 0; items--)
		add_item(m);
}

/* One to three branches; the text has one of them, or none where it may be missing. */
static void add_group(struct maker *m, const char *begin)
{
	static const char *const ends[] = { ")", ")", ")", ")?", ")?+", ")??", "){1,2}" };
	size_t branches = 1 + random_below(&m->shape, 3), taken = random_below(&m->choice, branches);
	size_t before = m->text.len;
	struct buf text = { 0 };
	const char *end;

	buf_add_text(&m->pattern, begin);
	for (uint64_t i = 0; i < branches; i++) {
		if (i > 0)
			buf_add_char(&m->pattern, '|');
		add_items(m, 2);
		if (i == taken)
			buf_add(&text, m->text.ptr + before, m->text.len - before);
		m->text.len = before;
	}
	end = ends[random_below(&m->shape, sizeof(ends) / sizeof(ends[0]))];
	buf_add_text(&m->pattern, end);
	if (strchr(end, '?') == NULL || random_below(&m->choice, 2))
		buf_add(&m->text, text.ptr, text.len);
	buf_free(&text);
}

/* What must not, or must, follow; the text takes no notice of it. */
static void add_look(struct maker *m)
{
	static const char *const begins[] = { "(?!", "(?!", "(?=", "(?!.*", "(?![^,]*+", "(?<!", "\\b(?!", "(?!\\d*" };
	const char *begin = begins[random_below(&m->shape, sizeof(begins) / sizeof(begins[0]))];
	size_t before = m->text.len;

	buf_add_text(&m->pattern, begin);
	add_word(m);
	buf_add_char(&m->pattern, ')');
	m->text.len = before;
}

static void add_named(struct maker *m)
{
	buf_add_text(&m->pattern, random_below(&m->shape, 3) ? "(?<user>" : "(?<count>");
	add_class(m);
	buf_add_char(&m->pattern, ')');
}

static void add_item(struct maker *m)
{
	uint64_t kind = random_below(&m->shape, 20);

	m->depth++;
	if (kind < 3 && m->depth <= DEPTH_MAX)
		add_group(m, kind == 0 ? "(?>" : "(?:");
	else if (kind == 3)
		add_look(m);
	else if (kind == 4)
		add_named(m);
	else if (kind < 12)
		add_class(m);
	else
		add_word(m);
	m->depth--;
}

/* A pattern and a text for it. */
static void make(struct maker *m)
{
	static const char *const addresses[] = { "192.0.2.1", "2001:db8::1", "::ffff:192.0.2.1", "198.51.100.255" };
	static const char *const begins[] = { "", "", "", "", "", "", "", "", "", "", "", "^", "(?i)" };
	static const char *const ends[] = { "", "", "", "$", "\\b" };
	bool brackets = random_below(&m->shape, 2);

	buf_clear(&m->pattern);
	buf_clear(&m->text);
	buf_add_text(&m->pattern, begins[random_below(&m->shape, sizeof(begins) / sizeof(begins[0]))]);
	add_items(m, 4);
	buf_add_text(&m->pattern, brackets ? "\\[<ADDR>\\]" : "<ADDR>");
	buf_addf(&m->text, brackets ? "[%s]" : "%s", addresses[random_below(&m->choice, 4)]);
	if (random_below(&m->shape, 8) == 0)
		buf_add_text(&m->pattern, "(?![^,]*\\k<ADDR>)");
	if (random_below(&m->shape, 3))
		add_items(m, 4);
	buf_add_text(&m->pattern, ends[random_below(&m->shape, sizeof(ends) / sizeof(ends[0]))]);
}

static void make_rule(struct ruleset *set, struct seeds *seeds, uint64_t random)
{
	struct maker m = { .choice = random ^ 0x5555 };
	struct rule *rule;

	for (int i = 0; i < TEXTS; i++) {
		m.shape = random;
		make(&m);
		seeds_add_message(seeds, "made", buf_text(&m.text));
	}
	seeds_add_words(seeds, buf_text(&m.pattern));
	set->rules = mem_grow(set->rules, &set->capacity, set->count + 1, sizeof(*set->rules));
	rule = &set->rules[set->count++];
	/* a difference is told with the rule's name */
	*rule = (struct rule){ .name = mem_text(buf_text(&m.pattern)), .file = mem_text("made.conf"),
			       .program_text = mem_text("made"), .match_text = mem_text(buf_text(&m.pattern)),
			       .hits = mem_zalloc(1, sizeof(char *)), .misses = mem_zalloc(1, sizeof(char *)) };
	buf_free(&m.pattern);
	buf_free(&m.text);
}

struct sums {
	uint64_t lines, found, limits;
	unsigned told;
};

/* Some rules, and lines for them. */
static void try_round(struct mutator *m, struct sums *sums)
{
	struct ruleset set = { 0 };
	struct seeds seeds = { 0 };
	struct twins twins = { .told = sums->told };

	for (int i = 0; i < RULES; i++)
		make_rule(&set, &seeds, random_bits(&m->random) | 1);
	m->seeds = &seeds;
	twins_begin(&twins, &set);
	for (int i = 0; i < LINES; i++) {
		struct span line = mutate_next(m);

		sums->found += twins_try_line(&twins, line);
		(void)twins_try_rules(&twins, line);
	}
	sums->lines += LINES;
	sums->told = twins.told;
	sums->limits += twins_limit_hits(&twins, SLOW);
	twins_end(&twins);
	seeds_free(&seeds);
	rules_free(&set);
}

static void rules_that_nobody_wrote_find_the_same(void **state)
{
	const char *given = getenv("MAILBAN_LINES");
	uint64_t rounds = given != NULL ? strtoull(given, NULL, 10) / LINES + 1 : ROUNDS;
	struct sums sums = { 0 };
	struct mutator m;

	(void)state;
	mutate_begin(&m, NULL);
	while (rounds-- > 0)
		try_round(&m, &sums);
	mutate_end(&m);
	print_message("%llu of %llu lines were known; PCRE2 gave up %llu times\n", (unsigned long long)sums.found,
		      (unsigned long long)sums.lines, (unsigned long long)sums.limits);
	if (sums.told > 0)
		fail_msg("%u lines mean something else", sums.told);
	assert_true(sums.found > sums.lines / 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rules_that_nobody_wrote_find_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
