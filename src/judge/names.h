/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names: the user names that accounts hold apart, each with its last login and with how much it is attacked.
 *
 * A name is folded as list/user.h has it; NAME_NONE is the empty name. */
#ifndef MAILBAN_JUDGE_NAMES_H
#define MAILBAN_JUDGE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/hash.h"
#include "base/span.h"
#include "base/points.h"
#include "record/habit.h"
#include "list/user.h"

enum {
	NAME_NONE = 0,           /* the number of the empty name */
	NAME_ATTACKED = 12,      /* so many addresses that fail for a name in a day are an attack */
	NAME_ATTACK_HALF_LIFE = 86400,
};

struct name {
	char *text;              /* NUL-terminated; NULL: the place is free */
	char *shown;             /* as a server wrote it at its last login or new attacker; NULL: as text */
	int64_t attack;          /* POINT for each address that failed for it, fading to a half each day */
	uint32_t attack_time;    /* the time as of which attack counts */
	uint32_t last_login;     /* from anywhere; 0: none is known */
	uint32_t holders;        /* accounts that hold it */
	struct habit *habit;     /* networks of its logins; NULL: no login lately */
};

struct names {
	struct name *all;        /* by number */
	uint32_t *free;          /* numbers of free places */
	size_t count, capacity, free_count, free_capacity;
	size_t idle;             /* names that no account holds */
	struct hash index;
};

void names_init(struct names *names);
void names_free(struct names *names);

/* The number of a folded name, which ends with a NUL; HASH_NONE where the table lacks it. */
uint32_t names_find(const struct names *names, const char *text, size_t len);
uint32_t names_make(struct names *names, const char *text, size_t len);

/* Notes that an account took a name, or let it go. names_bound() forgets names that no account holds. */
void names_hold(struct names *names, uint32_t number);
void names_release(struct names *names, uint32_t number);

/* Remembers how a server wrote the name. */
void name_show(struct name *name, struct span user);

/* The name as reports show it. */
static inline const char *name_shown(const struct name *name)
{
	return name->shown != NULL ? name->shown : name->text;
}

/* How much the name is attacked at a time; POINT is one address. */
int64_t name_attack(struct name *name, uint32_t time);
void name_add_attacker(struct name *name, uint32_t time);

static inline bool name_is_attacked(struct name *name, uint32_t time)
{
	/* the points of twelve addresses within two hours have faded a little */
	return name_attack(name, time) >= NAME_ATTACKED * POINT - POINT / 2;
}

/* Whether the name has logged in from anywhere within known seconds before. */
static inline bool name_is_known(const struct name *name, uint32_t time, int64_t known)
{
	return name->last_login != 0 && (int64_t)time - name->last_login <= known;
}

/* Whether a name that no account holds may be forgotten: no login and no attack of it counts any more. */
bool name_is_over(struct name *name, uint32_t time, int64_t known);

/* Makes room where there are `most` names that no account holds. Names that are over go first. Then names with the
 * oldest events go, until three quarters are left. Names that logged in lately go last. */
void names_bound(struct names *names, size_t most, uint32_t time, int64_t known);

#endif
