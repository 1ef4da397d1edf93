/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run: the whole pipeline, once.
 *
 * Under the lock of the blacklist: what is new in the logs is judged, accounts become a new blacklist; state and
 * blacklist are both brought to the disk before the first is replaced; then the sets in the kernel are made equal to
 * the blacklist. A log that cannot be read and a set that cannot be changed make the run one in part; anything wrong
 * with blacklist, state or allowlist stops it before anything is written.
 * A dry run takes no lock, writes nothing and sends nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "app/exempt.h"
#include "app/last_run.h"
#include "app/lock.h"
#include "app/run.h"
#include "base/file.h"
#include "base/msg.h"
#include "cmd/commands.h"

enum { DAY = 86400, TRIES = 3 };

static void take_knock(struct run *r, const struct firewall_entry *entry)
{
	struct account *a = entry->packets > 0 ? accounts_find(&r->judge.accounts, &entry->net) : NULL;
	struct change *c;
	uint64_t since;

	if (a == NULL || (a->flags & ACCOUNT_LISTED) == 0)
		return;
	since = judge_knock(&r->judge, a, entry->packets);
	if (since == 0 || !account_is_banned(a, r->now))
		return;
	c = changes_add(&r->changes, CHANGE_RENEWED, &a->addr);
	c->packets = since;
	c->until = a->until;
}

/* Who is dropped and does not go away. */
static void take_knocks(struct run *r)
{
	for (unsigned f = 0; r->fw_read && f < FIREWALL_FAMILIES; f++) {
		const struct firewall_set *set = &r->fw.sets[f];

		for (size_t i = 0; i < set->count; i++)
			take_knock(r, &set->entries[i]);
	}
}

/* What others said before is known, whatever becomes of the engine. */
static void meet_fleet(struct run *r)
{
	struct buf why = { 0 };

	if (!r->options->dry_run && !fleet_exchange(&r->fleet, &r->judge, r->now, &why)) {
		msg("%s: %s; all else is done, and the next run catches up", r->config->fleet.url, buf_text(&why));
		r->in_part = true;
	}
	buf_free(&why);
	fleet_judge(&r->fleet, &r->judge, r->now);
}

static void judge(struct run *r)
{
	struct decide_input input = {
		.judge = &r->judge, .allow = &r->allow.nets, .now = r->now,
		.last_clock = r->options->mail ? r->told.clock : r->last_clock,
		.force = r->options->force,
		.tell_failing = r->options->mail || r->now / DAY != r->told_day,
		.done = r->config->done.texts, .done_count = r->config->done.count,
	};

	take_knocks(r);
	if (r->config->fleet.url != NULL)
		meet_fleet(r);
	fleet_lay(&r->fleet, &r->judge);
	decide(&input, &r->list, &r->changes);
	fleet_lift(&r->fleet, &r->judge);
}

static void finish_kernel(struct run *r)
{
	if (r->options->no_sync)
		return;
	r->fw_read = kernel_read_finish(&r->reading, &r->fw) == 0;
	if (!r->fw_read)
		r->in_part = true;
}

static void sync_kernel(struct run *r)
{
	struct exempt exempt = { .config = r->config, .allow = &r->allow, .now = r->now, .force = r->options->force };
	struct firewall_report report = { 0 };

	if (!r->fw_read)
		return;
	if (kernel_sync(&r->fw, exempt_leave_out(&exempt, &r->list), r->now, r->options->dry_run, &report) < 0)
		r->in_part = true;
	else if (r->options->dry_run && !r->options->json)
		kernel_print_difference(&r->fw, &report, stdout);
	else if (!r->options->dry_run && kernel_keep_rule(r->config, &r->fw, &report) < 0)
		r->in_part = true;
	r->in_part = r->in_part || exempt.left_out;
	exempt_free(&exempt);
	firewall_report_free(&report);
}

static void tell_future(const struct run *r)
{
	if (r->judge.future > 0)
		msg("%" PRIu64
		    " lines bear a time that is to come; they count as of when their log was last written: see the "
		    "clock and the time zone of who writes it",
		    r->judge.future);
	if (r->judge.accounts.dropped > 0)
		msg("more than %" PRIu64 " addresses: %" PRIu64 " accounts with least points were forgotten; the "
		    "setting accounts allows more", r->config->judge.accounts, r->judge.accounts.dropped);
}

/* Reading may take minutes, in which a person wants to ban somebody: he may have the lock meanwhile. A run that was
 * overtaken so keeps it at its second try. */
static int read_logs(struct run *r, struct detection *detection)
{
	int ret = EXIT_ALL_WELL;

	run_check_set_back(r);
	if (!r->keeps_lock)
		file_unlock(r->lock);
	run_read_logs(r, detection);
	run_check_set_forward(r);
	if (!r->keeps_lock)
		ret = lock_blacklist(r->lock, r->config, r->options, "run", true);
	return ret == EXIT_ALL_WELL && !r->options->dry_run && run_was_overtaken(r) ? RUN_AGAIN : ret;
}

static int run_through(struct run *r, struct detection *detection)
{
	int ret;

	/* the kernel lists its sets while files are read */
	if (!r->options->no_sync)
		kernel_read_start(&r->reading, r->config);
	ret = run_read_lasting(r);
	if (ret == EXIT_ALL_WELL)
		ret = read_logs(r, detection);
	finish_kernel(r);
	if (ret != EXIT_ALL_WELL)
		return ret;
	if (r->fw_read && kernel_refuse_missing(r->config, &r->fw) < 0)
		return EXIT_NOTHING;
	judge(r);
	tell_future(r);
	run_make_report(r);
	if (r->options->dry_run) {
		if (r->options->json || r->options->mail)
			run_print_report(r);
		else
			run_print_diff(r);
	} else {
		ret = run_write_files(r);
		if (ret == EXIT_NOTHING || ret == RUN_AGAIN)
			return ret;
		r->in_part = r->in_part || ret == EXIT_IN_PART;
		run_print_report(r);
	}
	sync_kernel(r);
	return r->in_part ? EXIT_IN_PART : EXIT_ALL_WELL;
}

static int run_once(const struct config *config, const struct options *options, struct detection *detection,
		    int64_t since, bool keeps_lock)
{
	struct file_lock lock;
	struct run r = { .config = config, .options = options, .now = time(NULL), .since = since, .lock = &lock,
			 .keeps_lock = keeps_lock };
	int ret = lock_blacklist(&lock, config, options, "run", true);

	if (ret == EXIT_ALL_WELL) {
		judge_init(&r.judge, &config->judge, r.now);
		r.judge.history = &r.history;
		fleet_init(&r.fleet, &config->fleet, &config->judge);
		r.examples = examples_new();
		ret = run_through(&r, detection);
		fleet_free(&r.fleet);
		judge_free(&r.judge);
		history_free(&r.history);
	}
	if (!options->dry_run && (ret == EXIT_ALL_WELL || ret == EXIT_IN_PART))
		last_run_write(config->state, &(struct last_run){ r.now, ret, r.lines, r.events });
	file_unlock(&lock);
	changes_free(&r.changes);
	examples_free(r.examples);
	drift_known_free(&r.drift_known);
	for (size_t i = 0; i < r.unread_count; i++)
		free(r.unread[i]);
	free(r.unread);
	positions_free(&r.positions);
	sessions_free(&r.sessions);
	state_free(&r.state);
	allow_free(&r.allow);
	firewall_free(&r.fw);
	banlist_free(&r.list);
	buf_free(&r.report);
	run_told_free(&r);
	return ret;
}

static int run_beside_others(const struct config *config, const struct options *options, struct detection *detection,
			     int64_t since)
{
	return run_once(config, options, detection, since, false);
}

static int run_alone(const struct config *config, const struct options *options, struct detection *detection,
		     int64_t since)
{
	return run_once(config, options, detection, since, true);
}

static int run(const struct config *config, const struct options *options)
{
	int ret;

	if (!run_clock_is_set(time(NULL)))
		return EXIT_NOTHING;
	/* logs are this host's, wherever the one sits who starts the run: sudo(8) keeps his TZ */
	if (config->timezone == NULL)
		setenv("TZ", ":/etc/localtime", 1);
	ret = detection_judge(config, options, run_beside_others);
	for (unsigned more = TRIES - 1; ret == RUN_AGAIN && more > 0; more--)
		ret = detection_judge(config, options, run_alone);
	if (ret != RUN_AGAIN)
		return ret;
	msg("%s: is changed again and again by somebody else while the logs are read; nothing was written: run again",
	    config->blacklist);
	return EXIT_NOTHING;
}

const struct command command_run = {
	.name = "run",
	.synopsis = "[FILE...]",
	.summary = "new log data into the blacklist, and the blacklist into the set",
	.details =
	"Reads what is new in the logs since the last run, bans whose points reach the threshold, lets go whose ban\n"
	"is over, and makes the sets in the kernel equal to the blacklist. Prints what changed on one screen, with -v\n"
	"in full, nothing where nothing did. --mail prints a mail for sendmail -t: what changed since the last one,\n"
	"where something needs a person. With --dry-run it prints the unified diff of the blacklist and what would\n"
	"change in the sets; with --json too, what a run would report.",
	.options = " config dry-run quiet verbose json mail color blacklist state allow rules threads no-sync full "
		   "force since directory no-prefilter ",
	.max_args = -1,
	.run = run,
};
