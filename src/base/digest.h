/* SPDX-License-Identifier: GPL-2.0-or-later */
/* digest: a number of 64 bits that tells texts apart, however they come in pieces. It guards against damage and
 * mistakes, not against people who choose the bytes. The same on every machine. */
#ifndef MAILBAN_BASE_DIGEST_H
#define MAILBAN_BASE_DIGEST_H

#include <stddef.h>
#include <stdint.h>

/* Zero-initialise it. */
struct digest {
	uint64_t hash, len;
	unsigned char rest[8];   /* bytes that do not fill a word yet: len modulo 8 of them */
};

void digest_add(struct digest *digest, const char *bytes, size_t len);

/* The number of all that was added, never 0. More may be added afterwards. */
uint64_t digest_value(const struct digest *digest);

#endif
