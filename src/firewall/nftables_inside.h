/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nftables: what reading and changing its sets have in common. Inside src/firewall only.
 *
 * What is one set to the layers above is two or three here, for a set of nftables has either a hash, or networks. */
#ifndef MAILBAN_FIREWALL_NFTABLES_INSIDE_H
#define MAILBAN_FIREWALL_NFTABLES_INSIDE_H

#include <stddef.h>

#include "firewall/libnftables.h"
#include "firewall/set.h"

#define NFTABLES_TABLE "inet mailban"

enum { NFTABLES_NAME = 40 };  /* bytes that the name of a part takes, with its NUL */

/* One set of nftables: the entries of one length of prefix, in a hash; or of all others, as intervals. */
struct nftables_part {
	const char *ending;  /* of its name */
	unsigned prefix;     /* of the 128 bits; 0: intervals */
};

/* libnftables at work. */
struct nftables {
	struct libnftables lib;
	struct nft_ctx *context;
};

/* The parts of a family; the last one has the intervals. */
const struct nftables_part *nftables_parts(enum firewall_family family, size_t *count);

/* Which part an entry belongs to. */
const struct nftables_part *nftables_part_of(const struct addr *net, enum firewall_family family);

void nftables_name(char name[NFTABLES_NAME], const struct firewall_set *set, const struct nftables_part *part);

/* "ipv4_addr", "ipv6_addr". */
const char *nftables_type(enum firewall_family family);

/* Returns 0 or -errno, -ELIBACC after adding a sentence to error. nftables_close() it in either case. */
int nftables_open(struct nftables *n, struct buf *error);
void nftables_close(struct nftables *n);

/* Lets libnftables do what a text says, in one transaction. Returns 0 or -errno (-EPROTO: of another kind). *said is
 * what it lists, or in what words it fails; it is libnftables', until the next call. */
int nftables_run(struct nftables *n, const char *commands, struct span *said);

#endif
