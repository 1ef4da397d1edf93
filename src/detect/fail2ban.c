/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail2ban: a filter of fail2ban to rules.
 *
 * fail2ban cuts the time out of a line and matches prefregex. In the part called <F-CONTENT> it looks for failregex,
 * unless ignoreregex is there, too. A rule does the same with one pattern on the message behind the header. The prefix
 * is an atomic group, which keeps the first way that it matched. Each ignoreregex is a negative look ahead. The
 * failregex follows.
 */
#include "detect/fail2ban.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "detect/fail2ban_inside.h"

/* Calls take, if there is any, for each line of an option that is not empty; returns their number. */
static size_t each_line(struct f2b_maker *m, const char *option, void (*take)(struct f2b_maker *m, const char *text))
{
	char *value = f2b_options_get(&m->options, option), *rest = NULL;
	size_t count = 0;

	if (value == NULL)
		return 0;
	for (char *line = strtok_r(value, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest)) {
		count++;
		if (take != NULL)
			take(m, line);
	}
	free(value);
	return count;
}

/* Warns about a part that all rules leave out. */
static void warn_all(struct f2b_maker *m, const char *option, const char *what)
{
	msg("%s: %s: %s", m->options.path, option, what);
	buf_addf(&m->head, "# warning: %s: %s\n", option, what);
}

static void take_ignored(struct f2b_maker *m, const char *text)
{
	struct f2b_pattern pattern;
	bool anchored, whole;

	buf_add_text(&m->head, "# ignoreregex: ");
	f2b_add_original(&m->head, text);
	f2b_convert(&pattern, text, 'i', F2B_LOOK);
	anchored = f2b_unanchor(&pattern.text);
	whole = m->ignores_whole && (!anchored || pattern.header);
	f2b_end_line(&pattern.text);
	if (pattern.refused != NULL) {
		warn_all(m, "ignoreregex", pattern.refused);
		m->filter->left_out++;
	} else {
		if (anchored && !m->content && !pattern.header)
			f2b_skip_blank(&pattern.text);
		buf_addf(whole ? &m->ignore_whole : &m->ignore, "(?!%s(?:%s))", anchored ? "" : ".*?",
			 buf_text(&pattern.text));
	}
	buf_free(&pattern.text);
}

/* Whether the text behind <F-CONTENT>...</F-CONTENT> decides nothing that the rest of the line does not decide. */
static bool says_nothing(const char *content, const char *behind)
{
	bool any = strcmp(content, ".+") == 0 || strcmp(content, ".*") == 0;

	return any && (*behind == '\0' || strcmp(behind, "$") == 0);
}

/* The text of prefregex with the contents as a look ahead, in Python's syntax. */
static char *prefix_text(struct f2b_maker *m, const char *text)
{
	const char *open = strstr(text, "<F-CONTENT>"), *close = strstr(text, "</F-CONTENT>");
	struct buf out = { 0 }, content = { 0 };

	m->content = open != NULL && close > open;
	if (!m->content)
		return mem_text(text);
	buf_add(&content, open + strlen("<F-CONTENT>"), (size_t)(close - open) - strlen("<F-CONTENT>"));
	buf_add(&out, text, (size_t)(open - text));
	close += strlen("</F-CONTENT>");
	if (!says_nothing(buf_text(&content), close)) {
		buf_addf(&out, "(?=%s%s)", buf_text(&content), close);
		m->behind = mem_text(close);
		warn_all(m, "prefregex",
			 "its <F-CONTENT> may end before the line does: an expression may match behind it");
	}
	buf_free(&content);
	return buf_take(&out);
}

/* Whether all of the text is literal, so that it matches in one way. */
static bool is_plain(const char *text)
{
	return strpbrk(text, "?*+{(|[") == NULL;
}

/* Takes off what prefregex has for a header; returns whether it is anchored at the start of the message. */
static bool skip_header(struct f2b_maker *m, struct buf *text)
{
	bool anchored = f2b_unanchor(text);
	FREED_BY(buf_free) struct buf program = { 0 };

	if (!m->prefix_header && f2b_skip_header(text, anchored, &program))
		anchored = true;
	else if (anchored && !m->prefix_header)
		f2b_skip_blank(text);
	if (program.len > 0) {
		free(m->program);
		m->program = buf_take(&program);
	}
	return anchored;
}

/* Makes the pattern of prefregex. Returns whether it is anchored. */
static bool make_prefix(struct f2b_maker *m, const char *text, const char **refused)
{
	struct f2b_pattern pattern;
	bool anchored;

	f2b_convert(&pattern, text, 'p', m->reading);
	m->prefix_header = pattern.header;
	anchored = skip_header(m, &pattern.text);
	if (m->content && anchored && is_plain(buf_text(&pattern.text)))
		buf_add_text(&m->prefix, pattern.text.ptr);
	else
		buf_addf(&m->prefix, "(?%s%s%s%s%s)", m->content ? ">" : "=", anchored ? "" : ".*?", pattern.text.ptr,
			 m->prefix_else != NULL ? "|" : "", m->prefix_else != NULL ? m->prefix_else : "");
	buf_free(&pattern.text);
	*refused = pattern.refused;
	return anchored;
}

static int read_prefix(struct f2b_maker *m)
{
	char *value = f2b_options_get(&m->options, "prefregex"), *text;
	const char *refused;

	if (value == NULL || *value == '\0') {
		free(value);
		return 0;
	}
	text = prefix_text(m, value);
	buf_add_text(&m->head, "# prefregex: ");
	f2b_add_original(&m->head, value);
	if (!make_prefix(m, text, &refused))
		warn_all(m, "prefregex", "it is not anchored at its start: it is searched for anywhere in the message");
	if (refused != NULL)
		msg("%s: prefregex: %s; no rules were made of it", m->options.path, refused);
	free(text);
	free(value);
	return refused != NULL ? -1 : 0;
}

/* Servers with logs of their own, which filters are named after. */
static const struct server {
	const char *name;
	const char *program;  /* the name in headers */
	const char *form;     /* patterns begin with this text, and messages do not */
	const char *prefix;   /* what messages have in place of what prefregex matches; or NULL */
} servers[] = {
	{ "assp", "assp", "", NULL }, { "cpanel", "cpanel", "", NULL }, { "domino", "domino", "", NULL },
	{ "dovecot", "dovecot", "", NULL }, { "exim", "exim", "", NULL }, { "horde", "HORDE", "HORDE ", NULL },
	{ "icewarp", "icewarp", "", NULL }, { "kerio", "kerio", "", NULL },
	{ "roundcube", "roundcube", "", "IMAP Error: |" }, { "squirrelmail", "squirrelmail", "", NULL },
	{ "zimbra", "zimbra", "", NULL },
};

static const struct server *find_server(const char *filter)
{
	for (unsigned i = 0; i < LENGTH_OF(servers); i++) {
		if (strncmp(filter, servers[i].name, strlen(servers[i].name)) == 0)
			return &servers[i];
	}
	return NULL;
}

/* Reads the rules' program, as far as the whole filter names it. */
static void read_program(struct f2b_maker *m)
{
	FREED_BY(mem_free) char *daemon = f2b_options_get(&m->options, "_daemon");
	const struct server *server = find_server(m->name);

	m->program = mem_text(server != NULL ? server->program : ".*");
	m->form = server != NULL ? server->form : "";
	if (daemon != NULL && strcmp(daemon, "\\S*") != 0 && strcmp(daemon, "\\S+") != 0) {
		struct f2b_pattern pattern;

		f2b_convert(&pattern, daemon, 'd', F2B_LOOK);
		m->daemon = buf_take(&pattern.text);
	}
	m->prefix_else = m->daemon == NULL && server != NULL ? server->prefix : NULL;
}

/* Whether any text has <F-USER> decides how tags of users are read. */
static unsigned reading_of(struct f2b_maker *m)
{
	FREED_BY(mem_free) char *prefix = f2b_options_get(&m->options, "prefregex");
	FREED_BY(mem_free) char *fail = f2b_options_get(&m->options, "failregex");

	return (prefix != NULL && strstr(prefix, "<F-USER>") != NULL) ||
	       (fail != NULL && strstr(fail, "<F-USER>") != NULL) ? F2B_USER : F2B_OTHER_USER;
}

/* Warns of options that say where and how to read logs: no rule can say that. */
static void read_others(struct f2b_maker *m)
{
	static const char *const others[][2] = {
		{ "journalmatch", "left out: all of the journal that mailban reads is matched" },
		{ "datepattern", "left out: times are read in the forms that mailban knows" },
		{ "maxlines", "left out: rules are for single lines" },
	};

	for (unsigned i = 0; i < LENGTH_OF(others); i++) {
		char *value = f2b_options_get(&m->options, others[i][0]), *rest = NULL;

		if (value == NULL || *value == '\0' || strcmp(value, "{^LN-BEG}") == 0) {
			free(value);
			continue;
		}
		warn_all(m, others[i][0], others[i][1]);
		for (char *line = strtok_r(value, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
			buf_addf(&m->head, "#     %s\n", line);
		free(value);
	}
}

static char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	char *name = mem_text(slash != NULL ? slash + 1 : path), *dot = strrchr(name, '.');

	if (dot != NULL && dot > name)
		*dot = '\0';
	for (char *c = name; *c != '\0'; c++)
		*c = isalnum((unsigned char)*c) || *c == '_' ? *c : '-';
	return name;
}

static int make(struct f2b_maker *m, const char *filter)
{
	if (f2b_options_read(&m->options, filter) < 0)
		return -1;
	m->name = name_of(m->options.path);
	m->reading = reading_of(m);
	read_program(m);
	read_others(m);
	if (read_prefix(m) < 0)
		return -1;
	m->ignores_whole = each_line(m, "ignoreregex", NULL) + 2 < each_line(m, "failregex", NULL);
	each_line(m, "ignoreregex", take_ignored);
	each_line(m, "failregex", f2b_take_failregex);
	if (!m->options.failed && m->expression == 0) {
		msg("%s: there is no failregex; no rules were made of it", m->options.path);
		return -1;
	}
	return m->options.failed ? -1 : 0;
}

int f2b_make(struct f2b_filter *filter, const char *name, const char *class_name)
{
	struct f2b_maker m = { .filter = filter, .class_name = class_name };
	int ret;

	*filter = (struct f2b_filter){ 0 };
	ret = make(&m, name);
	filter->head = buf_take(&m.head);
	filter->tail = buf_take(&m.comment);
	f2b_options_free(&m.options);
	buf_free(&m.prefix);
	buf_free(&m.ignore);
	buf_free(&m.ignore_whole);
	free(m.name);
	free(m.daemon);
	free(m.program);
	free(m.behind);
	return ret;
}
