/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ready: finds the function of a pattern, and IPv6 addresses for all of them.
 *
 * The functions are written by src/build from the rules' files. A rule of the folder with the text of a built-in one gets
 * its function, too; any other is PCRE2's alone.
 */
#include "detect/ready.h"

#include <stdlib.h>
#include <string.h>

#include "detect/ready_inside.h"

static int compare(const void *pattern, const void *ready)
{
	return strcmp(pattern, ((const struct ready *)ready)->pattern);
}

const struct ready *ready_find(const char *pattern)
{
	return bsearch(pattern, ready_builtin, ready_builtin_count, sizeof(*ready_builtin), compare);
}

/* Steps over one part of the address: digits, a dot before a digit, a colon before more of it or behind another colon. The
 * same place where there is none. */
static const char *skip_part(const char *p, const char *end)
{
	char next = end - p > 1 ? p[1] : '\0';

	if (ready_is_hex(*p)) {
		while (p < end && ready_is_hex(*p))
			p++;
		return p;
	}
	if (*p == '.')
		return p + ready_is_digit(next);
	return *p == ':' ? p + (ready_is_hex(next) || next == ':' || p[-1] == ':') : p;
}

const char *ready_address_v6(const char *p, const char *end, struct addr *address)
{
	enum { PARTS = 40 }; /* as <ADDR> has it in detect/pattern.c */
	const char *at = p, *before = NULL;

	while (at < end && at - p < 4 && ready_is_hex(*at))
		at++;
	if (at == end || *at++ != ':')
		return NULL;
	for (unsigned i = 0; i < PARTS && at < end && at != before; i++) {
		before = at;
		at = skip_part(at, end);
	}
	return addr_parse(address, p, (size_t)(at - p)) ? at : NULL;
}
