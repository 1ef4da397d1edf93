/* SPDX-License-Identifier: GPL-2.0-or-later */
/* outage: whether this server's resolver is down, so that clients without a verified name are nobody's fault. */
#ifndef MAILBAN_JUDGE_OUTAGE_H
#define MAILBAN_JUDGE_OUTAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"
#include "list/state_line.h"

enum {
	OUTAGE_HOSTS = 4,       /* so many clients whose names could not be looked up */
	OUTAGE_SPAN = 1800,     /* within so many seconds mean an outage; one client alone may have a broken domain */
};

/* The last clients whose names could not be looked up. Zero-initialise it. */
struct outage {
	struct {
		uint32_t host;  /* a number of its address, or of its /48 of IPv6 */
		uint32_t time;  /* seconds since the epoch; 0: none */
	} last[OUTAGE_HOSTS];
};

/* Notes that the client's name could not be looked up. */
void outage_note(struct outage *outage, const struct addr *client, uint32_t time);

/* Whether the resolver was down at a time, by the lines before. */
bool outage_is(const struct outage *outage, uint32_t time);

/* The first adds words to a line of the state. The second reads one of them, and returns false for any other word. */
void outage_save(const struct outage *outage, struct buf *out);
bool outage_load_word(struct outage *outage, const struct line *line);

#endif
