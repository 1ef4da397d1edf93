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

/* Returns the place behind the digits at p. */
static inline const char *form_skip_digits(const char *p, const char *end)
{
	while (p < end && form_is_digit(*p))
		p++;
	return p;
}

/* Returns the place behind letters, digits and bytes of the text `also`. */
const char *form_skip_name(const char *p, const char *end, const char *also);

/* Whether the text begins with the bytes. */
bool form_starts(const char *p, const char *end, const char *bytes);

/* Whether it begins as the form: 0 stands for a digit, a for a letter, h for a hexadecimal digit, all else for
 * itself. */
bool form_fits(const char *p, const char *end, const char *form);

/* Returns the place behind the fraction of a second and the time zone at p; p where neither stands there. */
const char *form_skip_zone(const char *p, const char *end);

/* Returns the place behind a time "YYYY-MM-DD HH:MM:SS[.frac][ +ZZZZ]" at p, or NULL where there is none. */
const char *form_skip_time(const char *p, const char *end);

/* Whether p is how Dovecot's own lines go on behind the time: "imap-login: Info: ...", "auth-worker(7): ...". */
bool form_is_dovecot(const char *p, const char *end);

/* Whether p is how Stalwart's own lines go on behind time and level: "Authentication failed (auth.failed) ...". */
bool form_is_stalwart(const char *p, const char *end);

#endif
