/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disallow: a person takes a line out of the allowlist.
 *
 * Takes out the lines that have exactly the addresses, networks or names: all of them, or none where one has no line.
 * This bans nobody: only later evidence counts.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>

#include "app/edit.h"
#include "base/msg.h"
#include "cmd/commands.h"

/* Whether the line's first word is the address, network or name that was asked for. */
static bool is_about(const char *line, size_t len, const char *asked)
{
	size_t blank = 0, word;
	struct addr own, other;

	while (blank < len && (line[blank] == ' ' || line[blank] == '\t'))
		blank++;
	for (word = blank; word < len && strchr(" \t\r#", line[word]) == NULL; word++)
		;
	if (addr_parse_net(&own, line + blank, word - blank) && addr_parse_net(&other, asked, strlen(asked)))
		return addr_equal(&own, &other);
	return word - blank == strlen(asked) && strncasecmp(line + blank, asked, word - blank) == 0;
}

static size_t take_out(const struct buf *text, const char *asked, struct buf *kept)
{
	const char *at = text->ptr, *end = text->ptr + text->len;
	size_t count = 0;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		size_t len = newline != NULL ? (size_t)(newline - at) + 1 : (size_t)(end - at);

		if (is_about(at, len - (newline != NULL), asked))
			count++;
		else
			buf_add(kept, at, len);
		at += len;
	}
	return count;
}

/* Takes the lines about all arguments out of the text; false after saying about which argument there is none. */
static bool take_all_out(struct edit *edit, struct buf *text)
{
	const struct options *options = edit->options;

	for (int i = 0; i < options->arg_count; i++) {
		struct buf kept = { 0 };

		if (take_out(text, options->args[i], &kept) == 0) {
			msg("%s: no line of %s is about it; mailban allow lists them", options->args[i],
			    edit->config->allow);
			buf_free(&kept);
			return false;
		}
		buf_free(text);
		*text = kept;
		edit_say(edit, "%s is not allowed any more", options->args[i]);
	}
	return true;
}

/* Replaces the file once all arguments are out. Returns as edit_replace_allow(), or -1 after saying what is wrong. */
static int disallow(struct edit *edit)
{
	const char *path = edit->config->allow;
	struct file_look before = { 0 };
	FREED_BY(buf_free) struct buf text = { 0 };
	int ret;

	(void)file_look(path, &before);
	ret = file_read(path, &text);
	if (ret < 0 && ret != -ENOENT)
		msg("%s: the allowlist cannot be read: %s", path, strerror(-ret));
	else
		ret = take_all_out(edit, &text) ? edit_replace_allow(edit, &text, &before) : -1;
	return ret;
}

/* The work after the file is replaced. Returns an exit status; what fails from here on is a part. */
static int commit(struct edit *edit)
{
	int ret = edit_commit(edit);

	if (ret != EXIT_NOTHING)
		return ret;
	msg("%s: has no such line any more all the same; mailban sync does the rest", edit->config->allow);
	return EXIT_IN_PART;
}

static int run(const struct config *config, const struct options *options)
{
	FREED_BY(edit_end) struct edit edit = { .lock.fd = -1 };
	int ret = edit_begin(&edit, "disallow", config, options), replaced;

	if (ret != EXIT_ALL_WELL)
		return ret;
	replaced = disallow(&edit);
	if (replaced < 0)
		return EXIT_NOTHING;
	return !options->dry_run && (commit(&edit) != EXIT_ALL_WELL || replaced > 0) ? EXIT_IN_PART : EXIT_ALL_WELL;
}

const struct command command_disallow = {
	.name = "disallow",
	.synopsis = "ADDR|NET|NAME...",
	.summary = "take lines out of the allowlist",
	.details =
	"Takes out the lines that are about exactly that, or none where one of the arguments has no line. Nobody\n"
	"is banned by it.",
	.options = " config dry-run quiet blacklist state allow no-sync color ",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
