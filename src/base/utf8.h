/* SPDX-License-Identifier: GPL-2.0-or-later */
/* utf8: characters among bytes that somebody else chose. */
#ifndef MAILBAN_BASE_UTF8_H
#define MAILBAN_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/* How many of the bytes, at least one, are a character of UTF-8 (RFC 3629), and its code; 0: none is. */
size_t utf8_decode(const char *bytes, size_t len, uint32_t *code);

/* Whether a person sees the character, and others as they are. False for controls, format characters, marks of
 * direction, fillers, what is for private use and what is no character. */
bool utf8_is_seen(uint32_t code);

/* Adds a text that somebody wrote who is not believed, for terminals and mails: what is not seen, and is no newline, is
 * a question mark. */
void utf8_add_seen(struct buf *out, struct span text);

#endif
