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
static inline bool ready_may_be_address(const char *p, const char *end)
{
	return p < end && (ready_is_hex(*p) || *p == ':');
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

/* The number that the one to three digits before end are; the four bytes before it are read. Above 255 where it is none
 * that an address can have. */
static inline __attribute__((always_inline)) uint32_t ready_octet(const char *end, unsigned len)
{
	static const uint32_t least[4] = { 0, 0, 0x000100, 0x010000 }; /* below it stands a zero too many */
	uint32_t bytes, digits;

	memcpy(&bytes, end - 4, 4);
	/* the digits, as they stand, above zeros: the last one in the highest byte */
	bytes = bytes >> 8 * (4 - len) << 8 * (4 - len) & 0x0f0f0f00;
	digits = __builtin_bswap32(bytes);
	if (digits > 0x020505 || digits < least[len])
		return 256;
	/* hundreds, tens and ones meet in the highest byte */
	return bytes * (100 << 16 | 10 << 8 | 1) >> 24;
}

/* The same for the address in sixteen readable bytes with four before them, without a guess how many digits come; NULL
 * too for what is rare. */
static inline const char *ready_address_at_once(const char *p, const char *end, uint32_t *address)
{
	__m128i v = ready_load(p);
	unsigned dots = ready_bits(ready_range(v, '.', '.')), numbers = ready_bits(ready_range(v, '0', '9'));
	unsigned len = (unsigned)__builtin_ctz(~(dots | numbers) | 1U << 16), d1, d2, d3;
	uint32_t a, b, c, d;

	len = end - p < (ptrdiff_t)len ? (unsigned)(end - p) : len;
	/* three dots, and bits behind them, so that there is always one to be found */
	dots = (dots & ((1U << len) - 1)) | 7U << 16;
	d1 = (unsigned)__builtin_ctz(dots);
	dots &= dots - 1;
	d2 = (unsigned)__builtin_ctz(dots);
	dots &= dots - 1;
	d3 = (unsigned)__builtin_ctz(dots);
	dots &= dots - 1;
	/* one to three digits each, and no fourth dot */
	if (d1 - 1 > 2 || d2 - d1 - 2 > 2 || d3 - d2 - 2 > 2 || len - d3 - 2 > 2 || (dots & 0xffff) != 0)
		return NULL;
	a = ready_octet(p + d1, d1);
	b = ready_octet(p + d2, d2 - d1 - 1);
	c = ready_octet(p + d3, d3 - d2 - 1);
	d = ready_octet(p + len, len - d3 - 1);
	*address = a << 24 | b << 16 | c << 8 | d;
	return (a | b | c | d) < 256 ? p + len : NULL;
}
#endif

/* Reads a plain dotted IPv4 address and returns what is behind it; NULL where it is none. */
static inline const char *ready_address_by_bytes(const char *p, const char *end, uint32_t *address)
{
	*address = 0;
	for (unsigned i = 0; i < 4; i++) {
		const char *from = p;
		unsigned value = 0;

		while (p < end && p - from < 3 && ready_is_digit(*p))
			value = value * 10 + (unsigned)(*p++ - '0');
		if (p == from || value > 255 || (*from == '0' && p - from > 1))
			return NULL;
		*address = *address << 8 | value;
		if (i < 3 && (p == end || *p++ != '.'))
			return NULL;
	}
	/* it may go on, and not as one */
	if (p < end && (ready_is_digit(*p) || (*p == '.' && end - p > 1 && ready_is_digit(p[1]))))
		return NULL;
	return p;
}

/* The same for an IPv6 address, as <ADDR> takes one that addr_parse() takes. */
const char *ready_address_v6(const char *p, const char *end, struct addr *address);

/* Reads what <ADDR> stands for and returns what is behind it. NULL: nothing, or something that is not plain. */
static inline const char *ready_address(const char *begin, const char *p, const char *end, const char *readable,
					struct ready_found *found)
{
	const char *behind = NULL;
	uint32_t address;

#ifdef __SSE2__
	if (readable - p >= 16 && p - begin >= 4)
		behind = ready_address_at_once(p, end, &address);
#else
	(void)begin;
	(void)readable;
#endif
	if (behind == NULL)
		behind = ready_address_by_bytes(p, end, &address);
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
