/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail2ban_pattern: Python's regular expressions with fail2ban's tags to PCRE2's.
 *
 * Tags of addresses become <ADDR>, which takes numeric addresses alone. References by number become references by name,
 * since our groups have no numbers. A pattern of ours may have few named groups. So the text is walked twice: the
 * second time only groups that the first walk found a reference to get a name.
 */
#define _GNU_SOURCE
#include "detect/fail2ban_inside.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { ADDRESSES_MAX = 16 };

static bool is_user(const struct f2b_walker *w, const char *name)
{
	if (w->reading & F2B_NO_USER)
		return false;
	return strcmp(name, "user") == 0 || ((w->reading & F2B_OTHER_USER) && strncmp(name, "alt_user", 8) == 0);
}

void f2b_open_group(struct f2b_walker *w, const char *name)
{
	struct f2b_group *group;

	if (w->groups + 1 >= F2B_GROUPS_MAX) {
		w->pattern->refused = "it has more groups than anybody can read";
		w->groups = 0;
	}
	group = &w->named[++w->groups];
	snprintf(group->name, sizeof(group->name), "%s", name);
	if (is_user(w, name))
		strcpy(group->own, "user");
	else
		snprintf(group->own, sizeof(group->own), "%c%u", w->scope, w->groups);
	group->is_open = true;
	if (is_user(w, name) || group->is_referred_to)
		buf_addf(w->out, "(?<%s>", group->own);
	else
		buf_add_text(w->out, "(?:");
}

/* Adds a reference to the group of that name, or of that number, between before and after. */
static void add_reference(struct f2b_walker *w, const char *name, unsigned long number, const char *before,
			  const char *after)
{
	for (unsigned i = 1; i <= w->groups && i < F2B_GROUPS_MAX; i++) {
		struct f2b_group *group = &w->named[i];
		bool named = name != NULL && *name != '\0' && strcasecmp(name, group->name) == 0;

		if (group->is_open && (i == number || named)) {
			group->is_referred_to = true;
			buf_addf(w->out, "%s%s%s", before, group->own, after);
			return;
		}
	}
	w->pattern->refused = "it refers to a group that is not there, or not of the same part";
}

static bool is_address_name(const char *name)
{
	static const char *const names[] = { "host", "ip", "ip4", "ip6", "addr", "dns" };

	for (unsigned i = 0; i < LENGTH_OF(names); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/* Takes (?P<NAME> or (?P=NAME). */
static void take_named(struct f2b_walker *w)
{
	bool refers = w->at[3] == '=';
	size_t len = strcspn(w->at + 4, ">)");
	char name[F2B_NAME_BYTES];

	snprintf(name, sizeof(name), "%.*s", (int)(len < 30 ? len : 30), w->at + 4);
	if (refers) {
		add_reference(w, name, 0, "\\k{", "}");
		w->at += 4 + len + 1;
		return;
	}
	if (is_address_name(name)) {
		w->at = f2b_item_end(w->at);
		f2b_add_address(w, "", "", w->at);
		w->groups++;
		return;
	}
	if (strcmp(name, "fid") == 0)
		w->pattern->refused = "it bans by something that is no address (fid)";
	f2b_open_group(w, name);
	w->at += 4 + len + (w->at[4 + len] != '\0');
}

/* Takes options (?...) and (?...: without those that PCRE2 lacks. */
static bool take_options(struct f2b_walker *w)
{
	size_t len = strspn(w->at + 2, "aiLmsux-");
	char end = w->at[2 + len];

	if (len == 0 || (end != ')' && end != ':'))
		return false;
	if (end == ':' || strcspn(w->at + 2, "imsx") < len) {
		buf_add_text(w->out, "(?");
		for (const char *c = w->at + 2; c < w->at + 2 + len; c++) {
			if (strchr("imsx-", *c) != NULL)
				buf_add_char(w->out, *c);
		}
		buf_add_char(w->out, end);
	}
	w->at += 2 + len + 1;
	return true;
}

/* Takes (?(NAME) or (?(NUMBER): what follows depends on whether that group has matched. */
static void take_condition(struct f2b_walker *w)
{
	size_t len = strcspn(w->at + 3, ")");
	char name[F2B_NAME_BYTES];

	snprintf(name, sizeof(name), "%.*s", (int)(len < 30 ? len : 30), w->at + 3);
	add_reference(w, name, strtoul(name, NULL, 10), "(?(<", ">)");
	w->at += 3 + len + (w->at[3 + len] != '\0');
}

static void take_group(struct f2b_walker *w)
{
	if (strncmp(w->at, "(?P<", 4) == 0 || strncmp(w->at, "(?P=", 4) == 0) {
		take_named(w);
	} else if (w->at[1] != '?') {
		f2b_open_group(w, "");
		w->at++;
	} else if (strncmp(w->at, "(?(", 3) == 0) {
		take_condition(w);
	} else if (strncmp(w->at, "(?#", 3) == 0) {
		w->at += strcspn(w->at, ")");
		w->at += *w->at != '\0';
	} else if (!take_options(w)) {
		buf_add(w->out, w->at, 2);
		w->at += 2;
	}
}

/* Takes a class as it stands, but for [ in it: PCRE2 may take [ for the beginning of a class by name. */
static void take_class(struct f2b_walker *w)
{
	const char *end = f2b_item_end(w->at);

	buf_add_char(w->out, *w->at++);
	for (; w->at < end; w->at++) {
		if (*w->at == '[')
			buf_add_char(w->out, '\\');
		buf_add_char(w->out, *w->at);
		if (*w->at == '\\' && w->at + 1 < end)
			buf_add_char(w->out, *++w->at);
	}
}

/* Takes a printable character that is written by its number, \xHH or \OOO. */
static bool take_number(struct f2b_walker *w)
{
	bool octal = strspn(w->at + 1, "01234567") >= 3;
	unsigned code = 0;
	int len = 0;

	if (sscanf(w->at, octal ? "\\%3o%n" : "\\x%2x%n", &code, &len) != 1 || code > '~' || !isprint((int)code))
		return false;
	buf_addf(w->out, "%s%c", isalnum((int)code) ? "" : "\\", (char)code);
	w->at += len;
	return true;
}

static void take_escape(struct f2b_walker *w)
{
	char *end;

	if (take_number(w))
		return;
	if (w->at[1] >= '1' && w->at[1] <= '9') {
		unsigned long number = strtoul(w->at + 1, &end, 10);

		add_reference(w, NULL, number, "\\k{", "}");
		w->at = end;
		return;
	}
	if (w->at[1] == 'Z')
		buf_add_text(w->out, "\\z");
	else if (w->at[1] == 'v')
		buf_add_text(w->out, "\\x0b");
	else
		buf_add(w->out, w->at, w->at[1] != '\0' ? 2 : 1);
	if (w->at[1] == 'u' || w->at[1] == 'U' || w->at[1] == 'N')
		w->pattern->refused = "it has a character of Unicode by number or name";
	w->at += w->at[1] != '\0' ? 2 : 1;
}

static void take_item(struct f2b_walker *w)
{
	if (*w->at == F2B_HEADER) {
		w->pattern->header = true;
		w->at++;
	} else if (*w->at == '\\') {
		take_escape(w);
	} else if (*w->at == '[') {
		take_class(w);
	} else if (*w->at == '(') {
		take_group(w);
	} else if (strncmp(w->at, "{,", 2) == 0 && (isdigit((unsigned char)w->at[2]) || w->at[2] == '}')) {
		buf_add_text(w->out, "{0,");
		w->at += 2;
	} else if (*w->at != '<' || !f2b_take_tag(w)) {
		buf_add_char(w->out, *w->at++);
	}
}

/* How many groups lie one inside the other at most. */
static unsigned depth_of(const char *text)
{
	unsigned depth = 0, most = 0;

	for (const char *c = text; *c != '\0'; c++) {
		if (*c == '\\' && c[1] != '\0')
			c++;
		else if (*c == '(' && ++depth > most)
			most = depth;
		else if (*c == ')' && depth > 0)
			depth--;
	}
	return most;
}

static void walk(struct f2b_walker *w)
{
	w->at = w->text;
	w->groups = 0;
	for (unsigned i = 0; i < F2B_GROUPS_MAX; i++)
		w->named[i].is_open = false;
	buf_clear(w->out);
	while (*w->at != '\0')
		take_item(w);
}

void f2b_unname(struct buf *text)
{
	struct buf out = { 0 };
	const char *from = buf_text(text), *tag;

	for (; (tag = strstr(from, "<ADDR>")) != NULL; from = tag + strlen("<ADDR>")) {
		buf_add(&out, from, (size_t)(tag - from));
		buf_add_text(&out, "[0-9A-Fa-f.:]+");
	}
	buf_add_text(&out, from);
	buf_free(text);
	*text = out;
}

void f2b_convert(struct f2b_pattern *pattern, const char *text, char scope, unsigned reading)
{
	FREED_BY(mem_free) struct f2b_walker *w = mem_zalloc(1, sizeof(*w));

	*pattern = (struct f2b_pattern){ 0 };
	*w = (struct f2b_walker){ .text = text, .pattern = pattern, .out = &pattern->text, .scope = scope,
			      .reading = reading };
	walk(w);
	walk(w);
	if (reading & F2B_NO_ADDRESS)
		f2b_unname(&pattern->text);
	if (depth_of(buf_text(&pattern->text)) > F2B_GROUPS_MAX ||
	    f2b_addresses(buf_text(&pattern->text)) > ADDRESSES_MAX)
		pattern->refused = "it has more groups or addresses than anybody can read";
}
