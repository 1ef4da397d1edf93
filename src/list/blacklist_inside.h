/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blacklist_inside: what the files of list/blacklist share, and nobody else uses. */
#ifndef MAILBAN_LIST_BLACKLIST_INSIDE_H
#define MAILBAN_LIST_BLACKLIST_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "judge/ban.h"

enum { BLACKLIST_REMARK_COLUMN = 25 }; /* where the remark begins behind a short address, from 0 */

/* Takes one line that holds an entry apart, without its newline. Returns NULL, or what is wrong with it. note
 * is what a person wrote behind #. */
const char *blacklist_take_line(struct span line, struct ban *ban, struct span *note);

/* Reads whole lines, each with its newline, into the list's entries and tail, with at most that many threads. number is
 * the first line's; name is for messages. *in_order says that no entry stands before another that it belongs behind, nor twice.
 * Returns 0, or -1 after a message. */
int blacklist_take_lines(struct span text, unsigned long number, const char *name, unsigned threads, struct banlist *list,
			 bool *in_order);

#endif
