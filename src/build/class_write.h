/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_BUILD_CLASS_WRITE_H
#define MAILBAN_BUILD_CLASS_WRITE_H

#include <stdint.h>
#include <stdio.h>

/* What a step asks of a class; N and C being numbers of the pattern and of the class. */
enum class_function {
	CLASS_TELL = 1,         /* in_N_C(byte): whether it is of the class */
	CLASS_RUN = 2,          /* run_N_C(p): where the bytes of the class end; one that is not must come */
	CLASS_LIMITED_RUN = 4,  /* limited_N_C(p, limit): the same, or the limit */
};

/* Writes the functions that are asked for, and what these need. set has a bit a byte. */
void class_write(FILE *out, const uint8_t set[32], unsigned number, unsigned class, unsigned functions);

#endif
