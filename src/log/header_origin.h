/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header_origin: who wrote a line of syslog, and where its message begins. */
#ifndef MAILBAN_LOG_HEADER_ORIGIN_H
#define MAILBAN_LOG_HEADER_ORIGIN_H

#include "log/header_parts.h"

/* Takes apart what stands behind the time, from p to end: "[host] program[pid]: message". */
void header_read_origin(struct header *header, const char *p, const char *end);

/* The same without a host. */
void header_read_program(struct header *header, const char *p, const char *end);

/* Sets the message from p to end, without the blank ahead and what servers and loggers put there. The pid is set
 * before. */
void header_set_message(struct header *header, const char *p, const char *end);

#endif
