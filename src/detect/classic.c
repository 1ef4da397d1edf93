/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * classic: the phrases of the shell recipe.
 *
 * The recipe is `grep PHRASE maillog | grep -o '\[[0-9.]*\]' | sort | uniq -c` for each of three phrases.
 * Here it is only asked which phrases a recognised line holds; which address the line is about is the
 * rule's to say, so that a stranger's address in a greeting is never taken.
 */
#define _GNU_SOURCE
#include "detect/classic.h"

#include <stdbool.h>
#include <string.h>

static bool holds(const char *line, size_t len, const char *phrase)
{
	return memmem(line, len, phrase, strlen(phrase)) != NULL;
}

uint8_t classic_phrases(const char *line, size_t len)
{
	unsigned bits = 0;

	if (holds(line, len, "authentication failed"))
		bits |= CLASSIC_AUTHENTICATION_FAILED;
	if (holds(line, len, "from unknown"))
		bits |= CLASSIC_FROM_UNKNOWN;
	if (holds(line, len, "disconnect from unknown"))
		bits |= CLASSIC_DISCONNECT_FROM_UNKNOWN;
	return (uint8_t)bits;
}
