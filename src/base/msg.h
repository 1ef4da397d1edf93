/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_BASE_MSG_H
#define MAILBAN_BASE_MSG_H

#include <stddef.h>

/* One diagnostic to stderr: "mailban: TEXT\n", in one write. TEXT says what is wrong; what to do.
 * Control and 8-bit bytes of the formatted text are shown escaped (\xHH). */
void msg(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same with a place: "mailban: FILE:LINE: TEXT\n". */
void msg_at(const char *file, unsigned long line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* For a broken promise inside the program, or memory that ran out. Says so, and that nothing was written, and exits
 * with 3. Behind msg_written() it says that what was written stays, and exits with 1. */
_Noreturn void msg_die(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Tells msg_die() that a file was put in place, so that it no longer says that nothing was written. */
void msg_written(void);

#endif
