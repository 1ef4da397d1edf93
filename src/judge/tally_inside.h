/* SPDX-License-Identifier: GPL-2.0-or-later */
/* tally_inside: what the files of src/judge share about a tally. Nobody else includes it. */
#ifndef MAILBAN_JUDGE_TALLY_INSIDE_H
#define MAILBAN_JUDGE_TALLY_INSIDE_H

#include <stdint.h>

#include "judge/connection.h"
#include "judge/ledger.h"
#include "judge/names.h"
#include "judge/tally.h"

/* One user name under attack. */
struct attack {
	uint64_t user;
	uint32_t time;
};

struct name_of_entry;

struct tally {
	struct ledger ledger;
	struct connections connections;
	struct names names;
	const struct judge_settings *settings;
	const struct history *history;
	const struct banlist *old;
	int64_t now;
	uint64_t without_address;
	uint32_t last;              /* time of the newest event; 0: none yet */
	uint32_t latest;            /* time of the one that came last */
	uint32_t loaded_last;       /* what last was when the former run ended */
	struct ledger afresh;       /* the addresses whose bans are doubted, as if they had never been banned */
	bool has_doubted, has_doubts; /* there are such bans; afresh is in use */
	struct attack *attacks;     /* names that came under attack in this run */
	size_t attack_count, attack_capacity;
	struct name_of_entry *tried; /* made when names are asked for */
	size_t tried_count;
};

/* The entry of a unit, with what the history knows of it, and its number in the store. */
struct entry *tally_entry(struct tally *tally, const struct addr *unit, uint32_t *number);

/* The entry of a doubted ban's address among those that start afresh. */
struct entry *tally_afresh(struct tally *tally, const struct addr *unit);

/* Decides about the doubted bans; before the tally is judged or saved. */
void tally_resolve(struct tally *tally);

/* Up to when events have been seen, or now if that is earlier: what ended before it has ended for good. */
uint32_t tally_horizon(const struct tally *tally);

/* Whether a person took the ban out of the list: it should stand there and does not. */
bool past_is_withdrawn(const struct past *past, const struct history *history, const struct banlist *old, int64_t now);

/* Numbers of all entries, sorted by address. The caller frees them. */
uint32_t *store_sorted(const struct store *store);

#endif
