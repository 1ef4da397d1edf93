/* SPDX-License-Identifier: GPL-2.0-or-later */
/* steps: what a pattern does, one thing after another. */
#ifndef MAILBAN_BUILD_STEPS_H
#define MAILBAN_BUILD_STEPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "build/items.h"

enum {
	STEPS_MAX = 192,        /* steps a pattern */
	STEPS_CLASSES = 64,     /* different classes of bytes a pattern */
	STEPS_TEXT_MAX = 1024,  /* literal bytes a pattern */
	STEPS_GROUPS = 4,       /* groups of one name */
	STEPS_GROUPS_ALL = 2 * STEPS_GROUPS,
	STEPS_HEIGHTS = 8,      /* atomic groups and lookaheads a pattern */
};

/* "Fails" means: goes back to the last choice. */
enum step_kind {
	STEP_BYTES,         /* literal bytes */
	STEP_ONE,           /* one byte of the class */
	STEP_RUN,           /* min to max bytes of the class, as many as there are */
	STEP_GREEDY,        /* the same, fewer where the rest fails */
	STEP_LAZY,          /* the same, more where the rest fails */
	STEP_ADDRESS,
	STEP_AGAIN,         /* the same text as that of the address */
	STEP_SPLIT,         /* goes on; at other, should that fail. Straight to other where the next byte is not of the class */
	STEP_BRANCH,        /* goes on where the next byte is of the class, else to other */
	STEP_LATER,         /* goes to other; on here, should that fail */
	STEP_JUMP,          /* to other */
	STEP_HOLD,          /* notes how many choices there are, and where the message stands */
	STEP_CUT,           /* forgets the choices made since then */
	STEP_BACK,          /* the same, and the message stands where it stood then */
	STEP_FAIL,
	STEP_NOT_BYTES,     /* fails where the literal bytes stand here */
	STEP_BEGIN,         /* of a group */
	STEP_END,
	STEP_LINE_END,      /* fails but at the end */
	STEP_WORD_EDGE,
	STEP_ACCEPT,
};

struct step {
	enum step_kind kind;
	unsigned len;           /* of the literal bytes */
	unsigned other;         /* number of a step; where the literal bytes stand; number of a group or of what HOLD noted */
	unsigned class;         /* number of a set, from 1; 0: every byte */
	unsigned rest;          /* what the rest can begin with, likewise */
	uint32_t min, max;      /* max ITEMS_ENDLESS: no end */
};

struct steps {
	struct step steps[STEPS_MAX];
	unsigned step_count;
	uint8_t sets[STEPS_CLASSES][32];  /* a bit a byte */
	unsigned set_count;
	char text[STEPS_TEXT_MAX];        /* all literal bytes */
	unsigned users[STEPS_GROUPS], counts[STEPS_GROUPS]; /* numbers of the groups of that name */
	unsigned user_count, count_count, group_count;
	uint8_t first[32];                /* a bit for each byte that a match can begin with */
	bool loops;                       /* a group is repeated, or a run tried with many lengths */
};

/* Turns a pattern's text into steps; false where it has something that steps do not know. */
bool steps_make(struct steps *steps, const char *pattern);

/* Writes a C function of that number that takes these steps, for detect/ready_inside.h. */
void steps_write(FILE *out, const struct steps *steps, unsigned number);

#endif
