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

/* FNV-1a, http://www.isthe.com/chongo/tech/comp/fnv/. Files and other hosts keep such hashes, so they must stay as they
 * are. The first call takes the _FIRST value; each further piece of a text takes the hash of the call before. */
#define DIGEST_FNV32_FIRST UINT32_C(2166136261)
#define DIGEST_FNV64_FIRST UINT64_C(14695981039346656037)

static inline uint32_t digest_fnv32(uint32_t hash, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * UINT32_C(16777619);
	return hash;
}

static inline uint64_t digest_fnv64(uint64_t hash, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		hash = (hash ^ (unsigned char)bytes[i]) * UINT64_C(1099511628211);
	return hash;
}

/* The factor is 2^64 divided by the golden ratio, made odd (Knuth, The Art of Computer Programming 3, 6.4). */
static inline uint64_t digest_mix(uint64_t hash, uint64_t word)
{
	hash = (hash ^ word) * UINT64_C(0x9e3779b97f4a7c15);
	return hash ^ hash >> 32;
}

void digest_add(struct digest *digest, const char *bytes, size_t len);

/* The number of all that was added, never 0. More may be added afterwards. */
uint64_t digest_value(const struct digest *digest);

/* The number of one text. */
uint64_t digest_of(const char *bytes, size_t len);

#endif
