/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names: the user names that accounts hold apart, when each last logged in from anywhere, and who guesses at it.
 *
 * A name is folded as list/user.h has it; the name of nobody is NAME_NONE. */
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
	NAME_ATTACKED = 12,      /* so many addresses in a day are an attack */
	NAME_ATTACK_HALF_LIFE = 86400,
};

struct name {
	char *text;              /* NUL-terminated; NULL: the place is free */
	char *shown;             /* as a server wrote it at its last login or new attacker; NULL: as text */
	int64_t attack;          /* POINT for each address that failed for it, fading to a half each day */
	uint32_t attack_time;    /* as of then */
	uint32_t login;          /* the last login from anywhere; 0: none is known */
	uint32_t holders;        /* accounts that hold it */
	struct habit *habit;     /* of logins; NULL: none lately */
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

/* The number of a folded name, which ends with a NUL; HASH_NONE where it is not there. */
uint32_t names_find(const struct names *names, const char *text, size_t len);
uint32_t names_make(struct names *names, const char *text, size_t len);

/* An account takes a name or lets it go. A name that nobody holds goes with names_bound(). */
void names_hold(struct names *names, uint32_t number);
void names_release(struct names *names, uint32_t number);

/* Remembers how a server wrote the name. */
void name_show(struct name *name, struct span user);

/* How people are told of it. */
static inline const char *name_shown(const struct name *name)
{
	return name->shown != NULL ? name->shown : name->text;
}

/* How much the name is attacked at a time; POINT is one address. */
int64_t name_attack(struct name *name, uint32_t time);
void name_add_attacker(struct name *name, uint32_t time);

static inline bool name_is_attacked(struct name *name, uint32_t time)
{
	/* twelve that came within two hours have faded a little */
	return name_attack(name, time) >= NAME_ATTACKED * POINT - POINT / 2;
}

/* Whether the name has logged in from anywhere within known seconds before. */
static inline bool name_is_known(const struct name *name, uint32_t time, int64_t known)
{
	return name->login != 0 && (int64_t)time - name->login <= known;
}

/* Whether nothing that matters is left of a name that no account holds. */
bool name_is_over(struct name *name, uint32_t time, int64_t known);

/* Makes room where there are `most` names that no account holds: forgets those that are over, then, down to three
 * quarters, those of which nothing was heard for the longest time. Who has logged in lately goes last. */
void names_bound(struct names *names, size_t most, uint32_t time, int64_t known);

#endif
