/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * sync: makes the sets in the kernel equal to the blacklist.
 *
 * For the boot, and for a person who has edited the blacklist. Reads the blacklist under its lock, so that no run
 * writes the blacklist meanwhile. Writes no file.
 */
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "app/config.h"
#include "app/exempt.h"
#include "app/kernel.h"
#include "app/lock.h"
#include "base/file.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "list/blacklist.h"

/* Whether any set was changed, though the other one may have failed. */
static bool did_something(const struct firewall_report *report)
{
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		const struct firewall_change *c = &report->changes[f];

		if (c->created || c->replaced || c->added + c->removed + c->renewed > 0)
			return true;
	}
	return false;
}

/* Where the blacklist has an error and the sets are empty, as at boot, the former blacklist serves meanwhile. A typing
 * mistake must not let everybody in. Returns whether the former blacklist serves. */
static bool take_former(const struct config *config, const struct firewall *fw, struct banlist *bans)
{
	char *path;
	bool taken = false;

	if (fw->sets[FIREWALL_V4].count + fw->sets[FIREWALL_V6].count > 0)
		return false;
	path = blacklist_former(config->blacklist, 1);
	if (access(path, F_OK) == 0 && file_is_own(path, NULL) && blacklist_read(path, bans) == 0) {
		msg("%s: the list before is used until the line is mended", path);
		taken = true;
	}
	free(path);
	return taken;
}

static int keep_rule(const struct config *config, const struct options *options, const struct firewall *fw,
		     const struct firewall_report *report)
{
	/* with --quiet nobody wants to hear that no rule was ever asked for */
	if (options->dry_run || (options->quiet && !rule_is_wanted(config)))
		return 0;
	return kernel_keep_rule(config, fw, report);
}

static int synchronise(const struct config *config, const struct options *options)
{
	FREED_BY(allow_free) struct allow allow = { 0 };
	FREED_BY(exempt_free) struct exempt exempt = { .config = config, .allow = &allow, .now = time(NULL),
						       .force = options->force, .as_read = true };
	FREED_BY(firewall_report_free) struct firewall_report report = { 0 };
	FREED_BY(banlist_free) struct banlist bans = { 0 };
	FREED_BY(firewall_free) struct firewall fw = { 0 };
	bool former = false;
	int ret, read;

	ret = blacklist_read(config->blacklist, &bans);
	read = kernel_read(&fw, config);
	if (ret < 0 && read == 0)
		former = take_former(config, &fw, &bans);
	if (ret == 0 || former)
		ret = read;
	if (ret == 0)
		ret = kernel_refuse_missing(config, &fw);
	if (ret == 0)
		ret = config_gather_allow(config, &allow);
	if (ret == 0)
		ret = kernel_sync(&fw, exempt_leave_out(&exempt, &bans), exempt.now, options->dry_run, &report);
	/* the person who named the missing blacklist may have mistyped its name */
	if (ret == 0 && options->blacklist != NULL && access(config->blacklist, F_OK) < 0)
		msg("%s: is not there, so that the sets are empty; see its name", config->blacklist);
	if (ret == 0 && options->dry_run)
		kernel_print_difference(&fw, &report);
	if (ret == 0 && !options->quiet)
		kernel_print_summary(&fw, &report, options->verbose);
	if (ret != 0)
		ret = did_something(&report) ? EXIT_IN_PART : EXIT_NOTHING;
	else if (keep_rule(config, options, &fw, &report) < 0 || former || exempt.left_out || report.refused > 0)
		ret = EXIT_IN_PART;
	return ret;
}

static int run(const struct config *config, const struct options *options)
{
	struct file_lock lock = { .fd = -1 };
	int ret = lock_blacklist(&lock, config, options, "sync", false);

	if (ret == EXIT_ALL_WELL)
		ret = synchronise(config, options);
	file_unlock(&lock);
	return ret;
}

const struct command command_sync = {
	.name = "sync",
	.synopsis = "",
	.summary = "make the sets in the kernel equal to the blacklist",
	.details =
	"Sends only the difference: entries that stay keep their counters. With --dry-run it prints what\n"
	"would come and go. Whatever is allowed, and a network wider than max-prefix, does not come into the set,\n"
	"which is told with the line, and exits with 1; with --force wide ones do. It needs root, or CAP_NET_ADMIN.",
	.options = " config dry-run quiet verbose blacklist allow force ",
	.max_args = 0,
	.run = run,
};
