/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fail2ban_inside: what the files of detect/fail2ban share. */
#ifndef MAILBAN_DETECT_FAIL2BAN_INSIDE_H
#define MAILBAN_DETECT_FAIL2BAN_INSIDE_H

#include "detect/fail2ban.h"

/* ---- options of a filter: fail2ban_options.c, fail2ban_values.c ---- */

/* Stands in values where a filter puts its __prefix_line: for what a syslog header is to fail2ban. */
enum { F2B_HEADER = '\1' };

struct f2b_option {
	char *section, *name, *value;   /* the name in small letters; lines of the value end with \n */
};

/* A filter's options, in the order in which they were read. Zero-initialise it. */
struct f2b_options {
	char *path;                     /* the filter's file */
	struct f2b_option *items;
	size_t count, capacity;
	bool failed;                    /* an option could not be had; told */
};

/* Reads FILE or FILE[NAME=VALUE,...], whose values win over those of the files. Files that it includes are looked for
 * in its folder; one that is not there is passed over, as fail2ban does. Returns 0, or -1 after a message; free it in
 * any case. */
int f2b_options_read(struct f2b_options *options, const char *filter);
void f2b_options_free(struct f2b_options *options);

/* The option's value with all that it refers to put in, which the caller frees; NULL where it is not set. What refers
 * to nothing or to itself is told, sets failed and gives NULL. */
char *f2b_options_get(struct f2b_options *options, const char *name);

/* ---- patterns: a regular expression of fail2ban, which is Python's with tags in it, as a pattern of ours ---- */

/* How the tags of a text are to be read. */
enum f2b_reading {
	F2B_USER = 1,       /* F-USER names the user, and F-ALT_USER does not */
	F2B_OTHER_USER = 2, /* F-ALT_USER names the user, since there is no F-USER */
	F2B_NO_USER = 4,    /* neither names a user */
	F2B_NO_ADDRESS = 8, /* tags of addresses take one, and do not name it */
	F2B_LOOK = F2B_NO_USER | F2B_NO_ADDRESS,
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

/* Puts a text that takes an address, and does not name it, in place of each <ADDR>. */
void f2b_unname(struct buf *text);

/* Hands on each pattern that is to be tried by itself. Such are the branches outside of all groups, and those of a
 * group by which an address can stand in several places. */
typedef void f2b_take_branch(void *context, const char *text);
void f2b_split(const char *text, f2b_take_branch *take, void *context);

/* Takes off what anchors the pattern at its start; false where nothing does. Options in front, such as (?i), stay. */
bool f2b_unanchor(struct buf *text);

/* The length of the options in front, such as (?i). */
size_t f2b_options_len(const char *text);

/* Takes the bytes out of the text. */
void f2b_cut(struct buf *text, size_t at, size_t len);

/* fail2ban's lines end with a newline, and messages do not. Lets what takes that newline take the end instead. */
void f2b_end_line(struct buf *text);

/* ---- headers: fail2ban_header.c ---- */

/* Takes off the blank that a pattern without header begins with: fail2ban has it left over behind the time. */
void f2b_skip_blank(struct buf *text);

/* Takes off what the pattern has for a header: all up to PROGRAM[PID]: and a blank. The program's name is added to
 * program as a pattern, unless any is meant. False where there is none. */
bool f2b_skip_header(struct buf *text, bool anchored, struct buf *program);

/* Takes off a word in front that is followed by a colon or by .*, and adds it to program: it may be a program's name.
 * False where there is none. */
bool f2b_skip_name(struct buf *text, struct buf *program);

/* Makes a colon in front, which may be the one that ends the header, optional. False where there is none. */
bool f2b_open_colon(struct buf *text);

/* ---- patterns again: fail2ban_shape.c ---- */

/* The place behind the item (a byte, an escape, a class, a group) at that place, and before its quantifier. */
const char *f2b_item_end(const char *at);

/* The end of the branch that begins at from: a | or to. */
const char *f2b_branch_end(const char *from, const char *to);

/* The place where the branches of the group at open begin; NULL for a look ahead or behind. */
const char *f2b_group_inside(const char *open);

/* How many times the pattern has <ADDR>. */
unsigned f2b_addresses(const char *text);

enum { F2B_GROUPS_MAX = 100, F2B_NAME_BYTES = 40 };

/* A group that Python counts. */
struct f2b_group {
	char name[F2B_NAME_BYTES];   /* in small letters; "": none */
	char own[16];                /* the name that it has in our pattern, if it needs one */
	bool is_open;                /* the walk has come to it */
	bool is_referred_to;
};

/* A walk over a text of fail2ban. */
struct f2b_walker {
	const char *text, *at;
	struct f2b_pattern *pattern;
	struct buf *out;
	char scope;
	unsigned reading;
	unsigned groups;                             /* that Python has counted so far */
	struct f2b_group named[F2B_GROUPS_MAX];      /* by number; those of tags are not open */
};

/* Begins a group that Python counts; name is in small letters, "" where it has none. */
void f2b_open_group(struct f2b_walker *w, const char *name);

/* Adds <ADDR> between the texts before and after. behind: the text that follows the tag. */
void f2b_add_address(struct f2b_walker *w, const char *before, const char *after, const char *behind);

/* Takes a tag at the walk's place; false where there is none of fail2ban's. */
bool f2b_take_tag(struct f2b_walker *w);

/* ---- rules ---- */

/* The work on one filter. */
struct f2b_maker {
	struct f2b_filter *filter;
	struct f2b_options options;
	const char *class_name;
	char *name;               /* of the filter, without folder and ending */
	char *daemon;             /* the program that __prefix_line names, a pattern; NULL: none */
	char *program;            /* of patterns that name none themselves */
	const char *form;         /* what stands at the start of a pattern for the form of a server's own lines */
	const char *prefix_else;  /* what messages have in place of what prefregex matches; or NULL */
	size_t capacity;          /* of the notes */
	struct buf prefix;        /* the pattern of prefregex; empty where there is none */
	struct buf ignore;        /* look aheads for ignoreregex */
	struct buf ignore_whole;  /* those that look at the prefix, too */
	bool ignores_whole;       /* fail2ban looks for ignoreregex there where it has few of them, to save time */
	char *behind;             /* the text of prefregex behind its contents; NULL where that decides nothing */
	bool content;             /* the failregex is for what follows the prefix, not for the message */
	bool header;              /* the failregex has __prefix_line for the header, which messages lack */
	bool prefix_header;       /* prefregex has __prefix_line */
	unsigned reading;
	struct buf head;          /* comment above all rules */
	struct buf comment;       /* of the next rule */
	unsigned expression;      /* the number of the failregex */
	unsigned rules;           /* made of it so far */
};

/* Makes rules of one failregex: a rule for each of its branches, with what is to be said about it. */
void f2b_take_failregex(struct f2b_maker *maker, const char *text);

/* Adds an expression as the filter has it, in one line, and a newline. */
void f2b_add_original(struct buf *out, const char *text);

#endif
