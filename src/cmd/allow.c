/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * allow: a person puts an address or a network on the allowlist.
 *
 * Adds a line to the file and takes the address out of the blacklist and the sets at once: entries inside it
 * leave, a network around it is split. The allowlist is written first: whatever fails then, the next run
 * knows. What stands in the file is never rewritten.
 */
#include <string.h>

#include "app/edit.h"
#include "app/fleet_left.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "list/blacklist.h"
#include "list/split.h"

/* Reads the file both as bytes and as a list. Returns 0, or -1 after saying what is wrong. */
static int read_file(const char *path, struct buf *text, struct allow *allow)
{
	if (allow_read_file_text(allow, path, text) < 0)
		return -1;
	netset_finish(&allow->nets);
	if (text->len > 0 && text->ptr[text->len - 1] != '\n')
		buf_add_char(text, '\n');
	return 0;
}

static int write_file(struct edit *edit, const struct buf *text, const struct file_look *before)
{
	const char *path = edit->config->allow;
	struct file_look now = { 0 };
	int ret;

	if (edit->options->dry_run) {
		edit_print_difference(edit->options, path, (struct span){ text->ptr, text->len });
		return 0;
	}
	/* an editor knows no lock */
	(void)file_look(path, &now);
	if (!file_looks_same(&now, before)) {
		msg("%s: was changed by somebody else meanwhile, and is left so; try again", path);
		return -1;
	}
	ret = file_replace(path, text->ptr, text->len, 1);
	if (ret < 0)
		msg("%s: cannot be written: %s; it is as it was", path, strerror(-ret));
	(void)file_tell_unsure(path, ret);
	return ret;
}

/* Adds the line, unless the file allows the address already; *added says which. Returns an exit status. */
static int add_line(struct edit *edit, const struct addr *net, const char *name, struct span note, bool *added)
{
	const struct ban entry = { .net = *net, .person = true };
	struct file_look before = { 0 };
	struct allow allow = { 0 };
	struct buf text = { 0 };
	int ret;

	(void)file_look(edit->config->allow, &before);
	ret = read_file(edit->config->allow, &text, &allow) < 0 ? EXIT_USAGE : EXIT_ALL_WELL;

	if (ret == EXIT_ALL_WELL && netset_contains(&allow.nets, net)) {
		edit_say(edit, "%s is on the allowlist already", name);
	} else if (ret == EXIT_ALL_WELL) {
		blacklist_add_line(&text, &entry, note);
		buf_add_char(&text, '\n');
		if (write_file(edit, &text, &before) < 0)
			ret = EXIT_NOTHING;
		else
			edit_say(edit, "allowed %s", name);
		*added = ret == EXIT_ALL_WELL;
	}
	allow_free(&allow);
	buf_free(&text);
	return ret;
}

static int run(const struct config *config, const struct options *options)
{
	struct split split;
	struct edit edit;
	struct buf note = { 0 };
	struct addr net;
	char name[ADDR_TEXT_MAX];
	bool added = false;
	int ret = edit_begin(&edit, "allow", config, options);

	if (ret != EXIT_ALL_WELL)
		goto cleanup;
	ret = EXIT_USAGE;
	if (!edit_parse_net(&net, options->args[0]) ||
	    !edit_join_note(&note, options->args + 1, options->arg_count - 1))
		goto cleanup;
	addr_format(name, &net);
	ret = EXIT_NOTHING;
	if (edit_too_wide(&edit, &net))
		goto cleanup;
	ret = add_line(&edit, &net, name, (struct span){ note.ptr, note.len }, &added);
	if (ret == EXIT_ALL_WELL) {
		split_out(&edit.list, &net, &split);
		edit_say_split(&edit, &split, name);
		split_free(&split);
		ret = edit_commit(&edit);
		if (ret == EXIT_NOTHING && added) {
			msg("%s: allows %s all the same; try again, so that its bans are lifted", config->allow, name);
			ret = EXIT_IN_PART;
		} else if (fleet_left(&edit, &net, name) != EXIT_ALL_WELL) {
			ret = EXIT_IN_PART;
		}
	}
cleanup:
	buf_free(&note);
	edit_end(&edit);
	return ret;
}

const struct command command_allow = {
	.name = "allow",
	.synopsis = "ADDR|NET [NOTE...]",
	.summary = "never ban an address or a network, and unban it now",
	.details =
	"Adds a line to the allowlist, and makes the file where there is none. Bans inside it are lifted at once,\n"
	"in the blacklist and the sets; a banned network around it is split.",
	.options = " config dry-run quiet blacklist allow no-sync force color ",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
