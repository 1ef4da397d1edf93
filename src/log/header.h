/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_HEADER_H
#define MAILBAN_LOG_HEADER_H

#include <stddef.h>

#include "log/header_parts.h"

/* Takes a line apart, which has no newline at its end nor \r before it. The parts point into the line. Never fails: a
 * line without a header is all message. */
void header_parse(struct header *header, const char *line, size_t len);

#endif
