/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * netlink: a question to the kernel's firewall, and its answer.
 *
 * Listings of ipset and of connections both are many messages of nfnetlink. This file sends and reads such messages,
 * and knows none of their attributes. It believes no message that is longer than the bytes that came. Errors are -errno
 * as the kernel gave them.
 */
#include "firewall/netlink.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"

enum { ANSWER_BYTES = 1 << 16 };

struct nlmsghdr *netlink_begin(char *bytes, unsigned subsystem, unsigned command, unsigned flags, unsigned family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = (uint16_t)(subsystem << 8 | command);
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = (uint8_t)family;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = 0;
	return nlh;
}

uint64_t netlink_number(const struct nlattr *attribute)
{
	const unsigned char *bytes = mnl_attr_get_payload(attribute);
	uint64_t value = 0;

	for (unsigned i = 0; i < mnl_attr_get_payload_len(attribute) && i < 8; i++)
		value = value << 8 | bytes[i];
	return value;
}

struct mnl_socket *netlink_open(void)
{
	struct mnl_socket *netlink = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	int error;

	if (netlink == NULL || mnl_socket_bind(netlink, 0, MNL_SOCKET_AUTOPID) == 0)
		return netlink;
	error = errno;
	mnl_socket_close(netlink);
	errno = error;
	return NULL;
}

/* Whether the message is whole. libmnl takes a length of 2 GB and more for a negative one. */
static bool is_whole(const struct nlmsghdr *nlh, int left)
{
	return mnl_nlmsg_ok(nlh, left) && nlh->nlmsg_len <= (uint32_t)left;
}

static int read_error(const struct nlmsghdr *nlh)
{
	struct nlmsgerr answer;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(answer))
		return -EBADMSG;
	memcpy(&answer, mnl_nlmsg_get_payload(nlh), sizeof(answer));
	return answer.error;
}

int netlink_take(const char *bytes, size_t len, netlink_taker *take, void *owner)
{
	const struct nlmsghdr *nlh = (const void *)bytes;
	int left = (int)len;

	for (; is_whole(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if ((nlh->nlmsg_flags & NLM_F_DUMP_INTR) != 0)
			return -EINTR;
		if (nlh->nlmsg_type == NLMSG_DONE)
			return 0;
		if (nlh->nlmsg_type == NLMSG_ERROR)
			return read_error(nlh);
		if (mnl_nlmsg_get_payload_len(nlh) >= sizeof(struct nfgenmsg))
			take(nlh, owner);
	}
	return 1;
}

int netlink_ask(const struct nlmsghdr *question, netlink_taker *take, void *owner)
{
	struct mnl_socket *netlink = netlink_open();
	FREED_BY(mem_free) char *bytes = NULL;
	int ret = 1;

	if (netlink == NULL)
		return -errno;
	bytes = mem_alloc(ANSWER_BYTES, 1);
	if (mnl_socket_sendto(netlink, question, question->nlmsg_len) < 0)
		ret = -errno;
	while (ret == 1) {
		ssize_t got = mnl_socket_recvfrom(netlink, bytes, ANSWER_BYTES);

		ret = got < 0 ? -errno : netlink_take(bytes, (size_t)got, take, owner);
	}
	mnl_socket_close(netlink);
	return ret;
}
