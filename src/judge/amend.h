/* SPDX-License-Identifier: GPL-2.0-or-later */
/* amend: what a judgement changes in the list, as two texts; and the check that applies the texts to the list. */
#ifndef MAILBAN_JUDGE_AMEND_H
#define MAILBAN_JUDGE_AMEND_H

#include <stdbool.h>

#include "addr/netset.h"
#include "base/buf.h"
#include "base/span.h"
#include "judge/settings.h"
#include "judge/told.h"
#include "list/ban.h"

/* Adds to put the lines that are new or changed, as a blacklist has them. Adds to gone the addresses whose lines went,
 * one a line. */
void amend_write(const struct changes *changes, struct buf *put, struct buf *gone);

/* The limits of an amendment. */
struct amend_limits {
	const struct judge_settings *settings;
	const struct netset *allow;  /* finished */
	bool force;                  /* bans beyond max-new and max-prefix are allowed, too */
	int64_t now;                 /* seconds since the epoch */
};

/* Makes the old list the new one by both texts, and takes put over. Refuses what no judgement does:
 * - a person's line taken away, changed or added;
 * - a ban by hand added, shortened or lifted before its end;
 * - an address that is allowed or private, or a network that is too wide;
 * - more new entries than max-new.
 * Returns 0, or -1 after a message: then the list is not to be used. */
int amend_apply(struct banlist *list, const struct amend_limits *limits, struct buf *put, struct span gone);

#endif
