/* SPDX-License-Identifier: GPL-2.0-or-later */
/* decide: accounts and the old blacklist to the new one, and what changed. */
#ifndef MAILBAN_JUDGE_DECIDE_H
#define MAILBAN_JUDGE_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/netset.h"
#include "list/ban.h"
#include "judge/judge.h"

/* What is told of a run. Which fields mean something stands beside each; net always does. */
enum change_kind {
	CHANGE_BREACH,      /* user, when; hits: failures before it, names: for how many user names */
	CHANGE_TOO_WIDE,    /* a network that is wider than max-prefix allows: since, until, by, hits, points, hosts */
	CHANGE_DEFERRED,    /* beyond max-new, and not banned yet: the same */
	CHANGE_ADDED,       /* since, until, by, hits, points, level */
	CHANGE_NETWORK,     /* the same, and hosts */
	CHANGE_RENEWED,     /* knocks still: packets since the last run, until */
	CHANGE_MOVED,       /* until changed: the fields of CHANGE_ADDED */
	CHANGE_EXPIRED,     /* its time is over */
	CHANGE_FORGIVEN,    /* a login or accepted mail ended the ban */
	CHANGE_DISSOLVED,   /* a login or accepted mail from inside ended the network's ban */
	CHANGE_ALLOWED,     /* left the list, since the allowlist has it */
	CHANGE_INTO,        /* went into a wider entry that outlives it */
	CHANGE_REFUSED,     /* would be banned, but is allowed or private: since, by, hits, points */
	CHANGE_ATTACKED,    /* a user under attack: user, hits: how many addresses in about a day */
	CHANGE_FAILING,     /* a name that keeps failing where others log in: user, hits: failures, names: others there */
	CHANGE_COUNT,
};

struct change {
	enum change_kind kind;
	struct addr net;
	int64_t since, until, when;
	int64_t points;      /* the balance */
	uint64_t hits, packets;
	uint32_t hosts, names;
	uint8_t by, level;
	const char *user;    /* lives as long as the judge; NULL: none */
};

struct changes {
	struct change *all;  /* sorted by kind, then address, once decide() is done */
	size_t count, capacity;
};

struct decision {
	struct banlist list; /* sorted; its texts are the old list's */
	struct changes changes;
};

struct decide_input {
	struct judge *judge;
	const struct banlist *old;         /* sorted; outlives the decision */
	const struct netset *allow;        /* finished; NULL: nobody */
	int64_t now;                       /* seconds since the epoch */
	uint32_t last_clock;               /* of the run before: what is later is news; 0: all is */
	const struct changes *also;        /* further changes to be told; NULL: none */
	bool tell_failing;                 /* names that keep failing are told once a day */
	bool force;                        /* beyond max-new and max-prefix too */
};

/* Makes the new list, and marks in the accounts whose lines are in it. The same input gives the same list. */
void decide(const struct decide_input *input, struct decision *decision);
void decision_free(struct decision *decision);

/* One change more; all but kind and net is zero. It may move when another one is added. */
struct change *changes_add(struct changes *changes, enum change_kind kind, const struct addr *net);

/* Whether the network may not be banned, being wider than max-prefix. */
bool decide_is_too_wide(const struct judge_settings *settings, const struct addr *net);

/* The ban that the account's line says, in whole minutes. */
struct ban decide_ban_of(const struct account *account);

#endif
