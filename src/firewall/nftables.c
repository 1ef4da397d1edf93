/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nftables: the sets as nftables has them, in a table of our own.
 *
 * Table and sets are made in one transaction; entries go in transactions of some hundreds each, for the kernel takes no
 * transaction that is longer than the buffer of a socket. An entry whose time is set anew is deleted and added again
 * within one transaction, with its counters, because kernels before 6.12 change no time. The rules are
 * scripts/firewall's. A transaction fails as a whole where one entry that it deletes has just run out; then its halves
 * are tried.
 *
 * libnftables was measured for this, and is not used. It adds as fast: 100,000 entries in 1.1 s (0.9 s here), 1,000,000
 * in 8.5 s (7.2 s here). It takes more memory: 443 MB for adding 1,000,000 (226 MB here, the whole program), 812 MB for
 * listing them as text (249 MB here). With what the program itself holds that is more than 1 GB; JSON of 100,000 took
 * 200 MB already. Listing 1,000,000 takes over two minutes with either, since the kernel's time grows with the square.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/mem.h"
#include "firewall/backend.h"
#include "firewall/netlink.h"
#include "firewall/nftables_inside.h"

enum {
	BLOCK = 400,            /* entries of a transaction */
	TRANSACTION_BYTES = 1 << 17,
	/* how nft(8) numbers the types of addresses, which it lists a set by */
	TYPE_V4 = 7,
	TYPE_V6 = 8,
};

/* The most bytes of an entry: deleted, added with time and counters, and both again for the end of an interval. */
_Static_assert(BLOCK * 240 + 4096 < TRANSACTION_BYTES && BLOCK * 140 < UINT16_MAX,
	       "a transaction has room for a block");

/* One thing to do: deletes net where it is there, and adds it where entry says how. */
struct step {
	const struct addr *net;
	const struct plan_entry *entry;
	bool there;
};

/* Messages that the kernel takes or refuses together. */
struct transaction {
	struct mnl_socket *netlink;
	char *bytes, *answer;
	size_t len;
	const struct firewall_set *set;
	enum firewall_family family;
};

const struct nftables_part *nftables_parts(enum firewall_family family, size_t *count)
{
	static const struct nftables_part v4[] = { { "", ADDR_BITS }, { "-nets", 0 } };
	static const struct nftables_part v6[] = { { "", ADDR_BITS }, { "-64", 64 }, { "-nets", 0 } };

	*count = family == FIREWALL_V4 ? sizeof(v4) / sizeof(*v4) : sizeof(v6) / sizeof(*v6);
	return family == FIREWALL_V4 ? v4 : v6;
}

size_t nftables_part_of(const struct addr *net, enum firewall_family family)
{
	size_t count, i = 0;
	const struct nftables_part *parts = nftables_parts(family, &count);

	while (i < count - 1 && parts[i].prefix != net->prefix)
		i++;
	return i;
}

void nftables_name(char name[NFTABLES_NAME], const struct firewall_set *set, const struct nftables_part *part)
{
	snprintf(name, NFTABLES_NAME, "%.31s%s", set->name, part->ending);
}

size_t nftables_key_bytes(enum firewall_family family)
{
	return family == FIREWALL_V4 ? 4 : 16;
}

static int transaction_open(struct transaction *t)
{
	int bytes = 2 * TRANSACTION_BYTES;

	t->netlink = netlink_open();
	if (t->netlink == NULL)
		return -errno;
	/* what is usual is enough; a host may have made that less */
	(void)setsockopt(mnl_socket_get_fd(t->netlink), SOL_SOCKET, SO_SNDBUF, &bytes, sizeof(bytes));
	t->bytes = mem_alloc(TRANSACTION_BYTES, 1);
	t->answer = mem_alloc(TRANSACTION_BYTES, 1);
	return 0;
}

static void transaction_close(struct transaction *t)
{
	if (t->netlink != NULL)
		mnl_socket_close(t->netlink);
	free(t->bytes);
	free(t->answer);
}

static void put_bound(struct transaction *t, unsigned command)
{
	struct nlmsghdr *nlh = netlink_begin(t->bytes + t->len, 0, command, 0, AF_UNSPEC);
	struct nfgenmsg *nfg = mnl_nlmsg_get_payload(nlh);

	nfg->res_id = htons(NFNL_SUBSYS_NFTABLES);
	t->len += nlh->nlmsg_len;
}

static void transaction_begin(struct transaction *t)
{
	t->len = 0;
	put_bound(t, NFNL_MSG_BATCH_BEGIN);
}

static struct nlmsghdr *message_begin(const struct transaction *t, unsigned command)
{
	unsigned flags = command == NFT_MSG_DELSETELEM ? 0 : NLM_F_CREATE;

	return netlink_begin(t->bytes + t->len, NFNL_SUBSYS_NFTABLES, command, flags, NFPROTO_INET);
}

static void message_end(struct transaction *t, const struct nlmsghdr *nlh)
{
	t->len += nlh->nlmsg_len;
}

/* The kernel has done all when sending returns, and answers only where something was wrong. */
static int transaction_send(struct transaction *t)
{
	int fd = mnl_socket_get_fd(t->netlink), ret = 0;
	ssize_t got;

	put_bound(t, NFNL_MSG_BATCH_END);
	if (mnl_socket_sendto(t->netlink, t->bytes, t->len) < 0)
		return -errno;
	while ((got = recv(fd, t->answer, TRANSACTION_BYTES, MSG_DONTWAIT)) >= 0) {
		const struct nlmsghdr *nlh = (const void *)t->answer;

		if (ret == 0 && mnl_nlmsg_ok(nlh, (int)got) && nlh->nlmsg_type == NLMSG_ERROR)
			ret = ((const struct nlmsgerr *)mnl_nlmsg_get_payload(nlh))->error;
	}
	return errno == EAGAIN || errno == EWOULDBLOCK ? ret : -errno;
}

static void put_u64(struct nlmsghdr *nlh, uint16_t type, uint64_t value)
{
	uint32_t words[2] = { htonl((uint32_t)(value >> 32)), htonl((uint32_t)value) };

	mnl_attr_put(nlh, type, sizeof(words), words);
}

static void put_counter(struct nlmsghdr *nlh, uint16_t type, uint64_t packets, uint64_t bytes)
{
	struct nlattr *expression = mnl_attr_nest_start(nlh, type), *data;

	mnl_attr_put_strz(nlh, NFTA_EXPR_NAME, "counter");
	data = mnl_attr_nest_start(nlh, NFTA_EXPR_DATA);
	put_u64(nlh, NFTA_COUNTER_BYTES, bytes);
	put_u64(nlh, NFTA_COUNTER_PACKETS, packets);
	mnl_attr_nest_end(nlh, data);
	mnl_attr_nest_end(nlh, expression);
}

/* A set that is there is as it should be, and making it again is no error. */
static void put_set(struct transaction *t, const struct nftables_part *part, unsigned number)
{
	/* "bytes of keys come the highest first", as nft(8) notes it for itself */
	static const unsigned char order[] = { 0, 4, 2, 0, 0, 0 };
	unsigned flags = NFT_SET_TIMEOUT | (part->prefix == 0 ? NFT_SET_INTERVAL : 0U);
	struct nlmsghdr *nlh = message_begin(t, NFT_MSG_NEWSET);
	char name[NFTABLES_NAME];

	nftables_name(name, t->set, part);
	mnl_attr_put_strz(nlh, NFTA_SET_TABLE, NFTABLES_TABLE);
	mnl_attr_put_strz(nlh, NFTA_SET_NAME, name);
	mnl_attr_put_u32(nlh, NFTA_SET_FLAGS, htonl(flags));
	mnl_attr_put_u32(nlh, NFTA_SET_KEY_TYPE, htonl(t->family == FIREWALL_V4 ? TYPE_V4 : TYPE_V6));
	mnl_attr_put_u32(nlh, NFTA_SET_KEY_LEN, htonl((uint32_t)nftables_key_bytes(t->family)));
	mnl_attr_put_u32(nlh, NFTA_SET_ID, htonl(number));
	mnl_attr_put(nlh, NFTA_SET_USERDATA, sizeof(order), order);
	put_counter(nlh, NFTA_SET_EXPR, 0, 0);
	message_end(t, nlh);
}

static int make_sets(struct transaction *t)
{
	size_t count;
	const struct nftables_part *parts = nftables_parts(t->family, &count);
	struct nlmsghdr *nlh;

	transaction_begin(t);
	nlh = message_begin(t, NFT_MSG_NEWTABLE);
	mnl_attr_put_strz(nlh, NFTA_TABLE_NAME, NFTABLES_TABLE);
	message_end(t, nlh);
	for (unsigned i = 0; i < count; i++)
		put_set(t, &parts[i], i + 1);
	return transaction_send(t);
}

static void put_key(struct nlmsghdr *nlh, enum firewall_family family, const struct addr *a)
{
	uint32_t words[4] = { htonl((uint32_t)(a->hi >> 32)), htonl((uint32_t)a->hi), htonl((uint32_t)(a->lo >> 32)),
			      htonl((uint32_t)a->lo) };
	struct nlattr *key = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_KEY);

	if (family == FIREWALL_V4)
		mnl_attr_put(nlh, NFTA_DATA_VALUE, sizeof(words[3]), &words[3]);
	else
		mnl_attr_put(nlh, NFTA_DATA_VALUE, sizeof(words), words);
	mnl_attr_nest_end(nlh, key);
}

/* The element that ends an interval, unless it reaches to the last address. */
static void put_end(struct nlmsghdr *nlh, enum firewall_family family, const struct addr *net)
{
	struct addr behind = addr_last(net);
	struct nlattr *element;

	behind.lo++;
	behind.hi += behind.lo == 0;
	if (family == FIREWALL_V4 ? behind.lo >> 32 != 0xffff : (behind.hi | behind.lo) == 0)
		return;
	element = mnl_attr_nest_start(nlh, NFTA_LIST_ELEM);
	put_key(nlh, family, &behind);
	mnl_attr_put_u32(nlh, NFTA_SET_ELEM_FLAGS, htonl(NFT_SET_ELEM_INTERVAL_END));
	mnl_attr_nest_end(nlh, element);
}

static void put_element(struct nlmsghdr *nlh, enum firewall_family family, const struct addr *net,
			const struct plan_entry *entry, bool interval)
{
	struct nlattr *element = mnl_attr_nest_start(nlh, NFTA_LIST_ELEM);

	put_key(nlh, family, net);
	if (entry != NULL && entry->timeout > 0)
		put_u64(nlh, NFTA_SET_ELEM_TIMEOUT, UINT64_C(1000) * entry->timeout);
	if (entry != NULL && entry->former != NULL)
		put_counter(nlh, NFTA_SET_ELEM_EXPR, entry->former->packets, entry->former->bytes);
	mnl_attr_nest_end(nlh, element);
	if (interval)
		put_end(nlh, family, net);
}

/* The elements of one part that the steps add, or delete, in one message; none where there is none. */
static void put_elements(struct transaction *t, unsigned command, size_t part, const struct step *steps, size_t count)
{
	size_t part_count, put = 0;
	const struct nftables_part *p = &nftables_parts(t->family, &part_count)[part];
	struct nlmsghdr *nlh = message_begin(t, command);
	bool adds = command == NFT_MSG_NEWSETELEM;
	char name[NFTABLES_NAME];
	struct nlattr *list;

	nftables_name(name, t->set, p);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_TABLE, NFTABLES_TABLE);
	mnl_attr_put_strz(nlh, NFTA_SET_ELEM_LIST_SET, name);
	list = mnl_attr_nest_start(nlh, NFTA_SET_ELEM_LIST_ELEMENTS);
	for (size_t i = 0; i < count; i++) {
		const struct step *s = &steps[i];

		if ((adds ? s->entry == NULL : !s->there) || nftables_part_of(s->net, t->family) != part)
			continue;
		put_element(nlh, t->family, s->net, adds ? s->entry : NULL, p->prefix == 0);
		put++;
	}
	mnl_attr_nest_end(nlh, list);
	if (put > 0)
		message_end(t, nlh);
}

static int send_block(struct transaction *t, struct step *steps, size_t count)
{
	size_t parts;
	int ret;

	(void)nftables_parts(t->family, &parts);
	transaction_begin(t);
	for (size_t part = 0; part < parts; part++)
		put_elements(t, NFT_MSG_DELSETELEM, part, steps, count);
	for (size_t part = 0; part < parts; part++)
		put_elements(t, NFT_MSG_NEWSETELEM, part, steps, count);
	ret = transaction_send(t);
	if (ret != -ENOENT || (count == 1 && !steps->there))
		return ret;
	if (count == 1) {
		steps->there = false;
		return steps->entry == NULL ? 0 : send_block(t, steps, count);
	}
	ret = send_block(t, steps, count / 2);
	return ret == 0 ? send_block(t, steps + count / 2, count - count / 2) : ret;
}

static size_t list_steps(struct step *steps, const struct plan *plan)
{
	size_t n = 0;

	/* what goes makes room for what overlaps it */
	for (size_t i = 0; i < plan->gone_count; i++)
		steps[n++] = (struct step){ &plan->gone[i]->net, NULL, true };
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *e = &plan->entries[i];

		if (e->action != PLAN_KEEP)
			steps[n++] = (struct step){ &e->net, e, e->action == PLAN_RENEW };
	}
	return n;
}

static int send_all(struct transaction *t, const struct plan *plan)
{
	struct step *steps = mem_alloc(plan->gone_count + plan->count + 1, sizeof(*steps));
	size_t count = list_steps(steps, plan);
	int ret = 0;

	for (size_t i = 0; i < count && ret == 0; i += BLOCK)
		ret = send_block(t, steps + i, count - i < BLOCK ? count - i : BLOCK);
	free(steps);
	return ret;
}

static int refused(int error, struct buf *out)
{
	if (error == -EPERM)
		buf_add_text(out, "no permission");
	else if (error == -EEXIST || error == -ENOTEMPTY)
		buf_add_text(out, "somebody put an element there that overlaps a network of the blacklist; "
				  "delete it, or the table " NFTABLES_TABLE " as a whole");
	else
		buf_add_text(out, strerror(-error));
	return error;
}

int nftables_apply(const struct firewall_set *set, enum firewall_family family, const struct plan *plan,
		   struct buf *error)
{
	struct transaction t = { .set = set, .family = family };
	int ret;

	if (!set->right_kind) {
		buf_addf(error,
			 "the table inet " NFTABLES_TABLE
			 " has a set of that name that is of another kind; delete the table "
			 "(nft delete table inet " NFTABLES_TABLE "), synchronise, and put the rule in place again");
		return -EEXIST;
	}
	ret = transaction_open(&t);
	if (ret == 0 && !set->exists)
		ret = make_sets(&t);
	if (ret == 0)
		ret = send_all(&t, plan);
	transaction_close(&t);
	return ret < 0 ? refused(ret, error) : 0;
}
