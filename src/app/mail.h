/* SPDX-License-Identifier: GPL-2.0-or-later */
/* mail: a report as a mail that sendmail(8) -t takes. */
#ifndef MAILBAN_APP_MAIL_H
#define MAILBAN_APP_MAIL_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/span.h"

/* Whether anybody wants a mail: MAILTO is not set, or not empty. */
bool mail_is_wanted(void);

/* The host's name up to the first dot, NUL-terminated. */
void mail_host(char *name, size_t size);

/* Appends headers and body, from texts in UTF-8. MAILTO names the recipient, else root is. MAILFROM names the sender;
 * without MAILFROM sendmail chooses. */
void mail_add(struct buf *out, struct span subject, struct span body);

#endif
