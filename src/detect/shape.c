/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shape: what is left of a line when all that differs from line to line is folded away.
 *
 * Addresses become ADDR, words with digits in them #, host names NAME, mail addresses and values behind "=" and
 * what stands in quotes or angle brackets *. What a client said is thereby mostly gone, so that one kind of line
 * has one shape. Never allocates but in the text that it is given.
 */
#include "detect/shape.h"

#include <stdint.h>
#include <string.h>
#ifdef __x86_64__
#include <immintrin.h>
#endif

#include "addr/addr.h"

/* ---- is it about a failure? ---- */

/* Words that tell of a failure, each with two neighbouring bytes that are rare in other words of a mail log and stand
 * so many bytes behind the word's beginning. */
static const struct sign {
	char word[12];
	uint8_t len, before;
} signs[] = { { "fail", 4, 0 },    { "refused", 7, 2 }, { "reject", 6, 2 },   { "invalid", 7, 1 }, { "denied", 6, 2 },
	      { "mismatch", 8, 5 }, { "incorrect", 9, 4 }, { "illegal", 7, 3 }, { "wrong ", 6, 0 } };

enum { SIGNS = sizeof(signs) / sizeof(signs[0]) };

static bool is_pair(const struct sign *sign, const char *p)
{
	return (p[0] | 0x20) == sign->word[sign->before] && (p[1] | 0x20) == sign->word[sign->before + 1];
}

/* Whether one of the words has its pair at p, which is before the text's last byte. */
static bool has_word_around(const char *p, struct span text)
{
	for (const struct sign *sign = signs; sign < signs + SIGNS; sign++) {
		const char *word = p - sign->before;
		size_t k = 0;

		if (!is_pair(sign, p) || p - text.ptr < sign->before || text.ptr + text.len - word < sign->len)
			continue;
		while (k < sign->len && (word[k] | 0x20) == sign->word[k])
			k++;
		if (k == sign->len)
			return true;
	}
	return false;
}

typedef uint8_t lanes __attribute__((vector_size(16)));

enum { LANES = sizeof(lanes) };

static lanes load_lowered(const char *p)
{
	lanes v;

	memcpy(&v, p, sizeof(v));
	return v | 0x20;
}

/* The places of pairs among the sixteen from p on, a bit each; sixteen bytes and one more are read. */
static uint32_t find_pairs(const char *p)
{
	lanes a = load_lowered(p), b = load_lowered(p + 1);
	lanes hit = ((lanes)(a == 'f') & (lanes)((b == 'a') | (b == 'u'))) | ((lanes)(a == 'j') & (lanes)(b == 'e')) |
		    ((lanes)(a == 'n') & (lanes)((b == 'v') | (b == 'i'))) | ((lanes)(a == 't') & (lanes)(b == 'c')) |
		    ((lanes)(a == 'r') & (lanes)(b == 'r')) | ((lanes)(a == 'e') & (lanes)(b == 'g')) |
		    ((lanes)(a == 'w') & (lanes)(b == 'r'));
	uint64_t halves[2];
	uint32_t places = 0;

	memcpy(halves, &hit, sizeof(halves));
	if ((halves[0] | halves[1]) == 0)
		return 0;
	for (unsigned i = 0; i < LANES; i++)
		places |= (uint32_t)(hit[i] & 1) << i;
	return places;
}

/* Whether a word of failure stands in the text. Looked through are the bytes, which are the text, or hold it where it
 * is short: so many places at a time, the last ones, some of them once more. */
static inline __attribute__((always_inline)) bool search(struct span bytes, struct span text, size_t places_at_once,
	uint32_t (*find)(const char *p))
{
	const char *p = bytes.ptr, *last = bytes.ptr + bytes.len - places_at_once - 1;

	for (;; p += places_at_once) {
		p = p < last ? p : last;
		for (uint32_t places = find(p); places != 0; places &= places - 1) {
			if (has_word_around(p + __builtin_ctz(places), text))
				return true;
		}
		if (p == last)
			return false;
	}
}

#ifdef __x86_64__

enum { WIDE = 32 };

/* The same for 32 places: tables say by the halves of a byte which pairs it can be the first, or the second, of. A bit
 * stands for "fa", "fu", "je", "nv" and "ni", "tc", "rr", "eg", "wr"; letters' case makes no difference. */
__attribute__((target("avx2"))) static inline uint32_t find_pairs_wide(const char *p)
{
	const __m256i first_low = _mm256_broadcastsi128_si256(
			      _mm_setr_epi8(0, 0, 0x20, 0, 0x10, 0x40, 0x03, (char)0x80, 0, 0, 0x04, 0, 0, 0, 0x08, 0)),
		      first_high = _mm256_broadcastsi128_si256(
			      _mm_setr_epi8(0, 0, 0, 0, 0x4f, (char)0xb0, 0x4f, (char)0xb0, 0, 0, 0, 0, 0, 0, 0, 0)),
		      second_low = _mm256_broadcastsi128_si256(
			      _mm_setr_epi8(0, 0x01, (char)0xa0, 0x10, 0, 0x06, 0x08, 0x40, 0, 0x08, 0, 0, 0, 0, 0, 0)),
		      second_high = _mm256_broadcastsi128_si256(
			      _mm_setr_epi8(0, 0, 0, 0, 0x5d, (char)0xaa, 0x5d, (char)0xaa, 0, 0, 0, 0, 0, 0, 0, 0)),
		      low = _mm256_set1_epi8(0x0f);
	__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
	__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 1));
	__m256i can_be_first = _mm256_and_si256(_mm256_shuffle_epi8(first_low, _mm256_and_si256(a, low)),
						_mm256_shuffle_epi8(first_high,
								    _mm256_and_si256(_mm256_srli_epi16(a, 4), low)));
	__m256i can_be_second = _mm256_and_si256(_mm256_shuffle_epi8(second_low, _mm256_and_si256(b, low)),
						 _mm256_shuffle_epi8(second_high,
								     _mm256_and_si256(_mm256_srli_epi16(b, 4), low)));
	__m256i neither = _mm256_cmpeq_epi8(_mm256_and_si256(can_be_first, can_be_second), _mm256_setzero_si256());

	return ~(uint32_t)_mm256_movemask_epi8(neither);
}

__attribute__((target("avx2"))) static bool names_failure_wide(struct span text)
{
	return search(text, text, WIDE, find_pairs_wide);
}

#endif

static bool names_failure(struct span text)
{
	char padded[LANES + 1] = { 0 };

	if (text.len > LANES)
		return search(text, text, LANES, find_pairs);
	memcpy(padded, text.ptr, text.len);
	return search((struct span){ padded, sizeof(padded) }, (struct span){ padded, text.len }, LANES, find_pairs);
}

bool shape_names_failure(struct span text)
{
#ifdef __x86_64__
	if (text.len > WIDE && __builtin_cpu_supports("avx2"))
		return names_failure_wide(text);
#endif
	return text.len > 0 && names_failure(text);
}

/* ---- folding ---- */

static bool is_letter(char c)
{
	return ((unsigned char)c | 0x20u) - (unsigned)'a' < 26;
}

static bool is_digit(char c)
{
	return (unsigned char)c - (unsigned)'0' <= 9;
}

static bool is_wordy(char c)
{
	return is_letter(c) || is_digit(c) || c == '.' || c == ':' || c == '_' || c == '-' || c == '@' || c == '+' ||
	       (unsigned char)c >= 0x80;
}

struct folding {
	struct buf *out;
	size_t start;
	bool has_address;
};

static void put(struct folding *f, const char *text, size_t len)
{
	if (f->out->len - f->start + len <= SHAPE_LEN_MAX)
		buf_add(f->out, text, len);
}

static bool is_address(const char *p, size_t len)
{
	struct addr addr;

	return addr_parse(&addr, p, len);
}

/* The length without the dots and colons at the end, which belong to the sentence. */
static size_t trim(const char *p, size_t len)
{
	while (len > 0 && (p[len - 1] == '.' || p[len - 1] == ':'))
		len--;
	return len;
}

/* One word: letters and digits, and what joins them. */
static void fold_word(struct folding *f, const char *p, size_t len)
{
	size_t trimmed, digits = 0, dots = 0, ats = 0;
	const char *colon;

	trimmed = trim(p, len);
	for (size_t i = 0; i < trimmed; i++) {
		digits += is_digit(p[i]);
		dots += p[i] == '.';
		ats += p[i] == '@' || (unsigned char)p[i] >= 0x80;
	}
	colon = memchr(p, ':', trimmed);
	if (is_address(p, trimmed) || (dots == 3 && colon != NULL && is_address(p, (size_t)(colon - p)))) {
		f->has_address = true;
		put(f, "ADDR", 4);
	} else if (ats > 0) {
		put(f, "*", 1);
	} else if (dots > 0 && trimmed > 2 && is_letter(p[trimmed - 1]) && is_letter(p[trimmed - 2])) {
		put(f, "NAME", 4);
	} else if (digits > 0) {
		put(f, "#", 1);
	} else {
		put(f, p, trimmed);
	}
	put(f, p + trimmed, len - trimmed);
}

/* What stands between quotes or angle brackets goes, unless it holds an address that is worth knowing of. */
static const char *fold_quoted(struct folding *f, const char *p, const char *end, char close)
{
	const char *stop = memchr(p + 1, close, (size_t)(end - p - 1));

	put(f, p, 1);
	if (stop == NULL)
		return p + 1;
	put(f, "*", 1);
	put(f, stop, 1);
	return stop + 1;
}

bool shape_fold(struct buf *out, struct span text)
{
	struct folding f = { .out = out, .start = out->len };
	const char *p = text.ptr, *end = text.ptr + text.len;
	bool value = false;

	while (p < end) {
		const char *from = p;

		if (*p == '<' || *p == '"' || (*p == '\'' && (p == text.ptr || !is_letter(p[-1])))) {
			p = fold_quoted(&f, p, end, *p == '<' ? '>' : *p);
			value = false;
			continue;
		}
		if (!is_wordy(*p)) {
			value = *p == '=';
			put(&f, p++, 1);
			continue;
		}
		while (p < end && is_wordy(*p))
			p++;
		if (value && !is_address(from, trim(from, (size_t)(p - from))))
			put(&f, "*", 1);
		else
			fold_word(&f, from, (size_t)(p - from));
		value = false;
	}
	return f.has_address;
}
