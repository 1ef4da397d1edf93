/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ledger: what the events of one address come to. Inside src/judge only. */
#ifndef MAILBAN_JUDGE_LEDGER_H
#define MAILBAN_JUDGE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "judge/settings.h"
#include "judge/store.h"

enum {
	LEDGER_OPEN = 16,    /* beyond the threshold: so much evidence a ban keeps in case of a success */
	LEDGER_LOGINS = 32,  /* known customers an address */
	LEDGER_GOODS = 16,   /* spans of good events an address */
	LEDGER_ENDED = 8,    /* bans that ended, an address and run */
	LEDGER_BREACHES = 1000, /* that are told in one run */
	LEDGER_MANY = 16,    /* user names beyond which those of a banned address are not told apart */
	LEDGER_MUCH = 256,   /* marks beyond which evidence that is too old for its own class is not kept */
	LEDGER_MOST = (1 << (STORE_MARK_BITS - 1)) - 256, /* marks an address beyond which the oldest evidence goes */
};

/* An address that failed for many users and then succeeded. */
struct breach {
	struct addr addr;
	uint64_t user;        /* hash; 0: the line names none */
	uint32_t time;
	uint32_t failures, users;
};

struct ledger {
	struct store store;
	const struct judge_settings *settings;
	uint32_t span;        /* evidence older than this before an event cannot count with it; seconds */
	struct breach *breaches;
	size_t breach_count, breach_capacity;
};

void ledger_init(struct ledger *ledger, const struct judge_settings *settings);
void ledger_free(struct ledger *ledger);

/* What a rule says about a line, with its time in seconds since the epoch and the user's hash. */
struct failure {
	uint32_t time;
	uint64_t user;
	uint16_t count;
	uint8_t event_class;
	bool weak;
	bool sprayed;         /* not a line: many addresses fail for the user, this one is among them */
};

void ledger_fail(struct ledger *ledger, struct entry *e, const struct failure *failure);

/* A good event: login says that somebody logged in, else a mail was accepted. */
void ledger_good(struct ledger *ledger, struct entry *e, uint32_t time, uint64_t user, bool login);

/* Parts of the two, shared between ledger.c and forgive.c; ledger_note_ban() notes in an entry what its standing says. */
struct standing *ledger_standing_at(struct ledger *ledger, struct entry *e, uint32_t time);
void ledger_settle(struct ledger *ledger, struct entry *e, const struct mark *added);
void ledger_note_ban(struct entry *e, const struct standing *s);
void ledger_make_firm(struct ledger *ledger, struct entry *e);
void ledger_drop_evidence(struct ledger *ledger, struct entry *e, uint32_t before);

/* A failure while the address's ban is firm. */
void ledger_fail_quiet(struct ledger *ledger, struct entry *e, uint64_t user);

/* Takes the oldest mark of a kind away where there are at least max. */
void ledger_make_room(struct ledger *ledger, struct entry *e, enum mark_kind kind, unsigned max);

/* The address or network that the entry is of. */
struct addr entry_addr(const struct judge_settings *settings, const struct entry *e);

/* The one user whose failures made all bans of the address that count, the standing one included; 0: none. */
uint64_t ledger_sole(const struct ledger *ledger, const struct entry *e);

#endif
