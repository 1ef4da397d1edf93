/* SPDX-License-Identifier: GPL-2.0-or-later */
/* native: the log lines that servers write to files of their own, without a syslog header. */
#ifndef MAILBAN_LOG_NATIVE_H
#define MAILBAN_LOG_NATIVE_H

#include "log/header_parts.h"

/* Takes the line from line to end apart, and returns true, where its form is known. Else leaves the header as it is. */
bool native_parse(struct header *header, const char *line, const char *end);

#endif
