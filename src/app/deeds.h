/* SPDX-License-Identifier: GPL-2.0-or-later */
/* deeds: what each person did by hand, and when: the last DEEDS_MOST lines, in BLACKLIST.log. */
#ifndef MAILBAN_APP_DEEDS_H
#define MAILBAN_APP_DEEDS_H

#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"

enum { DEEDS_MOST = 1000 };

/* The name of the user who gives the command; under sudo(8) the user who called sudo. Lives as long as the program. */
const char *deeds_author(void);

/* Adds each line of said as a deed of the author. Without a line it takes away what a killed command left of the file.
 * The caller holds the lock. Where the file cannot be read or written, a message says so and the command goes on, for
 * nothing depends on the file. */
void deeds_add(const char *blacklist, int64_t now, const char *author, const struct buf *said);

/* Appends the lines that name an address or network which has an address in common with net. */
void deeds_of(const char *blacklist, const struct addr *net, struct buf *out);

#endif
