/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * literals: the bytes that a pattern cannot match without, read off its text.
 *
 * No rule knows most lines of a log, and no regular expression is needed to see that. A few bytes tell the rules
 * apart. They stand at the message's start, or anywhere in it. Stepping over the pattern's text finds them, and gives
 * up on anything uncertain. Giving up costs speed and never a match, by (13) of src/README.md.
 */
#include "detect/literals.h"

#include <string.h>

#include "detect/syntax.h"

/* A shorter literal stands in nearly every message. */
enum { INSIDE_MIN = 4 };

/* How rare a byte is in log lines. A search looks for the rarest byte of a literal. */
static size_t rarity(char c)
{
	static const char frequent[] = " e01o.ta:nimrspl2dc=u359h4x7f6v,[]8b-g<>/";
	const char *place = strchr(frequent, c);

	return place != NULL ? (size_t)(place - frequent) : sizeof(frequent);
}

/* Takes the literal run at the place. Returns its length. */
static size_t take_run(struct literal *l, struct syntax *w)
{
	l->len = (uint8_t)syntax_literal_run(w, l->bytes, sizeof(l->bytes));
	l->rarest = 0;
	for (uint8_t i = 1; i < l->len; i++) {
		if (rarity(l->bytes[i]) > rarity(l->bytes[l->rarest]))
			l->rarest = i;
	}
	return l->len;
}

/* ---- the beginning ---- */

/* (?:one|two|three) of plain literals at the start gives three beginnings; the literal behind the group is part of
 * each. */
static bool beginnings_of_group(struct literals *l, struct syntax *w)
{
	struct literal tail;
	bool closed = false;

	if (strncmp(w->at, "(?:", 3) != 0)
		return false;
	w->at += 3;
	while (!closed) {
		if (l->beginning_count == LITERALS_BEGINNINGS || take_run(&l->beginnings[l->beginning_count++], w) == 0)
			return false;
		if (*w->at != '|' && *w->at != ')')
			return false;
		closed = *w->at++ == ')';
	}
	if (syntax_is_quantifier(*w->at))
		return false;
	take_run(&tail, w);
	for (unsigned i = 0; i < l->beginning_count; i++) {
		struct literal *begin = &l->beginnings[i];
		size_t room = (size_t)LITERALS_MAX_LEN - begin->len, more = tail.len < room ? tail.len : room;

		memcpy(begin->bytes + begin->len, tail.bytes, more);
		begin->len = (uint8_t)(begin->len + more);
	}
	return true;
}

/* Leaves the place behind the beginnings, or at the start of the text where there are none. */
static void find_beginnings(struct literals *l, struct syntax *w)
{
	const struct syntax start = *w;

	if (take_run(&l->beginnings[0], w) > 0) {
		l->beginning_count = 1;
	} else if (!beginnings_of_group(l, w)) {
		*l = (struct literals){ 0 };
		*w = start;
	}
}

/* ---- the inside ---- */

/* Walks to the end of a branch, and keeps its longest run. */
static void take_branch(struct literal *longest, struct syntax *w)
{
	struct literal run;

	longest->len = 0;
	while (!w->failed && *w->at != '|' && *w->at != ')') {
		if (take_run(&run, w) > longest->len)
			*longest = run;
		if (*w->at == '\0')
			w->failed = true;
		else if (run.len < LITERALS_MAX_LEN && *w->at != '|' && *w->at != ')')
			syntax_skip_item(w);
	}
}

static size_t shortest(const struct literal *literals, unsigned count)
{
	size_t len = count > 0 ? LITERALS_MAX_LEN : 0;

	for (unsigned i = 0; i < count; i++)
		len = literals[i].len < len ? literals[i].len : len;
	return len;
}

/* Takes the longest literal of each branch of the group at the place. A match holds one of them if the group
 * must match. The group whose shortest literal is longest wins over other groups. */
static void insides_of_group(struct literals *l, struct syntax w)
{
	struct literal found[LITERALS_INSIDES];
	unsigned count = 0;

	if (!syntax_enter_group(&w))
		return;
	do {
		if (count == LITERALS_INSIDES)
			return;
		take_branch(&found[count++], &w);
	} while (!w.failed && *w.at++ == '|');
	if (w.failed || *w.at == '?' || *w.at == '*' || *w.at == '{' || shortest(found, count) < INSIDE_MIN)
		return;
	if (shortest(found, count) > shortest(l->insides, l->inside_count)) {
		memcpy(l->insides, found, count * sizeof(found[0]));
		l->inside_count = count;
	}
}

/* One literal that every match holds is better than several: each literal costs a search. */
static void find_insides(struct literals *l, struct syntax *w)
{
	struct literal longest = { .len = INSIDE_MIN - 1 }, run;

	while (*w->at != '\0' && !w->failed) {
		if (take_run(&run, w) > longest.len)
			longest = run;
		if (run.len == LITERALS_MAX_LEN || *w->at == '\0')
			continue;
		insides_of_group(l, *w);
		syntax_skip_item(w);
	}
	if (longest.len >= INSIDE_MIN) {
		l->insides[0] = longest;
		l->inside_count = 1;
	}
}

void literals_derive(struct literals *l, const char *text)
{
	struct syntax w = { .at = *text == '^' ? text + 1 : text };

	*l = (struct literals){ 0 };
	w.failed = syntax_is_strange(w.at) || syntax_finds_alternation(w.at);
	if (!w.failed) {
		find_beginnings(l, &w);
		find_insides(l, &w);
	}
	if (w.failed)
		*l = (struct literals){ 0 };
}

/* ---- asking ---- */

bool literals_begin(const struct literals *l, struct span message)
{
	for (unsigned i = 0; i < l->beginning_count; i++) {
		const struct literal *begin = &l->beginnings[i];

		if (message.len >= begin->len && span_same(message.ptr, begin->bytes, begin->len))
			return true;
	}
	return l->beginning_count == 0;
}

static bool holds(struct span message, const struct literal *literal)
{
	const char *at = message.ptr + literal->rarest, *to = at + message.len - literal->len + 1;

	if (message.len < literal->len)
		return false;
	for (; (at = memchr(at, literal->bytes[literal->rarest], (size_t)(to - at))) != NULL; at++) {
		if (span_same(at - literal->rarest, literal->bytes, literal->len))
			return true;
	}
	return false;
}

bool literals_inside(const struct literals *l, struct span message)
{
	for (unsigned i = 0; i < l->inside_count; i++) {
		if (holds(message, &l->insides[i]))
			return true;
	}
	return l->inside_count == 0;
}

bool literals_pass(const struct literals *l, struct span message)
{
	return literals_begin(l, message) && literals_inside(l, message);
}
