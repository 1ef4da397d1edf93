/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * nftables: the sets as nftables has them, in mailban's own table; libnftables takes each change as a text.
 *
 * One transaction makes the table and its sets. Entries go in few large transactions, for libnftables reads all
 * networks of a set before it adds any. 65,000 networks took 2.9 s of processor in transactions of 10,000, and take 0.7
 * s in one. To set an entry's time anew, one transaction deletes it and adds it again with its counters: kernels before
 * 6.12 cannot change the time. scripts/firewall makes the rules. A transaction fails as a whole where one entry that it
 * deletes has just run out. It also fails where this namespace may not have a buffer that is large enough. Then each
 * half of it is tried.
 *
 * Messages without libnftables added a million entries in 3.4 s in place of 6.5 s. Reading took as long either way,
 * since the time is the kernel's. libnftables stays because the authors of nftables maintain it.
 */
#include "firewall/backend.h"

#if HAVE_LIBNFTABLES

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "firewall/netlink.h"
#include "firewall/nftables_inside.h"

#define SONAME "libnftables.so.1"

LIBRARY_NOTE(SONAME, "libnftables", "sets of nftables", "recommended");

enum { BLOCK = 100000 }; /* entries of a transaction */

/* One step of a change: deletes net where the set has it, then adds it where entry is not NULL. */
struct step {
	const struct addr *net;
	const struct plan_entry *entry;
	bool there;
};

struct change {
	struct nftables nft;
	const struct firewall_set *set;
	enum firewall_family family;
	struct buf commands, *error;
};

const struct nftables_part *nftables_parts(enum firewall_family family, size_t *count)
{
	static const struct nftables_part v4[] = { { "", ADDR_BITS }, { "-nets", 0 } };
	static const struct nftables_part v6[] = { { "", ADDR_BITS }, { "-64", 64 }, { "-nets", 0 } };

	*count = family == FIREWALL_V4 ? LENGTH_OF(v4) : LENGTH_OF(v6);
	return family == FIREWALL_V4 ? v4 : v6;
}

const struct nftables_part *nftables_part_of(const struct addr *net, enum firewall_family family)
{
	size_t count, i = 0;
	const struct nftables_part *parts = nftables_parts(family, &count);

	while (i < count - 1 && parts[i].prefix != net->prefix)
		i++;
	return &parts[i];
}

void nftables_name(char name[NFTABLES_NAME], const struct firewall_set *set, const struct nftables_part *part)
{
	snprintf(name, NFTABLES_NAME, "%.31s%s", set->name, part->ending);
}

const char *nftables_type(enum firewall_family family)
{
	return family == FIREWALL_V4 ? "ipv4_addr" : "ipv6_addr";
}

/* A host with ipset does not need libnftables, and every command would wait for it and its own libraries. */
static bool load(struct nftables *lib, struct buf *why)
{
	LIBRARY_LOAD(SONAME, LIBNFTABLES_FUNCTIONS);
	const char *error = found ? NULL : dlerror();

	if (!found)
		buf_add_text(why, error != NULL ? error : SONAME);
	return found;
}

int nftables_open(struct nftables *n, struct buf *error)
{
	size_t before = error->len;
	struct mnl_socket *netlink;

	buf_add_text(error, "the kernel's sets of nftables cannot be asked for without libnftables, which is not "
			    "installed: ");
	if (!load(n, error))
		return -ELIBACC;
	error->len = before;
	/* libnftables ends the program where it is given no socket */
	netlink = netlink_open();
	if (netlink == NULL)
		return -errno;
	mnl_socket_close(netlink);
	n->context = n->nft_ctx_new(NFT_CTX_DEFAULT);
	n->nft_ctx_buffer_output(n->context);
	n->nft_ctx_buffer_error(n->context);
	return 0;
}

void nftables_close(struct nftables *n)
{
	if (n->context != NULL)
		n->nft_ctx_free(n->context);
}

/* The errno of an error. libnftables tells it in words alone: those of strerror(3), and some of its own. */
static int error_of(struct span words)
{
	static const int errors[] = { EPERM, ENOENT, EEXIST, ENOTEMPTY, EMSGSIZE, EOPNOTSUPP, EPROTONOSUPPORT,
				      EAFNOSUPPORT };

	for (size_t i = 0; i < LENGTH_OF(errors); i++) {
		if (span_holds(words, strerror(errors[i])))
			return -errors[i];
	}
	if (span_holds(words, "element does not exist"))
		return -ENOENT;
	return span_holds(words, "interval overlaps") ? -EEXIST : -EPROTO;
}

int nftables_run(struct nftables *n, const char *commands, struct span *said)
{
	int ret = n->nft_run_cmd_from_buffer(n->context, commands);
	/* both buffers are fetched each time, for libnftables puts unfetched text in front of the next text */
	const char *output = n->nft_ctx_get_output_buffer(n->context);
	const char *error = n->nft_ctx_get_error_buffer(n->context);
	const char *words = strstr(error, "Error: ");

	*said = (struct span){ output, strlen(output) };
	if (ret == 0)
		return 0;
	words = words == NULL ? error : words + strlen("Error: ");
	*said = (struct span){ words, strcspn(words, "\n") };
	return error_of(*said);
}

static int run(struct change *c)
{
	struct span words;
	int ret = nftables_run(&c->nft, buf_text(&c->commands), &words);

	if (ret == -EPERM)
		buf_add_text(c->error, "no permission");
	else if (ret == -EEXIST || ret == -ENOTEMPTY)
		buf_add_text(c->error, "somebody put an element there that overlaps a network of the blacklist; "
				       "delete it, or the table mailban as a whole");
	else if (ret < 0)
		buf_add_span(c->error, words);
	return ret;
}

/* Makes the table and its sets. To make a set that exists is no error, and each that exists is of the right kind. */
static int make_sets(struct change *c)
{
	size_t count;
	const struct nftables_part *parts = nftables_parts(c->family, &count);
	char name[NFTABLES_NAME];

	buf_add_text(&c->commands, "add table " NFTABLES_TABLE "\n");
	for (size_t i = 0; i < count; i++) {
		nftables_name(name, c->set, &parts[i]);
		buf_addf(&c->commands, "add set " NFTABLES_TABLE " %s { type %s; flags %stimeout; counter; }\n", name,
			 nftables_type(c->family), parts[i].prefix == 0 ? "interval, " : "");
	}
	return run(c);
}

/* Adds the key of net. A hash holds the first address of each network. */
static void add_key(struct buf *out, const struct addr *net, const struct nftables_part *part)
{
	struct addr key = *net;

	if (part->prefix != 0)
		key.prefix = ADDR_BITS;
	addr_add_to(out, &key);
}

static void add_entry(struct buf *out, const struct plan_entry *e)
{
	if (e->former != NULL)
		buf_addf(out, " counter packets %" PRIu64 " bytes %" PRIu64, e->former->packets, e->former->bytes);
	if (e->timeout > 0)
		buf_addf(out, " timeout %" PRIu32 "s", e->timeout);
}

/* One command for all elements of one part that the steps add, or delete; nothing where there are none. */
static void add_elements(struct change *c, const char *verb, const struct nftables_part *part,
			 const struct step *steps, size_t count)
{
	bool adds = *verb == 'a';
	size_t before = c->commands.len, first;
	char name[NFTABLES_NAME];

	nftables_name(name, c->set, part);
	buf_addf(&c->commands, "%s element " NFTABLES_TABLE " %s {", verb, name);
	first = c->commands.len;
	for (size_t i = 0; i < count; i++) {
		const struct step *s = &steps[i];

		if ((adds ? s->entry == NULL : !s->there) || nftables_part_of(s->net, c->family) != part)
			continue;
		buf_add_text(&c->commands, c->commands.len == first ? " " : ", ");
		add_key(&c->commands, s->net, part);
		if (adds)
			add_entry(&c->commands, s->entry);
	}
	if (c->commands.len == first)
		c->commands.len = before;
	else
		buf_add_text(&c->commands, " }\n");
}

static int send_block(struct change *c, struct step *steps, size_t count)
{
	size_t parts_count, before = c->error->len;
	const struct nftables_part *parts = nftables_parts(c->family, &parts_count);
	int ret;

	buf_clear(&c->commands);
	for (size_t i = 0; i < parts_count; i++)
		add_elements(c, "delete", &parts[i], steps, count);
	for (size_t i = 0; i < parts_count; i++)
		add_elements(c, "add", &parts[i], steps, count);
	ret = run(c);
	if ((ret != -ENOENT && ret != -EMSGSIZE) || (count == 1 && !steps->there))
		return ret;
	c->error->len = before;
	if (count == 1) {
		steps->there = false;
		return steps->entry == NULL ? 0 : send_block(c, steps, count);
	}
	ret = send_block(c, steps, count / 2);
	return ret == 0 ? send_block(c, steps + count / 2, count - count / 2) : ret;
}

static size_t list_steps(struct step *steps, const struct plan *plan)
{
	size_t n = 0;

	/* entries that go are deleted first, for new ones may overlap them */
	for (size_t i = 0; i < plan->gone_count; i++)
		steps[n++] = (struct step){ &plan->gone[i]->net, NULL, true };
	for (size_t i = 0; i < plan->count; i++) {
		const struct plan_entry *e = &plan->entries[i];

		if (e->action != PLAN_KEEP)
			steps[n++] = (struct step){ &e->net, e, e->action == PLAN_RENEW };
	}
	return n;
}

static int send_all(struct change *c, const struct plan *plan)
{
	FREED_BY(mem_free) struct step *steps = mem_alloc(plan->gone_count + plan->count + 1, sizeof(*steps));
	size_t count = list_steps(steps, plan);
	int ret = 0;

	for (size_t i = 0; i < count && ret == 0; i += BLOCK)
		ret = send_block(c, steps + i, count - i < BLOCK ? count - i : BLOCK);
	return ret;
}

int nftables_apply(const struct firewall_set *set, enum firewall_family family, const struct plan *plan,
		   struct buf *error)
{
	struct change c = { .set = set, .family = family, .error = error };
	int ret;

	if (!set->right_kind) {
		buf_add_text(error, "the table " NFTABLES_TABLE
				    " has a set of that name that is of another kind; delete the table (nft delete "
				    "table " NFTABLES_TABLE "), synchronise, and put the rule in place again");
		return -EEXIST;
	}
	ret = nftables_open(&c.nft, error);
	if (ret < 0 && ret != -ELIBACC)
		buf_add_text(error, strerror(-ret));
	if (ret == 0 && !set->exists)
		ret = make_sets(&c);
	if (ret == 0)
		ret = send_all(&c, plan);
	nftables_close(&c.nft);
	buf_free(&c.commands);
	return ret;
}

#else

#include <errno.h>

static int refuse(struct buf *error)
{
	buf_add_text(error, "this mailban was built without libnftables; take backend = \"ipset\"");
	return -EPROTONOSUPPORT;
}

int nftables_read(struct firewall_set sets[FIREWALL_FAMILIES], struct buf *error)
{
	(void)sets;
	return refuse(error);
}

int nftables_apply(const struct firewall_set *set, enum firewall_family family, const struct plan *plan,
		   struct buf *error)
{
	(void)set;
	(void)family;
	(void)plan;
	return refuse(error);
}

#endif
