/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_JUDGE_TALLY_H
#define MAILBAN_JUDGE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"
#include "base/span.h"
#include "detect/scan.h"
#include "judge/ban.h"
#include "judge/history.h"
#include "judge/settings.h"

/* The events of each address. Events are added in the order of the logs; memory an address is bounded. */
struct tally;

/* The settings, the history and the old blacklist (either NULL where there is none: scan) are only read, and
 * must outlive the tally. now in seconds since the epoch. */
struct tally *tally_new(const struct judge_settings *settings, const struct history *history,
	const struct banlist *old, int64_t now);
void tally_free(struct tally *tally);

/* Takes one event; its user is copied where it is needed. */
void tally_add(struct tally *tally, const struct event *event);

/* What earlier runs left pending: reads what tally_save() wrote, before any event is added. Returns 0, or -1 with the
 * number of the bad line, from 1. */
int tally_load(struct tally *tally, const char *text, size_t len, unsigned long *bad_line);

/* Adds the lines that the next run needs, sorted: evidence that can still matter, known customers, connections
 * that are open. The same events give the same lines. */
void tally_save(struct tally *tally, struct buf *out);

/* One address and class, of the events added since tally_new() (not of those loaded). */
struct tally_row {
	struct addr addr;
	uint64_t count;
	int64_t first, last;     /* seconds since the epoch */
	uint8_t event_class;
};

/* Calls take for every row, sorted by address, then class. */
void tally_each(struct tally *tally, void (*take)(void *context, const struct tally_row *row), void *context);

/* The row of an address (its unit, see judge_unit()) and class; false where there is none. */
bool tally_find(const struct tally *tally, const struct addr *addr, enum event_class event_class, struct tally_row *row);

size_t tally_addresses(const struct tally *tally);

/* Failures whose lines name no address. */
uint64_t tally_without_address(const struct tally *tally);

/* User names that an address failed for, as far as they are remembered: fills at most max names, sorted; *more says
 * that there were others. The names live as long as the tally. */
size_t tally_users(struct tally *tally, const struct addr *addr, struct span *names, size_t max, bool *more);

/* Addresses that failed for the user name, as far as they are remembered, each once: fills at most max, sorted. */
size_t tally_attackers(const struct tally *tally, struct span user, struct addr *addrs, size_t max);

/* The time of the last event, loaded ones included; EVENT_TIME_UNKNOWN where there is none. */
int64_t tally_last_time(const struct tally *tally);

#endif
