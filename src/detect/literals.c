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

#include "detect/walk.h"

/* A shorter literal stands in nearly every message: to look for it spares nothing. */
enum { INSIDE_MIN = 4 };

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
		len = walk_literal_run(w, l->beginnings[n]);
		if (len == 0 || (*w->at != '|' && *w->at != ')'))
			return false;
		l->beginning_lens[n] = (unsigned char)len;
		l->beginning_count++;
		closed = *w->at++ == ')';
	}
	if (walk_is_quantifier(*w->at))
		return false;
	tail_len = walk_literal_run(w, tail);
	for (unsigned i = 0; i < l->beginning_count; i++) {
		size_t len = l->beginning_lens[i];
		size_t more = tail_len < LITERALS_MAX_LEN - len ? tail_len : LITERALS_MAX_LEN - len;

		memcpy(l->beginnings[i] + len, tail, more);
		l->beginning_lens[i] = (unsigned char)(len + more);
	}
	return true;
}

/* Classes without a colon in them and then ": ...": what follows stands at the message's first colon. */
static bool beginnings_at_colon(struct literals *l, struct walk *w)
{
	bool any = false;

	while (*w->at != ':') {
		uint8_t set[32] = { 0 };
		bool optional;

		if (!walk_item_bytes(w, set) || byteset_has(set, ':'))
			return false;
		optional = *w->at == '?' || *w->at == '*' || *w->at == '{';
		if (!any && optional)
			return false;
		if (!any)
			memcpy(l->first, set, sizeof(l->first));
		any = true;
		walk_skip_quantifier(w);
	}
	l->beginning_lens[0] = (unsigned char)walk_literal_run(w, l->beginnings[0]);
	l->beginning_count = 1;
	l->at_colon = true;
	return any && l->beginning_lens[0] > 1;
}

static void find_beginnings(struct literals *l, struct walk *w, const char *text)
{
	size_t len = walk_literal_run(w, l->beginnings[0]);

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
		byteset_add(l->first, (unsigned char)l->beginnings[i][0]);
	if (l->beginning_count == 0)
		memset(l->first, 0xff, sizeof(l->first));
}

/* How seldom a byte is in log lines: the rarest of a literal is the one to look for. */
static size_t rarity(char c)
{
	static const char frequent[] = " e01o.ta:nimrspl2dc=u359h4x7f6v,[]8b-g<>/";
	const char *place = strchr(frequent, c);

	return place != NULL ? (size_t)(place - frequent) : sizeof(frequent);
}

static void keep_inside(struct literals *l, const char *run, size_t len)
{
	unsigned char rarest = 0;

	memcpy(l->inside, run, len);
	l->inside_len = (unsigned char)len;
	for (size_t i = 1; i < len; i++) {
		if (rarity(run[i]) > rarity(run[rarest]))
			rarest = (unsigned char)i;
	}
	l->inside_rarest = rarest;
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
	if (walk_finds_alternation(text))
		return;
	*l = (struct literals){ 0 };
	w.at = text;
	find_beginnings(l, &w, text);
	while (*w.at != '\0' && !w.failed) {
		len = walk_literal_run(&w, run);
		if (len > l->inside_len && len >= INSIDE_MIN)
			keep_inside(l, run, len);
		if (len < LITERALS_MAX_LEN && *w.at != '\0')
			walk_skip_item(&w);
	}
	if (w.failed)
		literals_none(l);
}

bool literals_can_begin(const struct literals *l, unsigned char first)
{
	return byteset_has(l->first, first);
}

/* ---- asking ---- */

static bool begins_with(struct span message, const char *literal, size_t len)
{
	return message.len >= len && span_same(message.ptr, literal, len);
}

bool literals_inside(const struct literals *l, struct span message)
{
	const char *at = message.ptr + l->inside_rarest, *to;

	if (l->inside_len == 0)
		return true;
	if (message.len < l->inside_len)
		return false;
	to = at + message.len - l->inside_len + 1;
	for (; (at = memchr(at, l->inside[l->inside_rarest], (size_t)(to - at))) != NULL; at++) {
		if (span_same(at - l->inside_rarest, l->inside, l->inside_len))
			return true;
	}
	return false;
}

struct span literals_behind_colon(struct span message)
{
	const char *colon = message.len > 0 ? memchr(message.ptr, ':', message.len) : NULL;

	return colon != NULL ? (struct span){ colon, message.len - (size_t)(colon - message.ptr) } : (struct span){ 0 };
}

static bool has_beginning(const struct literals *l, struct span message, struct span behind_colon)
{
	struct span start = l->at_colon ? behind_colon : message;

	for (unsigned i = 0; i < l->beginning_count; i++) {
		if (begins_with(start, l->beginnings[i], l->beginning_lens[i]))
			return true;
	}
	return l->beginning_count == 0;
}

bool literals_pass(const struct literals *l, struct span message, struct span behind_colon)
{
	return has_beginning(l, message, behind_colon) && literals_inside(l, message);
}
