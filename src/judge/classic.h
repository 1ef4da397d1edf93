/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_JUDGE_CLASSIC_H
#define MAILBAN_JUDGE_CLASSIC_H

#include <stddef.h>
#include <stdint.h>

#include "addr/netset.h"
#include "detect/classic.h"
#include "detect/event.h"
#include "judge/ban.h"
#include "judge/tally.h"

/* An address and how many recognised lines about it hold each phrase. */
struct classic_row {
	uint64_t lo;                       /* of the mapped IPv4 address */
	uint32_t lines[CLASSIC_PHRASES];
	/* times of lines, seconds since the epoch */
	int64_t first[CLASSIC_PHRASES], second[CLASSIC_PHRASES], last[CLASSIC_PHRASES];
};

/* Lines an address and phrase. Zero-initialise it. */
struct classic {
	struct classic_row *rows;
	size_t count, capacity;
	uint32_t *slots;                   /* open addressing: index of a row and one; 0: free */
	size_t slot_count;                 /* a power of two */
	uint64_t seed;
};

void classic_add(struct classic *classic, const struct event *event);
void classic_free(struct classic *classic);

/* The bans of the recipe, sorted: every IPv4 address with more than one line for any one phrase; without end. */
void classic_bans(struct classic *classic, struct banlist *bans);

/* The same addresses with the lines of the phrase that has most of them, when the first and the last of these were
 * written. Returns how many; the caller frees *rows. */
size_t classic_rows(const struct classic *classic, struct tally_row **rows);

/* The old list and the bans that it does not cover yet and allow does not forbid. The old list must outlive the
 * result, whose spans point into it. Entries that are over (until not after now) go. */
void classic_merge(const struct banlist *old, const struct banlist *bans, const struct netset *allow, int64_t now,
		   struct banlist *merged);

#endif
