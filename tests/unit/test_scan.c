/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan: the events of all logs are taken in the order of time, however lines are dealt to logs.
 *
 * Lines are made, dealt to logs, and scanned; what is taken is written down as lines that alphabetical order sorts as
 * events are to be ordered. So the test knows the order without the scan's own way of comparing. Lines of a connection
 * are to stay as they stood.
 */
#define _DEFAULT_SOURCE
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "base/mem.h"
#include "detect/rules.h"
#include "detect/scan.h"
#include "log/source.h"
#include "opened.h"
#include "random.h"

enum { LOGS_MAX = 300, PROCESSES = 3, MONDAY = 1793577600 };

static uint64_t random_state;
static char folder[] = "/tmp/mailban-scan-XXXXXX";
static struct ruleset rules;

static size_t below(size_t n)
{
	return random_below(&random_state, n);
}

struct line {
	int64_t time;
	int64_t place;      /* lines stand in a log by it */
	char text[224];
	unsigned process;   /* PROCESSES: one of whose connections nothing is known */
};

struct lines_made {
	struct line *all;
	size_t count, capacity;
};

static void add_line(struct lines_made *l, int64_t time, int64_t place, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

static void add_line(struct lines_made *l, int64_t time, int64_t place, const char *format, ...)
{
	struct line *line;
	time_t seconds = (time_t)time;
	struct tm tm;
	va_list args;
	size_t len;

	l->all = mem_grow(l->all, &l->capacity, l->count + 1, sizeof(*l->all));
	line = &l->all[l->count++];
	line->time = time;
	line->place = place;
	gmtime_r(&seconds, &tm);
	len = strftime(line->text, sizeof(line->text), "%Y-%m-%dT%H:%M:%S+00:00 mx ", &tm);
	va_start(args, format);
	vsnprintf(line->text + len, sizeof(line->text) - len, format, args);
	va_end(args);
}

/* One of some clients does something: each is an event. */
static void add_any(struct lines_made *l, int64_t time, int64_t place, unsigned clients)
{
	static const char *const users[] = { "ann", "Ann", "bob", "info" };
	unsigned client = 1 + (unsigned)below(clients), process = (unsigned)below(PROCESSES), kind = (unsigned)below(5);
	const char *user = users[below(4)];

	switch (kind) {
	case 0:
		add_line(l, time, place, "postfix/smtpd[%u]: connect from unknown[192.0.2.%u]", process, client);
		break;
	case 1:
		add_line(l, time, place, "postfix/smtpd[%u]: warning: unknown[192.0.2.%u]: SASL LOGIN authentication failed: x",
			 process, client);
		break;
	case 2:
		add_line(l, time, place, "postfix/smtpd[%u]: disconnect from unknown[192.0.2.%u] ehlo=1 auth=0/1 commands=1/2",
			 process, client);
		break;
	case 3:
		add_line(l, time, place, "dovecot: imap-login: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): "
			 "user=<%s>, method=PLAIN, rip=2001:db8::%x, lip=192.0.2.250", user, client);
		break;
	default:
		add_line(l, time, place, "dovecot: imap-login: Login: user=<%s>, method=PLAIN, rip=2001:db8::%x, lip=192.0.2.250, "
			 "mpid=7", user, client);
	}
	l->all[l->count - 1].process = kind < 3 ? process : PROCESSES;
}

static int compare_places(const void *a, const void *b)
{
	const struct line *x = a, *y = b;

	return x->place != y->place ? (x->place > y->place) - (x->place < y->place) : strcmp(x->text, y->text);
}

/* A log of each is written by who deals: log_of says to which a line goes. */
struct dealt {
	struct scan_log logs[LOGS_MAX];
	size_t count;
};

static void path_of(char path[80], size_t log)
{
	snprintf(path, 80, "%s/%zu", folder, log);
}

static void write_logs(const struct lines_made *l, const uint16_t *log_of, size_t count)
{
	FILE *files[LOGS_MAX];
	char path[80];

	for (size_t i = 0; i < count; i++) {
		path_of(path, i);
		files[i] = fopen(path, "w");
		assert_non_null(files[i]);
	}
	for (size_t i = 0; i < l->count; i++)
		fprintf(files[log_of[i]], "%s\n", l->all[i].text);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(fclose(files[i]), 0);
}

static void remove_logs(size_t count)
{
	char path[80];

	for (size_t i = 0; i < count; i++) {
		path_of(path, i);
		unlink(path);
	}
}

/* What was taken, in words that sort as the events should, up to the bar. */
static void take(void *context, const struct event *event)
{
	buf_addf(context, "%012lld %016llx ", (long long)event->time, (unsigned long long)event->connection);
	if (event->connection != 0)
		buf_add_char(context, '|');
	buf_addf(context, "%016llx%016llx %c%u %05u %u %.*s\n", (unsigned long long)event->addr.hi,
		 (unsigned long long)event->addr.lo, event->event_class == CLASS_GOOD ? 'z' : 'a', event->event_class,
		 event->rule, event->count, (int)event->user.len, event->user.len > 0 ? event->user.ptr : "");
}

/* Scans the logs, given in an order drawn at random. Returns the most bytes of events that waited. */
static uint64_t scan_logs(size_t count, unsigned threads, scan_take *taker, void *context)
{
	static struct scan_log logs[LOGS_MAX];
	struct scan scan = { .logs = logs, .log_count = count, .threads = threads, .take = taker, .context = context };
	struct buf why = { 0 };

	memset(logs, 0, sizeof(logs));
	assert_int_equal(engine_new(&scan.engine, &rules, true), 0);
	scan.limit_hits = mem_zalloc(rules.count, sizeof(*scan.limit_hits));
	for (size_t i = 0; i < count; i++) {
		size_t other = below(i + 1);
		char path[80];

		path_of(path, i);
		logs[i] = logs[other];
		logs[other].source = open_begun(path, &why);
		assert_non_null(logs[other].source);
	}
	scan_run(&scan);
	for (size_t i = 0; i < count; i++)
		source_close(logs[i].source);
	free(scan.limit_hits);
	engine_free(scan.engine);
	buf_free(&why);
	return scan.most_waiting;
}

/* Whether the lines are in order, and how many. */
static size_t assert_sorted(struct buf *text)
{
	char *copy = mem_text(buf_text(text)), *at = copy, *end, *before = NULL;
	size_t count = 0;

	for (; (end = strchr(at, '\n')) != NULL; at = end + 1) {
		*end = '\0';
		if (before != NULL && strncmp(before, at, strcspn(at, "|")) > 0)
			fail_msg("event %zu comes too late:\n%s\n%s", count, before, at);
		before = at;
		count++;
	}
	free(copy);
	return count;
}

/* Deals lines at random; those of one process stay together. */
static void deal(const struct lines_made *l, size_t count)
{
	uint16_t *log_of = mem_zalloc(l->count, sizeof(*log_of)), by_process[PROCESSES];

	for (size_t i = 0; i < PROCESSES; i++)
		by_process[i] = (uint16_t)below(count);
	for (size_t i = 0; i < l->count; i++)
		log_of[i] = l->all[i].process < PROCESSES ? by_process[l->all[i].process] : (uint16_t)below(count);
	write_logs(l, log_of, count);
	free(log_of);
}

/* Some lines are late by nearly a minute, and some come from a host whose clock is ahead. */
static void make_lines(struct lines_made *l, size_t count, int64_t ahead)
{
	int64_t time = MONDAY;

	for (size_t i = 0; i < count; i++) {
		time += below(6) == 0;
		add_any(l, time + (below(8) == 0 ? ahead : 0), time + (int64_t)(below(50) == 0 ? below(56) : 0), 6);
	}
	qsort(l->all, l->count, sizeof(*l->all), compare_places);
}

static void assert_one_order(int64_t ahead)
{
	static const unsigned threads[] = { 1, 2, 4 };
	enum { LINES = 20000, ROUNDS = 8 };
	struct lines_made l = { 0 };
	struct buf first = { 0 }, text = { 0 };

	make_lines(&l, LINES, ahead);
	for (unsigned round = 0; round < ROUNDS; round++) {
		size_t count = round == 0 ? 1 : 1 + below(6);

		deal(&l, count);
		buf_clear(&text);
		scan_logs(count, threads[round % 3], take, &text);
		remove_logs(count);
		assert_int_equal(assert_sorted(&text), LINES);
		if (round == 0)
			buf_add_span(&first, (struct span){ text.ptr, text.len });
		assert_string_equal(buf_text(&first), buf_text(&text));
	}
	buf_free(&first);
	buf_free(&text);
	free(l.all);
}

static void any_logs_give_one_order(void **state)
{
	(void)state;
	assert_one_order(0);
}

static void a_clock_that_is_ahead_changes_nothing(void **state)
{
	(void)state;
	assert_one_order(3600);
}

struct phases {
	char words[64];
	size_t len;
};

static void take_phase(void *context, const struct event *event)
{
	struct phases *p = context;

	assert_true(p->len < sizeof(p->words) - 2);
	p->words[p->len++] = (event->flags & EVENT_BEGINS) != 0 ? 'b' : (event->flags & EVENT_ENDS) != 0 ? 'e' : 'm';
	p->words[p->len++] = (char)('0' + (event->flags & EVENT_NO_ADDRESS ? 0 : event->addr.lo & 15));
	p->words[p->len] = '\0';
}

/* One process serves a client after another, one of them twice, while another program writes; all in a second, in which
 * the log is rotated. */
static void connections_of_a_second_keep_their_order(void **state)
{
	static const unsigned clients[] = { 9, 7, 7, 8 };
	struct lines_made l = { 0 };
	struct phases phases = { 0 };
	uint16_t log_of[18];

	(void)state;
	add_line(&l, MONDAY - 500, 0, "postfix/smtpd[9]: connect from unknown[192.0.2.1]");
	for (unsigned i = 0; i < 4; i++) {
		add_line(&l, MONDAY, 0, "postfix/smtpd[9]: connect from unknown[192.0.2.%u]", clients[i]);
		add_line(&l, MONDAY, 0, "postfix/smtpd[9]: warning: unknown[192.0.2.%u]: SASL LOGIN authentication failed: x",
			 clients[i]);
		add_line(&l, MONDAY, 0, "postfix/smtpd[9]: warning: unknown[192.0.2.%u]: SASL LOGIN authentication failed: "
			 "Connection lost to authentication server", clients[i]);
		add_line(&l, MONDAY, 0, "postfix/smtpd[9]: disconnect from unknown[192.0.2.%u] ehlo=1 auth=0/1", clients[i]);
	}
	add_line(&l, MONDAY, 0, "dovecot: imap-login: Login: user=<ann>, method=PLAIN, rip=192.0.2.6, lip=192.0.2.250, "
		 "mpid=7");
	for (unsigned i = 0; i < 18; i++)
		log_of[i] = i == 17 ? 2 : i < 6;
	write_logs(&l, log_of, 3);
	for (unsigned round = 0; round < 12; round++) {
		phases.len = 0;
		scan_logs(3, 1, take_phase, &phases);
		assert_string_equal(phases.words, "b1m6b9m9m9e9b7m7m7e7b7m7m7e7b8m8m8e8");
	}
	remove_logs(3);
	free(l.all);
}

/* A log of three months beside one of their last day: of the first hardly more than a block waits. */
static void few_events_wait(void **state)
{
	enum { LINES = 60000, DAY = 86400, MONTHS = 90 * DAY };
	struct lines_made l = { 0 };
	struct buf text = { 0 };
	uint16_t *log_of = mem_zalloc(2 * LINES, sizeof(*log_of));

	(void)state;
	for (int64_t i = 0; i < LINES; i++)
		add_any(&l, MONDAY + i * MONTHS / LINES, 0, 100);
	for (int64_t i = 0; i < LINES; i++) {
		add_any(&l, MONDAY + MONTHS - DAY + i * DAY / LINES, 0, 100);
		log_of[LINES + i] = 1;
	}
	write_logs(&l, log_of, 2);
	for (unsigned threads = 1; threads <= 2; threads++) {
		buf_clear(&text);
		assert_true(scan_logs(2, threads, take, &text) < 1500 * 1000);
		assert_int_equal(assert_sorted(&text), 2 * LINES);
	}
	remove_logs(2);
	free(log_of);
	free(l.all);
	buf_free(&text);
}

/* No more wait of many rotations than of one log, whatever they are called. */
static void rotations_are_read_one_after_another(void **state)
{
	enum { LINES = 60000 };
	struct lines_made l = { 0 };
	struct buf text = { 0 };
	uint16_t *log_of = mem_zalloc(LINES, sizeof(*log_of));

	(void)state;
	for (int64_t i = 0; i < LINES; i++)
		add_any(&l, MONDAY + 10 * i, MONDAY + 10 * i + (int64_t)below(31), 100);
	qsort(l.all, l.count, sizeof(*l.all), compare_places);
	for (size_t i = 0; i < LINES; i++)
		log_of[i] = (uint16_t)(i * LOGS_MAX / LINES);
	write_logs(&l, log_of, LOGS_MAX);
	for (unsigned threads = 1; threads <= 4; threads *= 2) {
		buf_clear(&text);
		assert_true(scan_logs(LOGS_MAX, threads, take, &text) < 200 * 1000);
		assert_int_equal(assert_sorted(&text), LINES);
	}
	remove_logs(LOGS_MAX);
	free(log_of);
	free(l.all);
	buf_free(&text);
}

/* What is no log of time at all costs no more than sorting it, and is put in order as long as there is room. */
static void hostile_logs_are_sorted(void **state)
{
	enum { LINES = 100000 };
	struct lines_made second = { 0 }, backwards = { 0 };
	struct buf text = { 0 };

	(void)state;
	for (int64_t i = 0; i < LINES; i++) {
		add_any(&second, MONDAY, 0, 200);
		add_any(&backwards, MONDAY + 10 * (LINES - i), 0, 200);
	}
	deal(&second, 2);
	scan_logs(2, 2, take, &text);
	assert_int_equal(assert_sorted(&text), LINES);
	buf_clear(&text);
	deal(&backwards, 1);
	scan_logs(1, 2, take, &text);
	assert_int_equal(assert_sorted(&text), LINES);
	remove_logs(2);
	free(second.all);
	free(backwards.all);
	buf_free(&text);
}

/* Later than the slack it is taken as it comes: as often, and the same with any number of threads. */
static void late_events_do_not_depend_on_threads(void **state)
{
	enum { LINES = 30000 };
	struct lines_made l = { 0 };
	struct buf first = { 0 }, text = { 0 };

	(void)state;
	for (int64_t i = 0; i < LINES; i++)
		add_any(&l, MONDAY + i - (int64_t)(below(50) == 0 ? below(86400) : 0), 0, 100);
	deal(&l, 5);
	for (unsigned threads = 1; threads <= 4; threads++) {
		buf_clear(&text);
		scan_logs(5, threads, take, &text);
		if (threads == 1)
			buf_add_span(&first, (struct span){ text.ptr, text.len });
		assert_string_equal(buf_text(&first), buf_text(&text));
	}
	remove_logs(5);
	free(l.all);
	buf_free(&first);
	buf_free(&text);
}

struct repeat {
	unsigned counts[8];
	char users[8];
	size_t count;
};

static void take_repeat(void *context, const struct event *event)
{
	struct repeat *r = context;

	assert_true(r->count < 8);
	r->counts[r->count] = event->count;
	r->users[r->count++] = event->user.ptr[0];
}

/* "last message repeated" means the line before it in its own log. */
static void a_repetition_is_of_its_own_log(void **state)
{
	static const char failed[] = "dovecot: imap-login: Disconnected: Connection closed (auth failed, 1 attempts in "
				     "2 secs): user=<%s>, method=PLAIN, rip=192.0.2.%u, lip=192.0.2.250";
	struct lines_made l = { 0 };
	struct repeat r = { 0 };
	static const uint16_t log_of[] = { 0, 1, 0, 1 };

	(void)state;
	add_line(&l, MONDAY, 0, failed, "ann", 1U);
	add_line(&l, MONDAY + 1, 0, failed, "bob", 2U);
	add_line(&l, MONDAY + 2, 0, "last message repeated 3 times");
	add_line(&l, MONDAY + 2, 0, "last message repeated 5 times");
	write_logs(&l, log_of, 2);
	scan_logs(2, 1, take_repeat, &r);
	remove_logs(2);
	assert_int_equal(r.count, 4);
	assert_memory_equal(r.users, "aabb", 4);
	assert_int_equal(r.counts[0], 1);
	assert_int_equal(r.counts[1], 3);
	assert_int_equal(r.counts[2], 1);
	assert_int_equal(r.counts[3], 5);
	free(l.all);
}

static void sum_repeats(void *context, const struct event *event)
{
	struct repeat *r = context;

	assert_memory_equal(event->user.ptr, "ann", 3);
	r->counts[0] += event->count;
	r->count++;
}

/* The line repeated stands two blocks before. */
static void a_repetition_reaches_over_blocks(void **state)
{
	enum { REPEATS = 12000 };
	struct lines_made l = { 0 };
	struct repeat r = { 0 };

	(void)state;
	add_line(&l, MONDAY, 0, "dovecot: imap-login: Disconnected: Connection closed (auth failed, 1 attempts in 2 secs): "
		 "user=<ann>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.250");
	for (unsigned i = 0; i < REPEATS; i++)
		add_line(&l, MONDAY + i, 0, "last message repeated 2 times");
	deal(&l, 1);
	scan_logs(1, 2, sum_repeats, &r);
	remove_logs(1);
	assert_int_equal(r.count, 1 + REPEATS);
	assert_int_equal(r.counts[0], 1 + 2 * REPEATS);
	free(l.all);
}

/* Lines "last message repeated" of several hosts, at the front of a block and inside one. */
static void a_repetition_is_of_its_own_host(void **state)
{
	static const char failed[] = "dovecot: imap-login: Disconnected: Connection closed (auth failed, 1 attempts in "
				     "2 secs): user=<ann>, method=PLAIN, rip=192.0.2.1, lip=192.0.2.250";
	struct lines_made l = { 0 };
	struct repeat r = { 0 };
	char path[80];
	FILE *log;

	(void)state;
	/* once behind a block that the event ends, once inside of a block */
	for (unsigned twice = 0; twice < 2; twice++) {
		add_line(&l, MONDAY, 0, "%s", failed);
		add_line(&l, MONDAY + 1, 0, "last message repeated 2 times");
		add_line(&l, MONDAY + 2, 0, "last message repeated 30 times");
		memcpy(strstr(l.all[l.count - 1].text, " mx "), " db ", 4);
		/* nobody knows what was before the line of the other host */
		add_line(&l, MONDAY + 3, 0, "last message repeated 400 times");
	}
	path_of(path, 0);
	log = fopen(path, "w");
	assert_non_null(log);
	for (size_t i = strlen(l.all[0].text) + 1; i < LINES_BLOCK; i++)
		putc('\n', log);
	for (size_t i = 0; i < l.count; i++)
		fprintf(log, "%s\n", l.all[i].text);
	assert_int_equal(fclose(log), 0);
	for (unsigned threads = 1; threads <= 2; threads++) {
		r = (struct repeat){ 0 };
		scan_logs(1, threads, sum_repeats, &r);
		assert_int_equal(r.count, 4);
		assert_int_equal(r.counts[0], 2 * (1 + 2));
	}
	remove_logs(1);
	free(l.all);
}

static int begin(void **state)
{
	(void)state;
	return mkdtemp(folder) != NULL ? rules_load(&rules, NULL, RULES_WITHOUT_SAMPLES) : -1;
}

static int end(void **state)
{
	(void)state;
	rules_free(&rules);
	return rmdir(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_logs_give_one_order),
		cmocka_unit_test(a_clock_that_is_ahead_changes_nothing),
		cmocka_unit_test(connections_of_a_second_keep_their_order),
		cmocka_unit_test(few_events_wait),
		cmocka_unit_test(rotations_are_read_one_after_another),
		cmocka_unit_test(hostile_logs_are_sorted),
		cmocka_unit_test(late_events_do_not_depend_on_threads),
		cmocka_unit_test(a_repetition_is_of_its_own_log),
		cmocka_unit_test(a_repetition_reaches_over_blocks),
		cmocka_unit_test(a_repetition_is_of_its_own_host),
	};

	random_state = random_begin(random_seed());
	return cmocka_run_group_tests(tests, begin, end);
}
