/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fail2ban_inside: what the files of detect/fail2ban share. */
#ifndef MAILBAN_DETECT_FAIL2BAN_INSIDE_H
#define MAILBAN_DETECT_FAIL2BAN_INSIDE_H

#include "detect/fail2ban.h"
#include "detect/fail2ban_options.h"
#include "detect/fail2ban_pattern.h"

/* The work on one filter. */
struct f2b_maker {
	struct f2b_filter *filter;
	struct f2b_options options;
	const char *class_name;
	char *name;               /* of the filter, without folder and ending */
	char *program;
	const char *form;         /* what stands at the start of a pattern for the form of a server's own lines */
	bool any_program;         /* the filter names none */
	bool prefix_optional;     /* the header's reader may have taken off all that prefregex matches */
	size_t capacity;          /* of the notes */
	struct buf prefix;        /* the pattern of prefregex; empty where there is none */
	struct buf ignore;        /* look aheads for ignoreregex */
	bool content;             /* the failregex is for what follows the prefix, not for the message */
	bool header;              /* the failregex has __prefix_line for the header, which messages lack */
	bool prefix_header;       /* prefregex has */
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
