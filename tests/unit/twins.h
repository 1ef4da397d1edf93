/* SPDX-License-Identifier: GPL-2.0-or-later */
/* twins: two engines of the same rules, one as it is, and one without the prefilter, in which PCRE2 tries every rule
 * of a program on each of its lines; and how they are compared: every field of what they find. A difference is told
 * with the shortest line that still shows it. */
#ifndef MAILBAN_TESTS_TWINS_H
#define MAILBAN_TESTS_TWINS_H

#include "mutate.h"

#include "addr/addr.h"
#include "detect/engine.h"
#include "detect/match.h"
#include "detect/syntax.h"

enum {
	TWINS_TELL_MAX = 5,             /* differences that are told */
	TWINS_REFERENCE = 1795262400,   /* when the logs were written */
};

enum side { FAST, SLOW, SIDES };

struct twins {
	const struct ruleset *set;
	struct engine *engines[SIDES];
	struct matcher *matchers[SIDES];
	struct buf texts[SIDES];        /* what each side made of a line last */
	unsigned told;
};

static inline void twins_begin(struct twins *t, const struct ruleset *set)
{
	t->set = set;
	for (int side = FAST; side < SIDES; side++) {
		assert_int_equal(engine_new(&t->engines[side], set, side == FAST), 0);
		t->matchers[side] = matcher_new(t->engines[side]);
		matcher_begin(t->matchers[side], TWINS_REFERENCE, NULL);
	}
}

static inline void twins_end(struct twins *t)
{
	for (int side = FAST; side < SIDES; side++) {
		matcher_free(t->matchers[side]);
		engine_free(t->engines[side]);
		buf_free(&t->texts[side]);
	}
}

/* How often PCRE2 gave up. */
static inline uint64_t twins_limit_hits(const struct twins *t, enum side side)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < t->set->count; i++)
		sum += matcher_limit_hits(t->matchers[side], (uint16_t)i);
	return sum;
}

/* Whether it gave up so often with a rule that the rule is asked no more. */
static inline bool twins_asks_no_more(const struct twins *t, enum side side)
{
	bool any = false;

	for (size_t i = 0; i < t->set->count; i++)
		any |= matcher_limit_hits(t->matchers[side], (uint16_t)i) >= MATCH_LIMIT_HITS_MAX;
	return any;
}

/* All that an event says but its user, as a text. */
static inline void twins_add_event(struct buf *out, const struct ruleset *set, const struct event *event)
{
	buf_addf(out, "%s: class %s, flags %#x, count %u, repeats %u, connection %#llx, time %lld, address ",
		 set->rules[event->rule].name, event_class_name(event->event_class), event->flags, event->count, event->repeats,
		 (unsigned long long)event->connection, (long long)event->time);
	if (event->flags & EVENT_NO_ADDRESS)
		buf_add_text(out, "none");
	else
		addr_add_to(out, &event->addr);
}

/* And its user, which must stand in the same place of the line. */
static inline void twins_add_event_of(struct buf *out, const struct ruleset *set, const struct event *event, const char *line)
{
	twins_add_event(out, set, event);
	if (event->user.len > 0)
		buf_addf(out, ", user %zu bytes at %td", event->user.len, event->user.ptr - line);
}

static inline void twins_add_verdict(struct twins *t, enum side side, struct span line)
{
	struct buf *out = &t->texts[side];
	struct event event = { 0 };

	buf_clear(out);
	switch (matcher_line(t->matchers[side], line, &event)) {
	case MATCH_NONE:
		buf_add_text(out, "none");
		break;
	case MATCH_REPEATED:
		buf_addf(out, "repeated %u", event.count);
		break;
	case MATCH_EVENT:
		twins_add_event_of(out, t->set, &event, line.ptr);
	}
}

static inline bool twins_texts_differ(const struct twins *t)
{
	const struct buf *a = &t->texts[FAST], *b = &t->texts[SLOW];

	return a->len != b->len || memcmp(a->ptr, b->ptr, a->len) != 0;
}

static inline bool twins_lines_differ(struct twins *t, struct span line)
{
	twins_add_verdict(t, SLOW, line);
	twins_add_verdict(t, FAST, line);
	return twins_texts_differ(t);
}

static inline void twins_add_try(struct twins *t, enum side side, bool found, const struct event *event, const char *message)
{
	buf_clear(&t->texts[side]);
	if (found)
		twins_add_event_of(&t->texts[side], t->set, event, message);
	else
		buf_add_text(&t->texts[side], "none");
}

/* Whether the rule's literals let the message through. */
static inline bool twins_passes(const struct twins *t, uint16_t rule, struct span message)
{
	const struct engine_rule *er = engine_rule(t->engines[FAST], rule);

	return message.len > 0 && byteset_has(er->first, (unsigned char)message.ptr[0]) &&
	       literals_pass(&er->literals, message);
}

/* What one rule makes of a message, whether or not another one would have been tried before. */
static inline bool twins_rules_differ(struct twins *t, uint16_t rule, struct span message)
{
	struct event event = { 0 };
	bool found = twins_passes(t, rule, message) && matcher_try(t->matchers[FAST], rule, message, &event);

	twins_add_try(t, FAST, found, &event, message.ptr);
	twins_add_try(t, SLOW, message.len > 0 && matcher_try(t->matchers[SLOW], rule, message, &event), &event, message.ptr);
	return twins_texts_differ(t);
}

typedef bool twins_differ(struct twins *t, uint16_t rule, struct span text);

static inline bool twins_whole_line(struct twins *t, uint16_t rule, struct span line)
{
	(void)rule;
	return twins_lines_differ(t, line);
}

/* Leaves out what can be left out without the difference going away. */
static inline void twins_shorten(struct twins *t, twins_differ *is_different, uint16_t rule, struct buf *text)
{
	struct buf shorter = { 0 };

	for (size_t piece = text->len / 2; piece > 0; piece /= 2) {
		for (size_t at = 0; at + piece <= text->len;) {
			buf_clear(&shorter);
			buf_add(&shorter, text->ptr, at);
			buf_add(&shorter, text->ptr + at + piece, text->len - at - piece);
			if (!is_different(t, rule, (struct span){ shorter.ptr, shorter.len })) {
				at += piece;
				continue;
			}
			text->len = at;
			buf_add(text, shorter.ptr + at, shorter.len - at);
		}
	}
	buf_free(&shorter);
	(void)is_different(t, rule, (struct span){ text->ptr, text->len });
}

static inline void twins_tell(struct twins *t, twins_differ *is_different, uint16_t rule, struct span text)
{
	struct buf shortened = { 0 }, shown = { 0 };
	uint64_t hits = twins_limit_hits(t, SLOW);

	/* where PCRE2 gives up there is nothing to compare with */
	(void)is_different(t, rule, text);
	if (twins_limit_hits(t, SLOW) > hits || twins_asks_no_more(t, SLOW) || t->told++ >= TWINS_TELL_MAX)
		return;
	buf_add(&shortened, text.ptr, text.len);
	twins_shorten(t, is_different, rule, &shortened);
	buf_add_escaped(&shown, shortened.ptr, shortened.len);
	print_message("%s\n  fast: %s\n  slow: %s\n", buf_text(&shown), buf_text(&t->texts[FAST]), buf_text(&t->texts[SLOW]));
	buf_free(&shortened);
	buf_free(&shown);
}

/* Whether the slow side found something. */
static inline bool twins_found(struct twins *t)
{
	return strcmp(buf_text(&t->texts[SLOW]), "none") != 0;
}

/* A line with all that is done to spare rules. Returns whether something was found. */
static inline bool twins_try_line(struct twins *t, struct span line)
{
	if (twins_lines_differ(t, line))
		twins_tell(t, twins_whole_line, 0, line);
	return twins_found(t);
}

/* Every rule of the line's program alone, whether or not another one takes the line. */
static inline bool twins_try_rules(struct twins *t, struct span line)
{
	const struct engine_program *program;
	struct header header;
	bool found = false;

	header_parse(&header, line.ptr, line.len);
	program = engine_program(t->engines[FAST], header.program);
	for (size_t i = 0; i < program->rule_count; i++) {
		if (twins_rules_differ(t, program->rules[i], header.message))
			twins_tell(t, twins_rules_differ, program->rules[i], header.message);
		found |= twins_found(t);
	}
	return found;
}

#endif
