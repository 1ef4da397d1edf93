/* SPDX-License-Identifier: GPL-2.0-or-later */
/* user: user names as they are compared: by their local part, letters folded. Ann, ann@example.com and EXAMPLE\ann are
 * one. */
#ifndef MAILBAN_LIST_USER_H
#define MAILBAN_LIST_USER_H

#include <stddef.h>

#include "base/span.h"

enum {
	USER_MAX = 64,         /* bytes of a local part, RFC 5321 4.5.3.1.1; longer ones are told apart by a hash */
	USER_SHOWN_MAX = 120,  /* bytes of a name with its domain, as people are told of it */
};

/* Folds what a server wrote, and ends it with a NUL. Returns its length. 0: nobody was named, or by a stand-in such as
 * "(unavailable)"; then text is not set. */
size_t user_fold(char text[USER_MAX + 1], struct span user);

#endif
