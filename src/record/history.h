/* SPDX-License-Identifier: GPL-2.0-or-later */
/* history: what each day held: events by class, the user names and addresses with the most events, and the runs.
 *
 * Days are those of UTC, in whole days since the epoch. A day is open until an event comes an hour after its end, or
 * later. Until then up to HISTORY_APART of its addresses and user names are counted apart: those with the most
 * events. Then the day is closed, and the first HISTORY_TOP are kept. Late events of a closed day count for its classes
 * alone. Everything depends on the events alone, by (3) and (4) of src/README.md. */
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
#include "list/state.h"

enum {
	HISTORY_DAYS = 400,     /* so many days are kept, up to the day of the latest event */
	HISTORY_APART = 2048,   /* addresses, and as many user names, of a day that is open */
	HISTORY_TOP = 12,       /* of each kind, of a day that is closed */
	HISTORY_MAILS = CLASS_TROUBLE,          /* accepted mails: CLASS_GOOD counts logins */
	HISTORY_CLASSES = HISTORY_MAILS + 1,
};

struct history_day {
	uint32_t day;
	uint32_t events[HISTORY_CLASSES];
	uint32_t addresses;             /* addresses with evidence against them; about so many, beyond HISTORY_APART */
	uint32_t runs, added, over;     /* runs that read or changed something; bans that came, and that went */
	uint32_t banned;                /* entries of the blacklist after the last run */
	uint64_t lines;                 /* lines that the runs read */
};

enum history_kind { HISTORY_ADDRESS, HISTORY_USER, HISTORY_NETWORK };

/* An address, a user name or a network of one day. */
struct history_item {
	uint8_t kind;
	uint32_t day;
	struct addr addr;               /* of an address or network */
	char *user;                     /* of a user name: folded as in list/user.h, NUL-terminated; else NULL */
	uint32_t count[CLASS_GOOD];     /* of an address: events by class; of a user name: failures, and how many
	                                 * addresses failed; of a network: events, and of how many addresses */
	uint32_t weight;                /* items with the most weight stay counted apart; see history_table.c */
};

struct history_table {
	struct history_item *items;     /* room for HISTORY_APART; NULL: none yet */
	size_t count;
	struct hash index;
};

struct history {
	struct history_day *days;       /* sorted by day, each once */
	size_t count, capacity;
	uint32_t clock;                 /* the day of the latest event, which is open; 0: there was none */
	bool yesterday;                 /* the day before it is open, too */
	struct history_table open[2][2];/* of open days: [day & 1][kind], addresses and user names */
	struct buf closed;              /* the lines of days that are closed */
	bool anew;                      /* events replace the days from the first event's day on */
};

/* The words of the state and of JSON for one of HISTORY_CLASSES, and for a day: 2026-11-28. */
const char *history_class_word(unsigned event_class);
void history_add_day(struct buf *out, uint32_t day);

/* Zero-initialise it; history_free() gives the memory back. */
void history_free(struct history *history);

/* Counts an event of an address, or of the network by which the address is judged. time in seconds since the epoch. */
void history_event(struct history *history, const struct addr *addr, const struct event *event, uint32_t time);

/* Counts failures for a user name, which ends with a NUL and is folded. first: they are their address's first ones for
 * the name on that day. Call it behind history_event() of the same event. */
void history_failures(struct history *history, const char *user, uint32_t count, bool first, uint32_t time);

/* Counts a run: adds its figures to those of its day. Only banned replaces the day's. */
void history_run(struct history *history, const struct history_day *run);

/* Puts three sections into the state: events of each day, runs of each day, and the addresses and user names with the
 * most events. */
void history_save(struct history *history, struct state *state);

/* Reads a section; that of days first. Returns 0, or the number of the first wrong line, from 1. */
unsigned history_load_days(struct history *history, struct span lines);
unsigned history_load_runs(struct history *history, struct span lines);
unsigned history_load_tops(struct history *history, struct span lines);

/* Hands on the items with the most events, day by day from the earliest on. Of an open day it hands on all items, and
 * the networks. The item is borrowed. Returns 0, or the number of a wrong line of closed days. */
typedef void history_take(void *context, const struct history_item *item);
unsigned history_tops(const struct history *history, history_take *take, void *context);

#endif
