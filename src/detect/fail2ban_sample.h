/* SPDX-License-Identifier: GPL-2.0-or-later */
/* fail2ban_sample: a message that a pattern recognises, made up. */
#ifndef MAILBAN_DETECT_FAIL2BAN_SAMPLE_H
#define MAILBAN_DETECT_FAIL2BAN_SAMPLE_H

#include "base/buf.h"

enum { F2B_VARIANTS = 8 };

/* Adds a message that the pattern may recognise, one for each variant below F2B_VARIANTS. Whether it does is for the
 * caller to see: what a pattern looks at, ahead or behind, is not heeded. */
void f2b_sample(const char *match, unsigned variant, struct buf *out);

#endif
