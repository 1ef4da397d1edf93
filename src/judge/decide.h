/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decide: makes the new blacklist from the accounts and the old blacklist, and says what changed. */
#ifndef MAILBAN_JUDGE_DECIDE_H
#define MAILBAN_JUDGE_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/judge.h"
#include "judge/told.h"
#include "list/ban.h"

/* Turns the old list, which is sorted, into the new one, and marks in the accounts whose lines are in it. The same
 * input gives the same list. Adds what is to be told to changes, which may hold some already, and sorts changes. */
void decide(const struct decide_input *input, struct banlist *list, struct changes *changes);

/* Whether the network may not be banned, being wider than max-prefix. */
bool decide_is_too_wide(const struct judge_settings *settings, const struct addr *net);

#endif
