/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * conntrack: connections of banned addresses are forgotten.
 *
 * Somebody's rule that accepts established connections may stand in front of mailban's rule. Packets of a banned
 * address would then pass. A connection that the kernel forgot is no longer established, so its next packet meets
 * mailban's rule. This host's own connections to a banned address stay. libmnl suffices: conntrack(8) would read the
 * whole table anew for each address, and libnetfilter_conntrack is one more library for two messages.
 */
#include "firewall/conntrack.h"

#include <linux/netfilter/nfnetlink_conntrack.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/buf.h"
#include "firewall/netlink.h"

enum { MESSAGE_BYTES = 512 };

struct forgetting {
	struct netset nets;
	struct buf messages;  /* one after the other, each a connection to forget */
};

/* Reads which address opened a connection: the source of its first packet. */
static bool read_source(const struct nlattr *tuple, struct addr *source)
{
	const struct nlattr *ip, *a;

	NETLINK_FOR_EACH_INSIDE(ip, tuple) {
		if (mnl_attr_get_type(ip) != CTA_TUPLE_IP)
			continue;
		NETLINK_FOR_EACH_INSIDE(a, ip) {
			unsigned type = mnl_attr_get_type(a), len = mnl_attr_get_payload_len(a);

			if (type == CTA_IP_V4_SRC && len == 4)
				*source = addr_of_v4(mnl_attr_get_payload(a));
			else if (type == CTA_IP_V6_SRC && len == 16)
				*source = addr_of_v6(mnl_attr_get_payload(a));
			else
				continue;
			return true;
		}
	}
	return false;
}

/* Adds a message that names the connection by the attributes with which the kernel listed it. */
static void add_message(struct forgetting *f, const struct nlmsghdr *nlh)
{
	const struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);
	const struct nlattr *a;
	_Alignas(struct nlmsghdr) char bytes[MESSAGE_BYTES];
	struct nlmsghdr *message =
		netlink_begin(bytes, NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_DELETE, 0, nfg->nfgen_family);

	NETLINK_FOR_EACH_OF(a, nlh) {
		uint16_t type = mnl_attr_get_type(a), nested = type == CTA_TUPLE_ORIG ? NLA_F_NESTED : 0;

		if (type == CTA_TUPLE_ORIG || type == CTA_ZONE || type == CTA_ID)
			mnl_attr_put_check(message, sizeof(bytes), type | nested, mnl_attr_get_payload_len(a),
					   mnl_attr_get_payload(a));
	}
	buf_add(&f->messages, bytes, message->nlmsg_len);
}

static void take_connection(const struct nlmsghdr *nlh, void *owner)
{
	struct forgetting *f = owner;
	const struct nlattr *a;
	struct addr source;

	NETLINK_FOR_EACH_OF(a, nlh) {
		if (mnl_attr_get_type(a) == CTA_TUPLE_ORIG && read_source(a, &source) &&
		    netset_contains(&f->nets, &source))
			add_message(f, nlh);
	}
}

static void send_all(struct buf *messages)
{
	struct mnl_socket *netlink = netlink_open();
	size_t at = 0;

	while (netlink != NULL && at < messages->len) {
		const struct nlmsghdr *nlh = (const void *)(messages->ptr + at);

		/* a connection that has just ended gives an error, for which nobody waits */
		(void)mnl_socket_sendto(netlink, nlh, nlh->nlmsg_len);
		at += nlh->nlmsg_len;
	}
	if (netlink != NULL)
		mnl_socket_close(netlink);
}

void conntrack_forget(const struct netset *nets)
{
	char bytes[MESSAGE_BYTES];
	struct nlmsghdr *nlh;
	struct forgetting f = { 0 };

	/* asking would load the module that follows connections */
	if (nets->count == 0 || access("/proc/sys/net/netfilter/nf_conntrack_count", F_OK) != 0)
		return;
	for (size_t i = 0; i < nets->count; i++)
		netset_add(&f.nets, &nets->nets[i]);
	netset_finish(&f.nets);
	nlh = netlink_begin(bytes, NFNL_SUBSYS_CTNETLINK, IPCTNL_MSG_CT_GET, NLM_F_ACK | NLM_F_DUMP, AF_UNSPEC);
	(void)netlink_ask(nlh, take_connection, &f);
	send_all(&f.messages);
	buf_free(&f.messages);
	netset_free(&f.nets);
}
