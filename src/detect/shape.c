/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * shape: what is left of a line when all that differs from line to line is folded away.
 *
 * Addresses become ADDR, words with digits #, and host names NAME. A star takes the place of mail addresses, of values
 * behind "=", and of text in quotes or angle brackets. So most words of clients are gone, and one kind of line has one
 * shape. Allocates nothing but the text that it is given.
 */
#include "detect/shape.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "addr/addr.h"
#include "log/form.h"

/* ---- is it about a failure? ---- */

/* Words that tell of a failure. */
static const char *const signs[] = { "fail", "refused", "reject", "invalid", "denied",
				     "mismatch", "incorrect", "illegal", "wrong " };

/* Two neighbouring letters of either case, as a place in a table. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define PAIR(a, b) (((a) & 31) | ((b) & 31) << 8)
#else
#define PAIR(a, b) (((b) & 31) | ((a) & 31) << 8)
#endif

/* Three rare pairs of letters, one behind the other, stand for each word: a step of three meets one of them in any
 * word. A number is 16 times that of the word, and one more than the letters before the pair. */
static const uint8_t pairs[PAIR(31, 31) + 1] = {
#define WORD(number, before, a, b, c, d) \
	[PAIR(a, b)] = (number) * 16 + (before) + 1, [PAIR(b, c)] = (number) * 16 + (before) + 2, \
	[PAIR(c, d)] = (number) * 16 + (before) + 3
	WORD(0, 0, 'f', 'a', 'i', 'l'), WORD(1, 1, 'e', 'f', 'u', 's'), WORD(2, 1, 'e', 'j', 'e', 'c'),
	WORD(3, 0, 'i', 'n', 'v', 'a'), WORD(4, 1, 'e', 'n', 'i', 'e'), WORD(5, 4, 'a', 't', 'c', 'h'),
	WORD(6, 3, 'o', 'r', 'r', 'e'), WORD(7, 3, 'e', 'g', 'a', 'l'), WORD(8, 2, 'o', 'n', 'g', ' '),
};

static inline unsigned pair_at(const char *p)
{
	uint16_t two;

	memcpy(&two, p, sizeof(two));
	return pairs[two & PAIR(31, 31)];
}

/* Whether the word of the pair at p stands there. */
static bool is_sign(const char *p, struct span text)
{
	unsigned found = pair_at(p);
	const char *word = signs[found / 16];

	if (found == 0 || p - text.ptr < (ptrdiff_t)(found % 16) - 1)
		return false;
	for (p -= found % 16 - 1; *word != '\0' && p < text.ptr + text.len && (*p | 0x20) == *word; p++)
		word++;
	return *word == '\0';
}

bool shape_names_failure(struct span text)
{
	if (text.len < 2)
		return false;
	for (const char *p = text.ptr, *last = p + text.len - 1; p < last; p += 3) {
		if (pair_at(p) != 0 && is_sign(p, text))
			return true;
	}
	return false;
}

/* ---- folding ---- */

static bool is_wordy(char c)
{
	return form_is_letter(c) || form_is_digit(c) || c == '.' || c == ':' || c == '_' || c == '-' || c == '@' ||
	       c == '+' || (unsigned char)c >= 0x80;
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

/* Whether a word is an address, or an IPv4 address and a port. */
static bool begins_with_address(const char *p, size_t len)
{
	const char *colon = memchr(p, ':', len);

	return is_address(p, len) || (colon != NULL && memchr(p, '.', (size_t)(colon - p)) != NULL &&
				      is_address(p, (size_t)(colon - p)));
}

/* Folds one word: letters and digits, and the bytes that join them. */
static void fold_word(struct folding *f, const char *p, size_t len)
{
	size_t trimmed, digits = 0, dots = 0, ats = 0;

	trimmed = trim(p, len);
	for (size_t i = 0; i < trimmed; i++) {
		digits += form_is_digit(p[i]);
		dots += p[i] == '.';
		ats += p[i] == '@' || (unsigned char)p[i] >= 0x80;
	}
	if (begins_with_address(p, trimmed)) {
		f->has_address = true;
		put(f, "ADDR", 4);
	} else if (ats > 0) {
		put(f, "*", 1);
	} else if (dots > 0 && trimmed > 2 && form_is_letter(p[trimmed - 1]) && form_is_letter(p[trimmed - 2])) {
		put(f, "NAME", 4);
	} else if (digits > 0) {
		put(f, "#", 1);
	} else {
		put(f, p, trimmed);
	}
	put(f, p + trimmed, len - trimmed);
}

/* Folds the text between quotes or angle brackets. */
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

		if (*p == '<' || *p == '"' || (*p == '\'' && (p == text.ptr || !form_is_letter(p[-1])))) {
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

bool shape_holds_address(struct span text)
{
	const char *p = text.ptr, *end = text.ptr + text.len;

	while (p < end) {
		const char *from = p;

		while (p < end && is_wordy(*p))
			p++;
		if (p > from && begins_with_address(from, trim(from, (size_t)(p - from))))
			return true;
		p++;
	}
	return false;
}
