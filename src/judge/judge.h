/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judge: the judgement of events, one after another in the order of time.
 *
 *	judge_init(&judge, &settings, now);
 *	judge_load(&judge, ...);                  what earlier runs left
 *	for each event: judge_event(&judge, &event);
 *	decide(...);                              accounts to blacklist: judge/decide.h
 *	judge_save(&judge, ...);
 *	judge_free(&judge);
 *
 * The outcome depends on the events alone, by (3) and (4) of src/README.md: neither on runs nor on the clock. Only
 * events of the future are taken back to the present. */
#ifndef MAILBAN_JUDGE_JUDGE_H
#define MAILBAN_JUDGE_JUDGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "detect/event.h"
#include "judge/accounts.h"
#include "judge/connection.h"
#include "record/entered.h"
#include "record/history.h"
#include "judge/outage.h"
#include "judge/settings.h"
#include "detect/totals.h"

struct judge {
	const struct judge_settings *settings;
	int64_t now;                 /* of the run */
	struct accounts accounts;
	struct connections connections;
	struct totals *totals;       /* counts all events, borrowed; NULL: not wanted */
	struct history *history;     /* counts days, borrowed; NULL: not wanted */
	struct outage outage;        /* of the resolver */
	uint32_t clock;              /* the time of the latest event; 0: no event yet */
	int64_t told_day;            /* days since the epoch; the run uses it, the judge only keeps it */
	struct entered_list entered; /* accounts that strangers entered */
	uint64_t events;             /* judged in this run */
	uint64_t without_address;    /* failures whose lines name no address */
	uint64_t troubles;           /* lines of this server's own trouble */
	uint64_t unresolved;         /* events that counted nothing because the resolver was down */
	uint64_t future;             /* events more than a day later than now: they get the time of their file */
};

/* The settings are borrowed. now in seconds since the epoch. */
void judge_init(struct judge *judge, const struct judge_settings *settings, int64_t now);
void judge_free(struct judge *judge);

/* Takes one event and keeps only copies of it. reference: when its log was last written, or now. */
void judge_event(struct judge *judge, const struct event *event, int64_t reference);

/* A banned address or network still sends packets: it gets a point at the time of the run. packets is the kernel's
 * counter, which is compared with the last run's counter. Returns how many packets came since the last run. */
uint64_t judge_knock(struct judge *judge, struct account *account, uint64_t packets);

/* Empties the account, and of a network those inside it, because a person took its line away. */
void judge_pardon(struct judge *judge, struct account *account);

/* Puts all of it into the sections of the state; the history, too, where there is one. Sorts the accounts. */
void judge_save(struct judge *judge, struct state *state);

/* Reads a section. Returns 0, or the number of the first wrong line, from 1. */
unsigned judge_load_clocks(struct judge *judge, struct span lines);

#endif
