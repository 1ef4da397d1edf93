/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_ROTATION_H
#define MAILBAN_LOG_ROTATION_H

#include <stdbool.h>
#include <stddef.h>

enum rotation_style {
	ROTATION_COUNTED, /* maillog.1, maillog.0.gz, mail.1.log */
	ROTATION_DATED,   /* maillog-20261121, maillog.2026-11-21-03.xz, mail-20261121.log */
	ROTATION_OTHER,   /* maillog.old, maillog.gz */
};

/* What the name of a rotated file says. */
struct rotation {
	enum rotation_style style;
	unsigned number;   /* counted: the higher, the older */
	char date[24];     /* dated: its digits, NUL-terminated */
};

/* Whether name (without folder) is one that a rotation gives to a file named base. */
bool rotation_parse(struct rotation *rotation, const char *base, const char *name);

/* Writes the name of the log of which name is a rotated file, and a NUL, into base, which has room for name. False
 * where name is no rotated one. */
bool rotation_base(const char *name, char *base);

/* The length of name without the ending of a compressed file. */
size_t rotation_unpacked_length(const char *name);

#endif
