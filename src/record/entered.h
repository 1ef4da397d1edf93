/* SPDX-License-Identifier: GPL-2.0-or-later */
/* entered: accounts that strangers entered. The state keeps them, so that each report tells of an account until a
 * person has seen to it. */
#ifndef MAILBAN_RECORD_ENTERED_H
#define MAILBAN_RECORD_ENTERED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"
#include "base/span.h"

enum {
	ENTERED_MOST = 1000,   /* at most so many accounts are kept; the oldest ones go */
	ENTERED_TRIED = 8,     /* at most so many tried names are kept */
};

enum entered_how {
	ENTERED_GUESSED,       /* a breach: a login after guessing */
	ENTERED_BESIDE,        /* a further name that logged in from the address of a breach */
	ENTERED_UNGUESSED,     /* nobody guessed: a new address sent more than the user's others */
};

struct entered {
	struct addr addr;      /* the address from which the stranger logged in */
	char *user;            /* as the server wrote it, NUL-terminated */
	char *tried[ENTERED_TRIED]; /* names that the address had failed for, those with most points first */
	unsigned tried_count;
	enum entered_how how;
	uint32_t time;         /* of the login, seconds since the epoch */
	uint32_t last;         /* of the latest login or mail */
	uint32_t hits, names;  /* failures before the login, and for how many names */
	uint32_t logins, mails;/* since the login, from addr; a mail that names its user is both */
	uint32_t done;         /* when a person had seen to it; 0: nobody has */
	bool fresh;            /* this run added it; not in the state */
};

/* Zero-initialise it; entered_free() gives the memory back. */
struct entered_list {
	struct entered *all;   /* in the order in which they came */
	size_t count, capacity;
};

void entered_free(struct entered_list *list);

/* Whether the entered account is the user's. Names are compared by their local part. */
bool entered_is_user(const struct entered *entered, struct span user);

/* The user's entered account with that address; NULL: none is kept. */
struct entered *entered_find(const struct entered_list *list, const struct addr *addr, struct span user);

/* Adds an account with the given values, all others zero. It lives until the next call. */
struct entered *entered_add(struct entered_list *list, const struct addr *addr, struct span user, enum entered_how how,
			    uint32_t time);

/* Counts so many logins and mails of the account. */
void entered_count(struct entered *entered, uint32_t time, uint32_t logins, uint32_t mails);

/* Notes that a person has seen to all entered accounts of the user. Returns how many nobody had seen to before. */
size_t entered_done(struct entered_list *list, struct span user, int64_t now);

/* The first adds the lines of the state, the second reads them. It returns 0, or the number of the first wrong line,
 * from 1. */
void entered_save(const struct entered_list *list, struct buf *out);
unsigned entered_load(struct entered_list *list, struct span lines);

#endif
