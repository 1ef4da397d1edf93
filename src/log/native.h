/* SPDX-License-Identifier: GPL-2.0-or-later */
/* native: the log lines that servers write to files of their own, without a syslog header. */
#ifndef MAILBAN_LOG_NATIVE_H
#define MAILBAN_LOG_NATIVE_H

#include "log/header_parts.h"

enum native_form {
	NATIVE_NONE,      /* no known form: *header is as it was */
	NATIVE_WHOLE,     /* the header is taken apart */
	NATIVE_ORIGIN,    /* the message begins with what syslog writes behind the time: [host] program[pid]: message */
	NATIVE_PROGRAM,   /* the message begins with program[pid]: message */
};

/* Takes such a line apart where its form is known. *header is all message before. */
enum native_form native_parse(struct header *header, const char *line, const char *end);

/* What Dovecot writes behind the time in its own file: "imap-login: Info: ...", "auth-worker(7): ...". */
bool native_is_dovecot(const char *text, const char *end);

/* What Stalwart writes behind the time and the level in its own file: "Authentication failed (auth.failed) ...". */
bool native_is_stalwart(const char *text, const char *end);

/* Where a leading time "YYYY-MM-DD HH:MM:SS[.frac][ +ZZZZ]" ends, or NULL where there is none. */
const char *native_skip_time(const char *text, const char *end);

#endif
