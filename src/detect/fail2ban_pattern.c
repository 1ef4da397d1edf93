/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail2ban_pattern: Python's regular expressions with fail2ban's tags to PCRE2's.
 *
 * The text is walked once. Tags of addresses become <ADDR>, which takes numeric addresses alone; groups lose names that
 * nobody refers to, since a pattern of ours may have few; numbers of groups become names, since ours have no numbers.
 */
#define _GNU_SOURCE
#include "detect/fail2ban_pattern.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "detect/fail2ban_options.h"

#define TAG_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/"

enum { GROUPS_MAX = 100, ADDRESSES_MAX = 16, NAME_MAX_BYTES = 40 };

struct walker {
	const char *text, *at;
	struct f2b_pattern *pattern;
	struct buf *out;
	char scope;
	unsigned reading;
	unsigned groups;                             /* that Python has counted so far */
	char names[GROUPS_MAX][NAME_MAX_BYTES];      /* what those are called here; "": nothing */
};

static bool is_referred_to(const struct walker *w, const char *name, unsigned number)
{
	struct buf word = { 0 };
	bool found;

	buf_addf(&word, "(?P=%s)", name);
	found = *name != '\0' && strcasestr(w->text, buf_text(&word)) != NULL;
	for (const char *c = strchr(w->text, '\\'); !found && c != NULL; c = strchr(c + 2, '\\')) {
		if (c[1] == '\0')
			break;
		found = c[1] >= '1' && c[1] <= '9' && strtoul(c + 1, NULL, 10) == number;
	}
	buf_free(&word);
	return found;
}

static bool is_user(const struct walker *w, const char *name)
{
	if (w->reading & F2B_LOOK)
		return false;
	return strcmp(name, "user") == 0 || ((w->reading & F2B_OTHER_USER) && strncmp(name, "alt_user", 8) == 0);
}

/* A group that Python counts; name is in small letters, "" where it has none. */
static void open_group(struct walker *w, const char *name)
{
	unsigned number = ++w->groups;
	char own[NAME_MAX_BYTES] = "";

	if (is_user(w, name))
		strcpy(own, "user");
	else if (is_referred_to(w, name, number))
		snprintf(own, sizeof(own), "%c%u", w->scope, number);
	if (own[0] != '\0')
		buf_addf(w->out, "(?<%s>", own);
	else
		buf_add_text(w->out, "(?:");
	if (number >= GROUPS_MAX) {
		w->pattern->refused = "it has more groups than anybody can read";
		w->groups = 0;
		return;
	}
	/* the name that others call it by, and ours behind it */
	snprintf(w->names[number], NAME_MAX_BYTES, "%.30s=%.8s", name, own);
}

static void add_reference(struct walker *w, const char *name, unsigned long number)
{
	for (unsigned i = 1; i <= w->groups; i++) {
		const char *equals = strchr(w->names[i], '=');
		size_t len = equals != NULL ? (size_t)(equals - w->names[i]) : 0;
		bool named = name != NULL && strlen(name) == len && strncasecmp(name, w->names[i], len) == 0;

		if (equals != NULL && equals[1] != '\0' && (i == number || named)) {
			buf_addf(w->out, "\\k{%s}", equals + 1);
			return;
		}
	}
	w->pattern->refused = "it refers to a group that is not there, or not of the same part";
}

/* Where the tag stands between \[ and \], the brackets are there already. */
static bool is_bracketed(const struct walker *w, const char *behind)
{
	const struct buf *out = w->out;

	return out->len >= 2 && memcmp(out->ptr + out->len - 2, "\\[", 2) == 0 && strncmp(behind, "\\]", 2) == 0;
}

static void add_address(struct walker *w, const char *before, const char *after, const char *behind)
{
	bool brackets = *before == '\0' && !is_bracketed(w, behind);

	if (w->reading & F2B_LOOK) {
		buf_add_text(w->out, "[0-9A-Fa-f.:\\[\\]]+");
		return;
	}
	buf_addf(w->out, "%s%s<ADDR>%s%s", before, brackets ? "\\[?" : "", after, brackets ? "\\]?" : "");
}

/* A tag that stands for itself; closed: it is written <F-NAME/>. False: there is none of that name. */
static bool add_tag(struct walker *w, const char *name, bool closed, const char *behind)
{
	static const struct {
		const char *name, *before, *after;
		unsigned groups;  /* that Python counts for it */
	} addresses[] = {
		{ "HOST", "", "", 3 }, { "ADDR", "", "", 2 }, { "IP4", "(?=[0-9]+\\.)", "", 1 },
		{ "IP6", "(?=[0-9A-Fa-f]*:)", "", 1 }, { "SUBNET", "", "(?:/\\d+)?", 3 },
	};

	for (unsigned i = 0; i < sizeof(addresses) / sizeof(addresses[0]); i++) {
		if (strcmp(name, addresses[i].name) != 0)
			continue;
		add_address(w, addresses[i].before, addresses[i].after, behind);
		w->groups += addresses[i].groups;
		w->pattern->subnet |= strcmp(name, "SUBNET") == 0;
		return true;
	}
	if (strcmp(name, "CIDR") == 0)
		buf_add_text(w->out, "\\d+");
	else if (closed && strcmp(name, "PORT") == 0)
		buf_add_text(w->out, "\\w+");
	else if (strcmp(name, "DNS") == 0)
		w->pattern->refused = "it takes a name (<DNS>), and names are never resolved";
	else if (closed && strcmp(name, "ID") == 0)
		w->pattern->refused = "it bans by something that is no address (<F-ID/>)";
	else if (strcmp(name, "SKIPLINES") == 0)
		w->pattern->refused = "it spans several lines (<SKIPLINES>)";
	else
		return false;
	w->groups++;
	return true;
}

/* <F-NAME>, behind which the tag's contents follow until </F-NAME>. */
static bool open_tag(struct walker *w, const char *name, const char *behind)
{
	static const char *const addresses[] = { "IP4", "IP6", "ADDR", "HOST", "SUBNET" };
	char lower[NAME_MAX_BYTES] = "", close[NAME_MAX_BYTES + 8];
	const char *closing;

	snprintf(close, sizeof(close), "</F-%s>", name);
	closing = strstr(behind, close);
	w->at = behind;
	for (unsigned i = 0; i < sizeof(addresses) / sizeof(addresses[0]) && closing != NULL; i++) {
		if (strcmp(name, addresses[i]) == 0) {
			w->at = closing + strlen(close);
			add_address(w, "", "", w->at);
			w->groups++;
			return true;
		}
	}
	for (size_t i = 0; name[i] != '\0' && i + 1 < sizeof(lower); i++)
		lower[i] = (char)tolower((unsigned char)name[i]);
	if (strcmp(name, "NOFAIL") == 0 || strncmp(name, "MLFFORGET", 9) == 0 || strncmp(name, "MLFGAINED", 9) == 0)
		w->pattern->refused = "it tells of no failure by itself (F-NOFAIL, F-MLFFORGET, F-MLFGAINED)";
	if (strcmp(name, "ID") == 0 && (closing == NULL || memchr(behind, '<', (size_t)(closing - behind)) == NULL))
		w->pattern->refused = "it bans by something that is no address (F-ID)";
	open_group(w, lower);
	return true;
}

/* A tag at the walk's place, if there is one of fail2ban's. */
static bool take_tag(struct walker *w)
{
	const char *open = w->at + 1, *end = open + strspn(open, TAG_BYTES);
	size_t len = (size_t)(end - open);
	char name[NAME_MAX_BYTES];
	bool custom, closed;

	if (*end != '>' || len == 0 || len >= sizeof(name))
		return false;
	memcpy(name, open, len);
	name[len] = '\0';
	custom = strncmp(name, "F-", 2) == 0;
	closed = custom && name[len - 1] == '/';
	name[len - closed] = '\0';
	if (strncmp(name, "/F-", 3) == 0)
		buf_add_char(w->out, ')');
	else if ((custom && !closed) || !add_tag(w, closed ? name + 2 : name, closed, end + 1))
		return custom && open_tag(w, name + 2, end + 1);
	w->at = end + 1;
	return true;
}

static bool is_address_name(const char *name)
{
	static const char *const names[] = { "host", "ip", "ip4", "ip6", "addr", "dns" };

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(name, names[i]) == 0)
			return true;
	}
	return false;
}

/* (?P<NAME> or (?P=NAME). */
static void take_named(struct walker *w)
{
	bool refers = w->at[3] == '=';
	size_t len = strcspn(w->at + 4, ">)");
	char name[NAME_MAX_BYTES];

	snprintf(name, sizeof(name), "%.*s", (int)(len < 30 ? len : 30), w->at + 4);
	if (refers) {
		add_reference(w, name, 0);
		w->at += 4 + len + 1;
		return;
	}
	if (is_address_name(name)) {
		w->at = f2b_item_end(w->at);
		add_address(w, "", "", w->at);
		w->groups++;
		return;
	}
	if (strcmp(name, "fid") == 0)
		w->pattern->refused = "it bans by something that is no address (fid)";
	open_group(w, name);
	w->at += 4 + len + (w->at[4 + len] != '\0');
}

/* Options that Python has and PCRE2 has not are left out of (?...) and (?...:. */
static bool take_options(struct walker *w)
{
	size_t len = strspn(w->at + 2, "aiLmsux-");
	char end = w->at[2 + len];

	if (len == 0 || (end != ')' && end != ':'))
		return false;
	buf_add_text(w->out, "(?");
	for (const char *c = w->at + 2; c < w->at + 2 + len; c++) {
		if (strchr("imsx-", *c) != NULL)
			buf_add_char(w->out, *c);
	}
	buf_add_char(w->out, end);
	w->at += 2 + len + 1;
	return true;
}

static void take_group(struct walker *w)
{
	if (strncmp(w->at, "(?P<", 4) == 0 || strncmp(w->at, "(?P=", 4) == 0) {
		take_named(w);
	} else if (w->at[1] != '?') {
		open_group(w, "");
		w->at++;
	} else if (strncmp(w->at, "(?(", 3) == 0 || strncmp(w->at, "(?#", 3) == 0) {
		w->pattern->refused = "it has a condition or a comment inside";
		w->at++;
	} else if (!take_options(w)) {
		buf_add(w->out, w->at, 2);
		w->at += 2;
	}
}

/* A class as it stands, but for [ in it, which PCRE2 may take for the beginning of a class by name. */
static void take_class(struct walker *w)
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

static void take_escape(struct walker *w)
{
	char *end;

	if (w->at[1] >= '1' && w->at[1] <= '9') {
		unsigned long number = strtoul(w->at + 1, &end, 10);

		add_reference(w, NULL, number);
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

static void take_item(struct walker *w)
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
	} else if (strncmp(w->at, "{,", 2) == 0 && isdigit((unsigned char)w->at[2])) {
		buf_add_text(w->out, "{0,");
		w->at += 2;
	} else if (*w->at != '<' || !take_tag(w)) {
		buf_add_char(w->out, *w->at++);
	}
}

/* How deep groups lie one inside the other. */
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

void f2b_convert(struct f2b_pattern *pattern, const char *text, char scope, unsigned reading)
{
	struct walker *w = mem_zalloc(1, sizeof(*w));

	*pattern = (struct f2b_pattern){ 0 };
	*w = (struct walker){ .text = text, .at = text, .pattern = pattern, .out = &pattern->text, .scope = scope,
			      .reading = reading };
	while (*w->at != '\0')
		take_item(w);
	if (depth_of(buf_text(&pattern->text)) > GROUPS_MAX || f2b_addresses(pattern->text.ptr) > ADDRESSES_MAX)
		pattern->refused = "it has more groups or addresses than anybody can read";
	free(w);
}
