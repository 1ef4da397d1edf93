/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail2ban_shape: a converted pattern brought into the form that our rules have.
 *
 * A rule's pattern is anchored at the message's start and holds one <ADDR>. So branches become rules of their own. An
 * anchor or a blank before the message is for fail2ban alone, and is taken off. See detect/fail2ban_pattern.
 */
#include <ctype.h>
#include <string.h>

#include "detect/fail2ban_inside.h"
#include "detect/syntax.h"

const char *f2b_item_end(const char *at)
{
	struct syntax w = { .at = at };

	syntax_skip_atom(&w);
	return w.at;
}

unsigned f2b_addresses(const char *text)
{
	unsigned count = 0;

	for (const char *c = text; (c = strstr(c, "<ADDR>")) != NULL; c++)
		count++;
	return count;
}

const char *f2b_branch_end(const char *from, const char *to)
{
	while (from < to && *from != '|')
		from = f2b_item_end(from);
	return from < to ? from : to;
}

/* The length of the options in front, such as (?i). */
static size_t options_len(const char *text)
{
	size_t len = strncmp(text, "(?", 2) == 0 ? 2 + strspn(text + 2, "imsx-") : 0;

	return len > 2 && text[len] == ')' ? len + 1 : 0;
}

const char *f2b_group_inside(const char *open)
{
	if (open[1] != '?')
		return open + 1;
	if (open[2] == '=' || open[2] == '!' || (open[2] == '<' && (open[3] == '=' || open[3] == '!')))
		return NULL;
	return open + (open[2] == '<' ? strcspn(open, ">") : 2 + strcspn(open + 2, ":>|")) + 1;
}

/* The first group of [from, to) that has several branches, one of which holds an address; NULL: there is none. */
static const char *find_choice(const char *from, const char *to)
{
	while (from < to) {
		const char *end = f2b_item_end(from), *inside = *from == '(' ? f2b_group_inside(from) : NULL, *found;

		if (inside != NULL && !syntax_is_quantifier(*end)) {
			struct buf text = { 0 };

			buf_add(&text, inside, (size_t)(end - inside));
			found = f2b_addresses(buf_text(&text)) == 0 ? NULL :
				f2b_branch_end(inside, end - 1) < end - 1 ? from : find_choice(inside, end - 1);
			buf_free(&text);
			if (found != NULL)
				return found;
		}
		from = end;
	}
	return NULL;
}

/* Splits the group at open. Each of its branches stands between the text before and the text behind the group. */
static void split_group(const char *text, const char *open, f2b_take_branch *take, void *context)
{
	const char *end = f2b_item_end(open), *close = end - 1, *at = f2b_group_inside(open);
	struct buf one = { 0 };

	for (const char *to; at <= close; at = to + 1) {
		to = f2b_branch_end(at, close);
		buf_clear(&one);
		buf_addf(&one, "%.*s(?:%.*s)%s", (int)(open - text), text, (int)(to - at), at, end);
		f2b_split(buf_text(&one), take, context);
	}
	buf_free(&one);
}

void f2b_split(const char *text, f2b_take_branch *take, void *context)
{
	size_t options = options_len(text);
	const char *end = text + strlen(text), *open;

	if (f2b_branch_end(text, end) < end) {
		struct buf one = { 0 };

		for (const char *at = text + options, *to; at <= end; at = to + 1) {
			to = f2b_branch_end(at, end);
			buf_clear(&one);
			buf_addf(&one, "%.*s%.*s", (int)options, text, (int)(to - at), at);
			f2b_split(buf_text(&one), take, context);
		}
		buf_free(&one);
		return;
	}
	open = f2b_addresses(text) > 1 ? find_choice(text, end) : NULL;
	if (open != NULL)
		split_group(text, open, take, context);
	else
		take(context, text);
}

static void cut(struct buf *text, size_t at, size_t len)
{
	memmove(text->ptr + at, text->ptr + at + len, text->len - at - len);
	text->len -= len;
	buf_text(text);
}

bool f2b_unanchor(struct buf *text)
{
	size_t at = options_len(buf_text(text));

	if (text->ptr[at] == '^')
		cut(text, at, 1);
	else if (strncmp(text->ptr + at, "\\A", 2) == 0)
		cut(text, at, 2);
	else
		return false;
	return true;
}

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
	} else if (from < to && *from == '(' && f2b_group_inside(from) != NULL && *end == '?' && is_blank(end + 1)) {
		const char *blank_end = f2b_item_end(end + 1);

		blank_end += syntax_is_quantifier(*blank_end) && *blank_end != '{';
		buf_add_text(out, "(?:");
		add_branches_without_blank(out, from, end - 1);
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
	size_t options = options_len(from);
	struct buf out = { 0 };

	buf_add(&out, from, options);
	add_without_blank(&out, from + options, from + text->len);
	buf_free(text);
	*text = out;
	buf_text(text);
}

/* The length of the text for [PID]: and of the blank behind it. */
static size_t process_len(const char *at)
{
	static const char *const forms[] = { "\\[\\d+\\]", "\\[\\d*\\]", "(?:\\[\\d+\\])?", "(?:\\[\\d+\\])",
					     "(?:\\[\\d*\\])?" };

	for (unsigned i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		size_t len = strlen(forms[i]), blank;

		if (strncmp(at, forms[i], len) != 0 || at[len] != ':' || !is_blank(at + len + 1))
			continue;
		blank = (size_t)(f2b_item_end(at + len + 1) - at);
		return blank + (syntax_is_quantifier(at[blank]) && at[blank] != '{');
	}
	return 0;
}

bool f2b_skip_header(struct buf *text, struct buf *program)
{
	const char *begin = buf_text(text), *word = begin, *end;

	for (const char *c = begin; *c != '\0'; c = end) {
		size_t len = process_len(*c == ' ' ? c + 1 : c);

		end = f2b_item_end(c);
		if (len > 0 && word < c) {
			buf_add(program, word, (size_t)(c - word));
			cut(text, 0, (size_t)(c - begin) + len + (*c == ' '));
			return true;
		}
		if (!isalnum((unsigned char)*c) && strchr("/._-\\", *c) == NULL)
			word = end;
		else if (*c == '\\' && isalpha((unsigned char)c[1]))
			word = syntax_is_quantifier(*end) ? end + 1 : end;
	}
	return false;
}
