/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stats: what the bans do.
 *
 * Counts the entries of the blacklist by what they are for, and tells whose packets the kernel drops most:
 * since the ban, and since the last run, whose counters the state keeps. Changes nothing. Without rights for
 * the sets the first half is still told.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "app/config.h"
#include "app/kernel.h"
#include "app/last_run.h"
#include "app/remembered.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "list/blacklist.h"
#include "report/fields.h"
#include "report/prometheus.h"
#include "report/text.h"

enum { SHOWN = 20 };

struct knocker {
	struct addr net;
	uint64_t packets, lately;   /* since the ban, since the last run */
};

struct stats {
	size_t by[BAN_BY_HAND + 1], persons, networks, entries;
	struct knocker *knockers;   /* most packets first */
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

static int more_packets(const void *a, const void *b)
{
	const struct knocker *x = a, *y = b;

	if (x->packets != y->packets)
		return x->packets > y->packets ? -1 : 1;
	return addr_compare(&x->net, &y->net);
}

static void count_knocks(struct stats *s, const struct firewall *fw, const struct judge *judge)
{
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		const struct firewall_set *set = &fw->sets[f];

		s->knockers = mem_resize(s->knockers, s->knocker_count + set->count + 1, sizeof(*s->knockers));
		for (size_t i = 0; i < set->count; i++) {
			const struct account *a = accounts_find(&judge->accounts, &set->entries[i].net);
			uint64_t packets = set->entries[i].packets, before = a != NULL ? a->packets : 0;

			if (packets > 0)
				s->knockers[s->knocker_count++] = (struct knocker){
					set->entries[i].net, packets, packets > before ? packets - before : 0 };
		}
	}
	qsort(s->knockers, s->knocker_count, sizeof(*s->knockers), more_packets);
}

static void add_knocker(const struct knocker *k, struct json *j, struct buf *out)
{
	const struct field fields[] = {
		field_addr("address", &k->net), field_number("packets", k->packets),
		field_number("since_last_run", k->lately), field_end(),
	};

	if (j != NULL)
		fields_json(fields, j);
	else
		fields_say(fields, "{address:24} {packets:>10}  {since_last_run:>18}\n", out);
}

static void add_text(const struct stats *s, size_t shown, struct buf *out)
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
		add_knocker(&s->knockers[i], NULL, out);
	if (s->knocker_count > shown)
		buf_addf(out, "and %zu more; -v shows all\n", s->knocker_count - shown);
}

static void add_json(const struct stats *s, struct buf *out)
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
	json_name(&j, "knockers");
	json_open(&j, '[');
	for (size_t i = 0; i < s->knocker_count; i++)
		add_knocker(&s->knockers[i], &j, NULL);
	json_close(&j, ']');
	json_close(&j, '}');
}

static void add_runs(const struct config *config, struct buf *out)
{
	struct last_run run = { 0 };

	if (!last_run_read(config->state, &run))
		return;
	prometheus_head(out, "last_run_timestamp_seconds", "The last run that did what it should, or a part of it.");
	prometheus_value(out, "last_run_timestamp_seconds", NULL, NULL, run.time);
	prometheus_head(out, "last_run_status", "Its exit status: 0 all well, 1 done in part.");
	prometheus_value(out, "last_run_status", NULL, NULL, run.status);
	prometheus_head(out, "last_run_lines", "Lines of logs that it read.");
	prometheus_value(out, "last_run_lines", NULL, NULL, (int64_t)run.lines);
	prometheus_head(out, "last_run_events", "Events among them.");
	prometheus_value(out, "last_run_events", NULL, NULL, (int64_t)run.events);
}

static void add_sets(const struct firewall *fw, struct buf *out)
{
	prometheus_head(out, "set_entries", "Entries of the kernel's sets.");
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++)
		prometheus_value(out, "set_entries", "set", fw->sets[f].name, (int64_t)fw->sets[f].count);
	prometheus_head(out, "set_rules", "Rules that use the set; where there are none nothing is dropped.");
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++)
		prometheus_value(out, "set_rules", "set", fw->sets[f].name, fw->sets[f].references);
}

static int write_prometheus(const struct config *config, const struct options *options, const struct stats *s,
	const struct firewall *fw, const struct judge *judge)
{
	struct buf out = { 0 };
	size_t entered = 0;
	int ret;

	add_runs(config, &out);
	prometheus_head(&out, "bans", "Entries of the blacklist by what they are for.");
	for (unsigned by = 0; by <= BAN_BY_HAND; by++) {
		if (by < CLASS_GOOD || by >= CLASS_COUNT)
			prometheus_value(&out, "bans", "by", blacklist_by_name(by), (int64_t)s->by[by] +
					 (by == BAN_BY_HAND ? (int64_t)s->persons : 0));
	}
	for (size_t i = 0; i < judge->entered.count; i++)
		entered += judge->entered.all[i].done == 0;
	prometheus_head(&out, "entered_accounts", "Accounts that strangers entered and nobody has seen to.");
	prometheus_value(&out, "entered_accounts", NULL, NULL, (int64_t)entered);
	if (s->kernel_read)
		add_sets(fw, &out);
	ret = file_replace(options->prometheus, out.ptr, out.len, 0);
	if (ret < 0)
		msg("%s: cannot be written: %s", options->prometheus, strerror(-ret));
	/* the collector is another user */
	else if (chmod(options->prometheus, 0644) < 0)
		msg("%s: cannot be made readable: %s", options->prometheus, strerror(errno));
	buf_free(&out);
	return ret < 0 ? EXIT_NOTHING : EXIT_ALL_WELL;
}

static int tell(const struct config *config, const struct options *options)
{
	struct judge judge;
	struct banlist bans = { 0 };
	struct firewall fw = { 0 };
	struct stats stats = { 0 };
	struct buf out = { 0 };
	int ret = EXIT_NOTHING;

	if (remembered_load(config->state, &config->judge, time(NULL), &judge) == 0 &&
	    blacklist_read(config->blacklist, &bans) == 0) {
		count_bans(&stats, &bans);
		stats.kernel_read = kernel_read(&fw, config) == 0;
		ret = stats.kernel_read ? EXIT_ALL_WELL : EXIT_IN_PART;
		if (stats.kernel_read)
			count_knocks(&stats, &fw, &judge);
		if (options->prometheus != NULL) {
			if (write_prometheus(config, options, &stats, &fw, &judge) != EXIT_ALL_WELL)
				ret = EXIT_NOTHING;
		} else if (options->json)
			add_json(&stats, &out);
		else
			add_text(&stats, options->verbose ? SIZE_MAX : SHOWN, &out);
		text_print(&out);
	}
	free(stats.knockers);
	buf_free(&out);
	firewall_free(&fw);
	judge_free(&judge);
	banlist_free(&bans);
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
