/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fail2ban_options: the options that a filter file of fail2ban and its includes set, jail.conf(5). */
#ifndef MAILBAN_DETECT_FAIL2BAN_OPTIONS_H
#define MAILBAN_DETECT_FAIL2BAN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

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

#endif
