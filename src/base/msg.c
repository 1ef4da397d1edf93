/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * msg: the diagnostics of the program.
 *
 * Every diagnostic is one line on stderr that begins with "mailban: ". Texts may quote bytes from logs, so every byte
 * that a terminal could obey is escaped here, for all callers. Nothing here allocates: a message about missing memory
 * must come out, too. Long texts are cut.
 */
#include "base/msg.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The only writable global: the code that runs out of memory does not know whether a file was put in place. */
static atomic_bool written;

enum { TEXT_MAX = 2000, LINE_MAX_BYTES = 4 * TEXT_MAX + 64 };

static size_t escape_into(char *out, size_t room, const char *text)
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	for (; *text != '\0' && n + 5 < room; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c < 0x7f) {
			out[n++] = (char)c;
			continue;
		}
		out[n++] = '\\';
		out[n++] = 'x';
		out[n++] = hex[c >> 4];
		out[n++] = hex[c & 15];
	}
	return n;
}

__attribute__((format(printf, 1, 0))) static void put(const char *format, va_list args)
{
	static const char name[] = "mailban: ";
	char text[TEXT_MAX], line[LINE_MAX_BYTES];
	size_t n = sizeof(name) - 1;

	vsnprintf(text, sizeof(text), format, args);
	memcpy(line, name, n);
	n += escape_into(line + n, sizeof(line) - n - 1, text);
	line[n++] = '\n';
	if (write(STDERR_FILENO, line, n) < 0)
		return; /* nobody is left to read an error */
}

void msg(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	put(format, args);
	va_end(args);
}

void msg_at(const char *file, unsigned long line, const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	msg("%s:%lu: %s", file, line, text);
}

void msg_die(const char *format, ...)
{
	char text[TEXT_MAX];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	msg("%s; %s", text, written ? "what was written until now stays, and the next run goes on from there"
				    : "nothing was written");
	exit(written ? 1 : 3);
}

void msg_written(void)
{
	written = true;
}
