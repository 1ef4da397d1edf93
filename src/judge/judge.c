/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * judge: THE judgement. Read it from top to bottom.
 *
 * Each event finds its account, brings it to the event's time, changes its points, and settles whether it is banned.
 * What the event added is handed to the networks around the address.
 */
#include "judge/judge.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/count.h"
#include "list/state_line.h"
#include "judge/network.h"
#include "judge/judge_inside.h"

enum {
	LATE_MOST = WHEN_DAY,       /* an event that is late by less still finds its account in the state */
};

void judge_init(struct judge *judge, const struct judge_settings *settings, int64_t now)
{
	*judge = (struct judge){ .settings = settings, .now = now };
	accounts_init(&judge->accounts);
}

void judge_free(struct judge *judge)
{
	entered_free(&judge->entered);
	connections_free(&judge->connections);
	accounts_free(&judge->accounts);
}

/* All points, uncapped and without credit. */
static int64_t points_against(const struct account *a)
{
	return account_class_points(a) + account_name_points(a);
}

/* ---- events ---- */

/* The time of an event as accounts have it. An event of the future gets the time when its file was last written. */
static uint32_t time_of(struct judge *j, const struct event *event, int64_t reference)
{
	int64_t time = event->time;

	if (time > j->now + WHEN_DAY) {
		time = reference < j->now ? reference : j->now;
		j->future++;
	}
	return time < 1 ? 1 : time > UINT32_MAX ? UINT32_MAX : (uint32_t)time;
}

static void judge_evidence(struct work *w)
{
	const struct judge_settings *settings = w->judge->settings;
	struct account *a = w->account;
	struct network_gift gift = { .added_class = w->event->event_class };
	int64_t before = points_against(a);

	evidence_add(w);
	a->hits = count_sum(a->hits, w->hits);
	account_settle(a, settings->threshold, settings);
	gift.taken = w->taken;
	gift.taken_class = w->taken_class;
	gift.added = points_against(a) - before + w->taken - w->of_user;
	gift.of_user = w->of_user;
	gift.user = w->user;
	network_add(&w->judge->accounts, settings, a, &gift);
}

/* A network keeps only the day of its last good event, so it is told one such event a day and address. */
static void judge_good(struct work *w)
{
	uint32_t day = w->account->last_good / WHEN_DAY;
	bool good = good_take(w);

	if (good)
		account_forgive(w->account, w->judge->settings->threshold, w->judge->settings);
	else
		account_settle(w->account, w->judge->settings->threshold, w->judge->settings);
	/* accounts may move */
	if (good && w->account->last_good / WHEN_DAY != day)
		network_good(&w->judge->accounts, w->judge->settings, w->account, w->time);
}

/* Whether the event repeats what its connection counts as already: then the account is not touched. */
static bool is_told_already(struct judge *j, const struct event *event, struct connection *c)
{
	bool told = c != NULL && event->event_class != CLASS_AUTH && event->event_class != CLASS_GOOD &&
		    (event->event_class != CLASS_REJECT || event->count == 1) &&
		    connection_has(c, event->event_class, evidence_points(j->settings, event));

	if (told && event->event_class == CLASS_REJECT)
		c->refused = true;
	return told;
}

static void judge_at(struct judge *j, const struct event *event, const struct addr *unit, struct connection *c,
	uint32_t time)
{
	struct work w = { .judge = j, .event = event, .connection = c, .time = time };

	accounts_bound(&j->accounts, j->clock, j->settings);
	w.account = accounts_make(&j->accounts, unit);
	account_fade(w.account, time, j->settings, &j->accounts.names);
	w.lateness = account_lateness(w.account, time, j->settings);
	if (j->totals != NULL)
		totals_add(j->totals, &w.account->total, unit, event, time);
	if (j->history != NULL)
		history_event(j->history, unit, event, time);
	if (event->event_class == CLASS_GOOD)
		judge_good(&w);
	else
		judge_evidence(&w);
}

/* Whether a client has no name now that had one when its mail was accepted lately. Not all servers tell of each look-up
 * that failed: Postfix tells of none whose answer would have been the name. */
static bool lost_its_name(const struct judge *j, const struct event *event, const struct addr *unit, uint32_t time)
{
	const struct account *a;

	if (event->event_class != CLASS_UNKNOWN || (event->flags & EVENT_BEGINS) == 0)
		return false;
	a = accounts_find(&j->accounts, unit);
	return a != NULL && (a->flags & ACCOUNT_NAMED) != 0 && (int64_t)time - a->last_mail <= j->settings->known;
}

/* Trouble in an event that begins a connection is a failed look-up of the client's name. */
static void note_trouble(struct judge *j, const struct event *event, const struct addr *unit, uint32_t time)
{
	if (event->event_class != CLASS_TROUBLE)
		return;
	j->troubles += event->count;
	if (event->flags & EVENT_BEGINS)
		outage_note(&j->outage, unit, time);
}

static bool says_something(struct judge *j, const struct event *event, struct connection *c, uint32_t time)
{
	if (event->event_class == CLASS_TROUBLE)
		return c != NULL;
	if (event->event_class == CLASS_UNKNOWN && outage_is(&j->outage, time)) {
		j->unresolved++;
		return false;
	}
	return !is_told_already(j, event, c);
}

/* Judges an event that has an address, at the time that accounts have. */
static void judge_client(struct judge *j, const struct event *event, const struct addr *unit, uint32_t time)
{
	struct connection *c = connections_of(&j->connections, event, unit, time);

	note_trouble(j, event, unit, time);
	if (says_something(j, event, c, time))
		judge_at(j, event, unit, c, time);
	if (c != NULL && (event->flags & EVENT_ENDS) != 0)
		connections_end(&j->connections, c);
}

void judge_event(struct judge *j, const struct event *event, int64_t reference)
{
	struct addr unit;
	uint32_t time;

	j->events++;
	if ((event->flags & EVENT_NO_ADDRESS) != 0) {
		*(event->event_class == CLASS_TROUBLE ? &j->troubles : &j->without_address) += event->count;
		return;
	}
	time = time_of(j, event, reference);
	if (time > j->clock)
		j->clock = time;
	unit = judge_unit(j->settings, &event->addr);
	if (lost_its_name(j, event, &unit, time)) {
		struct event unresolved = *event;

		unresolved.event_class = CLASS_TROUBLE;
		judge_client(j, &unresolved, &unit, time);
	} else {
		judge_client(j, event, &unit, time);
	}
}

uint64_t judge_knock(struct judge *j, struct account *a, uint64_t packets)
{
	uint64_t counted = packets < UINT32_MAX ? packets : UINT32_MAX;
	/* a set that was made anew counts from 0 */
	uint64_t since = counted >= a->packets ? counted - a->packets : counted;
	const struct judge_aggregate *aggregate = network_aggregate(j->settings, &a->addr);
	int64_t threshold = aggregate != NULL ? judge_network_threshold(j->settings, aggregate)
					      : j->settings->threshold;

	a->packets = (uint32_t)counted;
	if (since == 0 || !j->settings->renew || !account_is_banned(a, j->now))
		return since;
	account_fade(a, (uint32_t)j->now, j->settings, &j->accounts.names);
	a->points[CLASS_PROBE] = points_sum(a->points[CLASS_PROBE], POINT);
	a->last[CLASS_PROBE] = a->time;
	account_settle(a, threshold, j->settings);
	return since;
}

static void pardon_one(struct judge *j, struct account *account)
{
	network_give_back(&j->accounts, j->settings, account, j->clock);
	account_clear(account, &j->accounts.names);
}

void judge_pardon(struct judge *j, struct account *account)
{
	const struct addr net = account->addr;

	pardon_one(j, account);
	/* a network that was banned by former settings holds accounts, too */
	if (net.prefix == ADDR_BITS || (!addr_is_v4(&net) && net.prefix == j->settings->ipv6_prefix))
		return;
	for (size_t i = 0; i < j->accounts.count; i++) {
		if (addr_contains(&net, &j->accounts.all[i].addr))
			pardon_one(j, &j->accounts.all[i]);
	}
}

/* ---- what the state keeps ---- */

void judge_save(struct judge *j, struct state *state)
{
	uint32_t then = j->clock > LATE_MOST ? j->clock - LATE_MOST : 0;
	struct buf lines = { 0 };

	accounts_sort(&j->accounts);
	accounts_save(&j->accounts, then, j->settings, &lines);
	state_take(state, STATE_ACCOUNTS, &lines);
	names_save(&j->accounts.names, then, j->settings->known, &lines);
	state_take(state, STATE_NAMES, &lines);
	connections_save(&j->connections, then, &lines);
	state_take(state, STATE_CONNECTIONS, &lines);
	entered_save(&j->entered, &lines);
	state_take(state, STATE_ENTERED, &lines);
	if (j->clock > 0)
		buf_addf(&lines, "clock=%u told=%" PRId64, j->clock, j->told_day);
	outage_save(&j->outage, &lines);
	if (lines.len > 0)
		buf_add_char(&lines, '\n');
	state_take(state, STATE_JUDGE, &lines);
	if (j->history != NULL)
		history_save(j->history, state);
}

unsigned judge_load_clocks(struct judge *j, struct span lines)
{
	struct line line = { .lines = lines };
	uint32_t day;

	while (line_next(&line)) {
		while (line_word(&line)) {
			if (line_is(&line, "told") && line_u32(&line, &day))
				j->told_day = day;
			else if (outage_load_word(&j->outage, &line))
				continue;
			else if (!line_is(&line, "clock") || !line_u32(&line, &j->clock))
				return line.number;
		}
	}
	return 0;
}
