/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * tally: the events of each address.
 *
 * Takes events as they come off the logs, decides whether they count (once a connection, where the class says so), adds
 * to the address's numbers and hands them to its ledger, which knows at any time what they come to. An address that
 * appears for the first time gets what the history knows of its bans, so that what happens while one stands is not
 * counted. A ban that is missing in the list (doubt.c) is followed both as if it stood and as if it had never been.
 */
#include "judge/tally_inside.h"

#include <stdlib.h>

#include "base/mem.h"
#include "judge/window.h"

struct tally *tally_new(const struct judge_settings *settings, const struct history *history,
	const struct banlist *old, int64_t now)
{
	struct tally *tally = mem_zalloc(1, sizeof(*tally));

	tally->settings = settings;
	tally->history = history;
	tally->old = old;
	tally->now = now;
	ledger_init(&tally->ledger, settings);
	connections_init(&tally->connections);
	names_init(&tally->names, settings->attack_addresses, settings->attack_window);
	return tally;
}

void tally_free(struct tally *tally)
{
	if (tally == NULL)
		return;
	ledger_free(&tally->ledger);
	if (tally->has_doubts)
		ledger_free(&tally->afresh);
	connections_free(&tally->connections);
	names_free(&tally->names);
	free(tally->attacks);
	free(tally->tried);
	free(tally);
}

uint32_t tally_horizon(const struct tally *tally)
{
	if (tally->now >= 0 && tally->now < (int64_t)tally->last)
		return (uint32_t)tally->now;
	return tally->last;
}

static void recall(struct tally *tally, struct entry *e, const struct past *past)
{
	struct standing *s = store_standing_made(&tally->ledger.store, e);

	*s = (struct standing){ .sole = past->sole, .before = past->before, .level_before = past->level_before };
	if (past->until != PAST_FOREVER && past->until <= tally->loaded_last) {
		s->before = past->until;
		s->level_before = past->level;
		return;
	}
	s->since = past->since;
	s->until = past->until;
	s->hits = past->hits;
	s->by = past->by;
	s->level = past->level;
	s->firm = true; /* evidence that is loaded says otherwise */
	s->doubted = past_is_withdrawn(past, tally->history, tally->old, tally->now);
	e->users = past->users;
	tally->has_doubted |= s->doubted;
	ledger_note_ban(e, s);
}

struct entry *tally_entry(struct tally *tally, const struct addr *unit, uint32_t *number)
{
	bool made;
	struct entry *e = store_get(&tally->ledger.store, unit, number, &made);

	if (made && tally->history != NULL && tally->history->count > 0) {
		const struct past *past = history_find(tally->history, unit);

		if (past != NULL && past->hosts == 0)
			recall(tally, e, past);
	}
	return e;
}

static uint32_t time_of(struct tally *tally, int64_t time)
{
	uint32_t t;

	if (time == EVENT_TIME_UNKNOWN)
		t = tally->latest != 0 ? tally->latest : 1;
	else if (time < 1)
		t = 1;
	else
		t = time < (int64_t)PAST_FOREVER ? (uint32_t)time : PAST_FOREVER - 1;
	tally->latest = t;
	tally->last = t > tally->last ? t : tally->last;
	return t;
}

/* Events of a class that the entry does not hold itself: a mark holds up to 2^24-1 of them, then another does. */
static void count_further(struct tally *tally, struct entry *e, unsigned event_class, uint32_t time, uint32_t count)
{
	enum { MOST = (1 << 24) - 1 };
	struct mark *marks = store_marks(&tally->ledger.store, e);

	for (struct mark *m = marks; m < marks + e->mark_count && mark_is_in_front(m) && count > 0; m++) {
		uint32_t held = (uint32_t)m->high << 16 | m->count, more;

		if (m->what != mark_what(MARK_TOTAL, event_class) || held == MOST)
			continue;
		more = count < MOST - held ? count : MOST - held;
		held += more;
		count -= more;
		m->count = (uint16_t)held;
		m->high = (uint8_t)(held >> 16);
		if (time < m->time)
			m->time = time;
		if (time > m->low)
			m->low = time;
	}
	while (count > 0) {
		uint32_t more = count < MOST ? count : MOST;

		*store_insert(&tally->ledger.store, e, 0) = (struct mark){ .time = time, .low = time,
			.count = (uint16_t)more, .high = (uint8_t)(more >> 16),
			.what = mark_what(MARK_TOTAL, event_class) };
		count -= more;
	}
}

/* The same where the first mark of the class has room for them, as nearly always. */
static bool count_held(struct tally *tally, struct entry *e, const struct event *event, uint32_t time)
{
	struct mark *m = store_marks(&tally->ledger.store, e), *end = m + e->mark_count;
	uint8_t what = mark_what(MARK_TOTAL, event->event_class);

	while (m < end && m->what != what && mark_is_in_front(m))
		m++;
	if (m == end || m->what != what || event->count > UINT16_MAX - (uint32_t)m->count)
		return false;
	m->count = (uint16_t)(m->count + event->count);
	m->time = time < m->time ? time : m->time;
	m->low = time > m->low ? time : m->low;
	return true;
}

static inline void count_event(struct tally *tally, struct entry *e, const struct event *event, uint32_t time)
{
	if (e->count == 0) {
		e->main_class = event->event_class & 7U;
		e->first = e->last = time;
	}
	if (e->main_class == event->event_class) {
		e->count = event->count < UINT32_MAX - e->count ? e->count + event->count : UINT32_MAX;
		e->first = time < e->first ? time : e->first;
		e->last = time > e->last ? time : e->last;
	} else if (!count_held(tally, e, event, time)) {
		count_further(tally, e, event->event_class, time, event->count);
	}
}

/* Whether it had a success as long ago as one speaks for an address, which is what the state keeps. */
static bool has_success(const struct tally *tally, const struct entry *e, uint32_t time)
{
	const struct mark *marks = store_marks(&tally->ledger.store, e);

	for (const struct mark *m = marks; m < marks + e->mark_count && mark_is_in_front(m); m++) {
		uint32_t last = mark_kind(m) == MARK_GOOD ? m->low : m->time;

		if ((mark_kind(m) == MARK_GOOD || mark_kind(m) == MARK_LOGIN) &&
		    (int64_t)time - (int64_t)last <= tally->settings->known)
			return true;
	}
	return false;
}

/* Evidence against an address that shares in guessing a user's password and had no success. */
static void spray(struct tally *tally, struct entry *e, uint32_t time, uint64_t user)
{
	uint32_t threshold = tally->settings->classes[CLASS_AUTH].threshold;
	const struct standing *s = store_standing(&tally->ledger.store, e);

	if ((s != NULL && s->until != 0 && time < s->until) || has_success(tally, e, time))
		return;
	ledger_fail(&tally->ledger, e, &(struct failure){ .time = time, .user = user, .event_class = CLASS_AUTH,
		.count = (uint16_t)threshold, .sprayed = true });
}

static void note_name(struct tally *tally, uint32_t number, const struct event *event, uint32_t time)
{
	uint64_t user = event->user_hash;
	struct name *name = names_failure(&tally->names, user, event->user, number, time);
	bool begins;

	if (name == NULL)
		return;
	begins = name->addresses == tally->names.addresses;
	if (!name->told) {
		tally->attacks = mem_grow(tally->attacks, &tally->attack_capacity, tally->attack_count + 1,
			sizeof(*tally->attacks));
		tally->attacks[tally->attack_count++] = (struct attack){ user, time };
		name->told = true;
	}
	if (!tally->settings->ban_sprayers)
		return;
	for (size_t i = 0; i < name->seen.count; i++) {
		if ((begins || seen_entry(&name->seen, i) == number) &&
		    (int64_t)time - (int64_t)seen_time(&name->seen, i) <= tally->settings->attack_window)
			spray(tally, store_entry(&tally->ledger.store, seen_entry(&name->seen, i)), time, user);
	}
}

static inline void enter(struct ledger *ledger, struct entry *e, const struct event *event, uint32_t time)
{
	uint64_t user = event->user_hash;

	if (event->event_class == CLASS_GOOD)
		ledger_good(ledger, e, time, user, (event->flags & EVENT_ACCEPTED) == 0 || user != 0);
	else
		ledger_fail(ledger, e, &(struct failure){ .time = time, .user = user, .event_class = event->event_class,
			.count = (uint16_t)(event->count < UINT16_MAX ? event->count : UINT16_MAX),
			.weak = (event->flags & EVENT_WEAK) != 0 });
}

/* A doubted ban's address is followed as if it had never been banned, too. */
static void enter_afresh(struct tally *tally, const struct event *event, uint32_t time)
{
	struct addr unit = judge_unit(tally->settings, &event->addr);

	enter(&tally->afresh, tally_afresh(tally, &unit), event, time);
}

static struct entry *entry_of_unit(struct tally *tally, const struct event *event, uint32_t *number)
{
	struct addr unit = judge_unit(tally->settings, &event->addr);

	return tally_entry(tally, &unit, number);
}

static inline void follow_doubt(struct tally *tally, const struct entry *e, const struct event *event, uint32_t time)
{
	const struct standing *s = tally->has_doubted ? store_standing(&tally->ledger.store, e) : NULL;

	if (s != NULL && s->doubted)
		enter_afresh(tally, event, time);
}

static void add_good(struct tally *tally, const struct event *event, uint32_t time)
{
	size_t breaches = tally->ledger.breach_count;
	uint32_t number;
	struct entry *e = entry_of_unit(tally, event, &number);

	count_event(tally, e, event, time);
	enter(&tally->ledger, e, event, time);
	/* the account that was entered is the one name that the report must have, failures for it or not */
	if (tally->ledger.breach_count > breaches && event->user_hash != 0)
		(void)names_get(&tally->names, event->user_hash, event->user);
	follow_doubt(tally, e, event, time);
}

static void add_failure(struct tally *tally, const struct event *event, uint32_t time)
{
	uint32_t number;
	struct entry *e = entry_of_unit(tally, event, &number);
	bool named = event->event_class == CLASS_AUTH && event->user_hash != 0;

	count_event(tally, e, event, time);
	/* most lines are of attackers that are banned already: hardly more than their entry is looked at */
	if (e->is_firm && time >= e->since && time < e->until) {
		if (named && !e->is_many)
			ledger_fail_quiet(&tally->ledger, e, event->user_hash);
		return;
	}
	enter(&tally->ledger, e, event, time);
	follow_doubt(tally, e, event, time);
	if (named)
		note_name(tally, number, event, time);
}

void tally_add(struct tally *tally, const struct event *event)
{
	uint32_t time = time_of(tally, event->time);
	bool good = event->event_class == CLASS_GOOD;
	bool ends = (event->flags & EVENT_ENDS) != 0;

	/* a good line is no evidence that could be counted twice, and there are many */
	if ((!good || ends) && event->connection != 0 && !connections_count(&tally->connections, event, time))
		return;
	if ((event->flags & EVENT_NO_ADDRESS) != 0)
		tally->without_address += event->count;
	else if (good)
		add_good(tally, event, time);
	else
		add_failure(tally, event, time);
}

uint64_t tally_without_address(const struct tally *tally)
{
	return tally->without_address;
}

size_t tally_addresses(const struct tally *tally)
{
	return tally->ledger.store.entry_count;
}

int64_t tally_last_time(const struct tally *tally)
{
	return tally->last != 0 ? (int64_t)tally->last : EVENT_TIME_UNKNOWN;
}
