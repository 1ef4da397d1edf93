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
	OUTAGE_SPAN = 1800,     /* in so many seconds; one alone has a broken domain */
};

/* The last ones. Begins as zero. */
struct outage {
	struct {
		uint32_t host;  /* a number of its address */
		uint32_t time;  /* seconds since the epoch; 0: none */
	} last[OUTAGE_HOSTS];
};

/* The name of that client could not be looked up. */
void outage_note(struct outage *outage, const struct addr *client, uint32_t time);

/* Whether the resolver was down at that time, as far as lines before it told. */
bool outage_is(const struct outage *outage, uint32_t time);

/* Words of a line of the state, and one of them; false: it is none of these. */
void outage_save(const struct outage *outage, struct buf *out);
bool outage_load_word(struct outage *outage, const struct line *line);

#endif
