/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail2ban_write: the rules of a filter as a file. See detect/fail2ban.
 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detect/fail2ban.h"

void f2b_free(struct f2b_filter *filter)
{
	for (size_t i = 0; i < filter->set.count; i++)
		free(filter->notes[i].comment);
	free(filter->notes);
	free(filter->head);
	free(filter->tail);
	rules_free(&filter->set);
	*filter = (struct f2b_filter){ 0 };
}

void f2b_add_hit(struct f2b_filter *filter, size_t rule, struct span message)
{
	char **hits = filter->set.rules[rule].hits;

	for (unsigned i = 0; i < F2B_HITS; i++) {
		if (hits[i] == NULL) {
			hits[i] = mem_text_of(message.ptr, message.len);
			return;
		}
		if (span_is(message, hits[i]))
			return;
	}
}

/* Adds a text in single quotes. A backslash there stands for itself but before a quote or another backslash. */
static void add_quoted(struct buf *out, const char *text)
{
	buf_add_char(out, '\'');
	for (const char *c = text; *c != '\0'; c++) {
		bool doubled = *c == '\'' || (*c == '\\' && (c[1] == '\'' || c[1] == '\\' || c[1] == '\0'));

		if (doubled)
			buf_add_char(out, '\\');
		buf_add_char(out, *c);
		/* the byte behind a backslash is copied with it, unless it is a quote */
		if (*c == '\\' && c[1] != '\0' && c[1] != '\'') {
			if (c[1] == '\\')
				buf_add_char(out, '\\');
			buf_add_char(out, *++c);
		}
	}
	buf_add_char(out, '\'');
}

static void add_attribute(struct buf *out, const char *mark, const char *name, const char *value)
{
	buf_addf(out, "%s\t%s = ", mark, name);
	add_quoted(out, value);
	buf_add_char(out, '\n');
}

static void add_rule(struct buf *out, const struct rule *rule, bool made_up)
{
	const char *mark = rule->hits[0] != NULL ? "" : "#";

	if (rule->hits[0] == NULL)
		buf_add_text(out, "# It needs a sample: put a message that it is to recognise into hit, without the\n"
				  "# header, take the marks away from these lines, and run: mailban rules --check\n");
	else if (made_up)
		buf_add_text(out, "# It needs a sample, this one is made up: put a message of your log into hit,\n"
				  "# without the header, and run: mailban rules --check\n");
	buf_addf(out, "%srule \"%s\" {\n", mark, rule->name);
	add_attribute(out, mark, "description", rule->description);
	buf_addf(out, "%s\tclass = \"%s\"\n", mark, event_class_name(rule->event_class));
	add_attribute(out, mark, "program", rule->program_text);
	add_attribute(out, mark, "match", rule->match_text);
	if (rule->hits[0] == NULL)
		buf_add_text(out, "#\thit = { '' }\n");
	else
		buf_add_text(out, "\thit = {\n");
	for (char **hit = rule->hits; *hit != NULL; hit++) {
		buf_add_text(out, "\t\t");
		add_quoted(out, *hit);
		buf_add_text(out, hit[1] != NULL ? ",\n" : "\n\t}\n");
	}
	buf_addf(out, "%s}\n", mark);
}

void f2b_write(const struct f2b_filter *filter, struct buf *out)
{
	buf_add_text(out, "# Rules made of a filter of fail2ban.\n"
			  "# Names are not resolved: <HOST> takes numeric addresses alone.\n");
	buf_add_text(out, filter->head);
	for (size_t i = 0; i < filter->set.count; i++) {
		buf_add_char(out, '\n');
		buf_add_text(out, filter->notes[i].comment);
		add_rule(out, &filter->set.rules[i], filter->notes[i].made_up);
	}
	if (filter->tail[0] != '\0')
		buf_addf(out, "\n%s", filter->tail);
}
