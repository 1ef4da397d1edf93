/* SPDX-License-Identifier: GPL-2.0-or-later */
/* names: the user names that failures were for, and which addresses failed for them before they were banned. Inside src/judge only. */
#ifndef MAILBAN_JUDGE_NAMES_H
#define MAILBAN_JUDGE_NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"
#include "judge/seen.h"

enum {
	NAMES = 32768,         /* user names that are remembered; the one that came first is forgotten first */
	NAME_SLOTS = 2 * NAMES,
	NAME_TEXT = 47,        /* bytes of a name that are remembered */
};

struct name {
	uint64_t user;         /* event_user_hash(); 0: no name */
	struct seen seen;      /* that failed for it */
	uint32_t addresses;    /* that share in the attack on it; 0: it is under none */
	uint8_t len;
	bool told;             /* that it is under attack, in this run */
	char text[NAME_TEXT];
};

struct names {
	struct name *ring;     /* in the order in which they came, from next on */
	uint32_t *slots;
	uint32_t next;
	uint32_t used;         /* places of the ring that were ever taken */
	uint32_t room;         /* places that there are by now; the ring is closed when there are NAMES */
	uint64_t seed;
	uint32_t addresses;    /* so many inside window are an attack */
	int64_t window;
};

void names_init(struct names *names, uint32_t addresses, int64_t window);
void names_free(struct names *names);

/* The name is there for reports and its address for the count. A failure that makes the name's addresses an attack, or
 * adds one to it, returns the name; else NULL. */
struct name *names_failure(struct names *names, uint64_t user, struct span text, uint32_t entry, uint32_t time);

/* The same in its parts, for what an earlier run noted. */
struct name *names_get(struct names *names, uint64_t user, struct span text);
void names_see(const struct names *names, struct name *name, uint32_t entry, uint32_t time);

struct name *names_find(const struct names *names, uint64_t user);

#endif
