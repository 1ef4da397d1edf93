/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * session: libipset, for making, swapping, renaming and destroying sets.
 *
 * libipset knows which revision of a type the kernel has, and what the kernel's errors mean. Its parser is not used,
 * for the parser's handlers exit; so no text is made or read. The entries of a set are sent by batch. Nothing here
 * decides what to send, and nothing is printed; libipset's words for an error are handed on.
 */
#include "firewall/session.h"

#include <errno.h>
#include <libipset/data.h>
#include <libipset/linux_ip_set.h>
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

/* Adds libipset's words for an error, without their first words, which tell a person nothing. */
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

/* Some versions of libipset copy as many bytes as the longest possible name has. */
static int set_text(struct session *s, enum ipset_opt option, const char *text)
{
	char room[IPSET_MAXNAMELEN] = "";
	size_t len = strnlen(text, sizeof(room) - 1);

	memcpy(room, text, len);
	return set(s, option, room);
}

static int command(struct session *s, enum ipset_cmd cmd)
{
	return ipset_cmd(s->ipset, cmd, 0) < 0 ? failed(s) : 0;
}

int session_create(struct session *s, const char *name, enum firewall_family family, const struct plan *plan)
{
	uint8_t nfproto = family == FIREWALL_V4 ? NFPROTO_IPV4 : NFPROTO_IPV6;
	uint32_t timeout = 0;
	int ret;

	ret = set_text(s, IPSET_SETNAME, name);
	if (ret == 0)
		ret = set_text(s, IPSET_OPT_TYPENAME, "hash:net");
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
	int ret = set_text(s, IPSET_SETNAME, name);

	return ret == 0 ? command(s, IPSET_CMD_DESTROY) : ret;
}

static int with_two_names(struct session *s, enum ipset_cmd cmd, const char *first, const char *second)
{
	int ret = set_text(s, IPSET_SETNAME, first);

	if (ret == 0)
		ret = set_text(s, IPSET_OPT_SETNAME2, second);
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
