/* SPDX-License-Identifier: GPL-2.0-or-later */
/* listing: messages of a set as the kernel sends them, and with damage that it never does. */
#include <arpa/inet.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <libipset/linux_ip_set.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>

#include "firewall/listing_inside.h"
#include "random.h"

enum { BYTES = 8192 };

static void put_number(struct nlmsghdr *nlh, uint16_t type, uint32_t number)
{
	mnl_attr_put_u32(nlh, type | NLA_F_NET_BYTEORDER, htonl(number));
}

static void put_header(struct nlmsghdr *nlh)
{
	struct nlattr *header;

	mnl_attr_put_strz(nlh, IPSET_ATTR_TYPENAME, "hash:net");
	mnl_attr_put_u8(nlh, IPSET_ATTR_FAMILY, AF_INET);
	header = mnl_attr_nest_start(nlh, IPSET_ATTR_DATA);
	put_number(nlh, IPSET_ATTR_HASHSIZE, 1024);
	put_number(nlh, IPSET_ATTR_MAXELEM, 65536);
	put_number(nlh, IPSET_ATTR_TIMEOUT, 0);
	put_number(nlh, IPSET_ATTR_CADT_FLAGS, IPSET_FLAG_WITH_COUNTERS);
	mnl_attr_nest_end(nlh, header);
}

static void put_entries(struct nlmsghdr *nlh, unsigned count)
{
	struct nlattr *all = mnl_attr_nest_start(nlh, IPSET_ATTR_ADT);

	for (unsigned i = 0; i < count; i++) {
		struct nlattr *entry = mnl_attr_nest_start(nlh, IPSET_ATTR_DATA);
		struct nlattr *address = mnl_attr_nest_start(nlh, IPSET_ATTR_IP);

		mnl_attr_put_u32(nlh, IPSET_ATTR_IPADDR_IPV4, htonl(0xc6336400 + i));
		mnl_attr_nest_end(nlh, address);
		mnl_attr_put_u8(nlh, IPSET_ATTR_CIDR, 32);
		put_number(nlh, IPSET_ATTR_TIMEOUT, 600);
		mnl_attr_nest_end(nlh, entry);
	}
	mnl_attr_nest_end(nlh, all);
}

/* A set of so many entries, and an answer with an error behind them. Returns how many bytes there are. */
static size_t put_listing(char *bytes, unsigned count, int error)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);
	size_t len;

	nlh->nlmsg_type = NFNL_SUBSYS_IPSET << 8 | IPSET_CMD_LIST;
	mnl_nlmsg_put_extra_header(nlh, sizeof(struct nfgenmsg));
	put_header(nlh);
	put_entries(nlh, count);
	len = nlh->nlmsg_len;
	nlh = mnl_nlmsg_put_header(bytes + len);
	nlh->nlmsg_type = NLMSG_ERROR;
	((struct nlmsgerr *)mnl_nlmsg_put_extra_header(nlh, sizeof(struct nlmsgerr)))->error = error;
	return len + nlh->nlmsg_len;
}

/* What is read of exactly so many bytes; the sanitizers see whether more are. */
static int take(const char *bytes, size_t len, struct firewall_set *set)
{
	struct listing listing = { .set = set, .family = FIREWALL_V4 };
	char *exact = malloc(len);
	int ret;

	*set = (struct firewall_set){ 0 };
	assert_non_null(exact);
	memcpy(exact, bytes, len);
	ret = listing_take(exact, len, &listing);
	free(exact);
	free(set->entries);
	return ret;
}

static void a_listing_is_read(void **state)
{
	static char bytes[BYTES];
	struct firewall_set set;

	(void)state;
	assert_int_equal(take(bytes, put_listing(bytes, 40, -EAGAIN), &set), -EAGAIN);
	assert_true(set.right_kind);
	assert_int_equal(set.count, 40);
	assert_int_equal(set.max_entries, 65536);
}

/* A length that is negative as an int would have the whole memory read. */
static void a_length_beyond_what_came_is_not_believed(void **state)
{
	static char bytes[BYTES];
	struct nlmsghdr *nlh = (void *)bytes;
	struct firewall_set set;
	size_t len = put_listing(bytes, 3, 0);

	(void)state;
	for (unsigned bit = 16; bit < 32; bit++) {
		uint32_t whole = nlh->nlmsg_len;

		nlh->nlmsg_len |= UINT32_C(1) << bit;
		assert_int_equal(take(bytes, len, &set), 1);
		assert_false(set.exists);
		nlh->nlmsg_len = whole;
	}
}

static void an_answer_that_is_cut_off_is_an_error(void **state)
{
	char bytes[64];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(bytes);
	struct firewall_set set;

	(void)state;
	nlh->nlmsg_type = NLMSG_ERROR;
	assert_int_equal(take(bytes, nlh->nlmsg_len, &set), -EBADMSG);
}

static void damaged_messages_are_no_danger(void **state)
{
	static char bytes[BYTES];
	uint64_t random = random_begin(random_seed());
	struct firewall_set set;

	(void)state;
	for (unsigned round = 0; round < 20000; round++) {
		size_t len = put_listing(bytes, (unsigned)random_below(&random, 20), 0);

		for (unsigned i = 0; i < round % 5; i++)
			bytes[random_below(&random, i % 2 == 0 ? len : 100)] = (char)random_below(&random, 256);
		len -= round % 4 == 0 ? random_below(&random, len) : 0;
		(void)take(bytes, len, &set);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_listing_is_read),
		cmocka_unit_test(a_length_beyond_what_came_is_not_believed),
		cmocka_unit_test(an_answer_that_is_cut_off_is_an_error),
		cmocka_unit_test(damaged_messages_are_no_danger),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
