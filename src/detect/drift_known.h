/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drift_known: what earlier runs saw, so that a run tells what is new. */
#ifndef MAILBAN_DETECT_DRIFT_KNOWN_H
#define MAILBAN_DETECT_DRIFT_KNOWN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "detect/drift.h"

enum {
	DRIFT_KNOWN_SHAPES_MAX = 1024,  /* of more, those with the smallest hashes */
	DRIFT_KNOWN_PROGRAMS_MAX = 256, /* of more, the first ones in the order of bytes */
	DRIFT_SILENT_LINES = 100,       /* so many lines with none recognised are no accident */
};

struct drift_known {
	uint64_t *shapes;      /* hashes, sorted */
	size_t shape_count, shape_capacity;
	char **programs;       /* of which lines were recognised; sorted */
	size_t program_count, program_capacity;
};

/* Reads lines "program NAME" and "shape HASH". Returns 0, or the number of the line that cannot be read. */
unsigned drift_known_parse(struct drift_known *known, struct span lines);
void drift_known_free(struct drift_known *known);

bool drift_known_shape(const struct drift_known *known, const struct drift_shape *shape);

/* Whether lines of the program used to be recognised and none of now many is. */
bool drift_known_silent(const struct drift_known *known, const struct drift_program *program);

/* Adds what this run saw. */
void drift_known_add(struct drift_known *known, const struct drift *drift);
void drift_known_format(const struct drift_known *known, struct buf *out);

#endif
