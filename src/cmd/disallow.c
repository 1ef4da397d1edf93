/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * disallow: a person takes a line out of the allowlist.
 *
 * Takes out the line that has exactly the address, network or name. This bans nobody: only later evidence counts.
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

static int disallow(struct edit *edit, const char *asked)
{
	const char *path = edit->config->allow;
	struct buf text = { 0 }, kept = { 0 };
	struct file_look before = { 0 };
	int ret;

	(void)file_look(path, &before);
	ret = file_read(path, &text);
	if (ret < 0 && ret != -ENOENT) {
		msg("%s: the allowlist cannot be read: %s", path, strerror(-ret));
		ret = EXIT_NOTHING;
	} else if (take_out(&text, asked, &kept) == 0) {
		msg("%s: no line of %s is about it; mailban allow lists them", asked, path);
		ret = EXIT_NOTHING;
	} else {
		ret = edit_replace_allow(edit, &kept, &before);
		if (ret >= 0)
			edit_say(edit, "%s is not allowed any more", asked);
		ret = ret < 0 ? EXIT_NOTHING : ret > 0 ? EXIT_IN_PART : EXIT_ALL_WELL;
	}
	buf_free(&text);
	buf_free(&kept);
	return ret;
}

static int run(const struct config *config, const struct options *options)
{
	struct edit edit;
	int ret = edit_begin(&edit, "disallow", config, options);

	for (int i = 0; i < options->arg_count && ret == EXIT_ALL_WELL; i++)
		ret = disallow(&edit, options->args[i]);
	if (ret == EXIT_ALL_WELL && !options->dry_run)
		ret = edit_commit(&edit);
	edit_end(&edit);
	return ret;
}

const struct command command_disallow = {
	.name = "disallow",
	.synopsis = "ADDR|NET|NAME...",
	.summary = "take lines out of the allowlist",
	.details = "Takes out the lines that are about exactly that. Nobody is banned by it.",
	.options = " config dry-run quiet blacklist allow no-sync color ",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
