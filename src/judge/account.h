/* SPDX-License-Identifier: GPL-2.0-or-later */
/* account: what is known of one address or network: its points, its credit and its ban.
 *
 * Balance = min(points of the classes, cap) + sum over names min(points of the name, cap) - credit. The cap holds while
 * others log in. Everything fades together, lazily, when the next event comes. An event that is earlier than the
 * account's time is faded to that time. */
#ifndef MAILBAN_JUDGE_ACCOUNT_H
#define MAILBAN_JUDGE_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "judge/names.h"
#include "judge/settings.h"

enum {
	ACCOUNT_NAMES = 64,          /* names apart; what is beyond counts for the empty name */
	ACCOUNT_CLASSES = CLASS_GOOD, /* classes of evidence: the values before CLASS_GOOD */
	ACCOUNT_SLOWER = 4,          /* so many times at most the half-life is doubled */
	ACCOUNT_MAILS = 9,           /* accepted mails that count */
};

/* The last whole minute of 32 bits: a ban that ends then has no end. */
#define ACCOUNT_FOREVER (UINT32_MAX - UINT32_MAX % 60)

/* Points beyond which nobody's login caps them. */
#define ACCOUNT_CAPPED_MOST (500 * POINT)

/* A name that an account holds apart. */
struct account_name {
	int64_t points;
	uint32_t name;               /* its number */
	uint32_t fail, login;        /* the last ones here; 0: none */
	uint32_t fails;              /* failures since the last login */
};

enum account_flag {
	ACCOUNT_LISTED = 1,          /* its line is in the blacklist that the state names */
	ACCOUNT_WAS_LISTED = 2,      /* and in the one before */
	ACCOUNT_HELD = 4,            /* a person set the end of its ban */
	ACCOUNT_BREACHED = 8,        /* its ban is for a breach, which no login forgives */
	ACCOUNT_CAME = 16,           /* its line came into the list in this run; not in the state */
};

/* Times in seconds since the epoch; 0: never. */
struct account {
	struct addr addr;
	int64_t points[ACCOUNT_CLASSES]; /* of hosts all but CLASS_AUTH, which names hold */
	int64_t credit;
	int64_t share;               /* what an address has given to its networks */
	int64_t elsewhere;           /* points less credit of other hosts, while a run decides; not in the state */
	struct account_name *names;
	uint32_t time;               /* everything is as of then */
	uint32_t since, until;       /* of the ban that stands at that time, else 0 */
	uint32_t last_since, ended;  /* of the last ban that was over */
	uint32_t good;               /* the last login or accepted mail */
	uint32_t mail;               /* the last accepted mail */
	uint32_t twin_time;          /* of the last failure that another daemon may tell of, too */
	uint32_t last[ACCOUNT_CLASSES]; /* the last evidence of each class */
	uint32_t hits;               /* failures and other events since the last ban was over */
	uint32_t packets;            /* the kernel's counter at the last run */
	uint32_t hosts;              /* of a network: addresses that gave it points */
	uint32_t total;              /* the place of its totals, see detect/totals.h; not in the state */
	uint16_t name_count;
	uint8_t level, by, mails, flags;
	int8_t twins;                /* > 0: named failures that may be told again without a name; < 0: the other way */
};

/* Brings the account to a later time: ends the ban that is over by then, fades, forgets what is next to nothing. */
void account_fade_to(struct account *a, uint32_t time, const struct judge_settings *settings, struct names *names);

/* The same; does nothing where time is not later. */
static inline void account_fade(struct account *a, uint32_t time, const struct judge_settings *settings,
	struct names *names)
{
	if (time > a->time)
		account_fade_to(a, time, settings, names);
}

/* In which its points fade to a half, in seconds: each further ban fades half as fast. */
int64_t account_half_life(const struct account *a, const struct judge_settings *settings);

/* What points of an event at a time are worth at the account's. 1 where the event is not late. */
double account_lateness(const struct account *a, uint32_t time, const struct judge_settings *settings);

/* What speaks against the address, less its credit. May be below 0. */
int64_t account_balance(const struct account *a, const struct judge_settings *settings);

/* The points of all classes, and of all names, uncapped. */
int64_t account_class_points(const struct account *a);
int64_t account_name_points(const struct account *a);

/* What those of the classes count for in the balance: below the threshold while users log in. */
int64_t account_capped(const struct account *a, int64_t points, const struct judge_settings *settings);

/* The same for the points of one name. One point at most where it has logged in from here within known. */
int64_t account_name_capped(const struct account *a, const struct account_name *n,
	const struct judge_settings *settings);

/* Begins a ban, or computes its end anew, as the balance is after an event at the account's time. */
void account_settle(struct account *a, int64_t threshold, const struct judge_settings *settings);

/* The same after a login or an accepted mail, which alone ends a ban: where the balance is down to a quarter. */
void account_forgive(struct account *a, int64_t threshold, const struct judge_settings *settings);

/* Ends a ban as if it had never been: a login forgave it. */
void account_lift(struct account *a);

/* The place of a name; NULL where the account does not hold it. */
struct account_name *account_find_name(const struct account *a, uint32_t name);

/* Whether the account can hold one name more apart. */
bool account_has_room(const struct account *a);

/* The same as finding it, made where there is room; else the place of the empty name. */
struct account_name *account_make_name(struct account *a, uint32_t name, struct names *names);

/* Whether a ban stands at a time, which may be later than the account's. */
static inline bool account_is_banned(const struct account *a, int64_t time)
{
	return a->since != 0 && a->until > time;
}

/* Whether a login or an accepted mail came within known seconds before. */
static inline bool account_is_good(const struct account *a, int64_t time, const struct judge_settings *settings)
{
	return a->good != 0 && time - a->good <= settings->known;
}

/* Whether the name logged in from there within known seconds before. */
static inline bool account_name_is_known(const struct account_name *n, int64_t time,
					 const struct judge_settings *settings)
{
	return n->login != 0 && time - n->login <= settings->known;
}

/* Whether nothing is left at that time: it may be forgotten without any difference to what comes. */
bool account_is_over(const struct account *a, uint32_t time, const struct judge_settings *settings);

/* Forgets all but the address. */
void account_clear(struct account *a, struct names *names);

/* Its line of the state, see account_line.c; and the words behind its address read into an account that is empty: false
 * where they are none, and then it may hold some of them. */
void account_add_line(const struct account *a, const struct names *names, struct buf *out);
bool account_load(struct account *a, struct names *names, struct span words);

#endif
