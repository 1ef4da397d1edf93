/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ready: finds the function of a pattern.
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
