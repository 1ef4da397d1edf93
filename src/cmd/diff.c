/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff: shows what the last changes did to the blacklist.
 *
 * Every change keeps the former version beside the file. Compares such a version with the file as it is. Before the
 * first change there was no version, so all lines are new. Only reads, and takes no lock: a file that is just replaced
 * is either the old version or the new one.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/config.h"
#include "base/file.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "list/blacklist.h"
#include "report/diff.h"
#include "report/text.h"

static int read_version(const char *path, struct buf *text, bool may_be_missing)
{
	int ret = file_read(path, text);

	if (ret == -ENOENT && may_be_missing)
		return 0;
	if (ret < 0)
		msg("%s: cannot be read: %s%s", path, file_why(ret),
		    ret == -ENOENT ? "; there is nothing to compare it with" : "");
	return ret;
}

/* The number of the version that was the blacklist at a time, in seconds since the epoch: the latest version written
 * before; 0 for the blacklist as it is. Where all are later, the oldest version that is kept. */
static unsigned version_at(const char *path, int64_t since)
{
	unsigned found = 1;

	for (unsigned n = 0; n <= BLACKLIST_FORMERS; n++) {
		FREED_BY(mem_free) char *name = blacklist_former(path, n);
		struct file_look look;
		bool there = file_look(name, &look);

		if (!there)
			break;
		found = n;
		if (look.written / 1000000000 <= since)
			return n;
	}
	return found > 0 ? found : 1;
}

/* Finds the number of the version that the options name. Returns EXIT_ALL_WELL, or EXIT_USAGE after a message. */
static int find_version(const struct config *config, const struct options *options, unsigned *n)
{
	int64_t since;

	*n = 1;
	if (config_since(options->since, &since) != EXIT_ALL_WELL)
		return EXIT_USAGE;
	if (options->since != NULL && options->arg_count > 0) {
		msg("diff: --since and a number of changes name two versions; write one of them");
		return EXIT_USAGE;
	}
	if (options->since != NULL)
		*n = version_at(config->blacklist, since);
	if (options->arg_count > 0 &&
	    (strspn(options->args[0], "0123456789") != strlen(options->args[0]) ||
	     sscanf(options->args[0], "%3u", n) != 1 || *n < 1 || *n > BLACKLIST_FORMERS)) {
		msg("diff: %s is no version; write how many changes ago, 1 to %d", options->args[0], BLACKLIST_FORMERS);
		return EXIT_USAGE;
	}
	return EXIT_ALL_WELL;
}

static int compare(const struct config *config, unsigned version, bool color)
{
	FREED_BY(buf_free) struct buf name = { 0 }, old_text = { 0 }, new_text = { 0 }, out = { 0 };
	FREED_BY(mem_free) char *former = blacklist_former(config->blacklist, version);
	int ret = EXIT_NOTHING;

	buf_addf(&name, "%s.%u", config->blacklist, version);
	if (read_version(config->blacklist, &new_text, false) == 0 &&
	    read_version(former, &old_text, version == 1) == 0) {
		diff_unified(&out, buf_text(&name), buf_span(&old_text), config->blacklist, buf_span(&new_text), color);
		text_print(&out);
		ret = EXIT_ALL_WELL;
	}
	return ret;
}

static int run(const struct config *config, const struct options *options)
{
	unsigned version;
	int ret = find_version(config, options, &version);

	/* 0: the blacklist itself stood then, and nothing has changed since */
	if (ret == EXIT_ALL_WELL && version > 0)
		ret = compare(config, version, options_color(options));
	return ret;
}

const struct command command_diff = {
	.name = "diff",
	.synopsis = "[N]",
	.summary = "show what the last changes did to the blacklist",
	.details =
	"Prints the unified diff from a former version to the blacklist: the last one (blacklist.1), that of N\n"
	"changes ago, or with --since the one that stood then; nothing where the blacklist is older. Ten are kept.",
	.options = " config blacklist color since ",
	.max_args = 1,
	.run = run,
};
