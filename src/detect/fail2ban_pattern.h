/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fail2ban_pattern: a regular expression of fail2ban, which is Python's with tags in it, as a pattern of ours. */
#ifndef MAILBAN_DETECT_FAIL2BAN_PATTERN_H
#define MAILBAN_DETECT_FAIL2BAN_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* How the tags of a text are to be read. */
enum f2b_reading {
	F2B_USER = 1,       /* F-USER names the user, and F-ALT_USER does not */
	F2B_OTHER_USER = 2, /* F-ALT_USER does, since there is no F-USER */
	F2B_LOOK = 4,       /* the text is for a look ahead: it names neither address nor user */
};

/* One of fail2ban's expressions, converted. */
struct f2b_pattern {
	struct buf text;     /* with <ADDR> for each tag of an address; begins with ^ where it does there */
	const char *refused; /* why it cannot be carried over, or NULL */
	bool subnet;         /* fail2ban would take the network that the line names */
	bool header;         /* it held F2B_HEADER, which was left out */
};

/* Converts the text; scope is a letter that keeps the names of groups apart from those of other texts. Free its text
 * with buf_free(). */
void f2b_convert(struct f2b_pattern *pattern, const char *text, char scope, unsigned reading);

/* Hands on each pattern that is to be tried by itself: the branches outside of all groups, and those of a group by
 * which an address can stand in several places. */
typedef void f2b_take_branch(void *context, const char *text);
void f2b_split(const char *text, f2b_take_branch *take, void *context);

/* Takes off what anchors the pattern at its start; false where nothing does. Options in front, such as (?i), stay. */
bool f2b_unanchor(struct buf *text);

/* Takes off the blank that a pattern without header begins with: fail2ban has it left over behind the time. */
void f2b_skip_blank(struct buf *text);

/* Takes off what the pattern has for a header: all up to PROGRAM[PID]: and a blank. The program's name is added to
 * program as a pattern. False where there is none. */
bool f2b_skip_header(struct buf *text, struct buf *program);

/* Behind the item of a pattern (a byte, an escape, a class, a group), its quantifier not included. */
const char *f2b_item_end(const char *at);

/* The end of the branch that begins at from: a | or to. */
const char *f2b_branch_end(const char *from, const char *to);

/* Where the branches of the group at open begin; NULL for one that only looks. */
const char *f2b_group_inside(const char *open);

/* How many times the pattern has <ADDR>. */
unsigned f2b_addresses(const char *text);

#endif
