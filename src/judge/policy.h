/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_JUDGE_POLICY_H
#define MAILBAN_JUDGE_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "addr/netset.h"
#include "base/span.h"
#include "judge/ban.h"
#include "judge/history.h"
#include "judge/settings.h"
#include "judge/tally.h"

/* What the kernel counted for the entries of one set: count items side by side, stride bytes each, sorted by net, the
 * first of which has its address and its packets here. */
struct knocks {
	const struct addr *net;
	const uint64_t *packets;
	size_t stride, count;
};

enum { KNOCKS_SETS = 2 };               /* one of IPv4, then one of IPv6 */

struct policy_input {
	struct tally *tally;
	struct banlist *old;                /* sorted; its entries become the result's, its texts must outlive
	                                       the result, whose spans point into them */
	const struct history *history;      /* sorted, as history_load() leaves it */
	const struct netset *allow;         /* finished; NULL: nobody */
	const struct judge_settings *settings;
	int64_t now;                        /* seconds since the epoch */
	struct knocks knocks[KNOCKS_SETS];  /* count 0 where a set was not read */
	bool force;                         /* beyond max-new and max-prefix too */
};

/* What the judgement did, for the report; each says which fields mean something. */
enum change_kind {
	CHANGE_BREACH,      /* net, user, when; hits and users: failures and user names before it */
	CHANGE_ADDED,       /* net, since, until, by, hits, level; hosts 0 */
	CHANGE_NETWORK,     /* the same, hosts > 0: a network formed or grown */
	CHANGE_RENEWED,     /* until is the new one; packets since the last run */
	CHANGE_MOVED,       /* since or until changed, since a part of the evidence was forgiven */
	CHANGE_EXPIRED,     /* the entry left since its time was over */
	CHANGE_FORGIVEN,    /* a success lifted the ban of an earlier run */
	CHANGE_DISSOLVED,   /* a network that holds a good address stands no more; its hosts stand alone */
	CHANGE_ALLOWED,     /* an entry of the list that the allowlist forbids left */
	CHANGE_INTO,        /* a line that went into a network */
	CHANGE_REFUSED,     /* a ban that the allowlist or ban-private forbids; since, by, hits */
	CHANGE_OVER,        /* reached a threshold, and the ban would be over: since, until, by, hits, level */
	CHANGE_ATTACKED,    /* user, hits: how many addresses; net: one of them */
	CHANGE_KNOWN,       /* a known customer fails for his own name: net, user, hits */
	CHANGE_TOO_WIDE,    /* a network wider than max-prefix allows */
};

struct policy_change {
	enum change_kind kind;
	struct addr net;
	int64_t since, until, when;
	uint64_t hits;
	uint64_t packets;
	uint32_t hosts, users;
	uint8_t by;
	uint8_t level;
	struct span user;   /* lives as long as the tally; len 0 where the name is not remembered */
};

struct policy_result {
	struct banlist list;                 /* the new blacklist, sorted */
	struct history history;              /* the new history */
	struct policy_change *changes;       /* sorted by kind, then address, then user */
	size_t change_count, change_capacity;
	uint64_t added;                      /* new entries: compare with max_new */
	bool over_limit;                     /* beyond max-new or max-prefix without force: nothing may be written */
};

/* The judgement: pure, the same input gives the same result. */
void policy_judge(const struct policy_input *input, struct policy_result *result);

/* One change more, for whoever judges otherwise; all but kind and net is zero. It may move when another one is noted. */
struct policy_change *policy_note(struct policy_result *result, enum change_kind kind, const struct addr *net);
void policy_result_free(struct policy_result *result);

/* For scan: every address that reached a threshold anywhere in the events, sorted by address, then since. */
struct verdict {
	struct addr net;
	int64_t since, until;
	uint64_t hits;
	uint8_t by, level;
	bool over;                           /* its ban would have ended by now */
	bool allowed;                        /* it would be refused */
	bool breach;
};
size_t policy_verdicts(const struct policy_input *input, struct verdict **verdicts);

#endif
