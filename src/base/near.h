/* SPDX-License-Identifier: GPL-2.0-or-later */
/* near: which name somebody may have meant.
 *
 *	struct near near = { .word = "sacn" };
 *	near_try(&near, "scan");
 *	near_add(&near, &out);                 "; did you mean scan?" */
#ifndef MAILBAN_BASE_NEAR_H
#define MAILBAN_BASE_NEAR_H

#include "base/buf.h"

struct near {
	const char *word;      /* as it was typed */
	const char *best;      /* the nearest one so far, borrowed; NULL: none is near */
	unsigned distance;     /* of that one */
};

/* Keeps name, which it borrows, if it is nearer to the word than the names before. */
void near_try(struct near *near, const char *name);

/* Appends "; did you mean NAME?"; nothing where no name is near. */
void near_add(const struct near *near, struct buf *out);

#endif
