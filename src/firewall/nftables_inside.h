/* SPDX-License-Identifier: GPL-2.0-or-later */
/* nftables: what reading and changing its sets have in common. Inside src/firewall only.
 *
 * What is one set to the layers above is two or three here, for a set of nftables has either a hash, or networks. */
#ifndef MAILBAN_FIREWALL_NFTABLES_INSIDE_H
#define MAILBAN_FIREWALL_NFTABLES_INSIDE_H

#include <stdbool.h>
#include <stddef.h>

#include "firewall/set.h"

#define NFTABLES_TABLE "mailban"

enum {
	NFTABLES_PARTS = 3,  /* the most that a family has */
	NFTABLES_NAME = 40,  /* bytes that the name of a part takes, with its NUL */
};

/* One set of nftables: the entries of one length of prefix, in a hash; or of all others, as intervals. */
struct nftables_part {
	const char *ending;  /* of its name */
	unsigned prefix;     /* of the 128 bits; 0: intervals */
};

/* The parts of a family; the last one has the intervals. */
const struct nftables_part *nftables_parts(enum firewall_family family, size_t *count);

/* Which part an entry belongs to. */
size_t nftables_part_of(const struct addr *net, enum firewall_family family);

void nftables_name(char name[NFTABLES_NAME], const struct firewall_set *set, const struct nftables_part *part);

/* 4 or 16: the bytes of an address, as rules and sets know it. */
size_t nftables_key_bytes(enum firewall_family family);

#endif
