/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * origin: which connection of which server process a line belongs to.
 *
 * Host, program and process id are hashed to one number. It is the same on every machine, since the state keeps it.
 * Host and program seldom change from line to line: their part of the digest is kept.
 */
#include "detect/origin.h"

#include <string.h>

static __attribute__((noinline)) void take_host(struct origin *origin, const struct header *header)
{
	origin->digest = (struct digest){ 0 };
	digest_add(&origin->digest, header->host.ptr, header->host.len);
	digest_add(&origin->digest, "", 1);
	digest_add(&origin->digest, header->program.ptr, header->program.len);
	digest_add(&origin->digest, "", 1);
	/* a longer name is taken anew for each line */
	origin->host_len = header->host.len <= ORIGIN_HOST_MAX ? header->host.len : SIZE_MAX;
	if (header->host.len > 0 && header->host.len <= ORIGIN_HOST_MAX)
		memcpy(origin->host, header->host.ptr, header->host.len);
}

uint64_t origin_connection(struct origin *origin, const struct header *header, struct span id)
{
	struct digest digest;

	if (origin->digest.len == 0 || origin->host_len != header->host.len ||
	    !span_same(origin->host, header->host.ptr, header->host.len))
		take_host(origin, header);
	digest = origin->digest;
	digest_add(&digest, id.ptr, id.len);
	return digest_value(&digest);
}
