/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fail2ban_pattern_inside: what the files of detect/fail2ban_pattern share. */
#ifndef MAILBAN_DETECT_FAIL2BAN_PATTERN_INSIDE_H
#define MAILBAN_DETECT_FAIL2BAN_PATTERN_INSIDE_H

#include "detect/fail2ban_pattern.h"

enum { F2B_GROUPS_MAX = 100, F2B_NAME_BYTES = 40 };

/* A walk over a text of fail2ban. */
struct f2b_walker {
	const char *text, *at;
	struct f2b_pattern *pattern;
	struct buf *out;
	char scope;
	unsigned reading;
	unsigned groups;                             /* that Python has counted so far */
	char names[F2B_GROUPS_MAX][F2B_NAME_BYTES];      /* what those are called here; "": nothing */
};

/* Begins a group that Python counts; name is in small letters, "" where it has none. */
void f2b_open_group(struct f2b_walker *w, const char *name);

/* Adds <ADDR> with what is to stand before and after it; behind is the text that follows the tag. */
void f2b_add_address(struct f2b_walker *w, const char *before, const char *after, const char *behind);

/* Takes a tag at the walk's place; false where there is none of fail2ban's. */
bool f2b_take_tag(struct f2b_walker *w);

#endif
