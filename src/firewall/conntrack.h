/* SPDX-License-Identifier: GPL-2.0-or-later */
/* conntrack: the connections that the kernel follows. Inside src/firewall only. */
#ifndef MAILBAN_FIREWALL_CONNTRACK_H
#define MAILBAN_FIREWALL_CONNTRACK_H

#include "addr/netset.h"

/* Makes the kernel forget each connection that an address of these networks opened. Where the
 * kernel follows no connections, or mailban may not ask it, nothing is done: connections run out by themselves. */
void conntrack_forget(const struct netset *nets);

#endif
