/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header_inside: steps of header_parse(), for log/header.c, log/header_origin.c and log/native.c alone. */
#ifndef MAILBAN_LOG_HEADER_INSIDE_H
#define MAILBAN_LOG_HEADER_INSIDE_H

#include "log/header.h"

/* Takes apart a line that a server wrote to a file of its own, without a syslog header. False, and the header stays as
 * it is: its form is not known. */
bool native_parse(struct header *header, const char *line, const char *end);

/* Takes apart what stands behind the time, from p to end: "[host] program[pid]: message". */
void header_read_origin(struct header *header, const char *p, const char *end);

/* The same without a host. */
void header_read_program(struct header *header, const char *p, const char *end);

/* Sets the message from p to end, without the blank ahead and what servers and loggers put there. The pid is set
 * before. */
void header_set_message(struct header *header, const char *p, const char *end);

#endif
