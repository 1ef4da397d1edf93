/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mutate: lines that are nearly those of the seeds. Most changes are made inside the message, at what patterns look
 * at: numbers, addresses, brackets, quotes, separators, blanks, words; some to the header and to the whole line.
 * The same seed gives the same lines; so that it does with each compiler, no call draws twice for its arguments. A line
 * never holds a newline. */
#ifndef MAILBAN_TESTS_MUTATE_H
#define MAILBAN_TESTS_MUTATE_H

#include "random.h"
#include "seeds.h"

#include "detect/match.h"

struct mutator {
	const struct seeds *seeds;
	uint64_t random;
	struct buf line;      /* the line that was made last */
	struct buf spare;     /* for a piece that is moved inside line */
	size_t message;       /* where in line the message begins */
};

static inline size_t mutate_draw(struct mutator *m, size_t below)
{
	return random_below(&m->random, below);
}

#define MUTATE_PICK(m, list) ((list)[mutate_draw(m, sizeof(list) / sizeof((list)[0]))])

static inline void mutate_begin(struct mutator *m, const struct seeds *seeds)
{
	*m = (struct mutator){ .seeds = seeds, .random = random_begin(random_seed()) };
}

static inline void mutate_end(struct mutator *m)
{
	buf_free(&m->line);
	buf_free(&m->spare);
}

/* Puts bytes in the place of what stands from at to end. */
static inline void mutate_replace(struct mutator *m, size_t at, size_t end, const char *bytes, size_t len)
{
	buf_clear(&m->spare);
	buf_add(&m->spare, bytes, len);
	buf_add(&m->spare, m->line.ptr + end, m->line.len - end);
	m->line.len = at;
	buf_add(&m->line, m->spare.ptr, m->spare.len);
	if (m->message > m->line.len)
		m->message = m->line.len;
}

static inline void mutate_replace_text(struct mutator *m, size_t at, size_t end, const char *text)
{
	mutate_replace(m, at, end, text, strlen(text));
}

/* A place in the message, its end included. */
static inline size_t mutate_place(struct mutator *m)
{
	return m->message + mutate_draw(m, m->line.len - m->message + 1);
}

/* The first run of bytes of the kind from a random place on, else the first in the message; false: there is none. */
static inline bool mutate_find(struct mutator *m, bool (*kind)(char), size_t *at, size_t *end)
{
	size_t p = mutate_place(m);

	for (int round = 0; round < 2; round++, p = m->message) {
		while (p < m->line.len && !kind(m->line.ptr[p]))
			p++;
		if (p == m->line.len)
			continue;
		*end = p;
		while (p > m->message && kind(m->line.ptr[p - 1]))
			p--;
		*at = p;
		while (*end < m->line.len && kind(m->line.ptr[*end]))
			++*end;
		return true;
	}
	return false;
}

static inline bool mutate_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool mutate_is_of_address(char c)
{
	return mutate_is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '.' || c == ':';
}

static inline bool mutate_is_sign(char c)
{
	return c != '\0' && strchr("[]()<>{}\"'`,;:=@/|\\!?*+-_.#%&", c) != NULL;
}

static inline bool mutate_is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool mutate_is_word(char c)
{
	return !mutate_is_blank(c);
}

static inline bool mutate_is_name(char c)
{
	return !mutate_is_blank(c) && (!mutate_is_sign(c) || c == '_' || c == '-');
}

/* ---- changes to one thing in the message ---- */

static inline void mutate_number(struct mutator *m)
{
	static const char *const numbers[] = { "", "0", "00", "1", "2", "9", "10", "99", "100", "255", "256", "450", "550", "999", "1000",
					       "00001", "65536", "100001", "4294967295", "4294967296", "99999999999999999999", "-1", "1.5", "x", "\xb2" };
	size_t at, end;

	if (!mutate_find(m, mutate_is_digit, &at, &end))
		return;
	at = mutate_draw(m, 4) ? at : end;
	mutate_replace_text(m, at, end, MUTATE_PICK(m, numbers));
}

static inline void mutate_address(struct mutator *m)
{
	static const char *const addresses[] = {
		"192.0.2.1", "198.51.100.255", "0.0.0.0", "255.255.255.255", "256.1.1.1", "192.0.2", "192.0.2.", ".192.0.2.1", "192.0.2.1.",
		"192.0.2.1.5", "192.0.2.1.x", "192..0.2.1", "192.0.2.0001", "192.0.02.1", "001.002.003.004", "1921.0.2.1", "0x7f.0.0.1", "3221225985",
		"192.0.2.1/32", "192.0.2.1%0", "192.0.2.1:25", "[192.0.2.1]", "192.0.2.1]", "192.0.2.1, 198.51.100.7", "192.0.2.1 ",
		"::", "::1", "1::", ":1", "1:", "2001:db8::1", "2001:DB8::ABCD", "2001:db8::1.", "2001:db8::1:", "2001:db8:::1", "1::2::3",
		"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "12345::1", "g::1", "::ffff:192.0.2.1", "::ffff:192.0.2", "::FFFF:192.0.2.1",
		"::ffff:192.0.2.256", "::192.0.2.1", "fe80::1%eth0", "IPv6:2001:db8::1", "2001:db8::1/64", "[2001:db8::1]", "::ffff:c000:201",
		"1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1", "unknown", "-", "", "a.b", "..", ":::",
	};
	size_t at = 0, end = 0;

	/* the longest such run from several places is likely to be one */
	for (int tries = 0; tries < 4; tries++) {
		size_t a, e;

		if (mutate_find(m, mutate_is_of_address, &a, &e) && e - a > end - at)
			at = a, end = e;
	}
	if (end == at)
		return;
	at = mutate_draw(m, 8) ? at : end;
	mutate_replace_text(m, at, end, MUTATE_PICK(m, addresses));
}

static inline void mutate_sign(struct mutator *m)
{
	static const char *const signs[] = { "[", "]", "(", ")", "<", ">", "\"", "'", ",", ";", ":", "=", "@", "/", "|", "-", "_", ".", " ", "" };
	char both[2];
	size_t at, end;

	if (!mutate_find(m, mutate_is_sign, &at, &end))
		return;
	at += mutate_draw(m, end - at);
	both[0] = both[1] = m->line.ptr[at];
	switch (mutate_draw(m, 5)) {
	case 0:
		mutate_replace(m, at, at + 1, NULL, 0);
		break;
	case 1:
		mutate_replace(m, at, at + 1, both, 2);
		break;
	case 2:
		mutate_replace_text(m, at, at, MUTATE_PICK(m, signs));
		break;
	case 3:
		mutate_replace_text(m, at + 1, at + 1, MUTATE_PICK(m, signs));
		break;
	default:
		mutate_replace_text(m, at, at + 1, MUTATE_PICK(m, signs));
	}
}

static inline void mutate_blank(struct mutator *m)
{
	static const char *const blanks[] = { "", "  ", "\t", " \t ", "\v", "\f", "\r", "\xa0", "_", " - ", ", " };
	size_t at, end;

	if (mutate_find(m, mutate_is_blank, &at, &end))
		mutate_replace_text(m, at, end, MUTATE_PICK(m, blanks));
}

static inline void mutate_case(char *bytes, size_t len, uint64_t how)
{
	for (size_t i = 0; i < (how == 0 ? 1 : len); i++) {
		bool upper = bytes[i] >= 'A' && bytes[i] <= 'Z', lower = bytes[i] >= 'a' && bytes[i] <= 'z';

		if ((upper && how != 2) || (lower && how != 1))
			bytes[i] ^= 0x20;
	}
}

/* A word is left out, doubled, cut, written otherwise, or changes places with another one. */
static inline void mutate_word(struct mutator *m, bool (*kind)(char))
{
	size_t at, end, other, other_end;
	struct buf word = { 0 };

	if (!mutate_find(m, kind, &at, &end))
		return;
	buf_add(&word, m->line.ptr + at, end - at);
	switch (mutate_draw(m, 6)) {
	case 0:
		mutate_replace(m, at, end, NULL, 0);
		break;
	case 1:
		buf_add_char(&word, ' ');
		mutate_replace(m, at, at, word.ptr, word.len);
		break;
	case 2:
		mutate_replace(m, at + mutate_draw(m, end - at), end, NULL, 0);
		break;
	case 3:
		mutate_case(m->line.ptr + at, end - at, mutate_draw(m, 4));
		break;
	case 4:
		mutate_replace(m, at, at, word.ptr, word.len);
		break;
	default:
		if (mutate_find(m, kind, &other, &other_end) && other > end) {
			/* the later one first: its place is still the one that was found */
			struct buf second = { 0 };

			buf_add(&second, m->line.ptr + other, other_end - other);
			mutate_replace(m, other, other_end, word.ptr, word.len);
			mutate_replace(m, at, end, second.ptr, second.len);
			buf_free(&second);
		}
	}
	buf_free(&word);
}

/* A word that some pattern looks for. */
static inline const char *mutate_any_literal(struct mutator *m)
{
	return m->seeds->words[mutate_draw(m, m->seeds->word_count)];
}

/* What stands between a sign and the next of its kind, or its partner, goes or becomes something else. */
static inline void mutate_field(struct mutator *m)
{
	static const char openings[] = "[(<{\"'`=,:;", closings[] = "])>}\"'`,,:;";
	static const char *const said[] = { "", " ", "x", "\xff\xfe", "\xc3\xa9", "\xc3", "a b", "x, rip=198.51.100.7, lip=192.0.2.25", "<>", "[]", "()",
					    "user=<x>", "x> ", "x] ", "x): ", "x\" ", "unknown[198.51.100.7]", "a=b", "\"", "x\\\"y", "\x01", "root@example.com" };
	size_t at, end;
	const char *which;

	if (!mutate_find(m, mutate_is_sign, &at, &end) || (which = strchr(openings, m->line.ptr[at])) == NULL)
		return;
	for (end = at + 1; end < m->line.len && m->line.ptr[end] != closings[which - openings];)
		end++;
	if (mutate_draw(m, 2)) {
		mutate_replace_text(m, at + 1, end, MUTATE_PICK(m, said));
		return;
	}
	end = mutate_draw(m, 2) ? end : at + 1;
	mutate_replace_text(m, at + 1, end, mutate_any_literal(m));
}

/* A word that some pattern looks for, or a piece of another message. */
static inline void mutate_insert(struct mutator *m)
{
	const struct seed *other = &m->seeds->all[mutate_draw(m, m->seeds->count)];
	size_t at = mutate_place(m), end, from, len;

	if (mutate_draw(m, 2)) {
		mutate_replace_text(m, at, at, mutate_any_literal(m));
		return;
	}
	from = other->message + mutate_draw(m, other->len - other->message + 1);
	len = mutate_draw(m, other->len - from + 1);
	end = mutate_draw(m, 2) ? at : m->line.len;
	mutate_replace(m, at, end, other->line + from, mutate_draw(m, 2) ? len : other->len - from);
}

static inline void mutate_byte(struct mutator *m, size_t from)
{
	static const char odd[] = "\0\r\t\x1b\x7f\x80\xff\xc3 \"'\\[]<>(){}|$^.";
	size_t at = from + mutate_draw(m, m->line.len - from + 1), end = at < m->line.len ? at + 1 : at;
	char byte = mutate_draw(m, 2) ? (char)mutate_draw(m, 256) : odd[mutate_draw(m, sizeof(odd) - 1)];

	switch (mutate_draw(m, 4)) {
	case 0:
		mutate_replace(m, at, end, NULL, 0);
		break;
	case 1:
		mutate_replace(m, at, at, &byte, 1);
		break;
	case 2:
		if (at < end)
			m->line.ptr[at] = (char)(m->line.ptr[at] ^ 1 << mutate_draw(m, 8));
		break;
	default:
		mutate_replace(m, at, end, &byte, 1);
	}
}

static inline void mutate_end_of_line(struct mutator *m)
{
	static const char *const ends[] = { " ", "\r", ".", "x", ",", ">", "]", ")", "\t", "0", " (reason)", ", TLS", "  ", "\r\r" };

	buf_add_text(&m->line, MUTATE_PICK(m, ends));
}

static inline void mutate_cut(struct mutator *m)
{
	if (mutate_draw(m, 3))
		m->line.len = mutate_place(m);
	else
		mutate_replace(m, m->message, mutate_place(m), NULL, 0);
}

/* Makes the line, or its message, as long as one of the limits, or nearly so. */
static inline void mutate_lengthen(struct mutator *m)
{
	static const size_t limits[] = { MATCH_WHOLE_MAX, MATCH_WHOLE_MAX, MATCH_WHOLE_MAX, 1024, 1024, 2048, 8192 };
	static const char *const fillers[] = { "a", "x ", "7", "[", ": ", ", a=b", "<>", ".", "\xff", "from " };
	size_t limit = mutate_draw(m, 200) == 0 ? (size_t)MATCH_LINE_MAX : MUTATE_PICK(m, limits), at = mutate_place(m);
	size_t header = mutate_draw(m, 2) ? m->message : 0, want = limit - 2 + header + mutate_draw(m, 5);
	const char *filler = MUTATE_PICK(m, fillers);
	struct buf filling = { 0 };

	while (m->line.len + filling.len < want)
		buf_add_char(&filling, filler[filling.len % strlen(filler)]);
	mutate_replace(m, at, at, filling.ptr, filling.len);
	buf_free(&filling);
}

/* ---- changes to the whole line ---- */

static inline void mutate_change_header(struct mutator *m)
{
	const struct seed *other = &m->seeds->all[mutate_draw(m, m->seeds->count)];

	mutate_replace(m, 0, m->message, other->line, other->message);
	m->message = other->message;
}

static inline void mutate_repeat(struct mutator *m)
{
	static const char *const repeats[] = { "last message repeated 3 times", "last message repeated 0 times", "last message repeated 99999999 times",
					       "last message repeated  times", "last message repeated x times", "last message repeated 2 times ",
					       "--- last message repeated 4 times ---" };
	static const char *const inside[] = { "message repeated 3 times: [ ", "message repeated 1 times: [ ", "message repeated 0 times: [ ",
					      "message repeated 1000000 times: [ ", "message repeated 123456 times: [ ", "message repeated 3 times: [" };

	if (mutate_draw(m, 2)) {
		/* these have a host and no program */
		buf_clear(&m->line);
		buf_add_text(&m->line, mutate_draw(m, 2) ? "Nov  3 10:00:00 mx " : "2026-11-03T10:00:00+01:00 mx ");
		buf_add_text(&m->line, MUTATE_PICK(m, repeats));
		m->message = m->line.len;
	} else {
		mutate_replace_text(m, m->message, m->message, MUTATE_PICK(m, inside));
		if (mutate_draw(m, 4))
			buf_add_char(&m->line, ']');
	}
}

static inline void mutate_glue(struct mutator *m)
{
	const struct seed *other = &m->seeds->all[mutate_draw(m, m->seeds->count)];

	m->line.len = mutate_draw(m, 2) ? m->line.len : mutate_draw(m, m->line.len + 1);
	buf_add(&m->line, other->line, other->len);
	if (m->message > m->line.len)
		m->message = m->line.len;
}

static inline void mutate_any_word(struct mutator *m)
{
	mutate_word(m, mutate_draw(m, 2) ? mutate_is_word : mutate_is_name);
}

static inline void mutate_byte_of_message(struct mutator *m)
{
	mutate_byte(m, m->message);
}

static inline void mutate_byte_of_line(struct mutator *m)
{
	mutate_byte(m, 0);
}

/* Another second, day, or number of a process. */
static inline void mutate_digit_of_header(struct mutator *m)
{
	size_t at = m->message > 0 ? mutate_draw(m, m->message) : 0;

	while (at < m->message && !mutate_is_digit(m->line.ptr[at]))
		at++;
	if (at < m->message)
		m->line.ptr[at] = (char)('0' + mutate_draw(m, 10));
}

static inline void mutate_once(struct mutator *m)
{
	static const struct {
		unsigned share;
		void (*change)(struct mutator *m);
	} kinds[] = {
		{ 8, mutate_number }, { 8, mutate_address }, { 10, mutate_sign }, { 5, mutate_blank }, { 8, mutate_any_word },
		{ 6, mutate_field }, { 5, mutate_insert }, { 4, mutate_byte_of_message }, { 4, mutate_end_of_line }, { 3, mutate_cut },
		{ 1, mutate_lengthen }, { 2, mutate_change_header }, { 3, mutate_digit_of_header },
		{ 1, mutate_byte_of_line }, { 1, mutate_glue }, { 1, mutate_repeat },
	};
	unsigned sum = 0, drawn;
	size_t kind = 0;

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		sum += kinds[i].share;
	drawn = (unsigned)mutate_draw(m, sum);
	while (drawn >= kinds[kind].share)
		drawn -= kinds[kind++].share;
	kinds[kind].change(m);
}

/* Makes the next line: a seed with one to eight changes, most of them with few. */
static inline struct span mutate_next(struct mutator *m)
{
	const struct seed *seed = &m->seeds->all[mutate_draw(m, m->seeds->count)];

	buf_clear(&m->line);
	buf_add(&m->line, seed->line, seed->len);
	m->message = seed->message;
	do
		mutate_once(m);
	while (mutate_draw(m, 2) && mutate_draw(m, 8));
	for (size_t i = 0; i < m->line.len; i++) {
		if (m->line.ptr[i] == '\n')
			m->line.ptr[i] = ' ';
	}
	return (struct span){ m->line.ptr, m->line.len };
}

#endif
