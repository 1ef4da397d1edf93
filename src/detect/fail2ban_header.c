/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail2ban_header: what a pattern has for the header of a line.
 *
 * fail2ban matches all of a line but the time. A rule matches the message behind the header, and has the program by
 * itself. So what stands in a pattern for host, program and process is taken off. See detect/fail2ban_shape.
 */
#include <ctype.h>
#include <string.h>

#include "detect/fail2ban_inside.h"
#include "detect/syntax.h"

static bool is_blank(const char *at)
{
	return *at == ' ' || strncmp(at, "\\s", 2) == 0 || strncmp(at, "\\ ", 2) == 0;
}

/* Whether the byte is no blank and stands for itself. */
static bool is_byte(const char *at)
{
	return (isalnum((unsigned char)*at) || strchr(":-,;/=_", *at) != NULL) && *at != '\0';
}

static void add_without_blank(struct buf *out, const char *from, const char *to);

/* A group whose branches may each begin with a blank. */
static void add_branches_without_blank(struct buf *out, const char *open, const char *close)
{
	const char *at = f2b_group_inside(open);

	buf_add(out, open, (size_t)(at - open));
	for (const char *to; at <= close; at = to + 1) {
		to = f2b_branch_end(at, close);
		add_without_blank(out, at, to);
		buf_add(out, to, 1);
	}
}

/* Adds the text without a blank that it would match at its start. */
static void add_without_blank(struct buf *out, const char *from, const char *to)
{
	const char *end = f2b_item_end(from);
	size_t left = end <= to ? (size_t)(to - end) : 0;

	if (from < to && is_blank(from)) {
		const char *rest = syntax_is_quantifier(*end) ? from : end;

		if (*end == '+')
			buf_addf(out, "%.*s*%.*s", (int)(end - from), from, (int)left - 1, end + 1);
		else
			buf_add(out, rest, (size_t)(to - rest));
	} else if (from < to && *from == '(' && f2b_group_inside(from) != NULL && (*end == '?' || *end == '*') &&
		   is_blank(end + 1)) {
		const char *blank_end = f2b_item_end(end + 1);

		blank_end += syntax_is_quantifier(*blank_end) && *blank_end != '{';
		buf_add_text(out, "(?:");
		add_branches_without_blank(out, from, end - 1);
		buf_add(out, from, *end == '*' ? (size_t)(end + 1 - from) : 0);
		buf_add(out, end + 1, (size_t)(blank_end - end - 1));
		buf_add_text(out, ")?");
		buf_add(out, blank_end, (size_t)(to - blank_end));
	} else if (end < to && (*end == '?' || *end == '*') && is_byte(from) && is_blank(end + 1)) {
		/* a blank stands there, so the byte does not */
		add_without_blank(out, end + 1, to);
	} else if (from < to && *from == '(' && f2b_group_inside(from) != NULL && !syntax_is_quantifier(*end)) {
		add_branches_without_blank(out, from, end - 1);
		buf_add(out, end, left);
	} else {
		buf_add(out, from, (size_t)(to - from));
	}
}

void f2b_skip_blank(struct buf *text)
{
	const char *from = buf_text(text);
	size_t options = f2b_options_len(from);
	struct buf out = { 0 };

	buf_add(&out, from, options);
	add_without_blank(&out, from + options, from + text->len);
	buf_free(text);
	*text = out;
	buf_text(text);
}

static const char *skip_item(const char *at)
{
	struct syntax w = { .at = at };

	syntax_skip_item(&w);
	return w.at;
}

/* Behind the text for [PID], in brackets that may be optional; at itself where there is none. */
static const char *skip_process(const char *at)
{
	bool group = strncmp(at, "(?:", 3) == 0;
	const char *c = at + (group ? 3 : 0);

	if (strncmp(c, "\\[", 2) != 0 || c[2] == '<')
		return at;
	c = skip_item(c + 2);
	if (strncmp(c, "\\]", 2) != 0 || (group && c[2] != ')'))
		return at;
	c += 2 + group;
	return c + (*c == '?');
}

/* Whether those brackets are for digits. */
static bool has_digits(const char *process)
{
	process += strcspn(process, "[") + 1;
	process += *process == '[';
	return strncmp(process, "\\d", 2) == 0 || strncmp(process, "0-9", 3) == 0;
}

/* Behind the colon and the blanks that end a header; NULL where there are none. */
static const char *skip_colon(const char *at)
{
	return *at == ':' && is_blank(at + 1) ? skip_item(at + 1) : NULL;
}

/* Whether the item may be part of a program's name: a byte, or a group of such; either may be optional. */
static bool is_of_name(const char *at, const char *end)
{
	const char *behind = f2b_item_end(at);
	size_t len = (size_t)(behind - at);

	if (behind < end && *behind != '?')
		return false;
	if (*at == '\\')
		return strchr("/._-", at[1]) != NULL;
	return isalnum((unsigned char)*at) || strchr("/._-", *at) != NULL ||
	       (strncmp(at, "(?:", 3) == 0 &&
		strspn(at, "(?:|)/._-\\abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") >= len);
}

/* The length of .* or .+ in front, and of what makes it lazy. */
static size_t any_len(const char *text)
{
	return *text == '.' && (text[1] == '*' || text[1] == '+') ? 2 + (text[2] == '?') : 0;
}

bool f2b_skip_header(struct buf *text, bool anchored, struct buf *program)
{
	size_t from = f2b_options_len(buf_text(text));
	const char *begin = text->ptr + from, *word = begin, *end;
	bool whole = anchored, said = false;

	for (const char *c = begin; *c != '\0' && *c != '|' && strncmp(c, "<ADDR>", 6) != 0; c = end) {
		const char *at = c + (*c == ' '), *process = skip_process(at), *message = skip_colon(process);

		end = skip_item(c);
		/* behind words of a message only digits are a process */
		if (process > at && c > begin && message != NULL && (!said || has_digits(at))) {
			if (word < c)
				buf_addf(program, "%s%.*s", whole ? "" : ".*", (int)(c - word), word);
			f2b_cut(text, from, (size_t)(message - begin));
			return true;
		}
		if (!is_of_name(c, end)) {
			said |= word < c;
			whole = is_blank(c);
			word = end;
		}
	}
	return false;
}

/* Whether messages of mail servers begin so: no program has that name. */
static bool is_of_message(const char *word, size_t len)
{
	static const char *const words[] = { "login", "warning", "reject", "NOQUEUE", "info", "error", "fatal" };

	for (unsigned i = 0; i < LENGTH_OF(words); i++) {
		size_t word_len = strlen(words[i]);

		if (len >= word_len && strncmp(word + len - word_len, words[i], word_len) == 0)
			return true;
	}
	return false;
}

bool f2b_skip_name(struct buf *text, struct buf *program)
{
	size_t from = f2b_options_len(buf_text(text));
	const char *begin = text->ptr + from, *name = begin + any_len(begin), *c = name;

	while (*c != '\0' && is_of_name(c, skip_item(c)) && any_len(c) == 0)
		c = skip_item(c);
	if (c < name + 2 || is_of_message(name, (size_t)(c - name)) || (skip_colon(c) == NULL && any_len(c) == 0))
		return false;
	buf_addf(program, ".*%.*s%s", (int)(c - name), name, any_len(c) > 0 ? ".*" : "");
	f2b_cut(text, from, (size_t)((any_len(c) > 0 ? c : skip_colon(c)) - begin));
	return true;
}

bool f2b_open_colon(struct buf *text)
{
	size_t from = f2b_options_len(buf_text(text));
	const char *begin = text->ptr + from, *colon = begin + any_len(begin), *message = skip_colon(colon);
	struct buf out = { 0 };

	if (message == NULL)
		return false;
	buf_add(&out, text->ptr, from);
	buf_addf(&out, "(?:.*?%.*s)?%s", (int)(message - colon), colon, message);
	buf_free(text);
	*text = out;
	buf_text(text);
	return true;
}
