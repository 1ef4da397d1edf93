/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * export: prints the blacklist for other programs.
 *
 * Prints the entries that are not over, in the form of another tool. That is bare addresses (pf tables, iprange, other
 * lists), ipset restore, an nftables file, or a Postfix cidr table. Only reads. The output has only addresses and
 * times; no note gets into another program's file.
 */
#include <errno.h>
#include <signal.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "addr/netset.h"
#include "app/config.h"
#include "base/msg.h"
#include "base/near.h"
#include "cmd/commands.h"
#include "firewall/plan.h"
#include "list/blacklist.h"
#include "report/text.h"

/* The input of the writers, and whether one failed. */
struct writing {
	struct buf out;
	const struct config *config;
	const struct banlist *list; /* the bans that are not over */
	int64_t now;                /* seconds since the epoch */
	bool failed;                /* a message has said so */
};

static void add_entry(struct writing *w, const struct addr *net, const char *behind)
{
	addr_add_to(&w->out, net);
	buf_add_text(&w->out, behind);
}

static void write_plain(struct writing *w)
{
	for (size_t i = 0; i < w->list->count; i++)
		add_entry(w, &w->list->bans[i].net, "\n");
}

/* Writes the banned addresses in the fewest networks. */
static void write_collapsed(struct writing *w)
{
	FREED_BY(netset_free) struct netset set = { 0 };

	for (size_t i = 0; i < w->list->count; i++)
		netset_add(&set, &w->list->bans[i].net);
	netset_collapse(&set);
	for (size_t i = 0; i < set.count; i++)
		add_entry(w, &set.nets[i], "\n");
}

static void write_ipset_family(struct writing *w, bool v4, const char *name)
{
	size_t count = 0, hash_size = 1024;

	for (size_t i = 0; i < w->list->count; i++)
		count += addr_is_v4(&w->list->bans[i].net) == v4;
	while (hash_size < count)
		hash_size *= 2;
	buf_addf(&w->out, "create -exist %s hash:net family %s hashsize %zu maxelem %zu timeout 0 counters\nflush %s\n",
		 name, v4 ? "inet" : "inet6", hash_size, count > 65536 ? count : 65536, name);
	for (size_t i = 0; i < w->list->count; i++) {
		const struct ban *ban = &w->list->bans[i];

		if (addr_is_v4(&ban->net) != v4)
			continue;
		buf_addf(&w->out, "add %s ", name);
		addr_add_to(&w->out, &ban->net);
		buf_addf(&w->out, " timeout %" PRIu32 "\n", plan_timeout(ban, w->now));
	}
}

static void write_ipset(struct writing *w)
{
	write_ipset_family(w, true, w->config->set4);
	write_ipset_family(w, false, w->config->set6);
}

/* Of some years nft says "value too large", and takes nothing of the table. */
static int64_t nft_timeout(int64_t left)
{
	const int64_t most = 365 * 86400;

	return left < most ? left : most;
}

/* An interval set holds no element inside another, so of nested entries only the widest is written. With auto-merge
 * neighbours would become one element, with the timeout of the first. */
static void write_nft_family(struct writing *w, bool v4)
{
	const struct ban *around = NULL;

	buf_addf(&w->out, "\tset banned%c {\n\t\ttype %s\n\t\tflags interval, timeout\n",
		 v4 ? '4' : '6', v4 ? "ipv4_addr" : "ipv6_addr");
	for (size_t i = 0; i < w->list->count; i++) {
		const struct ban *ban = &w->list->bans[i];

		if (addr_is_v4(&ban->net) != v4 || (around != NULL && addr_contains(&around->net, &ban->net)))
			continue;
		buf_add_text(&w->out, around == NULL ? "\t\telements = {\n\t\t\t" : ",\n\t\t\t");
		addr_add_to(&w->out, &ban->net);
		if (ban->until != WHEN_FOREVER)
			buf_addf(&w->out, " timeout %" PRId64 "s", nft_timeout(ban->until - w->now));
		around = ban;
	}
	buf_add_text(&w->out, around == NULL ? "\t}\n" : "\n\t\t}\n\t}\n");
}

/* Writes a whole table, which nft -f replaces in one step. */
static void write_nft(struct writing *w)
{
	buf_add_text(&w->out, "table inet mailban\ndelete table inet mailban\ntable inet mailban {\n");
	write_nft_family(w, true);
	write_nft_family(w, false);
	buf_add_text(&w->out, "\tchain input {\n\t\ttype filter hook input priority filter - 10; policy accept;\n"
			      "\t\tip saddr @banned4 counter drop\n\t\tip6 saddr @banned6 counter drop\n\t}\n}\n");
}

static void write_postfix(struct writing *w)
{
	for (size_t i = 0; i < w->list->count; i++)
		add_entry(w, &w->list->bans[i].net, " REJECT\n");
}

/* Writes the settings that mailban-firewall needs. */
static void write_firewall(struct writing *w)
{
	FREED_BY(mem_free) char *remembered = config_remembered(w->config);

	buf_addf(&w->out, "backend %s\nset4 %s\nset6 %s\nremembered %s\npriority %" PRId64 "\n",
		 firewall_backend_name(firewall_choose(w->config->backend)), w->config->set4, w->config->set6,
		 remembered, w->config->nft_priority);
}

/* Writes the allowed networks; none of them lies inside another. */
static void write_allowed(struct writing *w)
{
	FREED_BY(allow_free) struct allow allow = { 0 };

	w->failed = config_gather_allow(w->config, &allow) < 0;
	for (size_t i = 0; i < allow.nets.count && !w->failed; i++)
		add_entry(w, &allow.nets.nets[i], "\n");
}

static const struct format {
	const char *name;
	void (*write)(struct writing *w);
	bool alone;                 /* the format is not of the blacklist */
	const char *help;
} formats[] = {
	{ "plain", write_plain, false, "addresses, one a line: pf tables, iprange" },
	{ "collapsed", write_collapsed, false, "the same addresses in the fewest networks" },
	{ "ipset", write_ipset, false, "for ipset restore" },
	{ "nft", write_nft, false, "a table with its own rule, for nft -f" },
	{ "postfix", write_postfix, false, "a cidr table" },
	{ "allowed", write_allowed, true, "whoever is never banned" },
	{ "firewall", write_firewall, true, "what mailban-firewall has to know of the settings" },
};

static const struct format *find_format(const char *name)
{
	struct near near = { .word = name };
	FREED_BY(buf_free) struct buf names = { 0 };

	for (size_t i = 0; i < LENGTH_OF(formats); i++) {
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	}
	for (size_t i = 0; i < LENGTH_OF(formats); i++) {
		buf_addf(&names, "%s%s", i > 0 ? ", " : "", formats[i].name);
		near_try(&near, formats[i].name);
	}
	near_add(&near, &names);
	msg("there is no format %s; the formats are %s", name, buf_text(&names));
	return NULL;
}

static void print_formats(void)
{
	fputs("formats:\n", stdout);
	for (size_t i = 0; i < LENGTH_OF(formats); i++)
		printf("  %-9s  %s\n", formats[i].name, formats[i].help);
}

static void drop_what_is_over(struct banlist *list, int64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (list->bans[i].until > now)
			list->bans[kept++] = list->bans[i];
	}
	list->count = kept;
}

/* Runs the command with the text only once the text is whole, which a pipe of the shell cannot promise. */
static bool push(const char *command, const struct buf *text)
{
	FILE *to = popen(command, "w");
	bool written;
	int status;

	(void)signal(SIGPIPE, SIG_IGN);
	if (to == NULL) {
		msg("%s: cannot be started: %s", command, strerror(errno));
		return false;
	}
	written = text->len == 0 || fwrite(text->ptr, text->len, 1, to) == 1;
	status = pclose(to);
	if (written && status == 0)
		return true;
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		msg("%s: exits with %d; it may have taken a part or nothing", command, WEXITSTATUS(status));
	else
		msg("%s: did not take all of it", command);
	return false;
}

static int run(const struct config *config, const struct options *options)
{
	const struct format *format = find_format(options->args[0]);
	FREED_BY(banlist_free) struct banlist list = { 0 };
	struct writing w = { .config = config, .list = &list, .now = time(NULL) };

	if (format == NULL)
		return EXIT_USAGE;
	/* a text that a firewall loads must not be empty by a mistake */
	if (!format->alone && access(config->blacklist, F_OK) < 0 && errno == ENOENT) {
		msg("there is no blacklist %s; make an empty file where nobody is banned", config->blacklist);
		return EXIT_NOTHING;
	}
	if (!format->alone && blacklist_read(config->blacklist, &list) < 0)
		return EXIT_NOTHING;
	drop_what_is_over(&list, w.now);
	format->write(&w);
	if (options->push != NULL)
		w.failed = !push(options->push, &w.out) || w.failed;
	else
		text_print(&w.out);
	buf_free(&w.out);
	return w.failed ? EXIT_NOTHING : EXIT_ALL_WELL;
}

const struct command command_export = {
	.name = "export",
	.synopsis = "FORMAT",
	.summary = "print the blacklist for another program",
	.details =
	"Bans that are over are left out. A blacklist that is missing is an error. With --push the whole text\n"
	"goes to a shell command, or none of it: mailban export ipset --push 'ssh mx2 ipset restore'.",
	.print_words = print_formats,
	.options = " config blacklist allow push ",
	.min_args = 1,
	.max_args = 1,
	.run = run,
};
