/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * origin: which connection of which server process a line belongs to.
 *
 * Host, program and process id are hashed to one number. It is the same on every machine, since the state keeps it.
 * Host and program seldom change from line to line.
 */
#define _DEFAULT_SOURCE
#include "detect/origin.h"

#include <endian.h>
#include <string.h>

#include "base/span.h"

/* Fewer than eight bytes as a number, the last one lowest on any machine. */
static inline uint64_t number_of(struct span s)
{
	uint32_t first, last;
	uint64_t number = 0;

	if (s.len >= 4) {
		/* the two may overlap: bytes of both have the same place */
		memcpy(&first, s.ptr, 4);
		memcpy(&last, s.ptr + s.len - 4, 4);
		return (uint64_t)be32toh(first) << 8 * (s.len - 4) | be32toh(last);
	}
	for (size_t i = 0; i < s.len; i++)
		number = number << 8 | (unsigned char)s.ptr[i];
	return number;
}

/* Hashes eight bytes a step. The multiplier is 2^64 divided by the golden ratio, made odd. It runs once an event. */
static inline uint64_t hash_span(uint64_t hash, struct span s)
{
	const uint64_t odd = UINT64_C(0x9e3779b97f4a7c15);
	uint64_t word;

	for (; s.len >= 8; s.ptr += 8, s.len -= 8) {
		memcpy(&word, s.ptr, 8);
		hash = (hash ^ le64toh(word)) * odd;
		hash ^= hash >> 32;
	}
	hash = (hash ^ ((uint64_t)s.len << 8 * s.len | number_of(s))) * odd;
	return hash ^ hash >> 32;
}

/* Hashes a host that is not the one of the last event. */
static __attribute__((noinline)) uint64_t hash_host(struct origin *origin, const struct header *header)
{
	uint64_t hash = hash_span(hash_span(0, header->host), header->program);

	origin->hash = header->host.len <= ORIGIN_HOST_MAX ? hash : 0;
	origin->host_len = header->host.len;
	if (header->host.len > 0 && header->host.len <= ORIGIN_HOST_MAX)
		memcpy(origin->host, header->host.ptr, header->host.len);
	return hash;
}

uint64_t origin_connection(struct origin *origin, const struct header *header, struct span id)
{
	uint64_t hash = origin->hash;

	if (hash == 0 || origin->host_len != header->host.len ||
	    !span_same(origin->host, header->host.ptr, header->host.len))
		hash = hash_host(origin, header);
	hash = hash_span(hash, id);
	return hash != 0 ? hash : 1;
}
