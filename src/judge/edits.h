/* SPDX-License-Identifier: GPL-2.0-or-later */
/* edits: what a person did to the blacklist since the last run, taken into the accounts. */
#ifndef MAILBAN_JUDGE_EDITS_H
#define MAILBAN_JUDGE_EDITS_H

#include <stdbool.h>
#include "base/buf.h"
#include "list/ban.h"
#include "judge/judge.h"

/* Which list the blacklist's file is, compared with the two lists that the state names, see list/state.h. */
enum edits_file {
	EDITS_NONE,            /* the list that the last run wrote */
	EDITS_UNWRITTEN,       /* the list before: the last run died before it wrote its own */
	EDITS_BY_PERSON,       /* somebody changed the list that the last run wrote */
	EDITS_OF_UNWRITTEN,    /* somebody changed the list before, and the last run had died */
};

/* Compares the list with the lines that the accounts remember, by (6) of src/README.md. An account whose line is gone
 * is pardoned, and so is one that a person's line banned, when that line is gone. An end that was changed is held. A
 * line that became a person's own stays the person's. Call it before events are judged. The list is sorted. done gets a
 * line for each edit: the address or network, a blank, and the new end as a minute, or forever. Of a line that was
 * taken away done gets the address or network alone. */
void edits_take(struct judge *judge, const struct banlist *list, enum edits_file file, struct buf *done);

#endif
