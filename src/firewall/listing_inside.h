/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listing_inside: what is known of a set while the kernel sends its listing. Inside src/firewall and its tests only. */
#ifndef MAILBAN_FIREWALL_LISTING_INSIDE_H
#define MAILBAN_FIREWALL_LISTING_INSIDE_H

#include "firewall/set.h"

/* Reads one entry of a set: len bytes of what an IPSET_ATTR_DATA holds, in the kernel's form. A missing value is 0; a
 * missing prefix is that of a single address. Never fails: bytes that are no attributes are not read. */
void entry_read(const void *bytes, size_t len, enum firewall_family family, struct firewall_entry *e);

/* Whether the set is what mailban makes: the type, the family and both extensions. */
struct listing_kind {
	bool type, family, timeout, counters;
};

struct listing {
	struct firewall_set *set;
	enum firewall_family family;
	struct listing_kind kind;
	size_t capacity;       /* of set->entries */
};

/* Reads messages as they came off the socket, len bytes. Returns 1 where more messages are to come, 0 at the end, or
 * -errno. */
int listing_take(const char *bytes, size_t len, struct listing *r);

#endif
