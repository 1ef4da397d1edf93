/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_CLASSIC_H
#define MAILBAN_DETECT_CLASSIC_H

#include <stddef.h>
#include <stdint.h>

/* The phrases that the shell recipe greps for, as bits of event.phrases. */
enum classic_phrase {
	CLASSIC_AUTHENTICATION_FAILED = 1,
	CLASSIC_DISCONNECT_FROM_UNKNOWN = 2,
	CLASSIC_FROM_UNKNOWN = 4,
	CLASSIC_PHRASES = 3,
};

/* Which phrases the line holds, anywhere in it, as `grep -F` would say. */
uint8_t classic_phrases(const char *line, size_t len);

#endif
