/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * syntax: steps over the text of a pattern, item by item.
 *
 * Knows just enough of PCRE2's syntax (pcre2pattern(3)) to find the bytes that must be there. It says failed where it
 * meets anything else: an option setting, a quoted or numbered character, a class by name. It compiles nothing:
 * whether a pattern is right PCRE2 says.
 */
#include "detect/syntax.h"

#include <string.h>

bool syntax_is_quantifier(char c)
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
static void syntax_skip_class(struct syntax *w)
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
static void syntax_skip_group(struct syntax *w)
{
	unsigned depth = 0;

	do {
		if (*w->at == '\0') {
			w->failed = true;
			return;
		}
		if (*w->at == '[') {
			syntax_skip_class(w);
			continue;
		}
		if (w->at[0] == '\\' && w->at[1] != '\0')
			w->at++;
		else if (*w->at == '(')
			depth++;
		else if (*w->at == ')')
			depth--;
		w->at++;
	} while (depth > 0);
}

/* Takes the literal byte at the place, or returns -1. */
static int syntax_byte(struct syntax *w)
{
	const char *next = w->at + 1;
	int c = (unsigned char)*w->at;

	if (c == '\\' && is_escaped_literal(w->at[1]))
		c = (unsigned char)*next++;
	else if (c == '\0' || strchr("\\[](){}|^$.?*+", c) != NULL || strncmp(w->at, "<ADDR>", 6) == 0)
		return -1;
	w->at = next;
	return c;
}

/* The same, but only a byte without a quantifier. */
static int syntax_literal_byte(struct syntax *w)
{
	struct syntax next = *w;
	int c = syntax_byte(&next);

	if (c < 0 || syntax_is_quantifier(*next.at))
		return -1;
	*w = next;
	return c;
}

size_t syntax_literal_run(struct syntax *w, char *run, size_t room)
{
	size_t len = 0;
	int c;

	while (len < room && (c = syntax_literal_byte(w)) >= 0)
		run[len++] = (char)c;
	return len;
}

void syntax_skip_quantifier(struct syntax *w)
{
	if (*w->at == '{') {
		while (*w->at != '\0' && *w->at != '}')
			w->at++;
		if (*w->at == '}')
			w->at++;
		else
			w->failed = true;
	} else if (syntax_is_quantifier(*w->at)) {
		w->at++;
	}
	while (*w->at == '+' || *w->at == '?')
		w->at++;
}

void syntax_skip_atom(struct syntax *w)
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
		syntax_skip_group(w);
	} else if (*w->at == '[') {
		syntax_skip_class(w);
	} else if (*w->at == '\\' && w->at[1] != '\0') {
		/* \Q, \x41, \cA, \p{..}, \g.. span more than two characters */
		if (strchr("dDwWsSbBhHvVNRAzZ", w->at[1]) == NULL && !is_escaped_literal(w->at[1]))
			w->failed = true;
		w->at += 2;
	} else if (*w->at == '|') {
		w->failed = true;
		w->at++;
	} else if (*w->at != '\0') {
		w->at++;
	}
}

void syntax_skip_item(struct syntax *w)
{
	syntax_skip_atom(w);
	syntax_skip_quantifier(w);
}

bool syntax_enter_group(struct syntax *w)
{
	const char *end;

	if (strncmp(w->at, "(?:", 3) == 0 || strncmp(w->at, "(?>", 3) == 0) {
		w->at += 3;
		return true;
	}
	/* a name, and not a look behind */
	end = strncmp(w->at, "(?<", 3) == 0 && w->at[3] != '=' && w->at[3] != '!' ? strchr(w->at, '>') : NULL;
	if (end != NULL)
		w->at = end + 1;
	return end != NULL;
}

bool syntax_is_strange(const char *text)
{
	return strstr(text, "(*") != NULL || strstr(text, "\\Q") != NULL || strstr(text, "(?#") != NULL;
}

bool syntax_finds_alternation(const char *text)
{
	struct syntax w = { .at = text };

	while (*w.at != '\0' && !w.failed) {
		if (*w.at == '|')
			return true;
		syntax_skip_item(&w);
	}
	return w.failed;
}

void byteset_add(uint8_t *set, unsigned byte)
{
	set[byte / 8] |= (uint8_t)(1U << byte % 8);
}

bool byteset_has(const uint8_t *set, unsigned byte)
{
	return set[byte / 8] >> byte % 8 & 1;
}

static void set_range(uint8_t *set, unsigned from, unsigned to)
{
	for (unsigned byte = from; byte <= to; byte++)
		byteset_add(set, byte);
}

/* \d, \w and \s, as PCRE2 has them without UCP; false for other letters. */
static bool set_letter_class(uint8_t *set, char letter)
{
	if (letter == 's') {
		set_range(set, '\t', '\r');
		byteset_add(set, ' ');
		return true;
	}
	if (letter != 'd' && letter != 'w')
		return false;
	set_range(set, '0', '9');
	if (letter == 'w') {
		set_range(set, 'a', 'z');
		set_range(set, 'A', 'Z');
		byteset_add(set, '_');
	}
	return true;
}

/* The bytes of the class in brackets at the place; false for a class that is not plain. */
static bool class_bytes(struct syntax *w, uint8_t *set)
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
			byteset_add(set, from);
		}
	}
	for (unsigned i = 0; negated && i < 32; i++)
		set[i] = (uint8_t)~set[i];
	syntax_skip_class(w);
	return !w->failed;
}

/* The bytes that the item at the place can match. Its quantifier is left for the caller. */
bool syntax_item_bytes(struct syntax *w, uint8_t *set)
{
	bool negated;

	if (*w->at == '[')
		return class_bytes(w, set);
	if (*w->at != '\\')
		return false;
	negated = strchr("DWS", w->at[1]) != NULL && w->at[1] != '\0';
	if (!set_letter_class(set, negated ? (char)(w->at[1] | 0x20) : w->at[1]))
		return false;
	for (unsigned i = 0; negated && i < 32; i++)
		set[i] = (uint8_t)~set[i];
	w->at += 2;
	return true;
}

