/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fail2ban_tags: <HOST>, <F-USER> and fail2ban's other tags. See detect/fail2ban_pattern.
 */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "detect/fail2ban_inside.h"

#define TAG_BYTES "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-/"

/* Whether the tag stands between \[ and \]: it needs no brackets of its own. */
static bool is_bracketed(const struct f2b_walker *w, const char *behind)
{
	const struct buf *out = w->out;

	return out->len >= 2 && memcmp(out->ptr + out->len - 2, "\\[", 2) == 0 && strncmp(behind, "\\]", 2) == 0;
}

void f2b_add_address(struct f2b_walker *w, const char *before, const char *after, const char *behind)
{
	bool brackets = *before == '\0' && !is_bracketed(w, behind);

	buf_addf(w->out, "%s%s<ADDR>%s%s", before, brackets ? "\\[?" : "", after, brackets ? "\\]?" : "");
}

/* Takes a tag without contents; closed: it is written <F-NAME/>. False: fail2ban has no such tag. */
static bool add_tag(struct f2b_walker *w, const char *name, bool closed, const char *behind)
{
	static const struct {
		const char *name, *before, *after;
		unsigned groups;  /* that Python counts for it */
	} addresses[] = {
		{ "HOST", "", "", 3 }, { "ADDR", "", "", 2 }, { "IP4", "(?=[:Ff]*[0-9]+\\.)", "", 1 },
		{ "IP6", "(?=[0-9A-Fa-f]*:)", "", 1 }, { "SUBNET", "", "(?:/\\d+)?", 3 },
	};

	for (unsigned i = 0; i < LENGTH_OF(addresses); i++) {
		if (strcmp(name, addresses[i].name) != 0)
			continue;
		f2b_add_address(w, addresses[i].before, addresses[i].after, behind);
		w->groups += addresses[i].groups;
		w->pattern->subnet |= strcmp(name, "SUBNET") == 0;
		return true;
	}
	w->pattern->subnet |= strcmp(name, "CIDR") == 0;
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

/* Takes <F-NAME>; its contents follow until </F-NAME>. */
static bool open_tag(struct f2b_walker *w, const char *name, const char *behind)
{
	static const char *const addresses[] = { "IP4", "IP6", "ADDR", "HOST", "SUBNET" };
	char lower[F2B_NAME_BYTES] = "", close[F2B_NAME_BYTES + 8];
	const char *closing;

	snprintf(close, sizeof(close), "</F-%s>", name);
	closing = strstr(behind, close);
	w->at = behind;
	for (unsigned i = 0; i < LENGTH_OF(addresses) && closing != NULL; i++) {
		if (strcmp(name, addresses[i]) == 0) {
			w->at = closing + strlen(close);
			f2b_add_address(w, "", "", w->at);
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
	f2b_open_group(w, lower);
	return true;
}

bool f2b_take_tag(struct f2b_walker *w)
{
	const char *open = w->at + 1, *end = open + strspn(open, TAG_BYTES);
	size_t len = (size_t)(end - open);
	char name[F2B_NAME_BYTES];
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
