/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ready_inside: what the functions that src/build writes are made of. Nobody else includes it. */
#ifndef MAILBAN_DETECT_READY_INSIDE_H
#define MAILBAN_DETECT_READY_INSIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/span.h"
#include "detect/ready.h"

enum {
	READY_CHOICES = 48,
	READY_FAILURES = 4096,  /* PCRE2 has a limit of its own, and tells when it is met */
};

/* All of them, sorted by pattern. */
extern const struct ready ready_builtin[];
extern const size_t ready_builtin_count;

/* Something that can be tried otherwise. */
struct ready_choice {
	const char *at;    /* where the message stood */
	const char *edge;  /* of a run: how far it may go */
	unsigned place;    /* number of the step */
};

static inline bool ready_push(struct ready_choice *choices, unsigned *height, unsigned place, const char *at, const char *edge)
{
	if (*height == READY_CHOICES)
		return false;
	choices[(*height)++] = (struct ready_choice){ at, edge, place };
	return true;
}

static inline const char *ready_limit(const char *p, const char *end, ptrdiff_t most)
{
	return end - p > most ? p + most : end;
}

static inline bool ready_is_digit(char c)
{
	return (unsigned char)c - (unsigned)'0' <= 9;
}

static inline bool ready_is_wordy(char c)
{
	return ready_is_digit(c) || ((unsigned char)c | 0x20u) - (unsigned)'a' < 26 || c == '_';
}

static inline bool ready_word_edge(const char *begin, const char *p, const char *end)
{
	return (p > begin && ready_is_wordy(p[-1])) != (p < end && ready_is_wordy(*p));
}

static inline bool ready_is_hex(char c)
{
	return ready_is_digit(c) || ((unsigned char)c | 0x20u) - (unsigned)'a' < 6;
}

/* Whether what stands there and is no plain address could be one all the same. */
static inline bool ready_may_be_address(const char *p)
{
	return ready_is_hex(*p) || *p == ':';
}

#ifdef __SSE2__
static inline __m128i ready_load(const char *p)
{
	return _mm_loadu_si128((const __m128i *)(const void *)p);
}

/* All bits of the bytes from low to high. */
static inline __m128i ready_range(__m128i v, unsigned low, unsigned high)
{
	if (low == high)
		return _mm_cmpeq_epi8(v, _mm_set1_epi8((char)low));
	v = _mm_sub_epi8(v, _mm_set1_epi8((char)low));
	return _mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8((char)(high - low))), v);
}

static inline unsigned ready_bits(__m128i v)
{
	return (unsigned)_mm_movemask_epi8(v);
}
#endif

/* Reads a plain dotted IPv4 address and returns what is behind it; NULL where it is none. */
const char *ready_address_v4(const char *p, const char *end, uint32_t *address);

/* The same, in few steps; NULL too for what is rare. Needs the CPU to have SSSE3. */
const char *ready_address_at_once(const char *p, uint32_t *address);

/* The same for an IPv6 address, as <ADDR> takes one that addr_parse() takes. */
const char *ready_address_v6(const char *p, const char *end, struct addr *address);

/* Reads what <ADDR> stands for and returns what is behind it. NULL: nothing, or something that is not plain. */
static inline const char *ready_address(const char *p, const char *end, struct ready_found *found)
{
	const char *behind = NULL;
	uint32_t address;

#ifdef __x86_64__
	if (__builtin_cpu_supports("ssse3"))
		behind = ready_address_at_once(p, &address);
#endif
	if (behind == NULL)
		behind = ready_address_v4(p, end, &address);
	if (behind != NULL)
		found->address = addr_of_v4_number(address);
	else
		behind = ready_address_v6(p, end, &found->address);
	if (behind == NULL)
		return NULL;
	found->address_begin = p;
	found->address_end = behind;
	return behind;
}

/* Goes over the same text as the address's. */
static inline bool ready_again(const char **p, const char *end, const struct ready_found *found)
{
	size_t len = (size_t)(found->address_end - found->address_begin);

	if (found->address_begin == NULL || (size_t)(end - *p) < len || memcmp(*p, found->address_begin, len) != 0)
		return false;
	*p += len;
	return true;
}

#endif
