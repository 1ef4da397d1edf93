/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_FIREWALL_ENTRY_H
#define MAILBAN_FIREWALL_ENTRY_H

#include <stddef.h>

#include "firewall/set.h"

/* Reads one entry of a set: len bytes of what an IPSET_ATTR_DATA holds, in the kernel's form. A missing value is 0; a
 * missing prefix is that of a single address. */
void entry_read(const void *bytes, size_t len, enum firewall_family family, struct firewall_entry *e);

#endif
