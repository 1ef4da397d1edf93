/* SPDX-License-Identifier: GPL-2.0-or-later */
/* history: what each day held: events by class, the user names and addresses that came most, and the runs.
 *
 * Days are those of UTC, in whole days since the epoch. A day is open until an event comes an hour after its end, or
 * later. Until then its addresses and user names are counted apart, up to HISTORY_APART, and of more those that come
 * most. Then it is closed, and the first HISTORY_TOP are kept. Late events of a closed day count for its classes
 * alone. All depends on the events alone, by (3) and (4) of src/README.md. */
#ifndef MAILBAN_RECORD_HISTORY_H
#define MAILBAN_RECORD_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"
#include "base/hash.h"
#include "base/span.h"
#include "detect/event.h"

enum {
	HISTORY_DAYS = 400,     /* are kept, up to that of the latest event */
	HISTORY_APART = 2048,   /* addresses, and as many user names, of a day that is open */
	HISTORY_TOP = 12,       /* of each kind, of a day that is closed */
	HISTORY_MAILS = CLASS_TROUBLE,          /* accepted mails: CLASS_GOOD counts logins */
	HISTORY_CLASSES = HISTORY_MAILS + 1,
};

struct history_day {
	uint32_t day;
	uint32_t events[HISTORY_CLASSES];
	uint32_t addresses;             /* with evidence against them; about, beyond HISTORY_APART */
	uint32_t runs, added, over;     /* of the runs that read or changed something: bans that came and went */
	uint32_t banned;                /* entries of the blacklist after the last run */
	uint64_t lines;                 /* that were read */
};

enum history_kind { HISTORY_ADDRESS, HISTORY_USER, HISTORY_NETWORK };

/* What came on a day. */
struct history_item {
	uint8_t kind;
	uint32_t day;
	struct addr addr;               /* of an address or network */
	char *user;                     /* of a user name: folded as in list/user.h, NUL-terminated; else NULL */
	uint32_t count[CLASS_GOOD];     /* of an address: events by class; of a user name: failures, and how many
	                                 * addresses failed; of a network: events, and of how many addresses */
	uint32_t weight;                /* its own: what keeps it among those that are counted apart */
};

struct history_table {
	struct history_item *items;     /* room for HISTORY_APART; NULL: none yet */
	size_t count;
	struct hash index;
};

struct history {
	struct history_day *days;       /* by day, each once */
	size_t count, capacity;
	uint32_t clock;                 /* the day of the latest event, which is open; 0: there was none */
	bool yesterday;                 /* the day before it is open, too */
	struct history_table open[2][2];/* of open days: [day & 1][kind], addresses and user names */
	struct buf closed;              /* the lines of days that are closed */
	bool anew;                      /* what comes replaces the days from that of the first event on */
};

/* The words of the state and of JSON for one of HISTORY_CLASSES, and for a day: 2026-11-28. */
const char *history_class_word(unsigned event_class);
void history_add_day(struct buf *out, uint32_t day);

/* Zero-initialise it; history_free() gives the memory back. */
void history_free(struct history *history);

/* An event of an address, or of the network by which it is judged. time in seconds since the
 * epoch. */
void history_event(struct history *history, const struct addr *addr, const struct event *event, uint32_t time);

/* Failures for a user name, which ends with a NUL and is folded; first: the first ones of their address on that day.
 * Their event was told before. */
void history_failures(struct history *history, const char *user, uint32_t count, bool first, uint32_t time);

/* A run of that day: its figures are added to those of the day, but for banned. */
void history_run(struct history *history, const struct history_day *run);

/* The lines of the state: of days by their events, of days by their runs, and of what came most. */
struct history_lines {
	struct buf days, runs, tops;
};

void history_save(struct history *history, struct history_lines *lines);

/* Reads a section; days first. Returns 0, or the number of the line that is none, from 1. */
unsigned history_load_days(struct history *history, struct span lines);
unsigned history_load_runs(struct history *history, struct span lines);
unsigned history_load_tops(struct history *history, struct span lines);

/* Hands on what came most, a day after another from the earliest on; of a day that is open all that is counted apart,
 * and its networks. The item is borrowed. Returns 0, or the number of a line of closed days that is none. */
typedef void history_take(void *context, const struct history_item *item);
unsigned history_tops(const struct history *history, history_take *take, void *context);

#endif
