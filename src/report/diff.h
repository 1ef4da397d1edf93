/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_REPORT_DIFF_H
#define MAILBAN_REPORT_DIFF_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Adds to out the unified diff from the old text to the new one, as `diff -u` writes it and patch(1) takes it. Adds
 * nothing where the texts are equal. The names stand behind --- and +++. Takes time in proportion to the
 * texts' length, for any texts. Returns whether they differ. */
bool diff_unified(struct buf *out, const char *old_name, struct span old_text, const char *new_name,
		  struct span new_text, bool color);

#endif
