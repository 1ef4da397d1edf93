/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fleet: what other hosts say of addresses, and what this one told them; mailban-fleet(7) has the data.
 *
 *	fleet_load(&fleet, &state, path);       what earlier runs left
 *	fleet_lay(&fleet, &judge); edits_take(...); fleet_lift(&fleet, &judge);
 *	fleet_exchange_on(line, &fleet, &judge, now);
 *	fleet_judge(&fleet, &judge, now);
 *	fleet_lay(...); decide(...); fleet_lift(...);
 *	fleet_save(&fleet, &state, now);
 *
 * The judge's own accounts stay what this host's logs made of them: the fleet's bans are laid over them while somebody
 * compares or decides, and lifted again. */
#ifndef MAILBAN_FLEET_FLEET_H
#define MAILBAN_FLEET_FLEET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fleet/settings.h"
#include "judge/judge.h"
#include "list/state.h"

enum {
	FLEET_SLOTS = 16,       /* parts of each host's data, by address, so that a cluster can share them out */
	FLEET_HOSTS = 4096,     /* more are ignored */
};

/* Another host, as it was when this one looked last. Times in seconds since the epoch. */
struct fleet_host {
	char name[FLEET_NAME_MAX + 1];
	uint64_t seen[FLEET_SLOTS];  /* changes up to this number are in accounts */
	uint64_t changes;            /* how many changes the host has told of */
	uint64_t heard, clock;       /* when it was heard, by the engine's clock and by its own; 0: it is forgotten */
	uint64_t addresses, points;  /* how many addresses it speaks of; the sum of their points, in whole points */
	bool left;
	struct accounts accounts;    /* names: see fleet_map_names(); total: the place among the joint ones */
	uint32_t *names;             /* those numbers among the joint ones; NULL: not needed yet */
};

/* What this host said of an address. */
struct fleet_said {
	struct addr addr;
	uint32_t digest;        /* of the words */
	uint32_t gone;          /* since when this host has nothing to say of it; 0: it has */
};

/* An account under a ban of the fleet. */
struct fleet_laid {
	size_t number, joint;   /* its place among the judge's, and among the fleet's */
	struct account own;
};

struct fleet {
	const struct fleet_settings *settings;
	const struct judge_settings *judge;
	uint64_t changes;       /* how many changes this host has told of */
	uint64_t pardons;       /* pardons up to this ms of the engine's clock are obeyed; 0: none was looked for */
	struct fleet_host *hosts;
	size_t count, capacity;
	struct fleet_said *said;
	size_t said_count;
	struct accounts joint;  /* what all hosts together say of an address; in the state only its bans */
	struct fleet_facts *facts; /* of each joint account; NULL before fleet_judge() */
	struct fleet_laid *laid;
	size_t laid_count, laid_capacity;
};

/* Settings are borrowed. */
void fleet_init(struct fleet *fleet, const struct fleet_settings *settings, const struct judge_settings *judge);
void fleet_free(struct fleet *fleet);

/* Reads and writes the sections of the state. Returns 0, or -1 after saying which line of the file at path is wrong. */
int fleet_load(struct fleet *fleet, const struct state *state, const char *path);
void fleet_save(struct fleet *fleet, struct state *state, int64_t now);

/* A connection to the engine. Opening it says nothing yet: a process in the glass (base/glass) does all talk. Without a
 * connection, and after a call below returned false, fleet_line_why() has the reason. */
struct fleet_line;
struct fleet_line *fleet_line_open(const struct fleet_settings *settings);
bool fleet_line_is_open(const struct fleet_line *line);
const char *fleet_line_why(struct fleet_line *line);
void fleet_line_close(struct fleet_line *line);

/* Says what changed of the judge's accounts, and takes what the others changed. False where that is incomplete: the
 * next run goes on where it stopped. The judge's accounts get sorted; those of pardoned addresses are emptied. */
bool fleet_exchange_on(struct fleet_line *line, struct fleet *fleet, struct judge *judge, int64_t now);

/* Adds up what all hosts say, this one included, and settles who is banned by it. Once a run. */
void fleet_judge(struct fleet *fleet, struct judge *judge, int64_t now);

/* The first lays the fleet's bans over the judge's accounts, the second lifts them again. Flags of lines in the
 * blacklist that were set meanwhile stay. An account that was emptied meanwhile is pardoned: what others said of it is
 * forgotten. */
void fleet_lay(struct fleet *fleet, struct judge *judge);
void fleet_lift(struct fleet *fleet, struct judge *judge);

/* What another host says of an address. */
struct fleet_word {
	char host[FLEET_NAME_MAX + 1];
	int64_t points;          /* less credit; faded to now */
	int64_t until;           /* when its ban ends, seconds since the epoch; 0: none stands */
};

/* Asks the engine itself what the other hosts say of an address. *words is the caller's to free. */
bool fleet_ask(struct fleet_line *line, const struct judge_settings *judge, const struct addr *addr, int64_t now,
	       struct fleet_word **words, size_t *count);

/* Has all hosts forget what they counted against an address or network, at their next runs. */
bool fleet_pardon(struct fleet_line *line, const struct judge_settings *judge, const struct addr *addr);

/* Reads which hosts are in the fleet, into an empty one. False: see fleet_line_why(). */
bool fleet_look(struct fleet_line *line, struct fleet *fleet);

/* Takes back all that this host said. False: see fleet_line_why(). */
bool fleet_leave(struct fleet_line *line);

#endif
