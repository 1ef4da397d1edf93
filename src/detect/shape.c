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

static const char *const words[] = { "fail", "reject", "invalid", "denied", "mismatch", "refused", "incorrect", "illegal",
				     "wrong " };

static bool has_word(const char *p, const char *end)
{
	char first = (char)(*p | 0x20);

	if (first != 'f' && first != 'r' && first != 'i' && first != 'd' && first != 'm' && first != 'w')
		return false;
	for (unsigned i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		size_t len = strlen(words[i]), k = 0;

		if ((size_t)(end - p) < len)
			continue;
		while (k < len && (p[k] | 0x20) == (words[i][k] | 0x20))
			k++;
		if (k == len)
			return true;
	}
	return false;
}

/* Whether a word begins in the bytes from..to. */
static bool search_words(const char *from, const char *to, const char *end)
{
	for (const char *p = from; p < to; p++) {
		if (has_word(p, end))
			return true;
	}
	return false;
}

/* Two neighbouring bytes of each word give it away, being rare in other words of a mail log: "fa", "fu", "je", "nv", "ni",
 * "tc", "rr", "eg" and "wr", at most BEFORE bytes behind the word's beginning. A hint is the first of a number of bytes
 * that hold such a pair. */
enum { BEFORE = 8 };

typedef uint8_t lanes __attribute__((vector_size(16)));

enum { LANES = sizeof(lanes) };

static lanes load_lowered(const char *p)
{
	lanes v;

	memcpy(&v, p, sizeof(v));
	return v | 0x20;
}

static bool has_pair(const char *p)
{
	lanes a = load_lowered(p), b = load_lowered(p + 1);
	lanes hit = ((lanes)(a == 'f') & (lanes)((b == 'a') | (b == 'u'))) | ((lanes)(a == 'j') & (lanes)(b == 'e')) |
		    ((lanes)(a == 'n') & (lanes)((b == 'v') | (b == 'i'))) | ((lanes)(a == 't') & (lanes)(b == 'c')) |
		    ((lanes)(a == 'r') & (lanes)(b == 'r')) | ((lanes)(a == 'e') & (lanes)(b == 'g')) |
		    ((lanes)(a == 'w') & (lanes)(b == 'r'));
	uint64_t halves[2];

	memcpy(halves, &hit, sizeof(halves));
	return (halves[0] | halves[1]) != 0;
}

#ifdef __x86_64__

enum { WIDE = 32 };

/* The same for 32 places at once: tables say by the halves of a byte which pairs it can be the first, or the second, of.
 * A bit stands for "fa", "fu", "je", "nv" and "ni", "tc", "rr", "eg", "wr"; letters' case makes no difference. */
__attribute__((target("avx2"))) static const char *find_hint_wide(const char *p, const char *end)
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

	for (; end - p > WIDE; p += WIDE) {
		__m256i a = _mm256_loadu_si256((const __m256i *)(const void *)p);
		__m256i b = _mm256_loadu_si256((const __m256i *)(const void *)(p + 1));
		__m256i can_be_first = _mm256_and_si256(
			_mm256_shuffle_epi8(first_low, _mm256_and_si256(a, low)),
			_mm256_shuffle_epi8(first_high, _mm256_and_si256(_mm256_srli_epi16(a, 4), low)));
		__m256i can_be_second = _mm256_and_si256(
			_mm256_shuffle_epi8(second_low, _mm256_and_si256(b, low)),
			_mm256_shuffle_epi8(second_high, _mm256_and_si256(_mm256_srli_epi16(b, 4), low)));

		if (!_mm256_testz_si256(can_be_first, can_be_second))
			break;
	}
	return p;
}

#endif

/* Where the next hint is, LANES places of which the first is p or one behind it; NULL: there is none. The text has more
 * than LANES bytes. */
static const char *find_hint(const char *p, const char *end)
{
#ifdef __x86_64__
	if (end - p > WIDE && __builtin_cpu_supports("avx2"))
		p = find_hint_wide(p, end);
#endif
	for (; end - p > LANES; p += LANES) {
		if (has_pair(p))
			return p;
	}
	/* the last places, some of them once more */
	return end - p > 1 && has_pair(end - LANES - 1) ? end - LANES - 1 : NULL;
}

bool shape_names_failure(struct span text)
{
	const char *begin = text.ptr, *end = text.ptr + text.len;

	if (text.len <= LANES)
		return search_words(begin, end, end);
	for (const char *p = find_hint(begin, end); p != NULL; p = find_hint(p + LANES, end)) {
		if (search_words(p - begin > BEFORE ? p - BEFORE : begin, p + LANES, end))
			return true;
	}
	return false;
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
