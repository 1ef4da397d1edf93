/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * listing: what the kernel holds in one set.
 *
 * libipset hands a listing out as text only, which takes longer to make and to read again than the kernel
 * takes for the whole listing. So the dump is asked for and read here as the kernel sends it, through
 * libmnl; a daily run reads 100,000 entries with their counters in little more than the kernel's own time.
 * Nothing here changes anything, prints, or knows the blacklist. Every attribute's length is checked against
 * what holds it, although the kernel is trusted. Errors are -errno as the kernel gave them.
 */
#include "firewall/listing.h"

#include <arpa/inet.h>
#include <errno.h>
#include <libipset/linux_ip_set.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "addr/order.h"
#include "base/mem.h"
#include "firewall/attributes.h"
#include "firewall/entry.h"
#include "firewall/listing_inside.h"

enum { DUMP_BYTES = 1 << 16, GENMSG_BYTES = 4 };

_Static_assert(sizeof(struct nfgenmsg) == GENMSG_BYTES, "the layout of messages");

static void read_entries(struct attributes a, struct firewall_set *set, enum firewall_family family, size_t *capacity)
{
	while (attributes_next(&a)) {
		if (a.type != IPSET_ATTR_DATA)
			continue;
		if (set->count == *capacity)
			set->entries = mem_grow(set->entries, capacity, set->count + 1, sizeof(*set->entries));
		entry_read(a.value, a.len, family, &set->entries[set->count++]);
	}
}

static void read_header(struct attributes a, struct firewall_set *set, struct listing_kind *kind)
{
	while (attributes_next(&a)) {
		if (a.type == IPSET_ATTR_HASHSIZE)
			set->hash_size = (uint32_t)attributes_number(&a);
		else if (a.type == IPSET_ATTR_MAXELEM)
			set->max_entries = (uint32_t)attributes_number(&a);
		else if (a.type == IPSET_ATTR_REFERENCES)
			set->references = (uint32_t)attributes_number(&a);
		else if (a.type == IPSET_ATTR_TIMEOUT)
			kind->timeout = true;
		else if (a.type == IPSET_ATTR_CADT_FLAGS)
			kind->counters = (attributes_number(&a) & IPSET_FLAG_WITH_COUNTERS) != 0;
	}
}

static void read_type(const struct attributes *a, struct firewall_set *set, struct listing_kind *kind)
{
	size_t len = strnlen(a->value, a->len);

	if (len >= sizeof(set->type))
		len = sizeof(set->type) - 1;
	memcpy(set->type, a->value, len);
	set->type[len] = '\0';
	kind->type = strcmp(set->type, "hash:net") == 0;
}

/* One message of the dump. The first one carries the header; entries come only behind it. */
static void read_message(const struct nlmsghdr *nlh, struct listing *r)
{
	const char *payload = mnl_nlmsg_get_payload(nlh);
	struct attributes a = { .at = payload + GENMSG_BYTES, .end = (const char *)nlh + nlh->nlmsg_len };

	r->set->exists = true;
	while (attributes_next(&a)) {
		switch (a.type) {
		case IPSET_ATTR_TYPENAME:
			read_type(&a, r->set, &r->kind);
			break;
		case IPSET_ATTR_FAMILY:
			r->kind.family = attributes_number(&a) == (r->family == FIREWALL_V4 ? AF_INET : AF_INET6);
			break;
		case IPSET_ATTR_DATA:
			read_header(attributes_inside(&a), r->set, &r->kind);
			break;
		case IPSET_ATTR_ADT:
			if (r->set->right_kind)
				read_entries(attributes_inside(&a), r->set, r->family, &r->capacity);
			break;
		default:
			break;
		}
		r->set->right_kind = r->kind.type && r->kind.family && r->kind.timeout && r->kind.counters;
	}
}

static int ask(struct mnl_socket *netlink, const struct firewall_set *set, bool header_only)
{
	char bytes[256];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = NFNL_SUBSYS_IPSET << 8 | IPSET_CMD_LIST;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | NLM_F_DUMP;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = AF_INET;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = 0;
	/* the oldest protocol lists as the newest does, and every kernel speaks it */
	mnl_attr_put_u8(nlh, IPSET_ATTR_PROTOCOL, IPSET_PROTOCOL_MIN);
	mnl_attr_put_strz(nlh, IPSET_ATTR_SETNAME, set->name);
	if (header_only)
		mnl_attr_put_u32(nlh, IPSET_ATTR_FLAGS | NLA_F_NET_BYTEORDER, htonl(IPSET_FLAG_LIST_HEADER));
	return mnl_socket_sendto(netlink, nlh, nlh->nlmsg_len) < 0 ? -errno : 0;
}

/* libmnl takes a length of 2 GB and more for a negative one. */
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

int listing_take(const char *bytes, size_t len, struct listing *r)
{
	const struct nlmsghdr *nlh = (const void *)bytes;
	int left = (int)len;

	for (; is_whole(nlh, left); nlh = mnl_nlmsg_next(nlh, &left)) {
		if (nlh->nlmsg_type == NLMSG_DONE)
			return 0;
		if (nlh->nlmsg_type == NLMSG_ERROR)
			return read_error(nlh);
		if (mnl_nlmsg_get_payload_len(nlh) >= GENMSG_BYTES)
			read_message(nlh, r);
	}
	return 1;
}

/* They come in the order of the kernel's hash table. */
static void sort_entries(struct firewall_set *set)
{
	uint32_t *order = addr_order(&set->entries->net, sizeof(*set->entries), set->count);
	struct firewall_entry *sorted = mem_alloc(set->count, sizeof(*sorted));

	for (size_t i = 0; i < set->count; i++)
		sorted[i] = set->entries[order[i]];
	free(order);
	free(set->entries);
	set->entries = sorted;
}

int listing_read(struct firewall_set *set, enum firewall_family family, bool header_only)
{
	struct listing r = { .set = set, .family = family };
	struct mnl_socket *netlink = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	char *bytes = mem_alloc(DUMP_BYTES, 1);
	int ret = 1;

	if (netlink == NULL || mnl_socket_bind(netlink, 0, MNL_SOCKET_AUTOPID) < 0)
		ret = -errno;
	else if (ask(netlink, set, header_only) < 0)
		ret = -errno;
	while (ret == 1) {
		ssize_t got = mnl_socket_recvfrom(netlink, bytes, DUMP_BYTES);

		ret = got < 0 ? -errno : listing_take(bytes, (size_t)got, &r);
	}
	if (ret == -ENOENT && !set->exists)
		ret = 0;
	if (netlink != NULL)
		mnl_socket_close(netlink);
	free(bytes);
	if (ret == 0 && set->count > 0)
		sort_entries(set);
	return ret;
}
