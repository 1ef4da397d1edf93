/* SPDX-License-Identifier: GPL-2.0-or-later */
/* count: counters that a flood fills and does not wrap. */
#ifndef MAILBAN_BASE_COUNT_H
#define MAILBAN_BASE_COUNT_H

#include <stdint.h>

/* The sum, at most UINT32_MAX. */
static inline uint32_t count_sum(uint32_t a, uint32_t b)
{
	return b < UINT32_MAX - a ? a + b : UINT32_MAX;
}

#endif
