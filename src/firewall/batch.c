/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * batch: entries into a set and out of it, in messages as large as the kernel takes.
 *
 * libipset gathers entries too, but into small messages, and the kernel answers each: a million entries took half as
 * long again. So entries are sent through libmnl, and all else through libipset. To add an entry that exists is no
 * error, nor to delete one that is gone, since entries run out meanwhile. Decides nothing and prints nothing. Errors
 * end the batch; their words go to the caller.
 */
#include "firewall/batch.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libipset/linux_ip_set.h>
#include <libipset/linux_ip_set_hash.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "firewall/netlink.h"

enum {
	LIST_BYTES = 65000,     /* of the entries in a message: the length of an attribute is 16 bits */
	ENTRY_BYTES = 128,      /* no entry is longer */
	MESSAGE_BYTES = LIST_BYTES + 2 * ENTRY_BYTES + 512,
};

static int refused(struct batch *b, int error)
{
	if (error == -IPSET_ERR_HASH_FULL)
		buf_add_text(b->error, "the set is full");
	else if (error == -EPERM)
		buf_add_text(b->error, "no permission");
	else if (error > -IPSET_ERR_PRIVATE)
		buf_add_text(b->error, strerror(-error));
	else
		buf_addf(b->error, "the kernel refused an entry with error %d", -error);
	return error > -IPSET_ERR_PRIVATE ? error : -EIO;
}

int batch_open(struct batch *b, const char *name, enum firewall_family family, struct buf *error)
{
	int on = 1;

	*b = (struct batch){ .name = name, .family = family, .error = error };
	b->netlink = netlink_open();
	if (b->netlink == NULL)
		return refused(b, -errno);
	/* the answer need not repeat the message; an old kernel repeats it all the same, and there is room */
	(void)mnl_socket_setsockopt(b->netlink, NETLINK_CAP_ACK, &on, sizeof(on));
	b->bytes = mem_alloc(MESSAGE_BYTES, 1);
	return 0;
}

void batch_close(struct batch *b)
{
	if (b->netlink != NULL)
		mnl_socket_close(b->netlink);
	free(b->bytes);
	*b = (struct batch){ 0 };
}

static void begin(struct batch *b, unsigned command)
{
	b->command = command;
	/* without NLM_F_EXCL the kernel accepts adding an entry that exists and deleting one that is gone */
	b->nlh = netlink_begin(b->bytes, NFNL_SUBSYS_IPSET, command, NLM_F_ACK, AF_INET);
	mnl_attr_put_u8(b->nlh, IPSET_ATTR_PROTOCOL, IPSET_PROTOCOL_MIN);
	mnl_attr_put_strz(b->nlh, IPSET_ATTR_SETNAME, b->name);
	/* the kernel takes no list of entries without a line number */
	mnl_attr_put_u32(b->nlh, IPSET_ATTR_LINENO, 0);
	b->list = mnl_attr_nest_start(b->nlh, IPSET_ATTR_ADT);
}

static int read_answer(struct batch *b)
{
	FREED_BY(mem_free) char *answer = mem_alloc(MESSAGE_BYTES, 2);
	const struct nlmsghdr *nlh = (const void *)answer;
	ssize_t got = mnl_socket_recvfrom(b->netlink, answer, 2 * (size_t)MESSAGE_BYTES);
	int ret = -EPROTO;

	if (got < 0)
		ret = -errno;
	else if (mnl_nlmsg_ok(nlh, (int)got) && nlh->nlmsg_type == NLMSG_ERROR)
		ret = ((const struct nlmsgerr *)mnl_nlmsg_get_payload(nlh))->error;
	return ret;
}

int batch_send(struct batch *b)
{
	int ret = 0;

	if (b->nlh == NULL)
		return 0;
	mnl_attr_nest_end(b->nlh, b->list);
	if (mnl_socket_sendto(b->netlink, b->nlh, b->nlh->nlmsg_len) < 0)
		ret = -errno;
	else
		ret = read_answer(b);
	b->nlh = NULL;
	return ret < 0 ? refused(b, ret) : 0;
}

static int make_room(struct batch *b, unsigned command)
{
	int ret = 0;

	if (b->nlh != NULL) {
		const char *end = mnl_nlmsg_get_payload_tail(b->nlh);

		if (b->command == command && end - (const char *)b->list + ENTRY_BYTES <= LIST_BYTES)
			return 0;
		ret = batch_send(b);
	}
	if (ret == 0)
		begin(b, command);
	return ret;
}

static void put_u64(struct batch *b, uint16_t type, uint64_t value)
{
	uint32_t words[2] = { htonl((uint32_t)(value >> 32)), htonl((uint32_t)value) };

	mnl_attr_put(b->nlh, type | NLA_F_NET_BYTEORDER, sizeof(words), words);
}

static void put_net(struct batch *b, const struct addr *net)
{
	struct nlattr *nest = mnl_attr_nest_start(b->nlh, IPSET_ATTR_IP);
	uint32_t words[4] = { htonl((uint32_t)(net->hi >> 32)), htonl((uint32_t)net->hi),
			      htonl((uint32_t)(net->lo >> 32)), htonl((uint32_t)net->lo) };

	if (b->family == FIREWALL_V4)
		mnl_attr_put(b->nlh, IPSET_ATTR_IPADDR_IPV4 | NLA_F_NET_BYTEORDER, sizeof(words[3]), &words[3]);
	else
		mnl_attr_put(b->nlh, IPSET_ATTR_IPADDR_IPV6 | NLA_F_NET_BYTEORDER, sizeof(words), words);
	mnl_attr_nest_end(b->nlh, nest);
	mnl_attr_put_u8(b->nlh, IPSET_ATTR_CIDR, (uint8_t)addr_text_prefix(net));
}

int batch_add(struct batch *b, const struct plan_entry *entry, bool with_counters)
{
	int ret = make_room(b, IPSET_CMD_ADD);
	struct nlattr *nest;

	if (ret < 0)
		return ret;
	nest = mnl_attr_nest_start(b->nlh, IPSET_ATTR_DATA);
	put_net(b, &entry->net);
	mnl_attr_put_u32(b->nlh, IPSET_ATTR_TIMEOUT | NLA_F_NET_BYTEORDER, htonl(entry->timeout));
	if (with_counters && entry->former != NULL) {
		put_u64(b, IPSET_ATTR_PACKETS, entry->former->packets);
		put_u64(b, IPSET_ATTR_BYTES, entry->former->bytes);
	}
	mnl_attr_nest_end(b->nlh, nest);
	return 0;
}

int batch_delete(struct batch *b, const struct addr *net)
{
	int ret = make_room(b, IPSET_CMD_DEL);
	struct nlattr *nest;

	if (ret < 0)
		return ret;
	nest = mnl_attr_nest_start(b->nlh, IPSET_ATTR_DATA);
	put_net(b, net);
	mnl_attr_nest_end(b->nlh, nest);
	return 0;
}
