/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pieces: lines that may be the rest of a longer one, which a logger cut. */
#ifndef MAILBAN_DETECT_PIECES_H
#define MAILBAN_DETECT_PIECES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/event.h"

/* The programs whose last line was a piece. Begins as zero; pieces_free() frees it. */
struct pieces {
	uint64_t *cut;     /* one number for a program of a host in a log */
	size_t count, capacity;
	uint64_t dropped;  /* the program of the last event, if it was not believed */
};

void pieces_free(struct pieces *pieces);

/* Whether the line of the event is to be believed as far as lines before it say. Events must come in the order of their
 * log; log is its number, the same for all of its rotations. Takes the program's number out of event->connection. */
bool pieces_believes(struct pieces *pieces, uint64_t log, struct event *event);

/* Takes a program among those whose last line was a piece. */
void pieces_add(struct pieces *pieces, uint64_t program);

#endif
