/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pattern: regular expressions of rules, compiled.
 *
 * PCRE2 matches. Patterns work on bytes (no UTF) and are anchored at the start of the message. A message has no \n. An
 * error in a pattern is told with rule, offset and PCRE2's words.
 */
#include "detect/pattern.h"

#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/msg.h"

/* The expression for <ADDR>. It only finds the end of an address; addr_parse() decides whether it is one. Its parts are
 * possessive: an address gives no characters back to the text behind it. A dot or a colon that ends a sentence is no
 * part of it. */
static const char ADDRESS[] =
	"(?<ADDR>[0-9]{1,3}+\\.[0-9]{1,3}+\\.[0-9]{1,3}+\\.[0-9]{1,3}+(?!\\.[0-9])"
	"|[0-9A-Fa-f]{0,4}+:(?:[0-9A-Fa-f]++|\\.(?=[0-9])|:(?=[0-9A-Fa-f:])|(?<=:):)++)";

/* NULL after a message. */
static pcre2_code *compile(const struct rule *rule, const char *what, const char *text, size_t len, uint32_t options)
{
	PCRE2_UCHAR words[200];
	PCRE2_SIZE offset;
	pcre2_code *code;
	int error;

	code = pcre2_compile((PCRE2_SPTR)text, len, options | PCRE2_NEVER_UTF | PCRE2_DOLLAR_ENDONLY |
			     PCRE2_NO_AUTO_CAPTURE | PCRE2_DUPNAMES | PCRE2_DOTALL, &error, &offset, NULL);
	if (code != NULL)
		return code;
	pcre2_get_error_message(error, words, sizeof(words));
	msg_at(rule->file, rule->line, "rule %s: %s, at offset %zu: %s; mend the pattern", rule->name, what,
	       (size_t)offset, (const char *)words);
	return NULL;
}

/* Adds the pattern's text with <ADDR> replaced. Offsets in PCRE2's errors before <ADDR> stay those of the rule. */
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

static pcre2_code *compile_match(const struct rule *rule, uint32_t options)
{
	FREED_BY(buf_free) struct buf text = { 0 };
	pcre2_code *code;

	put_address_in(&text, rule->match_text);
	code = compile(rule, "match", text.ptr, text.len, options);
	return code;
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

/* Whether the end of the line decides: the pattern holds an end of line, or a negative look ahead over any text. */
bool pattern_wants_end(const char *text)
{
	bool in_class = false;

	for (; *text != '\0'; text++) {
		if (text[0] == '\\' && text[1] != '\0')
			text++;
		else if (*text == '[')
			in_class = true;
		else if (*text == ']')
			in_class = false;
		else if (!in_class && (*text == '$' || strncmp(text, "(?!.*", 5) == 0))
			return true;
	}
	return false;
}

int pattern_compile(struct pattern *pattern, const struct rule *rule)
{
	unsigned address[PATTERN_GROUPS_MAX] = { 0 };

	*pattern = (struct pattern){ 0 };
	/* PCRE2 would look for the last byte that a match needs before it matches: literals have done so */
	pattern->code = compile_match(rule, PCRE2_ANCHORED | PCRE2_NO_START_OPTIMIZE);
	if (pattern->code == NULL)
		return -1;
	/* where the kernel forbids JIT, the interpreter does the same, but slower */
	pattern->jit = pcre2_jit_compile(pattern->code, PCRE2_JIT_COMPLETE) == 0;
	find_groups(pattern->code, "ADDR", address);
	pattern->address = address[0];
	find_groups(pattern->code, "user", pattern->users);
	find_groups(pattern->code, "count", pattern->counts);
	find_groups(pattern->code, "named", pattern->named);
	find_groups(pattern->code, "session", pattern->sessions);
	return 0;
}

void pattern_first_bytes(const struct rule *rule, uint8_t set[PATTERN_BYTES])
{
	/* PCRE2 works out first bytes only for a pattern that may begin anywhere */
	pcre2_code *code = compile_match(rule, 0);
	const uint8_t *known = NULL;

	memset(set, 0xff, PATTERN_BYTES);
	if (code == NULL)
		return;
	pcre2_pattern_info(code, PCRE2_INFO_FIRSTBITMAP, &known);
	if (known != NULL)
		memcpy(set, known, PATTERN_BYTES);
	pcre2_code_free(code);
}

void pattern_free(struct pattern *pattern)
{
	pcre2_code_free(pattern->code);
	*pattern = (struct pattern){ 0 };
}

pcre2_code *pattern_compile_program(const struct rule *rule)
{
	return compile(rule, "program", rule->program_text, strlen(rule->program_text),
		       PCRE2_ANCHORED | PCRE2_ENDANCHORED);
}
