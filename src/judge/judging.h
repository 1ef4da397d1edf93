/* SPDX-License-Identifier: GPL-2.0-or-later */
/* judging: what the files of the policy share while one judgement is under way. Inside src/judge only. */
#ifndef MAILBAN_JUDGE_JUDGING_H
#define MAILBAN_JUDGE_JUDGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/policy.h"
#include "judge/tally_inside.h"

/* What an entry of the old list is to this judgement. */
enum origin {
	ORIGIN_PERSON,    /* a person's line: stays, whatever happens */
	ORIGIN_FOREIGN,   /* by hand with an end, or by a run whose state is lost: stays until its time is over */
	ORIGIN_KNOWN,     /* the history says how it came about: it is made anew, or goes */
};

#define LISTED_MADE (UINT32_C(1) << 31)

enum {
	PAST_TOUCHED = 0x80, /* in past.flags during a judgement: the address's bans are among the terms */
};

/* One ban of one address, over or standing: what networks are formed of. */
struct term {
	struct addr net;
	uint32_t since, until, hits;
	uint8_t by;
	bool fresh;       /* began in this run */
	bool foreign;     /* an entry of the old list that no history explains */
	bool lasting;     /* a person's or by hand: counts, and does not lengthen a network's ban */
};

struct terms {
	struct term *all;
	size_t count, capacity;
};

/* The bans of one address: those of its ledger in this run, in the order of time; the last one may stand. */
struct bans_of {
	struct past bans[LEDGER_ENDED + 1];
	size_t count;
};

struct judging {
	const struct policy_input *in;
	struct policy_result *out;
	uint32_t *listed;         /* the new list: numbers of entries of the old one, or of made with LISTED_MADE */
	size_t listed_count, listed_capacity;
	struct banlist made;      /* entries of the new list that are not those of the old one */
	uint8_t *origins;         /* of each entry of the old list: enum origin */
	struct history hosts;     /* the new records of addresses, and good networks */
	struct history nets;      /* the new records of networks */
	struct history goods;     /* goods: spans in which good events came from a network, several a network */
	struct terms terms;       /* all bans of the addresses that have fresh ones, sorted by address, then since */
	uint32_t horizon, now;
};

/* Says what the judgement did. */
struct policy_change *judging_note(struct judging *j, enum change_kind kind, const struct addr *net);

/* Whether the allowlist or ban-private forbids to ban any address of net. */
bool judging_forbids(const struct judging *j, const struct addr *net);

void judging_bans_of(const struct judging *j, const struct entry *e, struct bans_of *of);

/* Fills origins. */
void judging_sort_out(struct judging *j);

/* Fills hosts and terms from the tally, the history and the old list. */
void judging_collect(struct judging *j);

/* Fills goods, and the good networks of hosts. */
void judging_collect_goods(struct judging *j);

/* Whether a good event came from net between the two times, both included. */
bool judging_is_good(const struct judging *j, const struct addr *net, uint32_t first, uint32_t last);

/* Fills nets and forms networks in the order of time. */
void judging_form_networks(struct judging *j);

/* Fills out->list from hosts, nets and old list, and notes what changed. */
void judging_assemble(struct judging *j);

/* Joins neighbouring networks with the same dates. */
void judging_collapse(struct judging *j);

/* An entry of the new list, while it is put together. */
struct ban *judging_listed(const struct judging *j, size_t at);
void judging_list_made(struct judging *j, const struct ban *ban);

int64_t past_end(uint32_t until);      /* as struct ban has it */
uint32_t past_time(int64_t time);      /* the other way */

#endif
