/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exempt: entries that stand in the blacklist and must never come into the set. */
#ifndef MAILBAN_APP_EXEMPT_H
#define MAILBAN_APP_EXEMPT_H

#include <stdbool.h>
#include <stdint.h>

#include "app/config.h"
#include "list/allow.h"
#include "list/ban.h"

struct exempt {
	const struct config *config;
	const struct allow *allow;
	int64_t now;            /* seconds since the epoch: bans that are over are not looked at */
	bool force;             /* networks wider than max-prefix may be banned */
	bool as_read;           /* the list is as it was read, so that messages can name the line of an entry */
	struct banlist fit;     /* the entries that may come into the set, where these are not all */
	bool left_out;          /* an entry, or a part of one, may not */
};

/* The list without allowed addresses, and without networks wider than max-prefix; messages tell each with file and
 * line. Returns bans itself, or &e->fit, whose texts are those of bans. Call exempt_free() afterwards. */
const struct banlist *exempt_leave_out(struct exempt *e, const struct banlist *bans);
void exempt_free(struct exempt *e);

#endif
