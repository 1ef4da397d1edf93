/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sums: how much evidence of an address is alike, at most. Inside src/judge only. */
#ifndef MAILBAN_JUDGE_SUMS_H
#define MAILBAN_JUDGE_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "judge/store.h"

enum { SUMS = 24, SUMS_MOST = 15 };

static inline unsigned sums_place(const struct mark *m)
{
	uint32_t mixed = (m->low ^ (uint32_t)m->high << 8 ^ (uint32_t)m->what << 16) * UINT32_C(0x9e3779b1);

	return (unsigned)((uint64_t)mixed * SUMS >> 32);
}

static inline unsigned sums_at(const struct entry *e, unsigned place)
{
	return e->sums[place / 2] >> place % 2 * 4 & SUMS_MOST;
}

/* Whether the events of the mark's class, user and weakness may be as many as threshold. */
static inline bool sums_may_reach(const struct entry *e, const struct mark *like, uint32_t threshold)
{
	unsigned sum = e->has_sums ? sums_at(e, sums_place(like)) : SUMS_MOST;

	return sum == SUMS_MOST || sum >= threshold;
}

/* Evidence was added to the marks. */
static inline void sums_add(struct entry *e, const struct mark *added)
{
	unsigned place, sum, more;

	if (!e->has_sums)
		return;
	place = sums_place(added);
	sum = sums_at(e, place);
	more = added->count < SUMS_MOST - sum ? added->count : SUMS_MOST - sum;
	e->sums[place / 2] = (uint8_t)(e->sums[place / 2] + (more << place % 2 * 4));
}

/* Makes them of the marks that there are, where the entry has place for them. */
void sums_make(const struct store *store, struct entry *e);

#endif
