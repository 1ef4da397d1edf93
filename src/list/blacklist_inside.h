/* SPDX-License-Identifier: GPL-2.0-or-later */
/* blacklist_inside: what the files of list/blacklist share, and nobody else uses. */
#ifndef MAILBAN_LIST_BLACKLIST_INSIDE_H
#define MAILBAN_LIST_BLACKLIST_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"
#include "list/ban.h"

enum { BLACKLIST_REMARK_COLUMN = 25 }; /* where the remark begins behind a short address, from 0 */

/* Takes one line that holds an entry apart, without its newline. Returns NULL, or what is wrong with it. note
 * is what a person wrote behind #. */
const char *blacklist_take_line(struct span line, struct ban *ban, struct span *note);

/* Whole lines, each with its newline. */
struct blacklist_lines {
	struct span text;
	const char *name;       /* for messages */
	unsigned long number;   /* of the first line */
	unsigned threads;       /* at most */
	bool uneven;            /* some may have a \r before the newline, which then must be taken away first */
};

/* Reads them into the empty list's entries and tail. *in_order says that no entry stands before another that it belongs
 * behind, nor twice. Returns 0, -1 after a message, or 1 where an uneven line was found; the list is then empty. */
int blacklist_take_lines(const struct blacklist_lines *lines, struct banlist *list, bool *in_order);

#endif
