/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * equality of scans: whole logs give the same events in the same order, however they are read.
 *
 * A log that is one block, read by one thread in the slowest, simplest way, is what scans with blocks and with any
 * number of threads are compared with. The logs are made of lines that are nearly those of the corpora (mutate.h).
 * Their times are in no order, so that most events come late: in which order these come is up to the blocks, and only
 * scans with blocks are compared in that, too. What the order is where lines are in their place says test_scan.
 */
#define _DEFAULT_SOURCE
#include "twins.h"

#include <unistd.h>

#include "base/sanitized.h"
#include "detect/block.h"
#include "detect/scan.h"
#include "detect/sessions.h"
#include "log/source.h"
#include "opened.h"

enum { LINES = SANITIZED ? 6000 : 24000 };

struct taken {
	const struct ruleset *set;
	struct buf text;    /* of the events, a line each */
	struct buf sums;    /* what is told of each log */
	bool alone;         /* only events of rules whose lines need no others */
};

/* Sessions are joined in the order of time. These lines are in none, so that blocks decide. */
static bool needs_others(const struct rule *rule)
{
	return (rule->flags & (EVENT_OPENS | EVENT_WAITS | EVENT_BEGINS)) != 0 ||
	       (rule->flags & (EVENT_NO_ADDRESS | EVENT_PER_CONNECTION)) == (EVENT_NO_ADDRESS | EVENT_PER_CONNECTION);
}

static void take(void *context, const struct event *event)
{
	struct taken *taken = context;

	if (taken->alone && needs_others(&taken->set->rules[event->rule]))
		return;
	buf_addf(&taken->text, "log %u at %llu: ", event->source, (unsigned long long)event->offset);
	twins_add_event(&taken->text, taken->set, event);
	buf_add_text(&taken->text, ", user ");
	buf_add_escaped(&taken->text, event->user.ptr, event->user.len);
	buf_add_text(&taken->text, ", line ");
	buf_add_escaped(&taken->text, event->line.ptr, event->line.len);
	buf_add_char(&taken->text, '\n');
}

/* The log as one block, without threads. The last line of the first log is not whole, and left out. */
static void take_whole_log(const char *path, bool take_unterminated, bool want_lines, struct taken *taken)
{
	struct sessions sessions = { 0 };
	struct batch *batch;
	struct twins twins = { 0 };
	struct buf log = { 0 };
	struct source *source = open_begun(path, &log);
	size_t kept = 0;

	twins_begin(&twins, taken->set);
	assert_non_null(source);
	matcher_begin(twins.matchers[SLOW], source_reference(source), NULL);
	source_close(source);
	assert_int_equal(file_read(path, &log), 0);
	while (!take_unterminated && log.ptr[log.len - 1] != '\n')
		log.len--;
	batch = block_scan(twins.matchers[SLOW],
			   &(struct block){ .bytes = log.ptr, .len = log.len, .want_lines = want_lines });
	for (size_t i = 0; i < batch->count; i++) {
		if (pieces_believes(&sessions.pieces, 0, &batch->events[i]))
			batch->events[kept++] = batch->events[i];
	}
	batch->count = kept;
	batch_sort(batch);
	for (size_t i = 0; i < kept; i++)
		sessions_take(&sessions, batch->sorted[i], take, taken);
	buf_free(&log);
	batch_free(batch);
	sessions_free(&sessions);
	twins_end(&twins);
}

/* Scans the logs from one number to before another: the first ends with a line that is not yet whole, the second with
 * one that counts all the same. */
static void scan_logs(const char *const paths[2], int from, int to, bool prefilter, unsigned threads, bool want_lines,
		      struct taken *taken)
{
	struct scan_log logs[2] = { 0 };
	struct scan scan = { .logs = logs + from, .log_count = (size_t)(to - from), .threads = threads,
			     .want_lines = want_lines, .take = take, .context = taken };
	struct buf why = { 0 };

	assert_int_equal(engine_new(&scan.engine, taken->set, prefilter), 0);
	scan.limit_hits = mem_zalloc(taken->set->count, sizeof(*scan.limit_hits));
	for (int i = from; i < to; i++) {
		logs[i].source = open_begun(paths[i], &why);
		assert_non_null(logs[i].source);
		logs[i].take_unterminated = i == 1;
	}
	scan_run(&scan);
	for (int i = from; i < to; i++) {
		buf_addf(&taken->sums, "log %d: consumed %llu, lines %llu, events %llu, too long %llu, last time %lld\n",
			 i, (unsigned long long)logs[i].consumed, (unsigned long long)logs[i].lines,
			 (unsigned long long)logs[i].events, (unsigned long long)logs[i].too_long,
			 (long long)logs[i].last_time);
		source_close(logs[i].source);
	}
	free(scan.limit_hits);
	engine_free(scan.engine);
	buf_free(&why);
}

/* First all lines as they are (a file that begins with bytes of no text is refused), then made ones, some of them
 * again and again, or too long, or repeated in syslog's words. */
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
		if (mutate_draw(m, 500) == 0)
			fprintf(log, "%0*d\n", (int)mutate_draw(m, 6 * MATCH_LINE_MAX), 0);
		for (uint64_t k = mutate_draw(m, 20) == 0 ? 1 + mutate_draw(m, 3) : 0; k > 0; k--)
			fprintf(log, "Nov  3 10:00:01 mx last message repeated %u times\n", (unsigned)mutate_draw(m, 5));
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

static int compare_lines(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Puts the lines of the events in alphabetical order. */
static void sort_lines(struct taken *taken)
{
	char *text = mem_text(buf_text(&taken->text)), *rest = text, **lines = NULL;
	size_t count = 0, room = 0;

	while (*rest != '\0') {
		lines = mem_grow(lines, &room, count + 1, sizeof(*lines));
		lines[count++] = strsep(&rest, "\n");
	}
	qsort(lines, count, sizeof(*lines), compare_lines);
	buf_clear(&taken->text);
	for (size_t i = 0; i < count; i++)
		buf_addf(&taken->text, "%s\n", lines[i]);
	free(lines);
	free(text);
}

static void taken_free(struct taken *taken)
{
	buf_free(&taken->text);
	buf_free(&taken->sums);
}

static void assert_same_scans(const struct ruleset *set, const char *const paths[2], bool want_lines)
{
	struct taken slow = { .set = set };
	char how[64];

	scan_logs(paths, 0, 2, false, 1, want_lines, &slow);
	for (unsigned threads = 1; threads <= 4; threads++) {
		struct taken fast = { .set = set };

		scan_logs(paths, 0, 2, true, threads, want_lines, &fast);
		snprintf(how, sizeof(how), "%u threads", threads);
		assert_same_events(&slow, &fast, how);
		assert_string_equal(buf_text(&slow.sums), buf_text(&fast.sums));
		taken_free(&fast);
	}
	taken_free(&slow);
}

static void assert_same_without_blocks(const struct ruleset *set, const char *const paths[2], bool want_lines)
{
	for (int i = 0; i < 2; i++) {
		struct taken blocks = { .set = set, .alone = true }, whole = { .set = set, .alone = true };

		scan_logs(paths, i, i + 1, false, 1, want_lines, &blocks);
		take_whole_log(paths[i], i == 1, want_lines, &whole);
		sort_lines(&blocks);
		sort_lines(&whole);
		assert_same_events(&blocks, &whole, "without blocks");
		taken_free(&whole);
		taken_free(&blocks);
	}
}

static void every_scan_tells_the_same(void **state)
{
	char folder[] = "/tmp/mailban-equality-XXXXXX", first[64], second[64];
	const char *paths[] = { first, second };
	struct ruleset set = { 0 };
	struct seeds seeds;
	struct mutator m;

	(void)state;
	assert_int_equal(rules_load(&set, NULL, RULES_WITH_SAMPLES), 0);
	seeds_load(&seeds, &set);
	mutate_begin(&m, &seeds);
	assert_non_null(mkdtemp(folder));
	print_message("logs in %s, which stays where they differ\n", folder);
	snprintf(first, sizeof(first), "%s/first", folder);
	snprintf(second, sizeof(second), "%s/second", folder);
	write_log(&m, first, LINES);
	write_log(&m, second, LINES / 2);
	for (int want_lines = 0; want_lines < 2; want_lines++) {
		assert_same_scans(&set, paths, want_lines);
		assert_same_without_blocks(&set, paths, want_lines);
	}
	unlink(first);
	unlink(second);
	rmdir(folder);
	mutate_end(&m);
	seeds_free(&seeds);
	rules_free(&set);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_scan_tells_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
