/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session: libipset, for all that changes a set.
 *
 * Entries are gathered into full netlink messages: a command with a line number waits in libipset until
 * the message is full, the command changes, or ipset_commit(). libipset's parser is not used (its handlers
 * exit), and no text is made or read on the way.
 * Nothing here decides what to send, and nothing is printed; libipset's words for an error are handed on.
 */
#include "firewall/session.h"

#include <errno.h>
#include <libipset/data.h>
#include <libipset/linux_ip_set.h>
#include <libipset/nf_inet_addr.h>
#include <libipset/nfproto.h>
#include <libipset/session.h>
#include <libipset/types.h>
#include <string.h>

int session_open(struct session *s, struct buf *error)
{
	*s = (struct session){ .error = error };
	ipset_load_types();
	s->ipset = ipset_session_init(NULL, NULL);
	if (s->ipset == NULL) {
		buf_add_text(error, "libipset could not be started");
		return -EIO;
	}
	return 0;
}

void session_close(struct session *s)
{
	if (s->ipset != NULL)
		ipset_session_fini(s->ipset);
	s->ipset = NULL;
}

/* libipset's words, which begin with words of its own that tell a person nothing. */
static int failed(struct session *s)
{
	static const char prefix[] = "Kernel error received: ";
	const char *text = ipset_session_report_msg(s->ipset);
	size_t len;

	if (text == NULL || *text == '\0')
		text = "the kernel refused without a reason";
	if (strstr(text, prefix) != NULL)
		text = strstr(text, prefix) + sizeof(prefix) - 1;
	len = strcspn(text, "\n");
	buf_add(s->error, text, len);
	ipset_session_report_reset(s->ipset);
	return -EIO;
}

static int set(struct session *s, enum ipset_opt option, const void *value)
{
	return ipset_session_data_set(s->ipset, option, value) < 0 ? failed(s) : 0;
}

static int command(struct session *s, enum ipset_cmd cmd)
{
	return ipset_cmd(s->ipset, cmd, 0) < 0 ? failed(s) : 0;
}

static uint8_t protocol_family(enum firewall_family family)
{
	return family == FIREWALL_V4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
}

int session_create(struct session *s, const char *name, enum firewall_family family, const struct plan *plan)
{
	uint8_t nfproto = protocol_family(family);
	uint32_t timeout = 0;
	int ret;

	ipset_envopt_unset(s->ipset, IPSET_ENV_EXIST);
	ret = set(s, IPSET_SETNAME, name);
	if (ret == 0)
		ret = set(s, IPSET_OPT_TYPENAME, "hash:net");
	if (ret == 0 && ipset_type_get(s->ipset, IPSET_CMD_CREATE) == NULL)
		ret = failed(s);
	if (ret == 0)
		ret = set(s, IPSET_OPT_FAMILY, &nfproto);
	if (ret == 0)
		ret = set(s, IPSET_OPT_TIMEOUT, &timeout);
	if (ret == 0)
		ret = set(s, IPSET_OPT_COUNTERS, &timeout);
	if (ret == 0)
		ret = set(s, IPSET_OPT_HASHSIZE, &plan->hash_size);
	if (ret == 0)
		ret = set(s, IPSET_OPT_MAXELEM, &plan->max_entries);
	return ret == 0 ? command(s, IPSET_CMD_CREATE) : ret;
}

int session_destroy(struct session *s, const char *name)
{
	int ret = set(s, IPSET_SETNAME, name);

	return ret == 0 ? command(s, IPSET_CMD_DESTROY) : ret;
}

static int with_two_names(struct session *s, enum ipset_cmd cmd, const char *first, const char *second)
{
	int ret = set(s, IPSET_SETNAME, first);

	if (ret == 0)
		ret = set(s, IPSET_OPT_SETNAME2, second);
	return ret == 0 ? command(s, cmd) : ret;
}

int session_swap(struct session *s, const char *a, const char *b)
{
	return with_two_names(s, IPSET_CMD_SWAP, a, b);
}

int session_rename(struct session *s, const char *from, const char *to)
{
	return with_two_names(s, IPSET_CMD_RENAME, from, to);
}

int session_begin(struct session *s, const char *name)
{
	int ret;

	/* what is there already, or gone already, is no error: entries run out while we work */
	ipset_envopt_set(s->ipset, IPSET_ENV_EXIST);
	ret = set(s, IPSET_SETNAME, name);
	if (ret < 0)
		return ret;
	s->type = ipset_type_get(s->ipset, IPSET_CMD_ADD);
	return s->type == NULL ? failed(s) : 0;
}

static void store_be(unsigned char *bytes, uint64_t value, unsigned count)
{
	while (count-- > 0) {
		bytes[count] = (unsigned char)(value & 0xff);
		value >>= 8;
	}
}

/* The set, its type and the address: libipset forgets them with every command. */
static int put_net(struct session *s, const char *name, enum firewall_family family, const struct addr *net)
{
	uint8_t nfproto = protocol_family(family), prefix = (uint8_t)addr_text_prefix(net);
	union nf_inet_addr address = { 0 };
	unsigned char bytes[16];
	int ret;

	store_be(bytes, net->hi, 8);
	store_be(bytes + 8, net->lo, 8);
	if (family == FIREWALL_V4)
		memcpy(&address, bytes + 12, 4);
	else
		memcpy(&address, bytes, 16);
	ret = set(s, IPSET_SETNAME, name);
	if (ret == 0)
		ret = set(s, IPSET_OPT_TYPE, s->type);
	if (ret == 0)
		ret = set(s, IPSET_OPT_FAMILY, &nfproto);
	if (ret == 0)
		ret = set(s, IPSET_OPT_IP, &address);
	if (ret == 0)
		ret = set(s, IPSET_OPT_CIDR, &prefix);
	return ret;
}

static int gather(struct session *s, enum ipset_cmd cmd)
{
	/* the number only has to be there: it says that the command may wait */
	if (++s->line == 0)
		s->line = 1;
	return ipset_cmd(s->ipset, cmd, s->line) < 0 ? failed(s) : 0;
}

int session_add(struct session *s, const char *name, enum firewall_family family, const struct plan_entry *entry,
		bool with_counters)
{
	int ret = put_net(s, name, family, &entry->net);

	if (ret == 0)
		ret = set(s, IPSET_OPT_TIMEOUT, &entry->timeout);
	if (ret == 0 && with_counters && entry->former != NULL) {
		ret = set(s, IPSET_OPT_PACKETS, &entry->former->packets);
		if (ret == 0)
			ret = set(s, IPSET_OPT_BYTES, &entry->former->bytes);
	}
	return ret == 0 ? gather(s, IPSET_CMD_ADD) : ret;
}

int session_delete(struct session *s, const char *name, enum firewall_family family, const struct addr *net)
{
	int ret = put_net(s, name, family, net);

	return ret == 0 ? gather(s, IPSET_CMD_DEL) : ret;
}

int session_send(struct session *s)
{
	return ipset_commit(s->ipset) < 0 ? failed(s) : 0;
}
