/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * literals: the bytes that a pattern cannot match without, read off its text.
 *
 * Most lines of a log are about nothing that a rule knows, and no regular expression is needed to see it: a
 * few bytes at the message's start, or behind its first colon (where Postfix writes what happened, behind a
 * queue number), tell the rules apart. A walk over the pattern's text finds them; it gives up on whatever it
 * does not know for certain. Giving up costs speed, never a match: --no-prefilter does without all this.
 */
#include "detect/literals.h"

#include <stdint.h>
#include <string.h>

struct walk {
	const char *at;
	bool failed; /* something that the walk does not understand */
};

static bool is_quantifier(char c)
{
	return c == '?' || c == '*' || c == '+' || c == '{';
}

static bool is_escaped_literal(char c)
{
	bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
	bool digit = c >= '0' && c <= '9';

	return c != '\0' && !letter && !digit;
}

/* Steps over a character class; at stands on its '['. */
static void skip_class(struct walk *w)
{
	w->at++;
	if (*w->at == '^')
		w->at++;
	if (*w->at == ']')
		w->at++;
	while (*w->at != '\0' && *w->at != ']') {
		if (w->at[0] == '\\' && w->at[1] != '\0')
			w->at++;
		else if (w->at[0] == '[' && w->at[1] == ':')
			w->failed = true;
		w->at++;
	}
	if (*w->at == ']')
		w->at++;
	else
		w->failed = true;
}

/* Steps over a group; at stands on its '('. */
static void skip_group(struct walk *w)
{
	unsigned depth = 0;

	do {
		if (*w->at == '\0') {
			w->failed = true;
			return;
		}
		if (*w->at == '[') {
			skip_class(w);
			continue;
		}
		if (w->at[0] == '\\' && w->at[1] != '\0')
			w->at++;
		else if (*w->at == '(')
			depth++;
		else if (*w->at == ')')
			depth--;
		w->at++;
	} while (depth > 0 && !w->failed);
}

/* One literal byte at the walk's place that no quantifier follows, or -1; the walk moves on past it. */
static int literal_byte(struct walk *w)
{
	const char *next = w->at + 1;
	int c = (unsigned char)*w->at;

	if (c == '\\' && is_escaped_literal(w->at[1]))
		c = (unsigned char)*next++;
	else if (c == '\0' || strchr("\\[](){}|^$.?*+", c) != NULL || strncmp(w->at, "<ADDR>", 6) == 0)
		return -1;
	if (is_quantifier(*next))
		return -1;
	w->at = next;
	return c;
}

static size_t literal_run(struct walk *w, char *run)
{
	size_t len = 0;
	int c;

	while (len < LITERALS_MAX_LEN && (c = literal_byte(w)) >= 0)
		run[len++] = (char)c;
	return len;
}

static void skip_quantifier(struct walk *w)
{
	if (*w->at == '{') {
		while (*w->at != '\0' && *w->at != '}')
			w->at++;
		if (*w->at == '}')
			w->at++;
		else
			w->failed = true;
	} else if (is_quantifier(*w->at)) {
		w->at++;
	}
	while (*w->at == '+' || *w->at == '?')
		w->at++;
}

/* Steps over one thing that is no literal run. */
static void skip_item(struct walk *w)
{
	if (strncmp(w->at, "<ADDR>", 6) == 0) {
		w->at += 6;
	} else if (*w->at == '(') {
		/* an option setting such as (?i) changes what literals mean */
		if (w->at[1] == '?' && w->at[2] != ':' && w->at[2] != '<' && w->at[2] != '!' && w->at[2] != '=' &&
		    w->at[2] != '>')
			w->failed = true;
		if (w->at[1] == '*')
			w->failed = true;
		skip_group(w);
	} else if (*w->at == '[') {
		skip_class(w);
	} else if (*w->at == '\\' && w->at[1] != '\0') {
		/* \Q, \x41, \cA, \p{..}, \g.. span more than two characters */
		if (strchr("dDwWsSbBhHvVNRAzZ", w->at[1]) == NULL && !is_escaped_literal(w->at[1]))
			w->failed = true;
		w->at += 2;
	} else if (*w->at == '|') {
		w->failed = true;
	} else {
		w->at++;
	}
	skip_quantifier(w);
}

/* (?:one|two|three) of plain literals at the start gives as many beginnings, each with what follows. */
static bool beginnings_of_group(struct literals *l, struct walk *w)
{
	char tail[LITERALS_MAX_LEN];
	size_t tail_len;
	bool closed = false;

	if (strncmp(w->at, "(?:", 3) != 0)
		return false;
	w->at += 3;
	while (!closed) {
		unsigned n = l->beginning_count;
		size_t len;

		if (n == LITERALS_BEGINNINGS)
			return false;
		len = literal_run(w, l->beginnings[n]);
		if (len == 0 || (*w->at != '|' && *w->at != ')'))
			return false;
		l->beginning_lens[n] = (unsigned char)len;
		l->beginning_count++;
		closed = *w->at++ == ')';
	}
	if (is_quantifier(*w->at))
		return false;
	tail_len = literal_run(w, tail);
	for (unsigned i = 0; i < l->beginning_count; i++) {
		size_t len = l->beginning_lens[i];
		size_t more = tail_len < LITERALS_MAX_LEN - len ? tail_len : LITERALS_MAX_LEN - len;

		memcpy(l->beginnings[i] + len, tail, more);
		l->beginning_lens[i] = (unsigned char)(len + more);
	}
	return true;
}

static bool has_alternation_at_top(const char *text)
{
	struct walk w = { .at = text };

	while (*w.at != '\0' && !w.failed) {
		if (*w.at == '|')
			return true;
		skip_item(&w);
	}
	return w.failed;
}

/* ---- bytes that an item can match ---- */

static void set_byte(uint8_t *set, unsigned byte)
{
	set[byte / 8] |= (uint8_t)(1U << byte % 8);
}

static bool has_byte(const uint8_t *set, unsigned byte)
{
	return set[byte / 8] >> byte % 8 & 1;
}

static void set_range(uint8_t *set, unsigned from, unsigned to)
{
	for (unsigned byte = from; byte <= to; byte++)
		set_byte(set, byte);
}

/* \d and \w, as PCRE2 has them without UCP; false for any other letter. */
static bool set_letter_class(uint8_t *set, char letter)
{
	if (letter != 'd' && letter != 'w')
		return false;
	set_range(set, '0', '9');
	if (letter == 'w') {
		set_range(set, 'a', 'z');
		set_range(set, 'A', 'Z');
		set_byte(set, '_');
	}
	return true;
}

/* The bytes of a class in brackets, at which the walk stands; false for one that is not plain. */
static bool class_bytes(struct walk *w, uint8_t *set)
{
	const char *at = w->at + 1;
	bool negated = *at == '^';

	at += negated;
	if (*at == ']')
		return false;
	for (; *at != '\0' && *at != ']'; at++) {
		unsigned from = (unsigned char)*at;

		if (*at == '[')
			return false;
		if (*at == '\\') {
			at++;
			if (set_letter_class(set, *at))
				continue;
			if (!is_escaped_literal(*at))
				return false;
			from = (unsigned char)*at;
		}
		if (at[1] == '-' && at[2] != ']') {
			if (at[2] == '\\' || (unsigned char)at[2] < from)
				return false;
			set_range(set, from, (unsigned char)at[2]);
			at += 2;
		} else {
			set_byte(set, from);
		}
	}
	for (unsigned i = 0; negated && i < 32; i++)
		set[i] = (uint8_t)~set[i];
	skip_class(w);
	return !w->failed;
}

/* The bytes that the item at which the walk stands can match, its quantifier left for the caller. */
static bool item_bytes(struct walk *w, uint8_t *set)
{
	if (*w->at == '[')
		return class_bytes(w, set);
	if (*w->at != '\\' || !set_letter_class(set, w->at[1]))
		return false;
	w->at += 2;
	return true;
}

/* Classes without a colon in them and then ": ...": what follows stands at the message's first colon. */
static bool beginnings_at_colon(struct literals *l, struct walk *w)
{
	bool any = false;

	while (*w->at != ':') {
		uint8_t set[32] = { 0 };
		bool optional;

		if (!item_bytes(w, set) || has_byte(set, ':'))
			return false;
		optional = *w->at == '?' || *w->at == '*' || *w->at == '{';
		if (!any && optional)
			return false;
		if (!any)
			memcpy(l->first, set, sizeof(l->first));
		any = true;
		skip_quantifier(w);
	}
	l->beginning_lens[0] = (unsigned char)literal_run(w, l->beginnings[0]);
	l->beginning_count = 1;
	l->at_colon = true;
	return any && l->beginning_lens[0] > 1;
}

static void find_beginnings(struct literals *l, struct walk *w, const char *text)
{
	size_t len = literal_run(w, l->beginnings[0]);

	if (len > 0) {
		l->beginning_lens[0] = (unsigned char)len;
		l->beginning_count = 1;
	} else if (!beginnings_of_group(l, w)) {
		*l = (struct literals){ 0 };
		*w = (struct walk){ .at = text };
		if (!beginnings_at_colon(l, w)) {
			*l = (struct literals){ 0 };
			*w = (struct walk){ .at = text };
		}
	}
	for (unsigned i = 0; i < l->beginning_count && !l->at_colon; i++)
		set_byte(l->first, (unsigned char)l->beginnings[i][0]);
	if (l->beginning_count == 0)
		memset(l->first, 0xff, sizeof(l->first));
}

/* How seldom a byte is in log lines: the rarest of a literal is the one to look for. */
static unsigned rarity(unsigned char c)
{
	if (c == ' ' || c == '.' || c == '=' || c == ':' || c == ',')
		return 1;
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		return strchr("jqxzkvw", c) != NULL ? 2 : 0;
	return c >= 'A' && c <= 'Z' ? 3 : 4;
}

static void keep_inside(struct literals *l, const char *run, size_t len)
{
	memcpy(l->inside, run, len);
	l->inside_len = (unsigned char)len;
	l->inside_rare = 0;
	for (size_t i = 1; i < len; i++) {
		if (rarity((unsigned char)run[i]) > rarity((unsigned char)run[l->inside_rare]))
			l->inside_rare = (unsigned char)i;
	}
}

void literals_none(struct literals *l)
{
	*l = (struct literals){ 0 };
	memset(l->first, 0xff, sizeof(l->first));
}

void literals_derive(struct literals *l, const char *text)
{
	struct walk w = { 0 };
	char run[LITERALS_MAX_LEN];
	size_t len;

	literals_none(l);
	if (*text == '^')
		text++;
	if (has_alternation_at_top(text))
		return;
	*l = (struct literals){ 0 };
	w.at = text;
	find_beginnings(l, &w, text);
	while (*w.at != '\0' && !w.failed) {
		len = literal_run(&w, run);
		if (len > l->inside_len)
			keep_inside(l, run, len);
		if (len < LITERALS_MAX_LEN && *w.at != '\0')
			skip_item(&w);
	}
	if (w.failed)
		literals_none(l);
}

bool literals_can_begin(const struct literals *l, unsigned char first)
{
	return has_byte(l->first, first);
}

/* ---- asking ---- */

/* As memcmp() == 0 for len up to 16 where both have 16 bytes to look at: two loads instead of a call. */
static bool same_start(const char *text, const char *literal, size_t len)
{
	static const uint8_t ones[32] = { 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255 };
	uint64_t a[2], b[2], mask[2];

	memcpy(a, text, 16);
	memcpy(b, literal, 16);
	memcpy(mask, ones + 16 - (len < 16 ? len : 16), 16);
	return (((a[0] ^ b[0]) & mask[0]) | ((a[1] ^ b[1]) & mask[1])) == 0;
}

static bool begins_with(struct span message, const char *literal, size_t len)
{
	if (message.len < len)
		return false;
	if (message.len >= 16 && !same_start(message.ptr, literal, len))
		return false;
	return (len <= 16 && message.len >= 16) || memcmp(message.ptr, literal, len) == 0;
}

bool literals_inside(const struct literals *l, struct span message)
{
	const char *at = message.ptr + l->inside_rare, *end;

	if (message.len < l->inside_len)
		return false;
	if (l->inside_len == 0)
		return true;
	/* one behind where the rarest byte would stand in the last place that the literal can have */
	end = message.ptr + message.len - l->inside_len + l->inside_rare + 1;
	while (at < end) {
		at = memchr(at, l->inside[l->inside_rare], (size_t)(end - at));
		if (at == NULL)
			return false;
		if (memcmp(at - l->inside_rare, l->inside, l->inside_len) == 0)
			return true;
		at++;
	}
	return false;
}

struct span literals_behind_colon(struct span message)
{
	const char *colon = message.len > 0 ? memchr(message.ptr, ':', message.len) : NULL;

	return colon != NULL ? (struct span){ colon, message.len - (size_t)(colon - message.ptr) } : (struct span){ 0 };
}

uint8_t literals_only_beginning(const struct literals *l, unsigned char first)
{
	uint8_t only = LITERALS_ANY;

	if (l->at_colon)
		return 0;
	for (unsigned i = 0; i < l->beginning_count; i++) {
		if ((unsigned char)l->beginnings[i][0] != first)
			continue;
		if (only != LITERALS_ANY)
			return LITERALS_ANY;
		only = (uint8_t)i;
	}
	return only;
}

bool literals_begin(const struct literals *l, unsigned which, struct span message, struct span behind_colon)
{
	struct span start = l->at_colon ? behind_colon : message;

	if (which != LITERALS_ANY)
		return begins_with(start, l->beginnings[which], l->beginning_lens[which]);
	for (unsigned i = 0; i < l->beginning_count; i++) {
		if (begins_with(start, l->beginnings[i], l->beginning_lens[i]))
			return true;
	}
	return l->beginning_count == 0;
}

bool literals_pass(const struct literals *l, struct span message, struct span behind_colon)
{
	return literals_begin(l, LITERALS_ANY, message, behind_colon) && literals_inside(l, message);
}
