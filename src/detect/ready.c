/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ready: finds the function of a pattern, and reads addresses for all of them.
 *
 * The functions are written by src/build from the rules' files. A rule of the folder with the text of a built-in one gets
 * its function, too; any other is PCRE2's alone.
 */
#include "detect/ready.h"

#include <stdlib.h>
#include <string.h>
#ifdef __x86_64__
#include <tmmintrin.h>
#endif

#include "detect/ready_inside.h"

static int compare(const void *pattern, const void *ready)
{
	return strcmp(pattern, ((const struct ready *)ready)->pattern);
}

const struct ready *ready_find(const char *pattern)
{
	return bsearch(pattern, ready_builtin, ready_builtin_count, sizeof(*ready_builtin), compare);
}

const char *ready_address_v4(const char *p, const char *end, uint32_t *address)
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

#ifdef __x86_64__

/* The places of three dots among digits, and of what is behind the last digit, a byte each; 0 where that is no address. */
__attribute__((target("ssse3"))) static uint32_t find_ends(__m128i bytes, __m128i digits)
{
	unsigned dots = ready_bits(_mm_cmpeq_epi8(bytes, _mm_set1_epi8('.')));
	unsigned numbers = ready_bits(_mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits));
	unsigned len = (unsigned)__builtin_ctz(~(dots | numbers) | 1U << 16), d1, d2, d3;

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
		return 0;
	return d1 | d2 << 8 | d3 << 16 | len << 24;
}

/* The digits of the four numbers are put into four bytes each, ending in the third, and weighed there. */
__attribute__((target("ssse3"))) const char *ready_address_at_once(const char *p, uint32_t *address)
{
	const __m128i spread = _mm_setr_epi8(0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
	const __m128i places = _mm_setr_epi8(-3, -2, -1, 0, -3, -2, -1, 0, -3, -2, -1, 0, -3, -2, -1, 0);
	const __m128i weights = _mm_setr_epi8(100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1, 0, 100, 10, 1, 0);
	__m128i bytes = ready_load(p), digits = _mm_sub_epi8(bytes, _mm_set1_epi8('0'));
	uint32_t ends = find_ends(bytes, digits);
	__m128i end, begin, at, value, zeros;

	if (ends == 0)
		return NULL;
	end = _mm_shuffle_epi8(_mm_cvtsi32_si128((int)ends), spread);
	begin = _mm_shuffle_epi8(_mm_cvtsi32_si128((int)((ends << 8) + 0x01010100)), spread);
	at = _mm_add_epi8(end, places);
	/* a place before the number's first digit has its high bit set, and gives 0 */
	at = _mm_shuffle_epi8(digits, _mm_or_si128(at, _mm_cmpgt_epi8(begin, at)));
	value = _mm_madd_epi16(_mm_maddubs_epi16(at, weights), _mm_set1_epi16(1));
	zeros = _mm_and_si128(_mm_cmpeq_epi8(_mm_shuffle_epi8(digits, begin), _mm_setzero_si128()),
			      _mm_cmpgt_epi8(_mm_sub_epi8(end, begin), _mm_set1_epi8(1)));
	if (ready_bits(_mm_or_si128(zeros, _mm_cmpgt_epi32(value, _mm_set1_epi32(255)))) != 0)
		return NULL;
	value = _mm_packs_epi32(value, value);
	*address = __builtin_bswap32((uint32_t)_mm_cvtsi128_si32(_mm_packus_epi16(value, value)));
	return p + (ends >> 24);
}

#endif

/* Steps over one part of the address: digits, a dot before a digit, a colon before more of it or behind another colon. The
 * same place where there is none. */
static const char *skip_part(const char *p, const char *end)
{
	char next = end - p > 1 ? p[1] : '\0';

	if (ready_is_hex(*p)) {
		while (p < end && ready_is_hex(*p))
			p++;
		return p;
	}
	if (*p == '.')
		return p + ready_is_digit(next);
	return *p == ':' ? p + (ready_is_hex(next) || next == ':' || p[-1] == ':') : p;
}

const char *ready_address_v6(const char *p, const char *end, struct addr *address)
{
	enum { PARTS = 40 }; /* as <ADDR> has it in detect/pattern.c */
	const char *at = p, *before = NULL;

	while (at < end && at - p < 4 && ready_is_hex(*at))
		at++;
	if (at == end || *at++ != ':')
		return NULL;
	for (unsigned i = 0; i < PARTS && at < end && at != before; i++) {
		before = at;
		at = skip_part(at, end);
	}
	return addr_parse(address, p, (size_t)(at - p)) ? at : NULL;
}
