/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judging_driver: runs the judgement as `mailban run` does, over events written as text, with list, history and pending
 * evidence passed on from run to run as the text that would stand in the files. */
#ifndef MAILBAN_TESTS_JUDGING_DRIVER_H
#define MAILBAN_TESTS_JUDGING_DRIVER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/when.h"
#include "judge/policy.h"
#include "list/blacklist.h"

/* 2026-11-01T00:00Z: times of the tests are lengths of time since then, as "1d2h30m5s". */
#define BASE INT64_C(1793491200)

struct world {
	struct judge_settings settings;
	struct netset allow;
	struct buf list, history, pending; /* what stands in the files */
	struct buf changes;                /* of the last run, a line each */
	struct knock {
		struct addr net;
		uint64_t packets;
	} knocks[8];
	size_t knock_count;
	uint64_t added;
	bool force, over_limit;
};

static inline int64_t at(const char *text)
{
	int64_t sum = 0;

	while (*text != '\0') {
		char *end;
		long number = strtol(text, &end, 10);
		int64_t unit = *end == 'd' ? 86400 : *end == 'h' ? 3600 : *end == 'm' ? 60 : 1;

		assert_ptr_not_equal(end, text);
		sum += number * unit;
		text = *end != '\0' ? end + 1 : end;
	}
	return BASE + sum;
}

static inline struct addr net_of(const char *text)
{
	struct addr a;

	assert_true(addr_parse_net(&a, text, strlen(text)));
	return a;
}

static inline void world_init(struct world *w)
{
	*w = (struct world){ 0 };
	judge_settings_defaults(&w->settings);
	/* the documentation addresses are not private, whatever else they are */
}

static inline void world_free(struct world *w)
{
	netset_free(&w->allow);
	buf_free(&w->list);
	buf_free(&w->history);
	buf_free(&w->pending);
	buf_free(&w->changes);
}

/* "TIME ADDRESS CLASS [user=NAME] [n=COUNT] [weak] [mail]" */
static inline void add_event(struct tally *tally, const char *text)
{
	struct event event = { .count = 1 };
	char copy[200], *save, *word;
	enum event_class event_class;

	snprintf(copy, sizeof(copy), "%s", text);
	event.time = at(strtok_r(copy, " ", &save));
	event.addr = net_of(strtok_r(NULL, " ", &save));
	assert_true(event_class_parse(&event_class, strtok_r(NULL, " ", &save)));
	event.event_class = (uint8_t)event_class;
	while ((word = strtok_r(NULL, " ", &save)) != NULL) {
		if (strncmp(word, "user=", 5) == 0)
			event.user = (struct span){ word + 5, strlen(word + 5) };
		else if (strncmp(word, "n=", 2) == 0)
			event.count = (uint32_t)strtoul(word + 2, NULL, 10);
		else if (strcmp(word, "weak") == 0)
			event.flags |= EVENT_WEAK;
		else if (strcmp(word, "mail") == 0)
			event.flags |= EVENT_ACCEPTED;
		else
			fail_msg("event: %s", word);
	}
	event.user_hash = event_user_hash(event.user);
	tally_add(tally, &event);
}

static inline const char *change_name(enum change_kind kind)
{
	static const char *const names[] = { "breach", "added", "network", "renewed", "moved", "expired", "forgiven",
		"dissolved", "allowed", "into", "refused", "over", "attacked", "known", "too-wide" };

	return names[kind];
}

static inline void world_take(struct world *w, struct policy_result *result)
{
	buf_clear(&w->changes);
	for (size_t i = 0; i < result->change_count; i++) {
		const struct policy_change *c = &result->changes[i];

		buf_addf(&w->changes, "%s ", change_name(c->kind));
		addr_add_to(&w->changes, &c->net);
		if (c->user.len > 0)
			buf_addf(&w->changes, " %.*s", (int)c->user.len, c->user.ptr);
		buf_addf(&w->changes, "\n");
	}
	w->added = result->added;
	w->over_limit = result->over_limit;
}

struct run {
	struct world *world;
	struct banlist old;
	struct history history;
	struct tally *tally;
	int64_t now;
};

static inline void run_begin(struct run *run, struct world *w, int64_t now)
{
	struct buf text = { 0 };
	unsigned long line;

	*run = (struct run){ .world = w, .now = now };
	buf_add(&text, w->list.ptr, w->list.len);
	if (w->list.len > 0)
		assert_int_equal(blacklist_parse(&text, "list", &run->old), 0);
	assert_int_equal(history_load(&run->history, w->history.ptr, w->history.len, &line), 0);
	run->tally = tally_new(&w->settings, &run->history, &run->old, now);
	assert_int_equal(tally_load(run->tally, w->pending.ptr, w->pending.len, &line), 0);
	if (w->list.len == 0)
		buf_free(&text);
}

/* wrote: how far the run came in writing before it was killed: 0 nothing, 1 the list, 2 all of it. */
static inline void run_end(struct run *run, int wrote)
{
	struct world *w = run->world;
	struct policy_result result;
	struct policy_input input = { .tally = run->tally, .old = &run->old, .history = &run->history, .allow = &w->allow,
		.settings = &w->settings, .now = run->now,
		.knocks = { { &w->knocks[0].net, &w->knocks[0].packets, sizeof(w->knocks[0]), w->knock_count } },
		.force = w->force };

	policy_judge(&input, &result);
	world_take(w, &result);
	if (wrote >= 1) {
		buf_clear(&w->list);
		blacklist_format(&result.list, &w->list);
	}
	if (wrote >= 2) {
		buf_clear(&w->history);
		buf_clear(&w->pending);
		history_save(&result.history, &w->history);
		tally_save(run->tally, &w->pending);
	}
	policy_result_free(&result);
	tally_free(run->tally);
	history_free(&run->history);
	banlist_free(&run->old);
}

/* Events, one a line. */
static inline void run_events(struct run *run, const char *events)
{
	while (*events != '\0') {
		size_t len = strcspn(events, "\n");
		char line[200];

		snprintf(line, sizeof(line), "%.*s", (int)len, events);
		if (len > 0)
			add_event(run->tally, line);
		events += len + (events[len] != '\0');
	}
}

/* One run over events that comes to its end. */
static inline void run_over(struct world *w, const char *now, const char *events)
{
	struct run run;

	run_begin(&run, w, at(now));
	run_events(&run, events);
	run_end(&run, 2);
}

/* The list without its header, blanks before # folded, as "ADDRESS # ...". */
static inline const char *list_text(struct world *w)
{
	static struct buf folded;
	const char *text = buf_text(&w->list);

	buf_clear(&folded);
	if (strncmp(text, BLACKLIST_HEADER, strlen(BLACKLIST_HEADER)) == 0)
		text += strlen(BLACKLIST_HEADER);
	for (; *text != '\0'; text++) {
		if (*text != ' ' || text[1] != ' ')
			buf_add_char(&folded, *text);
	}
	return buf_text(&folded);
}

#define list_is(w, expected) assert_string_equal(list_text(w), expected)
#define changes_are(w, expected) assert_string_equal(buf_text(&(w)->changes), expected)

#endif
