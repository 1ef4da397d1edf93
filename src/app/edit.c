/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * edit: the work that all commands share with which a person changes the blacklist.
 *
 * First come configuration, lock and list, then one decision of the command, then file and sets. So two commands, or a
 * command and a run, cannot undo each other. The file is written before the sets. Where the sets fail, the next sync or
 * run puts them right. A dry run takes no lock and writes nothing.
 */
#include "app/edit.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "app/deeds.h"
#include "app/kernel.h"
#include "app/lock.h"
#include "base/msg.h"
#include "judge/decide.h"
#include "list/blacklist.h"
#include "list/state.h"
#include "report/diff.h"
#include "report/text.h"

/* A list that a dying run left beside the old one would be overwritten, and its bans be taken for pardons. A damaged
 * state stops runs, and no person. */
static bool finish_run(const struct config *config, const struct options *options)
{
	enum state_recovered recovered = state_recover(config->state, config->blacklist, !options->dry_run);

	if (recovered == STATE_UNWRITTEN && !options->dry_run)
		msg("%s: the last run could not write its list, and the file was edited since; mailban run puts both "
		    "together: then try again", config->blacklist);
	return recovered != STATE_FAILED && (recovered != STATE_UNWRITTEN || options->dry_run);
}

int edit_begin(struct edit *edit, const char *name, const struct config *config, const struct options *options)
{
	int ret;

	*edit = (struct edit){ .options = options, .config = config, .lock = { .fd = -1 } };
	edit->now = time(NULL);
	edit->now -= edit->now % WHEN_MINUTE;
	ret = lock_blacklist(&edit->lock, config, options, name, true);
	if (ret != EXIT_ALL_WELL)
		return ret;
	if (!finish_run(config, options))
		return EXIT_NOTHING;
	(void)file_look(config->blacklist, &edit->look);
	if (blacklist_read(config->blacklist, &edit->list) < 0 || (!options->no_sync && kernel_ask_missing(config) < 0))
		return EXIT_NOTHING;
	return EXIT_ALL_WELL;
}

void edit_end(struct edit *edit)
{
	buf_free(&edit->said);
	buf_free(&edit->told);
	banlist_free(&edit->list);
	file_unlock(&edit->lock);
}

void edit_print_difference(const struct options *options, const char *path, struct span new_text)
{
	FREED_BY(buf_free) struct buf old_text = { 0 }, out = { 0 };

	/* a missing file counts as empty; a file that cannot be read was refused before */
	file_read(path, &old_text);
	diff_unified(&out, path, buf_span(&old_text), path, new_text, options_color(options));
	text_print(&out);
}

static int show(const struct edit *edit)
{
	FREED_BY(buf_free) struct buf text = { 0 };

	blacklist_format(&edit->list, &text);
	edit_print_difference(edit->options, edit->config->blacklist, buf_span(&text));
	return EXIT_ALL_WELL;
}

static void tell_overtaken(const char *path)
{
	msg("%s: was changed by somebody else meanwhile, and is left so; try again", path);
}

int edit_commit(struct edit *edit)
{
	const char *path = edit->config->blacklist;
	struct file_new file;
	uint64_t digest;
	bool unsure;
	int ret;

	if (edit->options->dry_run)
		return show(edit);
	if (state_is_edited(path, &edit->look, edit->list.digest)) {
		tell_overtaken(path);
		return EXIT_NOTHING;
	}
	ret = blacklist_prepare(path, &edit->list, &file, &digest);
	if (ret == 0)
		ret = file_commit(&file);
	if (ret < 0) {
		msg("%s: cannot be written: %s; it is as it was", path, strerror(-ret));
		return EXIT_NOTHING;
	}
	unsure = file_tell_unsure(path, ret);
	deeds_add(path, edit->now, deeds_author(), &edit->said);
	if (!edit->options->quiet) {
		text_print(&edit->told);
		text_print(&edit->said);
	}
	ret = 0;
	/* to the second: kernel timeouts that are off by half a minute would be set anew by the next sync */
	if (!edit->options->no_sync)
		ret = kernel_update(edit->config, &edit->list, time(NULL), edit->options->force);
	return ret < 0 || unsure ? EXIT_IN_PART : EXIT_ALL_WELL;
}

bool edit_parse_net(struct addr *net, const char *text)
{
	const char *slash = strchr(text, '/');
	struct addr a;
	unsigned prefix;

	if (addr_parse_net(net, text, strlen(text)))
		return true;
	if (slash != NULL && addr_parse(&a, text, (size_t)(slash - text)) && sscanf(slash, "/%3u", &prefix) == 1 &&
	    prefix <= addr_text_prefix(&a)) {
		a = addr_network(&a, (uint8_t)(prefix + (addr_is_v4(&a) ? ADDR_V4_BITS : 0)));
		msg("%s has bits behind its prefix; the network around it is %s", text, addr_text(&a).text);
	} else {
		msg("%s is no address and no network; write 192.0.2.7, 192.0.2.0/24 or 2001:db8::/64", text);
	}
	return false;
}

bool edit_join_note(struct buf *note, char *const *words, int count)
{
	for (int i = 0; i < count; i++) {
		if (i > 0)
			buf_add_char(note, ' ');
		buf_add_text(note, words[i]);
	}
	for (size_t i = 0; i < note->len; i++) {
		unsigned char c = (unsigned char)note->ptr[i];

		if (c < 0x20 || c == 0x7f) {
			msg("a note is one line of text; leave the control characters out");
			return false;
		}
	}
	return true;
}

bool edit_too_wide(const struct edit *edit, const struct addr *net)
{
	const struct judge_settings *judge = &edit->config->judge;
	unsigned widest = addr_is_v4(net) ? judge->max_prefix4 : judge->max_prefix6;

	if (edit->options->force || !decide_is_too_wide(judge, net))
		return false;
	msg("%s is wider than /%u, which the setting %s forbids; --force does it all the same", addr_text(net).text,
	    widest, addr_is_v4(net) ? "max-prefix" : "max-prefix6");
	return true;
}

int edit_replace_allow(const struct edit *edit, const struct buf *text, const struct file_look *before)
{
	struct span made = { text->ptr != NULL ? text->ptr : "", text->len };
	const char *path = edit->config->allow;
	struct file_look now = { 0 };
	int ret;

	if (edit->options->dry_run) {
		edit_print_difference(edit->options, path, made);
		return 0;
	}
	(void)file_look(path, &now);
	if (!file_looks_same(&now, before)) {
		tell_overtaken(path);
		return -EBUSY;
	}
	ret = file_replace(path, made.ptr, made.len, 1);
	if (ret < 0)
		msg("%s: cannot be written: %s; it is as it was", path, strerror(-ret));
	(void)file_tell_unsure(path, ret);
	return ret;
}

__attribute__((format(printf, 2, 0))) static void add_line(struct buf *text, const char *format, va_list args)
{
	char line[512];

	vsnprintf(line, sizeof(line), format, args);
	buf_add_text(text, line);
	buf_add_char(text, '\n');
}

void edit_say(struct edit *edit, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_line(&edit->said, format, args);
	va_end(args);
}

void edit_tell(struct edit *edit, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add_line(&edit->told, format, args);
	va_end(args);
}

void edit_say_split(struct edit *edit, const struct split *split, const char *name)
{
	for (size_t i = 0; i < split->lifted.count; i++)
		edit_say(edit, "unbanned %s", addr_text(&split->lifted.nets[i]).text);
	for (size_t i = 0; i < split->networks.count; i++)
		edit_say(edit, "unbanned %s, and split %s around it", name, addr_text(&split->networks.nets[i]).text);
}
