/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_FIREWALL_BATCH_H
#define MAILBAN_FIREWALL_BATCH_H

#include "base/buf.h"
#include "firewall/set.h"
#include "firewall/plan.h"

struct mnl_socket;
struct nlmsghdr;
struct nlattr;

/* Entries on their way into one set, gathered into large messages. Calls return 0, or -errno after adding to
 * error why; then nothing more is to be sent. */
struct batch {
	const char *name;
	enum firewall_family family;
	struct buf *error;
	struct mnl_socket *netlink;
	char *bytes;                /* room for one message */
	struct nlmsghdr *nlh;       /* the message that is being gathered, or NULL */
	struct nlattr *list;
	unsigned command;           /* of that message: IPSET_CMD_ADD or IPSET_CMD_DEL, for all its entries */
};

/* name and error live as long as the batch. batch_close() it, after an error too. */
int batch_open(struct batch *b, const char *name, enum firewall_family family, struct buf *error);
void batch_close(struct batch *b);

/* The first adds an entry. An entry that exists gets its time anew and keeps its counters. with_counters: the counters
 * of entry->former are sent along. The second deletes an entry, which may be gone already. */
int batch_add(struct batch *b, const struct plan_entry *entry, bool with_counters);
int batch_delete(struct batch *b, const struct addr *net);

/* Sends the entries that are still gathered. */
int batch_send(struct batch *b);

#endif
