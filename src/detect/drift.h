/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drift: how much of each program's lines the rules know, and which failures they do not. */
#ifndef MAILBAN_DETECT_DRIFT_H
#define MAILBAN_DETECT_DRIFT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

enum {
	DRIFT_SHAPES_MAX = 128,   /* shapes that are kept; of more, those with the smallest hashes */
	DRIFT_PROGRAMS_MAX = 512, /* as for programs; the lines of further ones are not counted */
	DRIFT_EXAMPLE_MAX = 300,  /* bytes of an example */
};

struct drift_program {
	char *name;
	uint64_t lines, recognised;
	uint64_t failures;        /* lines that name a failure and an address and that no rule knows */
};

/* Lines alike but for numbers, addresses, names and quoted parts. */
struct drift_shape {
	uint64_t hash;            /* of program and shape; the same in every run */
	uint64_t count;
	char *program, *shape;
	char *example;            /* the first of its lines in the order of bytes; raw */
	size_t example_len;
};

struct drift {
	struct drift_program *programs;  /* in the order of their first lines; drift_sort() makes it that of names */
	size_t program_count, program_capacity;
	uint64_t recognised;             /* lines of all programs, those without room too */
	struct drift_shape shapes[DRIFT_SHAPES_MAX]; /* sorted by hash */
	size_t shape_count;
	struct buf scratch;
};

struct drift *drift_new(void);
void drift_free(struct drift *drift);

/* The number of the program of that name, made where it is new; DRIFT_PROGRAMS_MAX where there is no room. */
size_t drift_program(struct drift *drift, struct span name);

/* Counts a line of the program that no rule knows. */
void drift_unknown(struct drift *drift, size_t program, struct span message);

/* Whether a program without rules may be one of mail: all may but those that are known to be something else. */
bool drift_may_be_mail(struct span program);

/* Counts a line of such a program, if it speaks of a failed login from an address. */
void drift_stranger(struct drift *drift, struct span program, struct span message);

/* Adds what another one counted. The result does not depend on the order. */
void drift_merge(struct drift *into, const struct drift *from);

/* Programs by name, shapes by count and then by text. Nothing may be counted afterwards. */
void drift_sort(struct drift *drift);

#endif
