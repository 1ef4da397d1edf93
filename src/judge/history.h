/* SPDX-License-Identifier: GPL-2.0-or-later */
/* history: what is remembered of the bans that were, and of the ones that stand, a record an address or network. */
#ifndef MAILBAN_JUDGE_HISTORY_H
#define MAILBAN_JUDGE_HISTORY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"
#include "judge/settings.h"

#define PAST_FOREVER UINT32_MAX

/* The last ban of an address (hosts 0) or a network (hosts > 0). */
struct past {
	uint64_t hi, lo;
	uint64_t sole;          /* the one user name (its hash) that all bans of the address that ended were for;
	                           0: none */
	uint32_t since, until;  /* seconds since the epoch, whole minutes; until may be PAST_FOREVER */
	uint32_t hits, hosts;
	uint32_t before;        /* until of the ban before; 0: there was none */
	uint32_t users;         /* a bit for each user's hash modulo 32, where no success can lift the ban */
	uint32_t packets;       /* the kernel's counter when it was last read, at most UINT32_MAX */
	uint8_t prefix;
	uint8_t by;             /* enum event_class */
	uint8_t level;          /* first, second, ... ban: 1, 2, ... */
	uint8_t level_before;
	uint8_t flags;          /* enum past_flag */
};

enum past_flag {
	PAST_APART = 1,         /* stood inside a network that somebody else banned, not in the list itself */
};

/* Where accepted mail and logins came from: networks of the narrowest aggregate, first and last time. */
struct good_net {
	struct addr net;
	uint32_t first, last;
};

/* Both arrays sorted by address. */
struct history {
	struct past *pasts;
	size_t count, capacity;
	struct good_net *goods;
	size_t good_count, good_capacity;
	uint32_t over;          /* the end of the last ban that was over when the judgement wrote it; 0: none */
};

void history_free(struct history *history);

/* Reads what history_save() wrote. Returns 0, or -1 with the number of the bad line, from 1. */
int history_load(struct history *history, const char *text, size_t len, unsigned long *bad_line);
void history_save(const struct history *history, struct buf *out);

/* The record of exactly that address or network, or NULL. */
const struct past *history_find(const struct history *history, const struct addr *net);

/* The first record that is net or stands behind it. */
size_t history_lower_bound(const struct history *history, const struct addr *net);

/* Adds a record at the end; the caller keeps the order. */
void history_add(struct history *history, const struct past *past);
void history_add_good(struct history *history, const struct good_net *good);

struct addr past_addr(const struct past *past);

#endif
