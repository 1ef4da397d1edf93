/* SPDX-License-Identifier: GPL-2.0-or-later */
/* utf8: characters among bytes that somebody else chose. */
#ifndef MAILBAN_BASE_UTF8_H
#define MAILBAN_BASE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/* Reads the character of UTF-8 (RFC 3629) with which the bytes begin; len >= 1. Returns its length and sets *code, or
 * returns 0 where there is none. */
size_t utf8_decode(const char *bytes, size_t len, uint32_t *code);

/* Whether a person sees the character, and others as they are. False for controls, format characters, marks of
 * direction, fillers, what is for private use and what is no character. */
bool utf8_is_seen(uint32_t code);

/* Appends a stranger's text for terminals and mails. A question mark replaces each character that nobody sees, but for
 * newlines, and each byte that is no character. */
void utf8_add_seen(struct buf *out, struct span text);

/* Appends bytes of a log as buf_add_escaped() does, but leaves characters as they are that a person sees. */
void utf8_add_escaped(struct buf *out, struct span text);

#endif
