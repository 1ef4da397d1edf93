/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlink: a question to the kernel's firewall, and its answer. Inside src/firewall only. */
#ifndef MAILBAN_FIREWALL_NETLINK_H
#define MAILBAN_FIREWALL_NETLINK_H

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <stddef.h>

#include "firewall/attributes.h"

enum { NETLINK_HEAD = 4 }; /* bytes of a message in front of its attributes */

_Static_assert(sizeof(struct nfgenmsg) == NETLINK_HEAD, "the layout of messages");

/* Takes one message of an answer; netlink_attributes() gives its attributes. */
typedef void netlink_taker(const struct nlmsghdr *nlh, void *owner);

/* Begins a message in bytes: command of a subsystem (NFNL_SUBSYS_...), for a protocol family. */
struct nlmsghdr *netlink_begin(char *bytes, unsigned subsystem, unsigned command, unsigned flags, unsigned family);

struct attributes netlink_attributes(const struct nlmsghdr *nlh);

/* Opens a socket that can send and receive, which mnl_socket_close() closes; NULL with errno set. */
struct mnl_socket *netlink_open(void);

/* Reads messages as they came off a socket, len bytes. Returns 1 where more messages are to come, 0 at the end, or
 * -errno; -EINTR: the listed entries changed meanwhile. */
int netlink_take(const char *bytes, size_t len, netlink_taker *take, void *owner);

/* Sends one message and takes all of its answer. Returns 0 or -errno. */
int netlink_ask(const struct nlmsghdr *question, netlink_taker *take, void *owner);

#endif
