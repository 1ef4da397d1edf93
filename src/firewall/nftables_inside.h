/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nftables_inside: what reading and changing sets of nftables have in common. Inside src/firewall only.
 *
 * One set of the layers above is two or three sets of nftables here. Each of these is either a hash, or holds
 * intervals. */
#ifndef MAILBAN_FIREWALL_NFTABLES_INSIDE_H
#define MAILBAN_FIREWALL_NFTABLES_INSIDE_H

#include <nftables/libnftables.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/library.h"
#include "firewall/set.h"

#define NFTABLES_TABLE "inet mailban"

enum { NFTABLES_NAME = 40 };  /* bytes that the name of a part takes, with its NUL */

/* One set of nftables: a hash of the entries of one prefix length, or intervals for all other entries. */
struct nftables_part {
	const char *ending;  /* of the set's name */
	unsigned prefix;     /* of the 128 bits; 0: intervals */
};

/* The functions of libnftables that mailban uses. */
#define LIBNFTABLES_FUNCTIONS(with) \
	with(nft_ctx_new) \
	with(nft_ctx_free) \
	with(nft_ctx_buffer_output) \
	with(nft_ctx_buffer_error) \
	with(nft_ctx_get_output_buffer) \
	with(nft_ctx_get_error_buffer) \
	with(nft_run_cmd_from_buffer)

/* libnftables at work. */
struct nftables {
	LIBNFTABLES_FUNCTIONS(LIBRARY_MEMBER)
	struct nft_ctx *context;
};

/* The parts of a family; the last part has the intervals. */
const struct nftables_part *nftables_parts(enum firewall_family family, size_t *count);

/* Which part an entry belongs to. */
const struct nftables_part *nftables_part_of(const struct addr *net, enum firewall_family family);

void nftables_name(char name[NFTABLES_NAME], const struct firewall_set *set, const struct nftables_part *part);

/* "ipv4_addr", "ipv6_addr". */
const char *nftables_type(enum firewall_family family);

/* Returns 0 or -errno, and -ELIBACC after adding a sentence to error. Call nftables_close() in either case. */
int nftables_open(struct nftables *n, struct buf *error);
void nftables_close(struct nftables *n);

/* Lets libnftables do the commands of a text, in one transaction. Returns 0 or -errno; -EPROTO: an error that no errno
 * fits. *said is the listing, or the words of the error; it belongs to libnftables until the next call. */
int nftables_run(struct nftables *n, const char *commands, struct span *said);

#endif
