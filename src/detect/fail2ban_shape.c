/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail2ban_shape: a converted pattern brought into the form that our rules have.
 *
 * A rule's pattern is anchored at the message's start and holds one <ADDR>. So branches become rules of their own. See
 * detect/fail2ban_pattern and detect/fail2ban_header.
 */
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

size_t f2b_options_len(const char *text)
{
	size_t len = strncmp(text, "(?", 2) == 0 ? 2 + strspn(text + 2, "imsx-") : 0;

	return len > 2 && text[len] == ')' ? len + 1 : 0;
}

const char *f2b_group_inside(const char *open)
{
	if (open[1] != '?')
		return open + 1;
	if (open[2] == '(')
		return open + strcspn(open, ")") + 1;
	if (open[2] == '=' || open[2] == '!' || (open[2] == '<' && (open[3] == '=' || open[3] == '!')))
		return NULL;
	return open + (open[2] == '<' ? strcspn(open, ">") : 2 + strcspn(open + 2, ":>|")) + 1;
}

/* The first group of [from, to) that has several branches, one of which holds an address; NULL: there is none. */
static const char *find_choice(const char *from, const char *to)
{
	while (from < to) {
		const char *end = f2b_item_end(from), *inside = *from == '(' ? f2b_group_inside(from) : NULL, *found;

		if (strncmp(from, "(?(", 3) == 0)
			inside = NULL; /* its branches are no choice of their own */
		if (inside != NULL && !syntax_is_quantifier(*end)) {
			FREED_BY(buf_free) struct buf text = { 0 };

			buf_add(&text, inside, (size_t)(end - inside));
			found = f2b_addresses(buf_text(&text)) == 0 ? NULL :
				f2b_branch_end(inside, end - 1) < end - 1 ? from : find_choice(inside, end - 1);
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
	FREED_BY(buf_free) struct buf one = { 0 };

	for (const char *to; at <= close; at = to + 1) {
		to = f2b_branch_end(at, close);
		buf_clear(&one);
		buf_addf(&one, "%.*s(?:%.*s)%s", (int)(open - text), text, (int)(to - at), at, end);
		f2b_split(buf_text(&one), take, context);
	}
}

void f2b_split(const char *text, f2b_take_branch *take, void *context)
{
	size_t options = f2b_options_len(text);
	const char *end = text + strlen(text), *open;

	if (f2b_branch_end(text, end) < end) {
		FREED_BY(buf_free) struct buf one = { 0 };

		for (const char *at = text + options, *to; at <= end; at = to + 1) {
			to = f2b_branch_end(at, end);
			buf_clear(&one);
			buf_addf(&one, "%.*s%.*s", (int)options, text, (int)(to - at), at);
			f2b_split(buf_text(&one), take, context);
		}
		return;
	}
	open = f2b_addresses(text) > 1 ? find_choice(text, end) : NULL;
	if (open != NULL)
		split_group(text, open, take, context);
	else
		take(context, text);
}

void f2b_cut(struct buf *text, size_t at, size_t len)
{
	memmove(text->ptr + at, text->ptr + at + len, text->len - at - len);
	text->len -= len;
	buf_text(text);
}

bool f2b_unanchor(struct buf *text)
{
	size_t at = f2b_options_len(buf_text(text));

	if (text->ptr[at] == '^')
		f2b_cut(text, at, 1);
	else if (strncmp(text->ptr + at, "\\A", 2) == 0)
		f2b_cut(text, at, 2);
	else
		return false;
	return true;
}

void f2b_end_line(struct buf *text)
{
	const char *begin = buf_text(text), *last = begin, *behind;
	uint8_t bytes[32] = { 0 };
	struct syntax w = { .at = begin };
	struct buf out = { 0 };

	while (*w.at != '\0' && strcmp(w.at, "$") != 0) {
		last = w.at;
		syntax_skip_item(&w);
	}
	behind = f2b_item_end(last);
	if (strchr("?*{", *behind) != NULL && behind < w.at)
		return;
	if (strncmp(last, "\\n", 2) != 0 &&
	    (!syntax_item_bytes(&(struct syntax){ .at = last }, bytes) || !byteset_has(bytes, '\n')))
		return;
	buf_add(&out, begin, (size_t)(last - begin));
	buf_addf(&out, "(?:%.*s|$)%s", (int)(w.at - last), last, w.at);
	buf_free(text);
	*text = out;
	buf_text(text);
}
