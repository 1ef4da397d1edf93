/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pattern: regular expressions of rules, compiled, and the literals that they cannot match without.
 *
 * Matching is PCRE2's; patterns work on bytes (no UTF), are anchored at the start of the message and never
 * on \n, since a line has none. The literals are read off the pattern's text by a walk that gives up on
 * whatever it does not know: giving up costs speed, never a match.
 */
#include "detect/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/msg.h"

/* What stands for <ADDR>. It only finds the address's end; addr_parse() decides whether it is one. The
 * parts are possessive: an address cannot give back characters to the text behind it. */
static const char ADDRESS[] = "(?<ADDR>[0-9.]{7,15}+|[0-9A-Fa-f]{0,4}+:[0-9A-Fa-f:.]{1,40}+)";

/* ---- literals ---- */

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

	while (len < PATTERN_LITERAL_MAX && (c = literal_byte(w)) >= 0)
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
static bool beginnings_of_group(struct pattern_literals *l, struct walk *w)
{
	char tail[PATTERN_LITERAL_MAX];
	size_t tail_len;
	bool closed = false;

	if (strncmp(w->at, "(?:", 3) != 0)
		return false;
	w->at += 3;
	while (!closed) {
		unsigned n = l->beginning_count;
		size_t len;

		if (n == PATTERN_BEGINNINGS_MAX)
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
		size_t more = tail_len < PATTERN_LITERAL_MAX - len ? tail_len : PATTERN_LITERAL_MAX - len;

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

void pattern_literals(struct pattern_literals *l, const char *text)
{
	struct walk w = { .at = text };
	char run[PATTERN_LITERAL_MAX];
	size_t len;

	*l = (struct pattern_literals){ 0 };
	if (*text == '^')
		w.at = ++text;
	if (has_alternation_at_top(text))
		return;
	len = literal_run(&w, l->beginnings[0]);
	if (len > 0) {
		l->beginning_lens[0] = (unsigned char)len;
		l->beginning_count = 1;
	} else if (!beginnings_of_group(l, &w)) {
		l->beginning_count = 0;
		w = (struct walk){ .at = text };
	}
	while (*w.at != '\0' && !w.failed) {
		len = literal_run(&w, run);
		if (len > l->inside_len) {
			memcpy(l->inside, run, len);
			l->inside_len = (unsigned char)len;
		}
		if (len < PATTERN_LITERAL_MAX && *w.at != '\0')
			skip_item(&w);
	}
	if (w.failed)
		*l = (struct pattern_literals){ 0 };
}

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

static bool holds(struct span text, const char *literal, size_t len)
{
	const char *at = text.ptr, *end = text.ptr + text.len;

	while ((size_t)(end - at) >= len) {
		at = memchr(at, literal[0], (size_t)(end - at) - len + 1);
		if (at == NULL)
			return false;
		if (memcmp(at, literal, len) == 0)
			return true;
		at++;
	}
	return false;
}

bool pattern_literals_pass(const struct pattern_literals *l, struct span message)
{
	bool begins = l->beginning_count == 0;

	for (unsigned i = 0; i < l->beginning_count && !begins; i++)
		begins = begins_with(message, l->beginnings[i], l->beginning_lens[i]);
	return begins && (l->inside_len == 0 || holds(message, l->inside, l->inside_len));
}

/* ---- compiling ---- */

static pcre2_code *compile(const struct rule *rule, const char *what, const char *text, size_t len, uint32_t options)
{
	PCRE2_UCHAR words[200];
	PCRE2_SIZE offset;
	pcre2_code *code;
	int error;

	code = pcre2_compile((PCRE2_SPTR)text, len, options | PCRE2_ANCHORED | PCRE2_NEVER_UTF | PCRE2_DOLLAR_ENDONLY |
			     PCRE2_NO_AUTO_CAPTURE | PCRE2_DUPNAMES | PCRE2_DOTALL, &error, &offset, NULL);
	if (code != NULL)
		return code;
	pcre2_get_error_message(error, words, sizeof(words));
	msg_at(rule->file, rule->line, "rule %s: %s, at offset %zu: %s; mend the pattern", rule->name, what, (size_t)offset,
	       (const char *)words);
	return NULL;
}

/* The pattern's text with <ADDR> replaced. Offsets of PCRE2's errors before <ADDR> stay those of the rule. */
static void put_address_in(struct buf *out, const char *text)
{
	const char *place = strstr(text, "<ADDR>");

	if (place == NULL) {
		buf_add_text(out, text);
		return;
	}
	buf_add(out, text, (size_t)(place - text));
	buf_add_text(out, ADDRESS);
	buf_add_text(out, place + strlen("<ADDR>"));
}

static void find_groups(const pcre2_code *code, const char *name, unsigned numbers[PATTERN_GROUPS_MAX])
{
	PCRE2_SPTR first, last;
	int size = pcre2_substring_nametable_scan(code, (PCRE2_SPTR)name, &first, &last);
	unsigned n = 0;

	if (size <= 0)
		return;
	for (PCRE2_SPTR entry = first; entry <= last && n < PATTERN_GROUPS_MAX; entry += size)
		numbers[n++] = (unsigned)entry[0] << 8 | entry[1];
}

int pattern_compile(struct pattern *pattern, const struct rule *rule)
{
	unsigned address[PATTERN_GROUPS_MAX] = { 0 };
	struct buf text = { 0 };
	uint32_t groups = 0;

	*pattern = (struct pattern){ 0 };
	put_address_in(&text, rule->match_text);
	pattern->code = compile(rule, "match", text.ptr, text.len, 0);
	buf_free(&text);
	if (pattern->code == NULL)
		return -1;
	/* without JIT (a kernel that forbids it) the interpreter does the same, slower */
	pattern->jit = pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE) == 0;
	pcre2_pattern_info(pattern->code, PCRE2_INFO_CAPTURECOUNT, &groups);
	pattern->groups = groups;
	find_groups(pattern->code, "ADDR", address);
	pattern->address = address[0];
	find_groups(pattern->code, "user", pattern->users);
	find_groups(pattern->code, "count", pattern->counts);
	return 0;
}

void pattern_free(struct pattern *pattern)
{
	pcre2_code_free(pattern->code);
	*pattern = (struct pattern){ 0 };
}

pcre2_code *pattern_compile_program(const struct rule *rule)
{
	return compile(rule, "program", rule->program_text, strlen(rule->program_text), PCRE2_ENDANCHORED);
}
