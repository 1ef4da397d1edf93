/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run: the whole pipeline, once.
 *
 * A child without rights (base/glass) judges the new lines of the logs and makes a new blacklist of the accounts. The
 * parent checks that blacklist under its lock. It brings state and blacklist to the disk before it replaces the first.
 * Then it makes the sets in the kernel equal to the blacklist. Where a log cannot be read or a set cannot be changed,
 * the exit status is 1. Any error in blacklist, state or allowlist stops the run before it writes anything.
 * A dry run takes no lock, writes nothing and sends nothing.
 */
#include <stdlib.h>
#include <time.h>

#include "app/exempt.h"
#include "app/last_run.h"
#include "app/lock.h"
#include "app/run.h"
#include "base/file.h"
#include "base/msg.h"
#include "cmd/commands.h"

enum { TRIES = 3 };

/* Where clock and logs do not agree, the earlier time counts: the set holds what stands in the list. The logs' time is
 * the child's word, which is to end no ban. */
static void sync_kernel(struct run *r)
{
	const int64_t now = r->now < r->clock ? r->now : r->clock;
	FREED_BY(exempt_free) struct exempt exempt = { .config = r->config, .allow = &r->allow, .now = now,
						       .force = r->options->force };
	FREED_BY(firewall_report_free) struct firewall_report report = { 0 };

	if (!r->fw_read)
		return;
	if (kernel_sync(&r->fw, exempt_leave_out(&exempt, &r->list), now, r->options->dry_run, &report) < 0)
		r->in_part = true;
	else if (r->options->dry_run && !r->options->json && !r->options->mail)
		kernel_print_difference(&r->fw, &report);
	else if (!r->options->dry_run && kernel_keep_rule(r->config, &r->fw, &report) < 0)
		r->in_part = true;
	r->in_part = r->in_part || exempt.left_out || report.refused > 0;
}

static int run_through(struct run *r)
{
	int ret = run_read_lasting(r);

	if (ret != EXIT_ALL_WELL)
		return ret;
	run_open_logs(r);
	if (!r->options->no_sync) {
		r->fw_read = kernel_read(&r->fw, r->config) == 0;
		r->in_part |= !r->fw_read;
	}
	if (r->fw_read && kernel_refuse_missing(r->config, &r->fw) < 0)
		return EXIT_NOTHING;
	ret = run_judge(r);
	if (ret != EXIT_ALL_WELL)
		return ret;
	if (r->options->dry_run) {
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
	const int64_t now = time(NULL);
	struct run r = { .config = config, .options = options, .detection = detection, .now = now, .clock = now,
			 .since = since, .lock = &lock, .keeps_lock = keeps_lock };
	int ret = lock_blacklist(&lock, config, options, "run", true);

	if (ret == EXIT_ALL_WELL) {
		judge_init(&r.judge, &config->judge, r.now);
		r.judge.history = &r.history;
		fleet_init(&r.fleet, &config->fleet, &config->judge);
		r.examples = examples_new();
		ret = run_through(&r);
		fleet_free(&r.fleet);
		judge_free(&r.judge);
		history_free(&r.history);
	}
	if (!options->dry_run && (ret == EXIT_ALL_WELL || ret == EXIT_IN_PART))
		last_run_write(config->state, &(struct last_run){ r.clock, ret, r.lines, r.events });
	file_unlock(&lock);
	examples_free(r.examples);
	texts_free(&r.silent);
	reading_free(&r.reading);
	state_free(&r.state);
	allow_free(&r.allow);
	firewall_free(&r.fw);
	banlist_free(&r.list);
	buf_free(&r.report);
	buf_free(&r.subject);
	buf_free(&r.left);
	buf_free(&r.edits);
	return ret;
}

static int try(const struct config *config, const struct options *options, bool keeps_lock)
{
	FREED_BY(detection_close) struct detection detection = { 0 };
	int64_t since;
	int ret = detection_open_proved(&detection, config, options, &since);

	return ret == EXIT_ALL_WELL ? run_once(config, options, &detection, since, keeps_lock) : ret;
}

static int run(const struct config *config, const struct options *options)
{
	int ret = RUN_AGAIN;

	if (!run_clock_is_set(time(NULL)))
		return EXIT_NOTHING;
	/* logs have this host's time zone; the user who starts the run may have another TZ, which sudo(8) keeps */
	if (config->timezone == NULL)
		setenv("TZ", ":/etc/localtime", 1);
	for (unsigned n = 0; n < TRIES && ret == RUN_AGAIN; n++)
		ret = try(config, options, n > 0);
	if (ret != RUN_AGAIN)
		return ret;
	msg("%s, or its state or allowlist, is changed again and again by somebody else while the logs are read; "
	    "nothing was written: run again", config->blacklist);
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
