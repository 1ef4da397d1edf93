/* SPDX-License-Identifier: GPL-2.0-or-later */
/* habit: from which networks a user logs in, and how much is sent from elsewhere. A stranger who
 * entered an account without guessing comes from a network that is new for the user, and sends more than the user. */
#ifndef MAILBAN_RECORD_HABIT_H
#define MAILBAN_RECORD_HABIT_H

#include <stdbool.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"
#include "list/state_line.h"

enum {
	HABIT_NETS = 8,    /* networks of a user, /24 and /48, the latest first */
	HABIT_NEW = 4,     /* addresses that are new for the user; of more, those with the fewest mails go */
};

/* An address in its first day. */
struct habit_new {
	struct addr addr;
	uint32_t first;        /* when its first login was, seconds since the epoch; 0: the place is free */
	uint32_t mails;
};

struct habit {
	uint64_t nets[HABIT_NETS]; /* 0: none */
	uint32_t mails;            /* sent from all these networks; halved each 30 days */
	uint32_t since;            /* when mails was halved last */
	struct habit_new new[HABIT_NEW];
};

/* Takes a login, which stands for so many mails. within: seconds for which an address is new. *habit is NULL before the
 * first one, and is to be freed. Returns the address' place while it is new for the user, else NULL. */
const struct habit_new *habit_login(struct habit **habit, const struct addr *addr, uint32_t time, uint32_t mails,
				    int64_t within);

/* How many mails all other addresses of the user sent. */
uint64_t habit_others(const struct habit *habit, const struct habit_new *but);

/* The first adds words to a line of the state, each behind a blank. The second reads one, and returns false for any
 * other word. */
void habit_save(const struct habit *habit, struct buf *out);
bool habit_load_word(struct habit **habit, struct line *line);

#endif
