/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * classic: the phrases of the shell recipe.
 *
 * The recipe is `grep PHRASE maillog | grep -o '\[[0-9.]*\]' | sort | uniq -c` for each of three phrases.
 * Here it is only asked which phrases a recognised line holds; which address the line is about is the
 * rule's to say, so that a stranger's address in a greeting is never taken.
 */
#include "detect/classic.h"

#include "base/span.h"

uint8_t classic_phrases(const char *line, size_t len)
{
	const struct span text = { line, len };
	unsigned bits = 0;

	if (span_holds(text, "authentication failed"))
		bits |= CLASSIC_AUTHENTICATION_FAILED;
	if (span_holds(text, "from unknown"))
		bits |= CLASSIC_FROM_UNKNOWN;
	if (span_holds(text, "disconnect from unknown"))
		bits |= CLASSIC_DISCONNECT_FROM_UNKNOWN;
	return (uint8_t)bits;
}
