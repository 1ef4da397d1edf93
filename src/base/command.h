/* SPDX-License-Identifier: GPL-2.0-or-later */
/* command: what another program prints. */
#ifndef MAILBAN_BASE_COMMAND_H
#define MAILBAN_BASE_COMMAND_H

#include <stdbool.h>

#include "base/buf.h"

/* Runs the program arguments[0], a path, without a shell; its input and errors are /dev/null. Appends to out what it
 * prints, at most a megabyte. False where it cannot be started, does not end with 0 or not within so many milliseconds.
 * Then out is as it was, and why has the reason ("exits with 1"). The program and what it started are killed. */
bool command_read(char *const arguments[], int milliseconds, struct buf *out, struct buf *why);

/* Runs a program that does something, with our standard error, and waits for its end. Appends to out what it prints.
 * Returns its exit status, 1 where a signal ended it, or -1 where it cannot be started. */
int command_perform(char *const arguments[], struct buf *out);

#endif
