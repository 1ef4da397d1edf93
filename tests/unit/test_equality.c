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
#include "detect/block.h"
#include "detect/engine.h"
#include "detect/scan.h"
#include "log/source.h"

#if defined(__SANITIZE_ADDRESS__)
enum { LINES = 150000 };
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
enum { LINES = 150000 };
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

/* All that an event says but its user, as a text. */
static void add_event(struct buf *out, const struct ruleset *set, const struct event *event)
{
	buf_addf(out, "%s: class %s, flags %#x, count %u, repeats %u, phrases %#x, connection %#llx, time %lld, address ",
		 set->rules[event->rule].name, event_class_name(event->event_class), event->flags, event->count, event->repeats,
		 event->phrases, (unsigned long long)event->connection, (long long)event->time);
	if (event->flags & EVENT_NO_ADDRESS)
		buf_add_text(out, "none");
	else
		addr_add_to(out, &event->addr);
}

/* And its user, which must stand in the same place of the line. */
static void add_event_of(struct buf *out, const struct ruleset *set, const struct event *event, const char *line)
{
	add_event(out, set, event);
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
		add_event_of(out, &w->set, &event, line.ptr);
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
			add_event_of(&w->texts[side], &w->set, &event, message.ptr);
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
	assert_true(found > lines / 10);
}

static void every_line_means_the_same(void **state)
{
	try_lines(*state, lines_to_try(), try_line);
}

static void every_rule_finds_the_same(void **state)
{
	try_lines(*state, lines_to_try() / 2, try_rules);
}

/* ---- whole scans ---- */

struct taken {
	const struct ruleset *set;
	struct buf text;    /* of the events, a line each */
	struct buf sums;    /* what is told of each log */
};

static void take(void *context, const struct event *event)
{
	struct taken *taken = context;

	buf_addf(&taken->text, "log %u at %llu: ", event->source, (unsigned long long)event->offset);
	add_event(&taken->text, taken->set, event);
	buf_add_text(&taken->text, ", user ");
	buf_add_escaped(&taken->text, event->user.ptr, event->user.len);
	buf_add_text(&taken->text, ", line ");
	buf_add_escaped(&taken->text, event->line.ptr, event->line.len);
	buf_add_char(&taken->text, '\n');
}

/* Without threads and blocks: each log is one block. The last line of the first one is not whole, and left out. */
static void take_whole_logs(struct world *w, const char *const paths[2], bool want_lines, struct taken *taken)
{
	struct batch *batch = batch_new();

	make_engines(w);
	for (uint32_t i = 0; i < 2; i++) {
		struct buf log = { 0 };
		struct source *source = source_open(paths[i], &log);

		assert_non_null(source);
		matcher_begin(w->matchers[SLOW], source_reference(source));
		source_close(source);
		assert_int_equal(file_read(paths[i], &log), 0);
		while (i == 0 && log.ptr[log.len - 1] != '\n')
			log.len--;
		block_scan(w->matchers[SLOW], log.ptr, log.len, 0, i, want_lines, batch);
		for (size_t k = 0; k < batch->count; k++)
			take(taken, &batch->events[k]);
		buf_free(&log);
	}
	batch_free(batch);
	free_engines(w);
}

static void scan_logs(struct world *w, const char *const paths[2], bool prefilter, unsigned threads, bool want_lines, struct taken *taken)
{
	struct scan_log logs[2] = { 0 };
	struct scan scan = { .logs = logs, .log_count = 2, .threads = threads, .want_phrases = true, .want_lines = want_lines,
			     .take = take, .context = taken };
	struct buf why = { 0 };

	assert_int_equal(engine_new(&scan.engine, &w->set, prefilter), 0);
	scan.limit_hits = mem_zalloc(w->set.count, sizeof(*scan.limit_hits));
	for (int i = 0; i < 2; i++) {
		logs[i].source = source_open(paths[i], &why);
		assert_non_null(logs[i].source);
		/* the first ends with a line that is not yet whole, the second with one that counts all the same */
		logs[i].take_unterminated = i == 1;
	}
	scan_run(&scan);
	for (int i = 0; i < 2; i++) {
		buf_addf(&taken->sums, "log %d: consumed %llu, lines %llu, events %llu, too long %llu, last time %lld\n", i,
			 (unsigned long long)logs[i].consumed, (unsigned long long)logs[i].lines, (unsigned long long)logs[i].events,
			 (unsigned long long)logs[i].too_long, (long long)logs[i].last_time);
		source_close(logs[i].source);
	}
	free(scan.limit_hits);
	engine_free(scan.engine);
	buf_free(&why);
}

/* First all lines as they are (a file that begins with bytes of no text is refused), then made ones, some of them again and
 * again, or too long, or repeated in syslog's words. */
static void write_log(struct mutator *m, const char *path, uint64_t lines)
{
	FILE *log = fopen(path, "w");

	assert_non_null(log);
	for (size_t i = 0; i < m->seeds->count; i++)
		fprintf(log, "%.*s\n", (int)m->seeds->all[i].len, m->seeds->all[i].line);
	for (uint64_t i = 0; i < lines; i++) {
		struct span line = mutate_next(m);
		uint64_t times = mutate_draw(m, 50) == 0 ? 1 + mutate_draw(m, 100) : 1;

		for (uint64_t k = 0; k < times; k++) {
			fwrite(line.ptr, 1, line.len, log);
			putc('\n', log);
		}
		for (uint64_t k = mutate_draw(m, 20) == 0 ? 1 + mutate_draw(m, 3) : 0; k > 0; k--)
			fprintf(log, "Nov  3 10:00:01 mx last message repeated %u times\n", (unsigned)mutate_draw(m, 5));
		if (mutate_draw(m, 3000) == 0)
			fprintf(log, "%0*d\n", (int)mutate_draw(m, 6 * MATCH_LINE_MAX), 0);
	}
	fputs("Nov  3 10:00:02 mx postfix/smtpd[1]: connect from unknown[192.0.2.1]", log);
	assert_int_equal(fclose(log), 0);
}

static void assert_same_events(struct taken *slow, struct taken *fast, const char *how)
{
	const char *a = buf_text(&slow->text), *b = buf_text(&fast->text);

	while (*a != '\0' && strcspn(a, "\n") == strcspn(b, "\n") && memcmp(a, b, strcspn(a, "\n") + 1) == 0) {
		a += strcspn(a, "\n") + 1;
		b += strcspn(b, "\n") + 1;
	}
	if (*a != '\0' || *b != '\0')
		fail_msg("%s: differs from one thread without a prefilter:\n%.*s\n%.*s", how, (int)strcspn(a, "\n"), a, (int)strcspn(b, "\n"), b);
}

static void taken_free(struct taken *taken)
{
	buf_free(&taken->text);
	buf_free(&taken->sums);
}

static void assert_same_scans(struct world *w, const char *const paths[2], bool want_lines)
{
	struct taken slow = { .set = &w->set }, whole = { .set = &w->set };
	char how[64];

	scan_logs(w, paths, false, 1, want_lines, &slow);
	take_whole_logs(w, paths, want_lines, &whole);
	assert_same_events(&slow, &whole, "without blocks");
	for (unsigned threads = 1; threads <= 4; threads++) {
		struct taken fast = { .set = &w->set };

		scan_logs(w, paths, true, threads, want_lines, &fast);
		snprintf(how, sizeof(how), "%u threads", threads);
		assert_same_events(&slow, &fast, how);
		assert_string_equal(buf_text(&slow.sums), buf_text(&fast.sums));
		taken_free(&fast);
	}
	taken_free(&whole);
	taken_free(&slow);
}

static void every_scan_tells_the_same(void **state)
{
	struct world *w = *state;
	char folder[] = "/tmp/mailban-equality-XXXXXX", first[64], second[64];
	const char *paths[] = { first, second };
	struct mutator m;

	mutate_begin(&m, &w->seeds);
	assert_non_null(mkdtemp(folder));
	print_message("logs in %s, which stays where they differ\n", folder);
	snprintf(first, sizeof(first), "%s/first", folder);
	snprintf(second, sizeof(second), "%s/second", folder);
	write_log(&m, first, LINES / 25);
	write_log(&m, second, LINES / 50);
	assert_same_scans(w, paths, false);
	assert_same_scans(w, paths, true);
	unlink(first);
	unlink(second);
	rmdir(folder);
	mutate_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_means_the_same),
		cmocka_unit_test(every_rule_finds_the_same),
		cmocka_unit_test(every_scan_tells_the_same),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
