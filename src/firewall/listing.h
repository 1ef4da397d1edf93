/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_FIREWALL_LISTING_H
#define MAILBAN_FIREWALL_LISTING_H

#include "base/buf.h"
#include "firewall/set.h"

/* Reads the set whose name is in set->name, and sorts its entries. header_only: reads no entries. A set that does not
 * exist leaves set->exists false. Returns 0, or -errno (values above 4096: -IPSET_ERR_...). set->entries is the
 * caller's to free, after an error too. */
int listing_read(struct firewall_set *set, enum firewall_family family, bool header_only);

/* Appends why the set could not be read, from the error that reading it gave. needs names the kernel's modules;
 * "try: command what" shows an admin the set. Returns -errno: -EPERM, -EPROTONOSUPPORT or the error itself. */
int listing_explain(const char *name, int error, const char *needs, const char *command, const char *what,
		    struct buf *out);

#endif
