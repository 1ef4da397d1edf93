/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * diff: what the last change did to the blacklist.
 *
 * Compares the former version, which every change keeps beside the file, with the file as it is. What the first
 * change made had no former version: all of it is new. Only reads, and asks for no lock: a file that is being
 * replaced is its old version or its new one.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "app/config.h"
#include "base/file.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "report/diff.h"
#include "report/text.h"

static int read_version(const char *path, struct buf *text, bool may_be_missing)
{
	int ret = file_read(path, text);

	if (ret == -ENOENT && may_be_missing)
		return 0;
	if (ret < 0)
		msg("%s: cannot be read: %s%s", path, strerror(-ret),
		    ret == -ENOENT ? "; there is something to compare once there is a blacklist" : "");
	return ret;
}

static int compare(const struct config *config, const struct options *options)
{
	struct buf former = { 0 }, old_text = { 0 }, new_text = { 0 }, out = { 0 };
	int ret = EXIT_NOTHING;

	buf_addf(&former, "%s.1", config->blacklist);
	if (read_version(config->blacklist, &new_text, false) == 0 &&
	    read_version(buf_text(&former), &old_text, true) == 0) {
		diff_unified(&out, former.ptr, (struct span){ old_text.ptr, old_text.len }, config->blacklist,
			     (struct span){ new_text.ptr, new_text.len }, options_color(options));
		text_print(&out);
		ret = EXIT_ALL_WELL;
	}
	buf_free(&former);
	buf_free(&old_text);
	buf_free(&new_text);
	buf_free(&out);
	return ret;
}

const struct command command_diff = {
	.name = "diff",
	.synopsis = "",
	.summary = "show what the last change did to the blacklist",
	.details = "Prints the unified diff from the former version (blacklist.1) to the blacklist.",
	.options = " config blacklist color ",
	.max_args = 0,
	.run = compare,
};
