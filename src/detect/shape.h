/* SPDX-License-Identifier: GPL-2.0-or-later */
/* shape: what is left of a line when all that differs from line to line is folded away. */
#ifndef MAILBAN_DETECT_SHAPE_H
#define MAILBAN_DETECT_SHAPE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

enum { SHAPE_LEN_MAX = 160 };

/* Whether a text has a word for a failure in it: fail, reject, invalid, denied, mismatch, ... Quick: it runs on
 * every line that no rule knows. */
bool shape_names_failure(struct span text);

/* Appends the shape, of at most SHAPE_LEN_MAX bytes, and says whether an address is in the text, but not in quotes. */
bool shape_fold(struct buf *out, struct span text);

/* Whether an address is anywhere in the text, in quotes too, as JSON has it. */
bool shape_holds_address(struct span text);

#endif
