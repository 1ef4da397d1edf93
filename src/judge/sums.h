/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sums: how much evidence of an address is alike, at most. Inside src/judge only. */
#ifndef MAILBAN_JUDGE_SUMS_H
#define MAILBAN_JUDGE_SUMS_H

#include <stdbool.h>
#include <stdint.h>

#include "judge/store.h"

/* Whether the events of the mark's class, user and weakness may be as many as threshold. */
bool sums_may_reach(const struct entry *e, const struct mark *like, uint32_t threshold);

/* Evidence was added to the marks. */
void sums_add(struct entry *e, const struct mark *added);

/* Makes them of the marks that there are, where the entry has place for them. */
void sums_make(const struct store *store, struct entry *e);

#endif
