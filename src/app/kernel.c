/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * kernel: the work that all commands share that read or change the sets in the kernel.
 *
 * Turns the sentences of firewall/firewall into diagnostics and its reports into lines. Decides nothing: each
 * command chooses its exit status for an error. mailban-firewall keeps the rule that drops what the sets hold. Its
 * environment tells it the settings, so that it need not ask mailban for them.
 */
#include "app/kernel.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/exempt.h"
#include "base/command.h"
#include "base/file.h"
#include "base/msg.h"

int kernel_try_read(struct firewall *fw, const struct config *config, struct buf *why)
{
	return firewall_read(fw, &(struct firewall_names){ { config->set4, config->set6 }, config->backend }, why);
}

int kernel_read(struct firewall *fw, const struct config *config)
{
	FREED_BY(buf_free) struct buf error = { 0 };
	int ret = kernel_try_read(fw, config, &error);

	if (ret < 0)
		msg("%s", buf_text(&error));
	return ret;
}

int kernel_refuse_missing(const struct config *config, const struct firewall *fw)
{
	size_t count = fw->sets[FIREWALL_V4].count + fw->sets[FIREWALL_V6].count;

	if (count == 0 || access(config->blacklist, F_OK) == 0)
		return 0;
	msg("there is no blacklist %s, and the sets hold %zu entries; make an empty file to let them all go",
	    config->blacklist, count);
	return -1;
}

bool kernel_holds(const struct config *config, const struct addr *net)
{
	FREED_BY(buf_free) struct buf ignored = { 0 };
	FREED_BY(firewall_free) struct firewall fw = { 0 };

	return kernel_try_read(&fw, config, &ignored) == 0 && firewall_holds(&fw, net);
}

int kernel_ask_missing(const struct config *config)
{
	FREED_BY(buf_free) struct buf ignored = { 0 };
	FREED_BY(firewall_free) struct firewall fw = { 0 };

	if (access(config->blacklist, F_OK) == 0)
		return 0;
	/* sets that cannot be read are told by the code that changes them later */
	return kernel_try_read(&fw, config, &ignored) == 0 ? kernel_refuse_missing(config, &fw) : 0;
}

int kernel_sync(struct firewall *fw, const struct banlist *bans, int64_t now, bool dry_run,
		struct firewall_report *report)
{
	FREED_BY(buf_free) struct buf error = { 0 };
	int ret = firewall_sync(fw, bans, now, dry_run, report, &error);

	if (ret < 0)
		msg("%s", buf_text(&error));
	if (report->refused > 0)
		msg("%zu networks of the blacklist are left out of the sets: nftables takes no more than %d of a "
		    "family in reasonable time; take them together, or use ipset",
		    report->refused, FIREWALL_NETWORKS_MAX);
	return ret;
}

int kernel_update(const struct config *config, const struct banlist *bans, int64_t now, bool force)
{
	FREED_BY(allow_free) struct allow allow = { .again = true };
	FREED_BY(exempt_free) struct exempt exempt = { .config = config, .allow = &allow, .now = now, .force = force };
	FREED_BY(firewall_report_free) struct firewall_report report = { 0 };
	FREED_BY(firewall_free) struct firewall fw = { 0 };
	int ret = kernel_read(&fw, config);

	if (ret == 0)
		ret = config_gather_allow(config, &allow);
	if (ret == 0)
		ret = kernel_sync(&fw, exempt_leave_out(&exempt, bans), now, false, &report);
	if (ret != 0)
		msg("%s is written, and the sets are not yet as it says; run: mailban sync", config->blacklist);
	else
		ret = kernel_keep_rule(config, &fw, &report);
	if (exempt.left_out || report.refused > 0)
		ret = -1;
	return ret < 0 ? -1 : 0;
}

/* ---- the rule ---- */

#define PROGRAM "mailban-firewall"

bool rule_is_wanted(const struct config *config)
{
	FREED_BY(mem_free) char *path = config_remembered(config);
	FREED_BY(buf_free) struct buf said = { 0 };
	struct span rest, line;
	bool wanted = false;

	/* a limit that was said without up asks for no rule; without the file the text is empty */
	(void)file_read(path, &said);
	rest = buf_span(&said);
	while (!wanted && span_take_line(&rest, &line))
		wanted = span_starts(line, "up ");
	return wanted;
}

const char *rule_command(const struct config *config)
{
	return rule_is_wanted(config) ? PROGRAM " again" : PROGRAM " up";
}

/* mailban-firewall is looked for beside mailban, not in PATH, for mailban may run as root. */
static void find_program(struct buf *path)
{
	const char *named = getenv("MAILBAN_FIREWALL");
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self));

	if (named != NULL && named[0] == '/') {
		buf_add_text(path, named);
		return;
	}
	while (len > 0 && self[len - 1] != '/')
		len--;
	if (len > 0) {
		buf_add(path, self, (size_t)len);
		buf_add_text(path, PROGRAM);
	}
}

static void tell_settings(const struct config *config)
{
	char *remembered = config_remembered(config), priority[24];

	snprintf(priority, sizeof(priority), "%" PRId64, config->nft_priority);
	setenv("MAILBAN_PRIORITY", priority, 1);
	setenv("MAILBAN_BACKEND", firewall_backend_name(firewall_choose(config->backend)), 1);
	setenv("MAILBAN_SET4", config->set4, 1);
	setenv("MAILBAN_SET6", config->set6, 1);
	setenv("MAILBAN_REMEMBERED", remembered, 1);
	/* else it would run mailban sync where there is no ipset */
	setenv("MAILBAN_HAS_SETS", "yes", 1);
	free(remembered);
}

int rule_run(const struct config *config, const char *word, struct buf *out)
{
	FREED_BY(buf_free) struct buf path = { 0 };
	int status = -1;

	find_program(&path);
	tell_settings(config);
	if (path.len > 0 && access(buf_text(&path), X_OK) == 0)
		status = command_perform((char *[]){ path.ptr, (char *)word, NULL }, out);
	return status;
}

static const char *unused_name(const struct firewall *fw, const struct firewall_report *report)
{
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		const struct firewall_change *c = &report->changes[f];

		if (fw->sets[f].references == 0 && c->added + c->renewed + c->kept > 0)
			return fw->sets[f].name;
	}
	return NULL;
}

/* Whether mailban-firewall says so, and the kernel as well. */
static bool put_back(const struct config *config, const struct firewall_report *report)
{
	FREED_BY(firewall_free) struct firewall fw = { 0 };
	FREED_BY(buf_free) struct buf out = { 0 };

	return rule_run(config, "again", &out) == 0 && kernel_read(&fw, config) == 0 &&
	       unused_name(&fw, report) == NULL;
}

int kernel_keep_rule(const struct config *config, const struct firewall *fw, const struct firewall_report *report)
{
	const char *name = unused_name(fw, report);

	if (name == NULL)
		return 0;
	if (!rule_is_wanted(config)) {
		msg("no rule uses the set %s, so that nothing is dropped; put one in place: mailban-firewall up", name);
		return -1;
	}
	if (put_back(config, report)) {
		msg("no rule used the set %s any more; mailban-firewall put it back", name);
		return 0;
	}
	msg("no rule uses the set %s any more, so that nothing is dropped, and it could not be put back; run: "
	    "mailban-firewall again", name);
	return -1;
}

static void print_entries(const struct firewall *fw, const char *word, const struct netset *nets)
{
	for (size_t i = 0; i < nets->count; i++) {
		const struct addr *net = &nets->nets[i];

		printf("%s %s %s\n", word, fw->sets[addr_is_v4(net) ? FIREWALL_V4 : FIREWALL_V6].name,
		       addr_text(net).text);
	}
}

void kernel_print_difference(const struct firewall *fw, const struct firewall_report *report)
{
	print_entries(fw, "del", &report->removed);
	print_entries(fw, "add", &report->added);
}

void kernel_print_summary(const struct firewall *fw, const struct firewall_report *report, bool all)
{
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		const struct firewall_change *c = &report->changes[f];

		if (!all && !c->created && !c->replaced && c->added + c->removed + c->renewed == 0)
			continue;
		printf("%s: %zu added, %zu removed, %zu renewed, %zu kept%s\n", fw->sets[f].name, c->added, c->removed,
		       c->renewed, c->kept, c->created ? "; created" : c->replaced ? "; replaced" : "");
	}
}
