/* SPDX-License-Identifier: GPL-2.0-or-later */
/* told: what a run tells beside bans: accounts that were entered, users under attack, names that keep failing where
 * others log in. */
#ifndef MAILBAN_JUDGE_TOLD_H
#define MAILBAN_JUDGE_TOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/netset.h"
#include "judge/judge.h"
#include "list/ban.h"

/* The kinds of changes. Beside each stand the fields of struct change that it fills; net is always filled. */
enum change_kind {
	CHANGE_BREACH,      /* an account that was guessed: user, when, entered; hits: failures before it, names: for
	                     * how many user names */
	CHANGE_ENTERED,     /* an account that a stranger may have entered without guessing: user, when, entered */
	CHANGE_TOO_WIDE,    /* a network that is wider than max-prefix allows: since, until, by, hits, points, hosts */
	CHANGE_DEFERRED,    /* not banned yet, being beyond max-new: the fields of CHANGE_TOO_WIDE */
	CHANGE_ADDED,       /* since, until, by, hits, points, level */
	CHANGE_NETWORK,     /* a network: the fields of CHANGE_ADDED, and hosts */
	CHANGE_RENEWED,     /* still sends packets: packets since the last run, until */
	CHANGE_MOVED,       /* until changed: the fields of CHANGE_ADDED */
	CHANGE_EXPIRED,     /* its time is over */
	CHANGE_FORGIVEN,    /* a login or accepted mail ended the ban */
	CHANGE_DISSOLVED,   /* a login or accepted mail from inside ended the network's ban */
	CHANGE_ALLOWED,     /* left the list, since the allowlist has it */
	CHANGE_INTO,        /* went into a wider entry that outlives it */
	CHANGE_REFUSED,     /* would be banned, but is allowed or private: since, by, hits, points */
	CHANGE_ATTACKED,    /* a user under attack: user, hits: how many addresses in about a day */
	CHANGE_FAILING,     /* a name that keeps failing where others log in: user, hits: failures, names: others
	                     * there */
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
	const struct entered *entered; /* lives as long as the judge; NULL: none */
};

/* Zero-initialise it; changes_free() gives the memory back. */
struct changes {
	struct change *all;  /* sorted by kind, then address, once decide() is done */
	size_t count, capacity;
};

struct decide_input {
	struct judge *judge;
	const struct netset *allow;        /* finished; NULL: nobody */
	int64_t now;                       /* seconds since the epoch */
	int64_t set_back;                  /* seconds that the host's clock is behind now */
	uint32_t last_clock;               /* of the run before: later events are news; 0: all events are */
	bool tell_failing;                 /* names that keep failing are told once a day */
	const struct texts *done;          /* users of whose entered accounts nothing is told; NULL: none */
	bool force;                        /* bans beyond max-new and max-prefix are allowed, too */
};

void changes_free(struct changes *changes);

/* Adds a change; all its fields but kind and net are zero. It may move when another one is added. */
struct change *changes_add(struct changes *changes, enum change_kind kind, const struct addr *net);

/* Adds the entered accounts that nobody has seen to. Of the input it uses judge, allow and done. */
void told_entered(const struct decide_input *input, struct changes *changes);

/* Adds what is news since the run before. */
void told_add(const struct decide_input *input, struct changes *changes);

/* Addresses and networks that failed for a name within a day of the last event, by address: fills at most max. Returns
 * how many there are. The accounts are sorted. */
size_t told_attackers(const struct judge *judge, const char *user, struct addr *addrs, size_t max);

/* Names that an address failed for, those with most points first: fills at most max with names as servers wrote them,
 * which live as long as the judge. Returns how many there are. */
size_t told_names(const struct judge *judge, const struct account *account, const char **names, size_t max);

#endif
