/* SPDX-License-Identifier: GPL-2.0-or-later */
/* random: what a test that draws at random begins with, and how it draws. MAILBAN_SEED in the environment is the seed:
 * with the same one a test draws the same. Without it each run has one of its own. */
#ifndef MAILBAN_TESTS_RANDOM_H
#define MAILBAN_TESTS_RANDOM_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

/* Tells the seed on stderr: what a test writes to stdout may be a log. */
static inline uint64_t random_seed(void)
{
	const char *given = getenv("MAILBAN_SEED");
	struct timespec now;
	uint64_t seed;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000;
	if (given != NULL && *given != '\0')
		seed = strtoull(given, NULL, 10);
	fprintf(stderr, "# seed %llu (MAILBAN_SEED)\n", (unsigned long long)seed);
	return seed;
}

/* The state to draw from. Seeds that are neighbours begin far from each other (splitmix64). */
static inline uint64_t random_begin(uint64_t seed)
{
	uint64_t state = seed + UINT64_C(0x9e3779b97f4a7c15);

	state = (state ^ state >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	state = (state ^ state >> 27) * UINT64_C(0x94d049bb133111eb);
	state ^= state >> 31;
	/* xorshift never leaves 0 */
	return state != 0 ? state : 1;
}

/* Any number (xorshift64). state must not be 0. */
static inline uint64_t random_bits(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* A number from 0 to n - 1. state must not be 0, nor n. */
static inline size_t random_below(uint64_t *state, size_t n)
{
	return (size_t)(random_bits(state) % n);
}

#endif
