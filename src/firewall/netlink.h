/* SPDX-License-Identifier: GPL-2.0-or-later */
/* netlink: a question to the kernel's firewall, and its answer. Inside src/firewall only. */
#ifndef MAILBAN_FIREWALL_NETLINK_H
#define MAILBAN_FIREWALL_NETLINK_H

#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <stddef.h>
#include <stdint.h>

/* One attribute after another: among so many bytes; inside an attribute; of a message. */
#define NETLINK_FOR_EACH(attribute, bytes, len) \
	for ((attribute) = (bytes); \
	     mnl_attr_ok((attribute), (int)((const char *)(bytes) + (len) - (const char *)(attribute))); \
	     (attribute) = mnl_attr_next(attribute))
#define NETLINK_FOR_EACH_INSIDE(attribute, outer) \
	NETLINK_FOR_EACH(attribute, mnl_attr_get_payload(outer), mnl_attr_get_payload_len(outer))
#define NETLINK_FOR_EACH_OF(attribute, nlh) \
	NETLINK_FOR_EACH(attribute, mnl_nlmsg_get_payload_offset(nlh, sizeof(struct nfgenmsg)), \
			 mnl_nlmsg_get_payload_len(nlh) - sizeof(struct nfgenmsg))

/* Takes one message of an answer. */
typedef void netlink_taker(const struct nlmsghdr *nlh, void *owner);

/* Begins a message in bytes: command of a subsystem (NFNL_SUBSYS_...), for a protocol family. */
struct nlmsghdr *netlink_begin(char *bytes, unsigned subsystem, unsigned command, unsigned flags, unsigned family);

/* The value of an attribute: a number of up to 8 bytes, the highest byte first. */
uint64_t netlink_number(const struct nlattr *attribute);

/* Opens a socket that can send and receive, which mnl_socket_close() closes; NULL with errno set. */
struct mnl_socket *netlink_open(void);

/* Reads messages as they came off a socket, len bytes. Returns 1 where more messages are to come, 0 at the end, or
 * -errno; -EINTR: the listed entries changed meanwhile. */
int netlink_take(const char *bytes, size_t len, netlink_taker *take, void *owner);

/* Sends one message and takes all of its answer. Returns 0 or -errno. */
int netlink_ask(const struct nlmsghdr *question, netlink_taker *take, void *owner);

#endif
