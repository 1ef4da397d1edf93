/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * allow: a person puts an address or a network on the allowlist.
 *
 * Adds a line to the file, and takes the address out of the blacklist and the sets at once. Entries inside it leave, a
 * network around it is split. The allowlist is written first: whatever fails after that, the next run knows the line.
 * The file's other lines are never rewritten.
 */
#include <string.h>
#include <strings.h>

#include "app/edit.h"
#include "app/fleet_left.h"
#include "base/msg.h"
#include "base/when.h"
#include "cmd/commands.h"
#include "list/blacklist.h"
#include "list/split.h"
#include "report/text.h"

struct wish {
	const char *name;            /* a host's name, or the address's text */
	bool is_name;
	struct addr net;             /* of an address */
	char text[ADDR_TEXT_MAX];
	struct buf note;
	int64_t until;               /* when the line ends; WHEN_FOREVER: never */
};

/* Reads the file both as bytes and as a list. Returns 0, or -1 after saying what is wrong. */
static int read_file(const char *path, struct buf *text, struct allow *allow)
{
	if (allow_read_file(allow, path, text) < 0)
		return -1;
	if (text->len > 0 && text->ptr[text->len - 1] != '\n')
		buf_add_char(text, '\n');
	return 0;
}

/* Makes the note of the line: "until TIME", and the words of the command line. */
static int make_note(const struct edit *edit, struct wish *wish)
{
	const struct options *options = edit->options;
	struct buf *note = &wish->note;
	int64_t seconds;

	if (options->duration != NULL) {
		if (!when_parse_duration(options->duration, &seconds) || seconds < WHEN_MINUTE ||
		    seconds == WHEN_FOREVER) {
			msg("--for %s: is no length of time from 1m on; write 90m, 12h, 3d or 1w", options->duration);
			return EXIT_USAGE;
		}
		buf_add_text(note, "until ");
		when_add_minute(note, (edit->now + seconds + WHEN_MINUTE - 1) / WHEN_MINUTE * WHEN_MINUTE);
		buf_add_text(note, options->arg_count > 1 ? " " : "");
	}
	if (!edit_join_note(note, options->args + 1, options->arg_count - 1))
		return EXIT_USAGE;
	if (!allow_until(buf_span(note), &wish->until)) {
		msg("%s: is no time; write until 2026-12-24 or until 2026-12-24T18:00Z", buf_text(note));
		return EXIT_USAGE;
	}
	if (wish->until > edit->now)
		return EXIT_ALL_WELL;
	msg("%s: this time is over, and nobody would be allowed", buf_text(note));
	return EXIT_USAGE;
}

static void add_entry(struct buf *text, const struct wish *wish)
{
	const struct ban entry = { .net = wish->net, .person = true };
	struct span note = buf_span(&wish->note);

	if (wish->is_name)
		buf_addf(text, "%-24s%s%.*s", wish->name, note.len > 0 ? " # " : "", (int)note.len, note.ptr);
	else
		blacklist_add_line(text, &entry, note);
	buf_add_char(text, '\n');
}

static bool has_name(const struct allow *allow, const struct wish *wish)
{
	for (size_t i = 0; i < allow->name_count; i++) {
		if (strcasecmp(allow->names[i].text, wish->name) == 0)
			return allow->names[i].until >= wish->until;
	}
	return false;
}

/* Whether a line that lasts as long as the wish allows all of it. */
static bool is_allowed_already(const struct allow *allow, const struct wish *wish)
{
	if (wish->is_name)
		return has_name(allow, wish);
	for (size_t i = 0; i < allow->count; i++) {
		if (allow->entries[i].until >= wish->until && addr_contains(&allow->entries[i].net, &wish->net))
			return true;
	}
	return false;
}

/* Adds the line, unless the file allows the address for as long already; *added says which. Returns an exit status. */
static int add_line(struct edit *edit, const struct wish *wish, bool *added)
{
	struct file_look before = { 0 };
	FREED_BY(allow_free) struct allow allow = { 0 };
	FREED_BY(buf_free) struct buf text = { 0 };
	int ret;

	(void)file_look(edit->config->allow, &before);
	ret = read_file(edit->config->allow, &text, &allow) < 0 ? EXIT_USAGE : EXIT_ALL_WELL;

	if (ret == EXIT_ALL_WELL && is_allowed_already(&allow, wish)) {
		edit_tell(edit, "%s is on the allowlist already", wish->name);
	} else if (ret == EXIT_ALL_WELL) {
		add_entry(&text, wish);
		if (edit_replace_allow(edit, &text, &before) < 0)
			ret = EXIT_NOTHING;
		else
			edit_say(edit, "allowed %s", wish->name);
		*added = ret == EXIT_ALL_WELL;
	}
	return ret;
}

static void let_in(struct edit *edit, const struct addr *net, const char *name)
{
	FREED_BY(split_free) struct split split = { 0 };

	split_out(&edit->list, net, &split);
	edit_say_split(edit, &split, name);
}

/* The addresses of a name, as they are now, leave the blacklist; the next run asks again. */
static void let_name_in(struct edit *edit, const char *name)
{
	FREED_BY(allow_free) struct allow one = { 0 };
	FREED_BY(buf_free) struct buf answers = { 0 };

	allow_add_name(&one, name, strlen(name), 0, WHEN_FOREVER);
	(void)allow_resolve(&one, (struct span){ NULL, 0 }, &answers);
	allow_take_answers(&one, buf_span(&answers));
	for (size_t i = 0; i < one.count; i++)
		let_in(edit, &one.entries[i].net, name);
}

/* The work after the line is in the file: lifts bans, commits, and says what was done. */
static int lift_and_say(struct edit *edit, const struct wish *wish, bool added)
{
	int ret;

	if (wish->is_name)
		let_name_in(edit, wish->name);
	else
		let_in(edit, &wish->net, wish->name);
	ret = edit_commit(edit);
	if (ret == EXIT_NOTHING && added) {
		msg("%s: allows %s all the same; try again, so that its bans are lifted", edit->config->allow,
		    wish->name);
		return EXIT_IN_PART;
	}
	if (!wish->is_name && fleet_left(edit, &wish->net) != EXIT_ALL_WELL)
		return EXIT_IN_PART;
	return ret;
}

static int allow_one(struct edit *edit, const char *asked)
{
	struct wish wish = { .name = asked, .is_name = allow_is_name(asked, strlen(asked)) };
	bool added = false;
	int ret = wish.is_name || edit_parse_net(&wish.net, asked) ? make_note(edit, &wish) : EXIT_USAGE;

	if (ret == EXIT_ALL_WELL && !wish.is_name) {
		addr_format(wish.text, &wish.net);
		wish.name = wish.text;
		if (edit_too_wide(edit, &wish.net))
			ret = EXIT_NOTHING;
	}
	if (ret == EXIT_ALL_WELL)
		ret = add_line(edit, &wish, &added);
	if (ret == EXIT_ALL_WELL)
		ret = lift_and_say(edit, &wish, added);
	buf_free(&wish.note);
	return ret;
}

/* The name in that line of the file; NULL: the line has an address. */
static const char *name_of_line(const struct allow *allow, unsigned long line)
{
	for (size_t i = 0; i < allow->name_count; i++) {
		if (allow->names[i].line == line)
			return allow->names[i].text;
	}
	return NULL;
}

/* Prints the lines of the file, then the addresses and networks that are always allowed. */
static int list(const struct config *config)
{
	FREED_BY(allow_free) struct allow allow = { 0 };
	FREED_BY(buf_free) struct buf text = { 0 }, out = { 0 };
	int ret = config_gather_allow(config, &allow) < 0 ? EXIT_USAGE : EXIT_ALL_WELL;

	if (ret == EXIT_ALL_WELL && file_read(config->allow, &text) == 0) {
		for (size_t i = 0; i < text.len; i++) {
			if (text.ptr[i] == '\n')
				buf_add_char(&out, '\n');
			else
				buf_add_escaped(&out, text.ptr + i, 1);
		}
	}
	for (size_t i = 0; i < allow.count && ret == EXIT_ALL_WELL; i++) {
		const struct allow_entry *e = &allow.entries[i];
		size_t start = out.len;

		if (e->from == ALLOW_FILE && name_of_line(&allow, e->line) == NULL)
			continue;
		addr_add_to(&out, &e->net);
		text_pad(&out, start, 24);
		buf_addf(&out, " # %s\n", e->from == ALLOW_FILE ? name_of_line(&allow, e->line) :
			 allow_from_name(e->from));
	}
	text_print(&out);
	return ret;
}

static int run(const struct config *config, const struct options *options)
{
	FREED_BY(edit_end) struct edit edit = { .lock.fd = -1 };
	int ret;

	if (options->arg_count == 0)
		return list(config);
	ret = edit_begin(&edit, "allow", config, options);
	return ret == EXIT_ALL_WELL ? allow_one(&edit, options->args[0]) : ret;
}

const struct command command_allow = {
	.name = "allow",
	.synopsis = "[ADDR|NET|NAME [NOTE...]]",
	.summary = "never ban an address or a network, and unban it now",
	.details =
	"Adds a line to the allowlist, and makes the file where there is none. Bans inside it are lifted at once,\n"
	"in the blacklist and the sets; a banned network around it is split. NAME is a host's name for somebody\n"
	"whose address changes: each run asks for its address, and keeps the last answer. With --for the line\n"
	"counts for so long; of several lines the longest counts. Without arguments: who is allowed, and why.",
	.options = " config dry-run quiet blacklist state allow no-sync force for color ",
	.max_args = -1,
	.run = run,
};
