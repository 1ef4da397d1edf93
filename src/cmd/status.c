/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * status: shows how mailban is doing, on one screen.
 *
 * Tells when the last run was and how it went, how far each log is read, bans, sets, and things that need a person.
 * Only reads, and takes no lock. A user who may not read the sets is told the rest.
 */
#include <errno.h>
#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "app/config.h"
#include "app/kernel.h"
#include "app/last_run.h"
#include "app/remembered.h"
#include "cmd/commands.h"
#include "list/blacklist.h"
#include "log/position.h"
#include "report/changes.h"
#include "report/fields.h"
#include "report/text.h"

enum { LOGS_SHOWN = 8 };

struct status {
	const struct config *config;
	int64_t now;
	struct buf out, lists;     /* the first lines; the lines of bans and sets */
	struct buf needs;          /* things that need a person, a line each */
	bool is_secret;            /* this user may not read the state */
	bool in_part;
};

static void say(struct buf *out, const char *sentence, const struct field *fields)
{
	fields_say(fields, sentence, out);
}

static void add_last_run(struct status *s)
{
	static const char *const results[] = { "all well", "done in part", "misuse", "nothing done" };
	struct last_run run;

	if (s->is_secret) {
		buf_add_text(&s->out, "last run   is not known\n");
		return;
	}
	if (!last_run_read(s->config->state, &run)) {
		buf_add_text(&s->out, "last run   none is known; mailban run -n shows what one would do\n");
		return;
	}
	say(&s->out, "last run   {time}, {result}; {lines|line|lines}, {events|event|events}\n", (const struct field[]){
		field_time("time", run.time), field_word("result", results[run.status & 3]),
		field_number("lines", run.lines), field_number("events", run.events), field_end() });
	if (run.time < s->now - 2 * WHEN_DAY)
		buf_add_text(&s->needs, "no run for two days; see the cron file or timer\n");
}

/* Adds how far each live file and each journal is read. */
static void add_logs(struct status *s, const struct positions *positions)
{
	size_t shown = 0;

	for (size_t i = 0; i < positions->count; i++) {
		const struct position *p = &positions->items[i];

		if ((!p->live && p->cursor == NULL) || ++shown > LOGS_SHOWN)
			continue;
		say(&s->out, "read       {log} up to {last}\n", (const struct field[]){
			field_word("log", p->log), field_time("last", p->last_time), field_end() });
	}
	if (shown == 0)
		buf_addf(&s->out, "read       %s\n", s->is_secret ? "is not known" : "nothing yet");
}

static void add_bans(struct status *s, const struct banlist *bans)
{
	size_t by[BAN_BY_HAND + 1] = { 0 }, persons = 0;
	FREED_BY(buf_free) struct buf text = { 0 };

	for (size_t i = 0; i < bans->count; i++)
		*(bans->bans[i].person ? &persons : &by[bans->bans[i].by]) += 1;
	for (unsigned i = 0; i <= BAN_BY_HAND; i++) {
		if (by[i] > 0)
			buf_addf(&text, "%s%zu %s", text.len > 0 ? ", " : "", by[i], blacklist_by_name(i));
	}
	if (persons > 0)
		buf_addf(&text, "%s%zu yours", text.len > 0 ? ", " : "", persons);
	say(&s->lists, "bans       {count}[: {by}]\n", (const struct field[]){
		field_number("count", bans->count), field_word("by", buf_text(&text)), field_end() });
}

/* Whether a ban of the family is not over. */
static bool has_bans(const struct banlist *bans, bool v4, int64_t now)
{
	for (size_t i = 0; i < bans->count; i++) {
		if (addr_is_v4(&bans->bans[i].net) == v4 && bans->bans[i].until > now)
			return true;
	}
	return false;
}

static void need_rule(struct status *s, const struct banlist *bans, const struct firewall *fw,
		      enum firewall_family family)
{
	const struct firewall_set *set = &fw->sets[family];

	if (has_bans(bans, family == FIREWALL_V4, s->now) && (!set->exists || firewall_unused(fw, family)))
		buf_addf(&s->needs, "nothing of IPv%c is dropped: no rule uses the set %s; %s\n",
			 family == FIREWALL_V4 ? '4' : '6', set->name, rule_command(s->config));
}

static void add_sets(struct status *s, const struct banlist *bans)
{
	FREED_BY(firewall_free) struct firewall fw = { 0 };
	FREED_BY(buf_free) struct buf error = { 0 };

	if (kernel_try_read(&fw, s->config, &error) < 0) {
		buf_addf(&s->lists, "sets       %s\n", buf_text(&error));
		return;
	}
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		const struct firewall_set *set = &fw.sets[f];

		const struct field fields[] = {
			field_word("name", set->name), field_number("entries", set->count),
			field_number("rules", set->references), field_end(),
		};

		say(&s->lists, !set->exists ? "set        {name}: there is none\n" :
		    "set        {name}: {entries|entry|entries}, used by {rules|rule|rules}\n", fields);
		need_rule(s, bans, &fw, f);
	}
}

/* Reads the state, last of all: after it nothing can be opened any more. */
static void read_state(struct status *s)
{
	FREED_BY(positions_free) struct positions positions = { 0 };
	FREED_BY(state_free) struct state state = { 0 };
	FREED_BY(judge_free) struct judge judge = { 0 };

	judge_init(&judge, &s->config->judge, s->now);
	s->in_part |= remembered_open(&state, s->config->state) < 0 ||
		      remembered_judge(&state, s->config->state, &judge) < 0 ||
		      positions_parse(&positions, state_lines(&state, STATE_POSITIONS)) > 0;
	add_logs(s, &positions);
	changes_unseen(&judge, &s->config->done, &s->needs);
}

static void read_lists(struct status *s, const struct options *options)
{
	FREED_BY(banlist_free) struct banlist bans = { 0 };

	if (blacklist_read(s->config->blacklist, &bans) == 0)
		add_bans(s, &bans);
	else
		s->in_part = true;
	if (!options->no_sync)
		add_sets(s, &bans);
}

static int show(const struct config *config, const struct options *options)
{
	struct status s = { .config = config, .now = time(NULL) };

	s.is_secret = access(config->state, R_OK) < 0 && errno == EACCES;
	add_last_run(&s);
	read_lists(&s, options);
	read_state(&s);
	buf_addf(&s.lists, "needs you  %s\n", s.needs.len > 0 ? "this:" : s.in_part ? "is not known" :
		 "nothing that is known here; mailban check looks closer");
	text_print(&s.out);
	text_print(&s.lists);
	text_print(&s.needs);
	buf_free(&s.out);
	buf_free(&s.lists);
	buf_free(&s.needs);
	return s.in_part ? EXIT_IN_PART : EXIT_ALL_WELL;
}

const struct command command_status = {
	.name = "status",
	.synopsis = "",
	.summary = "show the whole state on one screen",
	.details =
	"When the last run was and how it went, up to where the logs are read, how many bans for what, the sets and\n"
	"whether a rule uses them, and what needs a person. mailban without a command does the same.",
	.options = " config blacklist state no-sync ",
	.max_args = 0,
	.run = show,
};
