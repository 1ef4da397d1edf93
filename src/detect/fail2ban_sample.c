/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail2ban_sample: a message that a pattern recognises, made up.
 *
 * A step over each item of the pattern writes a text that the item matches. For a class it is one of the bytes, for a
 * group one of the branches, for a look ahead nothing. The variant chooses the branch, whether optional items are
 * there, and the family of the address.
 */
#include "detect/fail2ban_inside.h"

#include <stdlib.h>
#include <string.h>

#include "detect/syntax.h"

enum { ALL_PARTS = 1, LAST_BRANCH = 2, IPV6 = 4, NAMES_MAX = 8, TIMES_MAX = 64 };

struct sample {
	unsigned variant;
	struct buf *out;
	struct { const char *name; size_t len, from, to; } groups[NAMES_MAX];
	unsigned group_count;
};

static void add_branches(struct sample *s, const char *from, const char *to);

/* How often to write the item whose quantifier stands at at. *end is behind the quantifier. */
static unsigned long times_of(const struct sample *s, const char *at, const char **end)
{
	unsigned long least = strchr("?*", *at) != NULL && *at != '\0' ? 0 : *at == '{' ? strtoul(at + 1, NULL, 10) : 1;
	struct syntax w = { .at = at };

	syntax_skip_quantifier(&w);
	*end = w.at;
	if (least == 0 && (s->variant & ALL_PARTS))
		least = 1;
	return least < TIMES_MAX ? least : TIMES_MAX;
}

/* Writes a byte that the class matches; a letter or a digit, if the class has one. */
static void add_class(struct sample *s, const char *at)
{
	static const char liked[] = "x1A.-@/: ";
	uint8_t set[32] = { 0 };
	struct syntax w = { .at = at };
	int byte = 'x';

	if (syntax_item_bytes(&w, set)) {
		for (byte = '~'; byte > ' ' && !byteset_has(set, (unsigned)byte); byte--)
			continue;
		for (size_t i = sizeof(liked) - 1; i-- > 0;)
			byte = byteset_has(set, (unsigned char)liked[i]) ? liked[i] : byte;
	}
	buf_add_char(s->out, (char)byte);
}

/* Writes again what the group of that name has matched. */
static void add_again(struct sample *s, const char *at)
{
	for (unsigned i = 0; i < s->group_count; i++) {
		size_t len = s->groups[i].to - s->groups[i].from;

		if (strncmp(at + 3, s->groups[i].name, s->groups[i].len) != 0 || at[3 + s->groups[i].len] != '}')
			continue;
		buf_room(s->out, len);
		buf_add(s->out, s->out->ptr + s->groups[i].from, len);
		return;
	}
}

static void add_group(struct sample *s, const char *open, const char *close)
{
	const char *inside = f2b_group_inside(open);
	bool named = inside != NULL && strncmp(open, "(?<", 3) == 0;
	size_t from = s->out->len;

	if (inside == NULL || inside > close)
		return;
	add_branches(s, inside, close);
	if (named && s->group_count < NAMES_MAX) {
		s->groups[s->group_count].name = open + 3;
		s->groups[s->group_count].len = (size_t)(inside - 1 - open - 3);
		s->groups[s->group_count].from = from;
		s->groups[s->group_count++].to = s->out->len;
	}
}

static void add_escape(struct sample *s, const char *at)
{
	if (strchr("dwsDWS", at[1]) != NULL)
		add_class(s, at);
	else if (strchr("bBAzZkKG", at[1]) == NULL)
		buf_add_char(s->out, at[1] == 't' ? '\t' : at[1]);
}

static void add_item(struct sample *s, const char *at, const char *end)
{
	if (strncmp(at, "<ADDR>", 6) == 0)
		buf_add_text(s->out, s->variant & IPV6 ? "2001:db8::1" : "192.0.2.1");
	else if (*at == '(')
		add_group(s, at, end - 1);
	else if (*at == '[')
		add_class(s, at);
	else if (*at == '\\')
		add_escape(s, at);
	else if (*at == '.')
		buf_add_char(s->out, 'x');
	else if (*at != '^' && *at != '$')
		buf_add_char(s->out, *at);
}

static void add_branch(struct sample *s, const char *from, const char *to)
{
	while (from < to) {
		const char *end = f2b_item_end(from), *next;

		if (strncmp(from, "\\k{", 3) == 0) {
			add_again(s, from);
			from += strcspn(from, "}") + 1;
			continue;
		}
		for (unsigned long n = times_of(s, end, &next); n > 0; n--)
			add_item(s, from, end);
		from = next;
	}
}

static void add_branches(struct sample *s, const char *from, const char *to)
{
	const char *end = f2b_branch_end(from, to);

	while ((s->variant & LAST_BRANCH) && end < to) {
		from = end + 1;
		end = f2b_branch_end(from, to);
	}
	add_branch(s, from, end);
}

void f2b_sample(const char *match, unsigned variant, struct buf *out)
{
	struct sample s = { .variant = variant, .out = out };

	add_branches(&s, match, match + strlen(match));
}
