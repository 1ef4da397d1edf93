/* SPDX-License-Identifier: GPL-2.0-or-later */
/* account: what is known of one address or network: its points, its credit and its ban.
 *
 * Balance = min(points of the classes, cap) + sum over names min(points of the name, cap) - credit. The cap holds while
 * users log in from the address. Everything fades together when the next event comes. An event that is earlier than the
 * account's time is faded to the account's time. */
#ifndef MAILBAN_JUDGE_ACCOUNT_H
#define MAILBAN_JUDGE_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "judge/names.h"
#include "judge/settings.h"

enum {
	ACCOUNT_NAMES = 64,          /* names held apart; further names count for the empty name */
	ACCOUNT_CLASSES = CLASS_GOOD, /* classes of evidence: the values before CLASS_GOOD */
	ACCOUNT_SLOWER = 4,          /* the half-life is doubled at most so many times */
	ACCOUNT_MAILS = 9,           /* at most so many accepted mails count */
	ACCOUNT_UNTOLD = 127,        /* at most so many failures wait for another teller */
};

/* The last whole minute of 32 bits: a ban that ends then has no end. */
#define ACCOUNT_FOREVER (UINT32_MAX - UINT32_MAX % 60)

/* Points above this are not capped, whoever logs in. */
#define ACCOUNT_CAPPED_MOST (500 * POINT)

/* A name that an account holds apart. */
struct account_name {
	int64_t points;
	uint32_t name;               /* its number */
	uint32_t last_failure, last_login; /* at this address; 0: none */
	uint32_t failures;           /* since the last login */
};

/* Who tells of a failed login. Those of different kinds tell of one failure. */
enum account_teller {
	TELLER_NAMELESS,             /* a server that does not name the user */
	TELLER_NAMED,                /* a server that does */
	TELLER_CHECKER,              /* the service that checks passwords */
	TELLER_PAM,
	TELLER_OF_NAMES,             /* any of them that names the user */
	TELLERS,
};

enum account_flag {
	ACCOUNT_LISTED = 1,          /* its line is in the blacklist that the state names */
	ACCOUNT_WAS_LISTED = 2,      /* its line is in the blacklist before that one */
	ACCOUNT_HELD = 4,            /* a person set the end of its ban */
	ACCOUNT_BREACHED = 8,        /* its ban is for a breach, which no login forgives */
	ACCOUNT_CAME = 16,           /* its line came into the list in this run; not in the state */
	ACCOUNT_COVERED = 32,        /* a person's line, or one by hand, bans it: its own or that of a network around */
	ACCOUNT_NAMED = 64,          /* it had a verified name when its last mail was accepted */
};

/* Times in seconds since the epoch; 0: never. */
struct account {
	struct addr addr;
	int64_t points[ACCOUNT_CLASSES]; /* of a host without CLASS_AUTH: its names hold those points */
	int64_t credit;
	int64_t share;               /* what an address has given to its networks */
	int64_t elsewhere;           /* points less credit at the fleet's other hosts, in a run; not in the state */
	struct account_name *names;
	uint32_t time;               /* points, credit and share are as of this time */
	uint32_t since, until;       /* of the ban that stands at the account's time, else 0 */
	uint32_t last_since, ended;  /* beginning and end of the last ban that is over */
	uint32_t last_good;          /* the last login or accepted mail */
	uint32_t last_mail;
	uint32_t told_time;          /* of the last failure that another daemon may tell of, too */
	uint32_t last[ACCOUNT_CLASSES]; /* the last evidence of each class */
	uint32_t hits;               /* failures and other events since the last ban was over */
	uint32_t packets;            /* the kernel's counter at the last run */
	uint32_t hosts;              /* of a network: addresses that gave it points */
	uint32_t total;              /* the place of its totals, see detect/totals.h; not in the state */
	uint16_t name_count;
	uint8_t level, by, mails, flags;
	uint8_t untold[TELLERS];     /* failures that each of them has not told of, and another one has */
};

/* Brings the account to a later time: ends a ban that is over, fades the points, forgets those near 0. */
void account_fade_to(struct account *a, uint32_t time, const struct judge_settings *settings, struct names *names);

/* Calls account_fade_to() where time is later than the account's, else does nothing. */
static inline void account_fade(struct account *a, uint32_t time, const struct judge_settings *settings,
	struct names *names)
{
	if (time > a->time)
		account_fade_to(a, time, settings, names);
}

/* The seconds in which the account's points fade to a half. While a ban stands, each ban before it doubles them. */
int64_t account_half_life(const struct account *a, const struct judge_settings *settings);

/* The factor by which points of an event fade from the event's time to the account's. 1 where the event is not late. */
double account_lateness(const struct account *a, uint32_t time, const struct judge_settings *settings);

/* The points against the address, capped, less its credit. May be below 0. */
int64_t account_balance(const struct account *a, const struct judge_settings *settings);

/* The points of all classes, and of all names, uncapped. */
int64_t account_class_points(const struct account *a);
int64_t account_name_points(const struct account *a);

/* What the classes' points count for in the balance: less than the threshold while users log in. */
int64_t account_capped(const struct account *a, int64_t points, const struct judge_settings *settings);

/* What one name's points count for in the balance: at most one point while users log in, or where the name logged in
 * from the address within the setting known. Those that name nobody are capped as classes are. */
int64_t account_name_capped(const struct account *a, const struct account_name *n,
	const struct judge_settings *settings);

/* By how much all names that logged in from there within known are over the threshold less a point. The balance leaves
 * so much out. */
int64_t account_names_over(const struct account *a, const struct judge_settings *settings);

/* Begins a ban, or computes its end anew, from the balance after an event at the account's time. */
void account_settle(struct account *a, int64_t threshold, const struct judge_settings *settings);

/* Settles the ban after a login or an accepted mail. Only this ends a ban early: where the balance is down to a
 * quarter of the threshold. */
void account_forgive(struct account *a, int64_t threshold, const struct judge_settings *settings);

/* Ends a ban as if it had never been, because a login forgave it. */
void account_lift(struct account *a);

/* The place of a name; NULL where the account does not hold it. */
struct account_name *account_find_name(const struct account *a, uint32_t name);

/* Whether the account can hold one name more apart. */
bool account_has_room(const struct account *a);

/* The place of a name, made where it is missing and there is room; else the place of the empty name. */
struct account_name *account_make_name(struct account *a, uint32_t name, struct names *names);

/* Whether a ban stands at a time, which may be later than the account's. */
static inline bool account_is_banned(const struct account *a, int64_t time)
{
	return a->since != 0 && a->until > time;
}

/* Whether a login or an accepted mail came within known seconds before. */
static inline bool account_is_good(const struct account *a, int64_t time, const struct judge_settings *settings)
{
	return a->last_good != 0 && time - a->last_good <= settings->known;
}

/* Whether the name logged in from the account's address within known seconds before. */
static inline bool account_name_is_known(const struct account_name *n, int64_t time,
					 const struct judge_settings *settings)
{
	return n->last_login != 0 && time - n->last_login <= settings->known;
}

/* Whether nothing of the account is left at a time: to forget it makes no difference to later events. */
bool account_is_over(const struct account *a, uint32_t time, const struct judge_settings *settings);

/* Forgets all of the account but its address. */
void account_clear(struct account *a, struct names *names);

/* The first adds the account's line of the state, see account_line.c. The second reads the words behind the address
 * into an empty account. It returns false where a word is wrong; the account may then hold some of the words. */
void account_add_line(const struct account *a, const struct names *names, struct buf *out);
bool account_load(struct account *a, struct names *names, struct span words);

#endif
