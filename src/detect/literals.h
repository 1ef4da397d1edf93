/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_LITERALS_H
#define MAILBAN_DETECT_LITERALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/span.h"

enum { LITERALS_BEGINNINGS = 8, LITERALS_INSIDES = 4, LITERALS_MAX_LEN = 40 };

struct literal {
	char bytes[LITERALS_MAX_LEN];
	uint8_t len;
	uint8_t rarest;          /* which of the bytes is the rarest in logs */
};

/* What a match of a pattern cannot be without. */
struct literals {
	struct literal beginnings[LITERALS_BEGINNINGS]; /* the message begins with one of these */
	unsigned beginning_count;   /* 0: no telling */
	bool at_colon;              /* not the message but what stands from its first colon on begins so */
	struct literal insides[LITERALS_INSIDES]; /* the message holds one of these */
	unsigned inside_count;      /* 0: no telling */
	uint8_t first[32];          /* a bit for each byte that the message can begin with */
};

/* Finds them in a pattern's text; none where something stands there that is not understood. */
void literals_derive(struct literals *literals, const char *pattern);

/* None: everything passes. */
void literals_none(struct literals *literals);

bool literals_can_begin(const struct literals *literals, unsigned char first);

/* What literals_pass() wants to know of each message once: the part from its first colon on. */
struct span literals_behind_colon(struct span message);

/* Whether the message holds what the pattern needs, so that trying it is worth while. */
bool literals_pass(const struct literals *literals, struct span message, struct span behind_colon);

/* The two halves of that. */
bool literals_begin(const struct literals *literals, struct span message, struct span behind_colon);
bool literals_inside(const struct literals *literals, struct span message);

#endif
