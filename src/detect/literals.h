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

/* Bytes without which no message matches a pattern. All zero: every message passes. */
struct literals {
	struct literal beginnings[LITERALS_BEGINNINGS]; /* the message begins with one of these */
	unsigned beginning_count;   /* 0: no telling */
	struct literal insides[LITERALS_INSIDES]; /* the message holds one of these */
	unsigned inside_count;      /* 0: no telling */
};

/* Reads the literals off a pattern's text; none where something in the text is not understood. */
void literals_derive(struct literals *literals, const char *pattern);

/* Whether the message holds the literals, so that it may match. */
bool literals_pass(const struct literals *literals, struct span message);

/* The two halves of literals_pass(). */
bool literals_begin(const struct literals *literals, struct span message);
bool literals_inside(const struct literals *literals, struct span message);

#endif
