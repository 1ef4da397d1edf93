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

#endif
