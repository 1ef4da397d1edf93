/* SPDX-License-Identifier: GPL-2.0-or-later */
/* form: what pieces of log lines look like. Nothing here reads at or behind end. */
#ifndef MAILBAN_LOG_FORM_H
#define MAILBAN_LOG_FORM_H

#include <stdbool.h>

static inline bool form_is_digit(char c)
{
	return (unsigned char)c - (unsigned)'0' <= 9;
}

static inline bool form_is_letter(char c)
{
	return ((unsigned char)c | 0x20u) - (unsigned)'a' < 26;
}

/* Where the digits that stand there end. */
static inline const char *form_skip_digits(const char *p, const char *end)
{
	while (p < end && form_is_digit(*p))
		p++;
	return p;
}

/* Where letters, digits and the bytes of also end. */
const char *form_skip_name(const char *p, const char *end, const char *also);

/* Whether the text begins with the bytes. */
bool form_starts(const char *p, const char *end, const char *bytes);

/* Whether it begins as the form: 0 stands for a digit, a for a letter, h for a hexadecimal digit, all else for
 * itself. */
bool form_fits(const char *p, const char *end, const char *form);

/* Where the fraction of a second and the time zone behind a time end; p where neither stands there. */
const char *form_skip_zone(const char *p, const char *end);

/* Where a leading time "YYYY-MM-DD HH:MM:SS[.frac][ +ZZZZ]" ends, or NULL where there is none. */
const char *form_skip_time(const char *p, const char *end);

/* What Dovecot writes behind the time in its own file: "imap-login: Info: ...", "auth-worker(7): ...". */
bool form_is_dovecot(const char *p, const char *end);

/* What Stalwart writes behind the time and the level in its own file: "Authentication failed (auth.failed) ...". */
bool form_is_stalwart(const char *p, const char *end);

#endif
