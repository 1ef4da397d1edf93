/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stats: counts the bans, and the packets that they stop.
 *
 * Counts the entries of the blacklist by the class of their bans. Then it tells from which addresses the kernel drops
 * most packets: since the ban, and since the last run, whose counters the state keeps. Changes nothing. Without rights
 * for the sets the entries are still counted. A child in the glass makes the text, since it reads the state.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "app/config.h"
#include "app/kernel.h"
#include "app/last_run.h"
#include "app/remembered.h"
#include "base/file.h"
#include "base/glass_run.h"
#include "base/msg.h"
#include "base/utf8.h"
#include "cmd/commands.h"
#include "list/blacklist.h"
#include "report/fields.h"
#include "report/text.h"

enum { SHOWN = 20 };

struct stats {
	size_t by[BAN_BY_HAND + 1], persons, networks, entries;
	const struct firewall_entry **knockers; /* most packets first */
	size_t knocker_count;
	bool kernel_read;
};

static void count_bans(struct stats *s, const struct banlist *bans)
{
	s->entries = bans->count;
	for (size_t i = 0; i < bans->count; i++) {
		const struct ban *ban = &bans->bans[i];

		if (ban->person)
			s->persons++;
		else
			s->by[ban->by]++;
		s->networks += ban->hosts > 0;
	}
}

/* The packets that were dropped since the ban, and since the last run, whose counter the account has. */
static void add_knocker(const struct firewall_entry *e, const struct judge *judge, struct json *j, struct buf *out)
{
	const struct account *a = accounts_find(&judge->accounts, &e->net);
	uint64_t before = a != NULL ? a->packets : 0;
	const struct field fields[] = {
		field_addr("address", &e->net), field_number("packets", e->packets),
		field_number("since_last_run", e->packets > before ? e->packets - before : 0), field_end(),
	};

	fields_tell(fields, j, "{address:24} {packets:>10}  {since_last_run:>18}\n", out);
}

static void add_text(const struct stats *s, const struct judge *judge, size_t shown, struct buf *out)
{
	text_add_count(out, s->entries, "entry", "entries");
	buf_add_text(out, ", of them ");
	text_add_count(out, s->networks, "network formed of hosts\n", "networks formed of hosts\n");
	for (unsigned by = 0; by <= BAN_BY_HAND; by++) {
		if (s->by[by] > 0)
			buf_addf(out, "  %-8s %8zu\n", blacklist_by_name(by), s->by[by]);
	}
	if (s->persons > 0)
		buf_addf(out, "  %-8s %8zu\n", "yours", s->persons);
	if (!s->kernel_read)
		return;
	text_add_count(out, s->knocker_count, "of them knocks\n", "of them knock\n");
	if (s->knocker_count > 0)
		buf_add_text(out, "ADDRESS                     PACKETS  SINCE THE LAST RUN\n");
	for (size_t i = 0; i < s->knocker_count && i < shown; i++)
		add_knocker(s->knockers[i], judge, NULL, out);
	if (s->knocker_count > shown)
		buf_addf(out, "and %zu more; -v shows all\n", s->knocker_count - shown);
}

static void add_json(const struct stats *s, const struct judge *judge, struct buf *out)
{
	struct json j;

	json_begin(&j, out);
	json_open(&j, '{');
	fields_members((const struct field[]){
		field_number("entries", s->entries), field_number("networks", s->networks),
		field_number("yours", s->persons), field_end() }, &j);
	for (unsigned by = 0; by <= BAN_BY_HAND; by++) {
		if (by < CLASS_GOOD || by >= CLASS_COUNT)
			fields_members((const struct field[]){
				field_number(blacklist_by_name(by), s->by[by]), field_end() }, &j);
	}
	json_list(&j, "knockers");
	for (size_t i = 0; i < s->knocker_count; i++)
		add_knocker(s->knockers[i], judge, &j, NULL);
	json_close(&j, ']');
	json_close(&j, '}');
}

/* ---- the text format of Prometheus (its documentation, "Exposition formats") ---- */

/* Names end with their unit. Values of labels come from mailban itself. */
static void add_head(struct buf *out, const char *name, const char *help)
{
	buf_addf(out, "# HELP mailban_%s %s\n# TYPE mailban_%s gauge\n", name, help, name);
}

static void add_gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	add_head(out, name, help);
	buf_addf(out, "mailban_%s %" PRId64 "\n", name, value);
}

/* Adds one of the values behind a head. */
static void add_value(struct buf *out, const char *name, const char *label, const char *value_of_label, int64_t value)
{
	buf_addf(out, "mailban_%s{%s=\"%s\"} %" PRId64 "\n", name, label, value_of_label, value);
}

static void add_runs(const struct config *config, struct buf *out)
{
	struct last_run run = { 0 };

	if (!last_run_read(config->state, &run))
		return;
	add_gauge(out, "last_run_timestamp_seconds", "The last run that did what it should, or a part of it.",
		  run.time);
	add_gauge(out, "last_run_status", "Its exit status: 0 all well, 1 done in part.", run.status);
	add_gauge(out, "last_run_lines", "Lines of logs that it read.", (int64_t)run.lines);
	add_gauge(out, "last_run_events", "Events among them.", (int64_t)run.events);
}

static void add_sets(const struct firewall *fw, struct buf *out)
{
	add_head(out, "set_entries", "Entries of the kernel's sets.");
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++)
		add_value(out, "set_entries", "set", fw->sets[f].name, (int64_t)fw->sets[f].count);
	add_head(out, "set_rules", "Rules that use the set; where there are none nothing is dropped.");
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++)
		add_value(out, "set_rules", "set", fw->sets[f].name, fw->sets[f].references);
}

static void add_prometheus(const struct stats *s, const struct firewall *fw, const struct judge *judge, struct buf *out)
{
	size_t entered = 0;

	add_head(out, "bans", "Entries of the blacklist by what they are for.");
	for (unsigned by = 0; by <= BAN_BY_HAND; by++) {
		if (by < CLASS_GOOD || by >= CLASS_COUNT)
			add_value(out, "bans", "by", blacklist_by_name(by),
				  (int64_t)s->by[by] + (by == BAN_BY_HAND ? (int64_t)s->persons : 0));
	}
	for (size_t i = 0; i < judge->entered.count; i++)
		entered += judge->entered.all[i].done == 0;
	add_gauge(out, "entered_accounts", "Accounts that strangers entered and nobody has seen to.",
		  (int64_t)entered);
	if (s->kernel_read)
		add_sets(fw, out);
}

/* The input from which the child makes the text. */
struct job {
	const struct config *config;
	const struct options *options;
	struct banlist bans;
	struct firewall fw;
	struct stats stats;
	struct buf state;     /* as it was read */
};

static int make_text(void *context, struct buf *answer)
{
	struct job *job = context;
	struct stats *s = &job->stats;
	FREED_BY(judge_free) struct judge judge = { 0 };
	int ret = EXIT_NOTHING;

	if (remembered_parse(&job->state, job->config->state, &job->config->judge, time(NULL), &judge) == 0) {
		count_bans(s, &job->bans);
		if (s->kernel_read)
			s->knocker_count = firewall_knockers(&job->fw, &s->knockers);
		if (job->options->prometheus != NULL)
			add_prometheus(s, &job->fw, &judge, answer);
		else if (job->options->json)
			add_json(s, &judge, answer);
		else
			add_text(s, &judge, job->options->verbose ? SIZE_MAX : SHOWN, answer);
		ret = s->kernel_read ? EXIT_ALL_WELL : EXIT_IN_PART;
	}
	free(s->knockers);
	return ret;
}

static int write_file(const char *path, const struct buf *out)
{
	/* the program that collects the file runs as another user, whose folder that may be */
	int ret = file_publish(path, buf_span(out));

	if (ret < 0)
		msg("%s: cannot be written: %s", path, file_why(ret));
	return ret < 0 ? EXIT_NOTHING : EXIT_ALL_WELL;
}

static int tell(const struct config *config, const struct options *options)
{
	struct job job = { .config = config, .options = options };
	FREED_BY(buf_free) struct buf answer = { 0 }, out = { 0 };
	int ret = EXIT_NOTHING;

	if (state_read(config->state, &job.state) == 0 && blacklist_read(config->blacklist, &job.bans) == 0) {
		job.stats.kernel_read = kernel_read(&job.fw, config) == 0;
		ret = glass_run(make_text, &job, false, &answer);
	}
	if (options->prometheus != NULL && ret <= EXIT_IN_PART)
		add_runs(config, &out);
	utf8_add_seen(&out, buf_span(&answer));
	if (options->prometheus == NULL)
		text_print(&out);
	else if (ret <= EXIT_IN_PART && write_file(options->prometheus, &out) != EXIT_ALL_WELL)
		ret = EXIT_NOTHING;
	buf_free(&job.state);
	firewall_free(&job.fw);
	banlist_free(&job.bans);
	return ret;
}

const struct command command_stats = {
	.name = "stats",
	.synopsis = "",
	.summary = "show how many are banned for what, and who knocks most",
	.details =
	"The packets are those that the kernel dropped since the ban and since the last run; they need root, or\n"
	"CAP_NET_ADMIN. --prometheus writes a file instead, as one step, for the textfile collector of a node\n"
	"exporter: run it behind each run, and let an alarm look at mailban_last_run_timestamp_seconds.",
	.options = " config verbose json prometheus blacklist state ",
	.max_args = 0,
	.run = tell,
};
