/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge_driver: the judgement over events that are written as sentences, a line each:
 *
 *	10:00 auth 192.0.2.1 ann             a failed login of ann
 *	1d10:00:05 login 192.0.2.1 ann       a day and five seconds later she logs in
 *	10:00 reject 192.0.2.1 c=7 +named    a refused recipient in connection 7 of a client with a verified name
 *
 * Behind time, class and address stand the user name and n=COUNT, repeats=COUNT, points=THOUSANDTHS, c=CONNECTION,
 * +named, +ends, +sends, +checker, +pam; classes are those of rules, and login and mail for the two kinds of good
 * ones. */
#ifndef MAILBAN_TESTS_JUDGE_DRIVER_H
#define MAILBAN_TESTS_JUDGE_DRIVER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/mem.h"
#include "app/remembered.h"
#include "judge/judge.h"

/* 2026-11-01T00:00Z, where the clock of the tests begins. */
#define BASE INT64_C(1793491200)

enum { LINE_MAX_LEN = 200, DAYS = 86400 };

struct world {
	struct judge_settings settings;
	struct judge judge;
	struct state memory;         /* what the last run left */
	struct buf breaches;         /* of all runs: "ADDRESS NAME", a line each */
	bool cut;                    /* a run ends behind each event */
};

/* The world of the test at hand. */
static struct world the;

/* Seconds since BASE of "2d", "10:00", "1d10:00:05". */
static inline int64_t span_at(const char *text)
{
	int64_t sum = 0, unit = 3600;

	while (*text != '\0') {
		char *end;
		long number = strtol(text, &end, 10);

		assert_ptr_not_equal(end, text);
		sum += *end == 'd' ? number * DAYS : number * unit;
		unit = *end == ':' ? unit / 60 : unit;
		text = *end != '\0' ? end + 1 : end;
	}
	return sum;
}

static inline int64_t at(const char *text)
{
	return BASE + span_at(text);
}

static inline struct addr net_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse_net(&a, text, strlen(text)));
	return a;
}

static inline bool take_option(struct event *event, const char *word)
{
	if (strncmp(word, "n=", 2) == 0)
		event->count = (uint32_t)strtoul(word + 2, NULL, 10);
	else if (strncmp(word, "repeats=", 8) == 0)
		event->repeats = event->lines = (uint32_t)strtoul(word + 8, NULL, 10);
	else if (strncmp(word, "points=", 7) == 0)
		event->points = (uint32_t)strtoul(word + 7, NULL, 10);
	else if (strncmp(word, "c=", 2) == 0)
		event->connection = strtoul(word + 2, NULL, 10);
	else if (strcmp(word, "+named") == 0)
		event->flags |= EVENT_NAMED;
	else if (strcmp(word, "+sends") == 0)
		event->flags |= EVENT_SENDS;
	else if (strcmp(word, "+checker") == 0)
		event->flags |= EVENT_CHECKER;
	else if (strcmp(word, "+pam") == 0)
		event->flags |= EVENT_PAM;
	else if (strcmp(word, "+begins") == 0)
		event->flags |= EVENT_BEGINS;
	else if (strcmp(word, "+ends") == 0)
		event->flags |= EVENT_ENDS;
	else
		return false;
	return true;
}

static inline void take_class(struct event *event, const char *word)
{
	bool mail = strcmp(word, "mail") == 0;
	enum event_class event_class = CLASS_GOOD;

	if (!mail && strcmp(word, "login") != 0)
		assert_true(event_class_parse(&event_class, word));
	event->event_class = (uint8_t)event_class;
	event->flags |= mail ? EVENT_ACCEPTED : 0;
}

/* Ends the run and begins the next one. */
static inline void next_run(struct world *w)
{
	int64_t now = w->judge.now;

	for (size_t i = 0; i < w->judge.entered.count; i++) {
		const struct entered *e = &w->judge.entered.all[i];

		if (!e->fresh || e->how != ENTERED_GUESSED)
			continue;
		addr_add_to(&w->breaches, &e->addr);
		buf_addf(&w->breaches, " %s\n", e->user);
	}
	judge_save(&w->judge, &w->memory);
	judge_free(&w->judge);
	judge_init(&w->judge, &w->settings, now);
	assert_int_equal(remembered_judge(&w->memory, "state", &w->judge), 0);
}

static inline void say_line(struct world *w, const char *text, size_t len)
{
	struct event event = { .count = 1 };
	char copy[LINE_MAX_LEN], *save, *word;

	snprintf(copy, sizeof(copy), "%.*s", (int)len, text);
	event.time = at(strtok_r(copy, " ", &save));
	take_class(&event, strtok_r(NULL, " ", &save));
	event.addr = net_of(strtok_r(NULL, " ", &save));
	while ((word = strtok_r(NULL, " ", &save)) != NULL) {
		if (!take_option(&event, word))
			event.user = (struct span){ word, strlen(word) };
	}
	judge_event(&w->judge, &event, w->judge.now);
	if (w->cut)
		next_run(w);
}

static inline void says(const char *events)
{
	while (*events != '\0') {
		size_t len = strcspn(events, "\n");

		if (len > 0)
			say_line(&the, events, len);
		events += len + (events[len] != '\0');
	}
}

/* The same event so many times, from a time on in steps; each # of it is the number, from 1. */
static inline void says_times(unsigned times, const char *from, const char *step, const char *event)
{
	for (unsigned i = 1; i <= times; i++) {
		struct buf line = { 0 };
		int64_t when = span_at(from) + (i - 1) * span_at(step);

		buf_addf(&line, "%d:%d:%d ", (int)(when / 3600), (int)(when / 60 % 60), (int)(when % 60));
		for (const char *c = event; *c != '\0'; c++) {
			if (*c == '#')
				buf_addf(&line, "%u", i);
			else
				buf_add_char(&line, *c);
		}
		says(buf_text(&line));
		buf_free(&line);
	}
}

static inline struct account *account_of(const char *addr)
{
	struct addr net = net_of(addr);

	return accounts_find(&the.judge.accounts, &net);
}

/* Whether its ban stands at the account's time. */
static inline bool is_banned(const char *addr)
{
	const struct account *a = account_of(addr);

	return a != NULL && account_is_banned(a, a->time);
}

static inline bool is_banned_at(const char *addr, const char *time)
{
	const struct account *a = account_of(addr);

	return a != NULL && account_is_banned(a, at(time));
}

/* The days that a ban lasts from the last event on, rounded. */
static inline int days_left(const char *addr)
{
	const struct account *a = account_of(addr);

	return a == NULL || a->since == 0 ? 0 : (int)((a->until - a->time + DAYS / 2) / DAYS);
}

/* The balance is so much at the account's time, to a tenth of a point. */
#define points_are(addr, expected) assert_string_equal(points_of_account(addr), expected)

static inline const char *points_of_account(const char *addr)
{
	static char text[32];
	const struct account *a = account_of(addr);
	struct buf out = { 0 };

	points_add_rough(&out, a == NULL ? 0 : account_balance(a, &the.settings));
	snprintf(text, sizeof(text), "%s", buf_text(&out));
	buf_free(&out);
	return text;
}

/* Breaches so far. */
static inline const char *breaches(void)
{
	next_run(&the);
	return buf_text(&the.breaches);
}

static inline void begin_world(bool cut)
{
	the = (struct world){ .cut = cut };
	judge_settings_defaults(&the.settings);
	judge_init(&the.judge, &the.settings, at("2000d"));
}

static inline void end_world(void)
{
	judge_free(&the.judge);
	state_free(&the.memory);
	buf_free(&the.breaches);
}

/* Forgets everything, in the middle of a test. */
static inline void anew(void)
{
	bool cut = the.cut;

	end_world();
	begin_world(cut);
}

static inline int begin_test(void **state)
{
	begin_world(*state != NULL);
	return 0;
}

static inline int end_test(void **state)
{
	(void)state;
	end_world();
	return 0;
}

/* Each sentence holds in one run, and with a run of its own for each event. */
#define SENTENCE(test) \
	{ #test, test, begin_test, end_test, NULL }, \
	{ #test "_in_many_runs", test, begin_test, end_test, (void *)1 }

#endif
