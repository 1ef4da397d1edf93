/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail2ban_rule: a failregex to rules, and warnings about it. See detect/fail2ban.
 *
 * Each warning goes to stderr and into the comment above the rule.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "detect/fail2ban_inside.h"
#include "detect/pattern.h"
#include "detect/rules_inside.h"

/* Adds a comment and a warning about the expression. */
static void warn(struct f2b_maker *m, const char *what)
{
	msg("%s: failregex %u: %s", m->options.path, m->expression, what);
	buf_addf(&m->comment, "# warning: %s\n", what);
}

static void leave_out(struct f2b_maker *m, const char *why)
{
	FREED_BY(buf_free) struct buf what = { 0 };

	buf_addf(&what, "not carried over: %s", why);
	warn(m, buf_text(&what));
	m->filter->left_out++;
}

/* Whether text of a client can stand before the address while nothing holds the end of the line. */
static bool is_loose(const char *match)
{
	const char *address = strstr(match, "<ADDR>");
	size_t len = strlen(match);

	if (match[len - 1] == '$' && match[len - 2] != '\\')
		return false;
	for (const char *c = match; c < address;) {
		const char *quantifier = *c == '.' ? c + 1 : strncmp(c, "\\S", 2) == 0 ? c + 2 : "";
		bool skips = *c == '[' || *c == '\\' || strncmp(c, "(?!", 3) == 0 || strncmp(c, "(?=", 3) == 0;

		if (*quantifier == '*' || *quantifier == '+')
			return true;
		c = skips ? f2b_item_end(c) : c + 1;
	}
	return false;
}

static bool speaks_of(const char *text, const char *const words[])
{
	for (; *words != NULL; words++) {
		if (strcasestr(text, *words) != NULL)
			return true;
	}
	return false;
}

static enum event_class class_of(const struct f2b_maker *m, const char *match)
{
	static const char *const filters[] = { "reject", "spam", NULL };
	static const char *const logins[] = { "auth", "login", "password", NULL };
	static const char *const refusals[] = { "reject", "relay", "block", "dnsbl", "rcpt", "unknown", "spam", NULL };
	enum event_class event_class;

	if (m->class_name != NULL && event_class_parse(&event_class, m->class_name))
		return event_class;
	if (speaks_of(m->name, filters))
		return CLASS_REJECT;
	return !speaks_of(match, logins) && speaks_of(match, refusals) ? CLASS_REJECT : CLASS_AUTH;
}

/* Whether PCRE2 takes the pattern; a fault has been told. */
static bool compiles(const struct rule *rule)
{
	struct pattern pattern;
	pcre2_code *program = pattern_compile_program(rule);
	bool good = program != NULL && pattern_compile(&pattern, rule) == 0;

	if (good)
		pattern_free(&pattern);
	pcre2_code_free(program);
	return good;
}

static void add_rule(struct f2b_maker *m, const char *program, const char *match)
{
	struct f2b_filter *f = m->filter;
	struct rule rule = { .event_class = class_of(m, match) };
	struct buf text = { 0 };

	buf_addf(&text, "fail2ban-%s-%u", m->name, m->expression);
	if (++m->rules > 1)
		buf_addf(&text, "-%u", m->rules);
	rule.name = buf_take(&text);
	buf_addf(&text, "fail2ban's %s, failregex %u", m->name, m->expression);
	rule.description = buf_take(&text);
	rule.server = mem_text(m->name);
	rule.file = mem_text(m->options.path);
	rule.source = mem_text("");
	rule.program_text = mem_text(program);
	rule.match_text = mem_text(match);
	rule.hits = mem_zalloc(F2B_HITS + 1, sizeof(char *));
	rule.misses = mem_zalloc(1, sizeof(char *));
	if (!compiles(&rule)) {
		leave_out(m, "PCRE2 does not take it");
		rules_free_rule(&rule);
		return;
	}
	f->set.rules = mem_grow(f->set.rules, &f->set.capacity, f->set.count + 1, sizeof(*f->set.rules));
	f->notes = mem_grow(f->notes, &m->capacity, f->set.count + 1, sizeof(*f->notes));
	f->set.rules[f->set.count] = rule;
	f->notes[f->set.count++] = (struct f2b_note){ .comment = buf_take(&m->comment) };
}

/* Warns about the pattern, which is of the program or, where that is NULL, of the filter's. */
static const char *look_at(struct f2b_maker *m, const char *match, bool anchored, const char *program)
{
	if (!anchored)
		warn(m, "it is not anchored at its start: it is searched for anywhere in the message");
	else if (is_loose(match))
		warn(m, "it is not anchored as ours are: text of the client (.* or \\S*) may stand before the "
			"address, and no $ holds the end");
	if (program == NULL)
		program = m->header && m->daemon != NULL ? m->daemon : m->program;
	if (strcmp(program, ".*") == 0)
		warn(m, "it names no program, and is tried on the lines of all: put the name into program");
	return program;
}

/* Makes a rule of what is left of a branch. */
static void take_message(struct f2b_maker *m, const char *text, bool anchored, const char *program)
{
	FREED_BY(buf_free) struct buf match = { 0 }, prefix = { 0 };

	buf_add_text(&prefix, buf_text(&m->prefix));
	/* of an address in both, that of the failregex wins */
	if (f2b_addresses(text) > 0)
		f2b_unname(&prefix);
	buf_addf(&match, "%s%s%s%s%s", buf_text(&m->ignore_whole), buf_text(&prefix), buf_text(&m->ignore),
		 anchored ? "" : ".*?", text);
	if (f2b_addresses(buf_text(&match)) == 1)
		add_rule(m, look_at(m, buf_text(&match), anchored, program), buf_text(&match));
	else
		leave_out(m, f2b_addresses(buf_text(&match)) == 0
				     ? "it names no address, which would have to come from another line of the session"
				     : "it names several addresses");
}

/* Makes a rule of a branch that has another's message, for the program that its first word may name. */
static void take_name(struct f2b_maker *m, const struct buf *branch)
{
	FREED_BY(buf_free) struct buf text = { 0 }, program = { 0 };

	buf_add_span(&text, buf_span(branch));
	if (f2b_skip_name(&text, &program)) {
		f2b_open_colon(&text);
		buf_add_text(&m->comment, "# for lines of the program that the first word may name\n");
		take_message(m, buf_text(&text), true, buf_text(&program));
	}
}

/* Takes a branch that is for all of a line but the time. */
static void take_line(struct f2b_maker *m, struct buf *text, bool anchored)
{
	size_t form = strlen(m->form), options = f2b_options_len(buf_text(text));
	FREED_BY(buf_free) struct buf program = { 0 };

	if (f2b_skip_header(text, anchored, &program)) {
		take_message(m, buf_text(text), true, program.len > 0 ? buf_text(&program) : NULL);
	} else if (!anchored || strncmp(text->ptr + options, ".*", 2) == 0) {
		take_name(m, text);
		anchored |= f2b_open_colon(text);
		f2b_skip_blank(text);
		take_message(m, buf_text(text), anchored, NULL);
	} else {
		if (strncmp(text->ptr + options, "\\[\\]", 4) == 0)
			f2b_cut(text, options, 4 + (text->ptr[options + 4] == ':'));
		f2b_skip_blank(text);
		if (strncmp(buf_text(text), m->form, form) == 0)
			f2b_cut(text, 0, form);
		take_message(m, buf_text(text), true, NULL);
	}
}

/* Adds what stands behind the contents of prefregex to a branch that ends where they do. */
static void add_behind(struct f2b_maker *m, struct buf *text)
{
	struct f2b_pattern behind;
	size_t len = strlen(buf_text(text));

	if (m->behind == NULL || len < 2 || text->ptr[len - 1] != '$' || text->ptr[len - 2] == '\\')
		return;
	f2b_cut(text, len - 1, 1);
	f2b_convert(&behind, m->behind, 'b', F2B_LOOK);
	buf_add_text(text, buf_text(&behind.text));
	buf_free(&behind.text);
}

/* Makes the blank in front optional: what prefregex matched may end before it, or the header has taken it. */
static void free_blank(struct buf *text)
{
	FREED_BY(buf_free) struct buf bare = { 0 };

	buf_add_text(&bare, buf_text(text));
	f2b_skip_blank(&bare);
	if (strcmp(bare.ptr, text->ptr) != 0) {
		buf_clear(text);
		buf_addf(text, "\\s?%s", bare.ptr);
	}
}

/* Makes rules of one branch of a failregex, which is in our syntax. */
static void take_branch(void *context, const char *branch)
{
	struct f2b_maker *m = context;
	FREED_BY(buf_free) struct buf text = { 0 };
	bool anchored;

	buf_add_text(&text, branch);
	anchored = f2b_unanchor(&text);
	add_behind(m, &text);
	f2b_end_line(&text);
	if (m->content && !m->header && anchored)
		free_blank(&text);
	if (m->content || m->header)
		take_message(m, buf_text(&text), anchored, NULL);
	else
		take_line(m, &text, anchored);
}

void f2b_add_original(struct buf *out, const char *text)
{
	for (; *text != '\0'; text++) {
		if (*text == F2B_HEADER)
			buf_add_text(out, "%(__prefix_line)s");
		else
			buf_add_char(out, *text == '\n' ? ' ' : *text);
	}
	buf_add_char(out, '\n');
}

void f2b_take_failregex(struct f2b_maker *m, const char *text)
{
	struct f2b_pattern pattern;

	m->expression++;
	m->rules = 0;
	buf_addf(&m->comment, "# failregex %u: ", m->expression);
	f2b_add_original(&m->comment, text);
	f2b_convert(&pattern, text, 'f', m->reading);
	if (pattern.subnet)
		warn(m, "of a network (<SUBNET>) the address alone is taken");
	m->header = m->prefix_header || pattern.header;
	if (pattern.refused != NULL)
		leave_out(m, pattern.refused);
	else
		f2b_split(buf_text(&pattern.text), take_branch, m);
	buf_free(&pattern.text);
}
