/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ready: the patterns of built-in rules as functions, made while mailban was built. */
#ifndef MAILBAN_DETECT_READY_H
#define MAILBAN_DETECT_READY_H

#include <stdbool.h>
#include <stdint.h>

#include "addr/addr.h"

enum {
	READY_GROUPS = 8,
	READY_NO_GROUP = 255,
	READY_BEHIND = 64,  /* bytes behind a message that can be read */
};

enum ready_verdict {
	READY_NO,
	READY_YES,
	READY_UNSURE,  /* PCRE2 is to say: an address that is not plain, or too many ways to try */
};

struct ready_found {
	struct addr address;
	const char *address_begin, *address_end;            /* NULL: the pattern found no address */
	const char *begins[READY_GROUPS], *ends[READY_GROUPS]; /* NULL: the group took no part */
};

/* Whether the pattern matches the bytes from begin to end, at their beginning, as PCRE2 would say it. Behind them stand a
 * newline or a carriage return, where what is looked for ends by itself, and more: READY_BEHIND bytes are readable, and
 * make no difference. */
typedef enum ready_verdict ready_match(const char *begin, const char *end, struct ready_found *found);

struct ready {
	const char *pattern;               /* as the rule has it */
	ready_match *match;
	uint8_t users[5], counts[5];       /* numbers of the groups of that name; READY_NO_GROUP ends the list */
	uint8_t first[32];                 /* a bit for each byte that a message that it matches can begin with */
	bool loops;                        /* it goes over a part again and again, which takes long */
};

/* The function of a pattern; NULL: there is none. */
const struct ready *ready_find(const char *pattern);

#endif
