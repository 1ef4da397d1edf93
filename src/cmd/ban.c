/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ban: a person bans an address or a network.
 *
 * Without --for the line is the person's own: permanent, and never touched by the judgement. With --for the ban ends by
 * itself. An allowed address is never banned, not by hand either: the next run would take the ban out again. An entry
 * never stands inside another one unless it outlives it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "app/deeds.h"
#include "app/edit.h"
#include "app/remembered.h"
#include "base/glass_run.h"
#include "base/msg.h"
#include "base/when.h"
#include "cmd/commands.h"
#include "judge/decide.h"
#include "list/blacklist.h"
#include "report/text.h"

struct wish {
	struct addr net;
	char name[ADDR_TEXT_MAX]; /* its text */
	struct buf note;
	int64_t until;            /* WHEN_FOREVER: permanent */
	struct ban ban;           /* what stands in the blacklist then, but for its text */
	struct buf line;          /* and its text */
};

static void wish_free(struct wish *wish)
{
	buf_free(&wish->note);
	buf_free(&wish->line);
}

static bool read_duration(const struct edit *edit, struct wish *wish)
{
	const char *text = edit->options->duration;
	int64_t seconds;

	wish->until = WHEN_FOREVER;
	if (text == NULL)
		return true;
	if (!when_parse_duration(text, &seconds) || seconds < WHEN_MINUTE) {
		msg("--for %s: is no length of time from 1m on; write 90m, 12h, 3d, 1w or forever", text);
		return false;
	}
	if (seconds != WHEN_FOREVER)
		wish->until = (edit->now + seconds + WHEN_MINUTE - 1) / WHEN_MINUTE * WHEN_MINUTE;
	return true;
}

static bool read_wish(const struct edit *edit, struct wish *wish)
{
	char **args = edit->options->args;

	if (!edit_parse_net(&wish->net, args[0]) ||
	    !edit_join_note(&wish->note, args + 1, edit->options->arg_count - 1) || !read_duration(edit, wish))
		return false;
	addr_format(wish->name, &wish->net);
	return true;
}

/* EXIT_ALL_WELL where the wish bans no allowed address; else another status, after saying which one it would ban. */
static int check_allowed(const struct edit *edit, const struct wish *wish)
{
	const struct allow_entry *entry = NULL;
	FREED_BY(allow_free) struct allow allow = { 0 };
	int ret = config_gather_allow(edit->config, &allow) < 0 ? EXIT_USAGE : EXIT_ALL_WELL;

	if (ret == EXIT_ALL_WELL)
		entry = allow_overlapping(&allow, &wish->net);
	if (entry != NULL) {
		if (entry->from == ALLOW_FILE)
			msg("%s is not banned: %s:%lu allows %s; take that line out first", wish->name,
			    edit->config->allow, entry->line, addr_text(&entry->net).text);
		else
			msg("%s is not banned: %s is allowed as %s", wish->name, addr_text(&entry->net).text,
			    allow_from_name(entry->from));
		ret = EXIT_NOTHING;
	}
	return ret;
}

/* Whether an entry that covers the wish lasts as long, so that there is nothing to do; then says so. */
static bool is_banned_already(struct edit *edit, const struct wish *wish)
{
	for (size_t i = 0; i < edit->list.count; i++) {
		const struct ban *ban = &edit->list.bans[i];
		bool same = addr_equal(&ban->net, &wish->net);
		FREED_BY(buf_free) struct buf text = { 0 };

		if (!addr_contains(&ban->net, &wish->net) || ban->until < wish->until ||
		    (same && wish->note.len > 0 && ban->until == wish->until))
			continue;
		/* a ban for ever by the judgement is not yet the person's own line */
		if (same && wish->until == WHEN_FOREVER && !ban->person)
			continue;
		addr_add_to(&text, &ban->net);
		buf_add_text(&text, " is banned already, ");
		text_add_until(&text, ban->until);
		edit_tell(edit, "%s", buf_text(&text));
		return true;
	}
	return false;
}

/* Drops entries that lie inside the new entry and do not outlive it. */
static void drop_what_lies_inside(struct edit *edit, const struct wish *wish)
{
	for (size_t i = 0; i < edit->list.count; i++) {
		struct ban *ban = &edit->list.bans[i];

		if (addr_equal(&ban->net, &wish->net)) {
			ban->leaves = true;
		} else if (addr_contains(&wish->net, &ban->net) && ban->until <= wish->until) {
			ban->leaves = true;
			edit_say(edit, "%s goes into %s", addr_text(&ban->net).text, wish->name);
		}
	}
	banlist_remove_leaving(&edit->list);
}

static void tell_users(const struct wish *wish, const char *user, uint32_t last, size_t count)
{
	FREED_BY(buf_free) struct buf when = { 0 };

	when_add_minute(&when, last);
	msg("%s: %zu %s logged in from there lately, %s at %s; mailban unban %s lets them in again", wish->name, count,
	    count == 1 ? "user" : "users", user, buf_text(&when), wish->name);
}

struct job {
	const struct edit *edit;
	const struct wish *wish;
	struct buf state;        /* as it was read */
};

/* Runs in the glass. Says who logged in lately from the address. A damaged state does not stop the ban. */
static int tell_known(void *context, struct buf *answer)
{
	struct job *job = context;
	const struct edit *edit = job->edit;
	const struct wish *wish = job->wish;
	FREED_BY(judge_free) struct judge judge = { 0 };
	const char *user = NULL;
	uint32_t last = 0;
	size_t count = 0;

	(void)answer;
	(void)remembered_parse(&job->state, edit->config->state, &edit->config->judge, edit->now, &judge);
	for (size_t i = 0; i < judge.accounts.count; i++) {
		const struct account *a = accounts_at(&judge.accounts, i);

		for (unsigned n = 0; n < a->name_count && addr_contains(&wish->net, &a->addr); n++) {
			if (a->names[n].name == NAME_NONE ||
			    !account_name_is_known(&a->names[n], edit->now, &edit->config->judge))
				continue;
			count++;
			if (a->names[n].last_login < last)
				continue;
			user = name_shown(&judge.accounts.names.all[a->names[n].name]);
			last = a->names[n].last_login;
		}
	}
	if (count > 0)
		tell_users(wish, user, last, count);
	return EXIT_ALL_WELL;
}

/* Warns of users who logged in lately from the address, where the state can be read. */
static int warn_of_users(const struct edit *edit, const struct wish *wish)
{
	struct job job = { .edit = edit, .wish = wish };
	FREED_BY(buf_free) struct buf ignored = { 0 };
	int ret = EXIT_ALL_WELL;

	if (access(edit->config->state, R_OK) == 0 && state_read(edit->config->state, &job.state) == 0)
		ret = glass_run(tell_known, &job, false, &ignored);
	buf_free(&job.state);
	return ret;
}

/* Signs the note of the line: behind the typed words it adds who typed them, and when. */
static void sign(const struct edit *edit, struct buf *note)
{
	FREED_BY(buf_free) struct buf when = { 0 };

	when_add_minute(&when, edit->now);
	buf_addf(note, "%s%s %.10s", note->len > 0 ? "; by " : "by ", deeds_author(), buf_text(&when));
}

/* Whether the line reads as the entry that it was made of; says why not. */
static bool reads_back(struct wish *wish)
{
	struct ban ban;
	struct span note;
	const char *wrong = blacklist_take_line(buf_span(&wish->line), &ban, &note);

	if (wrong == NULL && ban.person != wish->ban.person)
		wrong = "says since, as the lines that are not yours do; put another word first";
	if (wrong != NULL)
		msg("type another note: the line \"%s\" %s", buf_text(&wish->line), wrong);
	return wrong == NULL;
}

/* Makes the entry and its line. False after saying why the line could not be read again. */
static bool make_line(const struct edit *edit, struct wish *wish)
{
	const struct ban *former = banlist_find(&edit->list, &wish->net);

	wish->ban = (struct ban){ .net = wish->net, .since = edit->now, .until = wish->until, .by = BAN_BY_HAND,
				  .person = wish->until == WHEN_FOREVER };
	/* the former note stays unless a new one replaces it; it is signed already */
	if (former != NULL && wish->note.len == 0 && blacklist_note(former).len > 0)
		buf_add_span(&wish->note, blacklist_note(former));
	else
		sign(edit, &wish->note);
	blacklist_add_line(&wish->line, &wish->ban, buf_span(&wish->note));
	return reads_back(wish);
}

static void add(struct edit *edit, struct wish *wish)
{
	struct ban *former = banlist_find(&edit->list, &wish->net);
	struct span above = { NULL, 0 };
	FREED_BY(buf_free) struct buf text = { 0 };

	/* comment lines above the former entry stay */
	if (former != NULL) {
		above = ban_above(former);
		former->above_len = 0;
	}
	drop_what_lies_inside(edit, wish);
	banlist_set_text(&edit->list, &wish->ban, above, buf_span(&wish->line));
	banlist_add(&edit->list, &wish->ban);
	banlist_sort(&edit->list);
	text_add_until(&text, wish->until);
	edit_say(edit, "banned %s %s", wish->name, buf_text(&text));
}

/* What --force bans comes into the set once: a run takes no line's word for a network that is too wide. */
static void warn_of_width(const struct edit *edit, const struct wish *wish)
{
	if (decide_is_too_wide(&edit->config->judge, &wish->net))
		msg("%s: the next run or sync takes it out of the set again, unless %s lets it be as wide", wish->name,
		    addr_is_v4(&wish->net) ? "max-prefix" : "max-prefix6");
}

static int run(const struct config *config, const struct options *options)
{
	FREED_BY(wish_free) struct wish wish = { .note = { 0 } };
	FREED_BY(edit_end) struct edit edit = { .lock.fd = -1 };
	int ret = edit_begin(&edit, "ban", config, options);

	if (ret != EXIT_ALL_WELL)
		return ret;
	if (!read_wish(&edit, &wish))
		return EXIT_USAGE;
	if (edit_too_wide(&edit, &wish.net))
		return EXIT_NOTHING;
	ret = check_allowed(&edit, &wish);
	if (ret == EXIT_ALL_WELL && !is_banned_already(&edit, &wish)) {
		ret = make_line(&edit, &wish) ? warn_of_users(&edit, &wish) : EXIT_USAGE;
		if (ret != EXIT_ALL_WELL)
			return ret;
		add(&edit, &wish);
		warn_of_width(&edit, &wish);
	}
	return ret == EXIT_ALL_WELL ? edit_commit(&edit) : ret;
}

const struct command command_ban = {
	.name = "ban",
	.synopsis = "ADDR|NET [NOTE...]",
	.summary = "ban an address or a network by hand",
	.details =
	"Without --for the ban has no end and the line is yours: no run changes or removes it. Whoever is in\n"
	"the allowlist is not banned. The note stands behind the address in the blacklist, with who banned it and\n"
	"when. Users who logged in from there lately are told.",
	.options = " config dry-run quiet blacklist state allow no-sync force for color ",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
