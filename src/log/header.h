/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header: the parts of a log line. */
#ifndef MAILBAN_LOG_HEADER_H
#define MAILBAN_LOG_HEADER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/span.h"

/* A log line taken apart. The spans point into the line; a program name that the line's form alone tells is a constant
 * text. */
struct header {
	struct span stamp;    /* the text of the time, len 0 where there is none that is known */
	struct span host;     /* len 0 where the format has none */
	struct span program;  /* the whole program name without [pid] and colon; for logs that servers write
	                         without a syslog header the server's name ("exim", "nginx", "dovecot", ...);
	                         len 0 where there is none */
	struct span pid;      /* the digits between the brackets; len 0 where there are none */
	struct span message;  /* what follows; the whole line where no header was recognised, and in formats
	                         that put the client's address before the time (icewarp) */
	const char *server;   /* the server's name, a constant text, where only its own files have this form; else
	                         NULL */
	bool cut;             /* the logger may have cut the message's end off: it is as long as any that it writes */
};

/* Takes a line apart, which has no newline at its end nor \r before it. The parts point into the line. Never fails: a
 * line without a header is all message. */
void header_parse(struct header *header, const char *line, size_t len);

#endif
