/* SPDX-License-Identifier: GPL-2.0-or-later */
/* exempt: what stands in the blacklist and must never come into the set. */
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
	bool force;             /* however wide a network is, it may be banned */
	bool as_read;           /* the list is just as it was read, so that an entry knows its line */
	struct banlist fit;     /* what may come into the set, where that is not all */
	bool left_out;          /* something may not */
};

/* The list without addresses that are allowed, and without networks wider than max-prefix, each of which is told with
 * file and line: bans itself, or e->fit. Their texts are those of bans. exempt_free() it afterwards. */
const struct banlist *exempt_leave_out(struct exempt *e, const struct banlist *bans);
void exempt_free(struct exempt *e);

#endif
