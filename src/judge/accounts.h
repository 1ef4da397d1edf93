/* SPDX-License-Identifier: GPL-2.0-or-later */
/* accounts: all accounts, by address; and the names that they hold. */
#ifndef MAILBAN_JUDGE_ACCOUNTS_H
#define MAILBAN_JUDGE_ACCOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/hash.h"
#include "judge/account.h"

enum { NAMES_SHARE = 8 };         /* one name without an account may be remembered for so many accounts */

struct accounts {
	struct account *all;          /* in no order; hosts and networks */
	size_t count, capacity;
	uint32_t *order;              /* the accounts' numbers sorted by address, since accounts_sort() */
	struct hash index;
	struct names names;
	uint64_t dropped;             /* accounts that this run forgot because there were too many */
};

void accounts_init(struct accounts *accounts);
void accounts_free(struct accounts *accounts);

/* The account of exactly that address or network, or NULL. Valid until another account is made. */
struct account *accounts_find(const struct accounts *accounts, const struct addr *addr);

/* The account of exactly that address or network, made where there is none. */
struct account *accounts_make(struct accounts *accounts, const struct addr *addr);

/* Makes room where there are more accounts than the settings allow, or too many names that no account holds. Accounts
 * that are over go first. Then accounts with the least points go, until three quarters are left; banned ones go last.
 * time is the time of the event at hand. Accounts move. */
void accounts_make_room(struct accounts *accounts, uint32_t time, const struct judge_settings *settings);

static inline void accounts_bound(struct accounts *accounts, uint32_t time, const struct judge_settings *settings)
{
	if (accounts->count >= settings->accounts || accounts->names.idle >= settings->accounts / NAMES_SHARE)
		accounts_make_room(accounts, time, settings);
}

/* Sorts the accounts as a blacklist is. Then accounts_at() gives one after another, until an account is made. */
void accounts_sort(struct accounts *accounts);

static inline struct account *accounts_at(const struct accounts *accounts, size_t place)
{
	return &accounts->all[accounts->order[place]];
}

/* Empties net's account and those inside net, which a person forgave. Their flags of lines in the blacklist stay. */
void accounts_empty_inside(struct accounts *accounts, const struct addr *net);

/* Adds a line for each account that is not over at that time, sorted by address, see account_line.c. The caller has
 * called accounts_sort() and made no account since. */
void accounts_save(const struct accounts *accounts, uint32_t time, const struct judge_settings *settings,
		   struct buf *out);
void names_save(const struct names *names, uint32_t time, int64_t known, struct buf *out);

/* Reads lines of accounts. Returns 0, or the number of the first wrong line, from 1. */
unsigned accounts_load(struct accounts *accounts, struct span lines);
unsigned names_load(struct names *names, struct span lines);

#endif
