/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deeds: what persons did by hand, when and who, in BLACKLIST.log: the last thousand lines. */
#ifndef MAILBAN_APP_DEEDS_H
#define MAILBAN_APP_DEEDS_H

#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"

/* Who is at work: of sudo(8) the one before it. Lives as long as the program. */
const char *deeds_author(void);

/* Adds each line of said, which the author did. Hold the lock. Where it cannot be read or written that is told,
 * and the command goes on: it is no more than a memory. */
void deeds_add(const char *blacklist, int64_t now, const char *author, const struct buf *said);

/* Appends the lines that name an address or network which has an address in common with net. */
void deeds_of(const char *blacklist, const struct addr *net, struct buf *out);

#endif
