/* SPDX-License-Identifier: GPL-2.0-or-later */
/* told: what a run tells beside bans: breaches, users under attack, names that keep failing where others log in. */
#ifndef MAILBAN_JUDGE_TOLD_H
#define MAILBAN_JUDGE_TOLD_H

#include <stddef.h>

#include "judge/decide.h"

/* Adds what is news since the run before. */
void told_add(const struct decide_input *input, struct changes *changes);

/* Addresses and networks that failed for a name within a day of the last event, by address: fills at most max. Returns
 * how many there are. The accounts are sorted. */
size_t told_attackers(const struct judge *judge, const char *user, struct addr *addrs, size_t max);

/* Names that an address failed for, those with most points first: fills at most max with names as servers wrote them,
 * which live as long as the judge. Returns how many there are. */
size_t told_names(const struct judge *judge, const struct account *account, const char **names, size_t max);

#endif
