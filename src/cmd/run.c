/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run: the whole pipeline, once.
 *
 * Under the lock of the blacklist: what is new in the logs, added to what the state kept, is judged into a new
 * blacklist; blacklist and state are both brought to the disk before the first is replaced; then the sets in
 * the kernel are made equal to the blacklist. A log that cannot be read and a set that cannot be changed make
 * the run one in part; anything wrong with blacklist, state or allowlist stops it before anything is written.
 * A dry run takes no lock, writes nothing and sends nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "cmd/exempt.h"
#include "cmd/lock.h"
#include "cmd/run_inside.h"

/* Those of the list that the other one does not have like that. */
static uint64_t note_differing(struct policy_result *out, enum change_kind kind, const struct banlist *list,
	const struct banlist *other)
{
	uint64_t count = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct ban *ban = &list->bans[i], *twin = banlist_find(other, &ban->net);
		struct policy_change *change;

		if (twin != NULL && (kind == CHANGE_EXPIRED || twin->since == ban->since))
			continue;
		change = policy_note(out, kind, &ban->net);
		change->since = ban->since;
		change->until = ban->until;
		change->hits = ban->hits;
		change->by = ban->by;
		change->level = 1;
		count++;
	}
	return count;
}

/* The recipe knows neither changes nor a limit. A run tells the ones and has the other, whoever judges. */
static void judge_classic(struct run *r)
{
	struct policy_result *out = &r->result;
	struct banlist bans = { 0 };

	classic_bans(&r->classic, &bans);
	classic_merge(&r->old, &bans, &r->allow.nets, r->now, &out->list);
	banlist_free(&bans);
	out->added = note_differing(out, CHANGE_ADDED, &out->list, &r->old);
	(void)note_differing(out, CHANGE_EXPIRED, &r->old, &out->list);
	out->over_limit = out->added > r->config->judge.max_new && !r->options->force;
}

/* The counters of both sets, where they stand. */
static void take_knocks(const struct run *r, struct knocks knocks[KNOCKS_SETS])
{
	for (unsigned f = 0; r->fw_read && f < FIREWALL_FAMILIES; f++) {
		const struct firewall_set *set = &r->fw.sets[f];

		if (set->count > 0)
			knocks[f] = (struct knocks){ &set->entries->net, &set->entries->packets, sizeof(*set->entries),
						     set->count };
	}
}

static void judge(struct run *r)
{
	struct policy_input input = {
		.tally = r->tally, .old = &r->old, .history = &r->history, .allow = &r->allow.nets,
		.settings = &r->config->judge, .now = r->now, .force = r->options->force,
	};

	take_knocks(r, input.knocks);
	if (r->options->classic)
		judge_classic(r);
	else
		policy_judge(&input, &r->result);
}

_Static_assert((int)KNOCKS_SETS == (int)FIREWALL_FAMILIES && FIREWALL_V4 == 0, "the sets as the judgement wants them");

static int refuse_excess(const struct run *r)
{
	run_print_report(r);
	if (r->result.added > r->config->judge.max_new)
		msg("new bans: %" PRIu64 ", more than max-new allows; nothing was changed: look at the list above, and use "
		    "--force if it is right", r->result.added);
	else
		msg("a network is wider than max-prefix allows; nothing was changed: look at the list above, and use --force "
		    "if it is right");
	return EXIT_NOTHING;
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
	if (kernel_sync(&r->fw, exempt_leave_out(&exempt, &r->result.list), r->now, r->options->dry_run, &report) < 0)
		r->in_part = true;
	else if (r->options->dry_run && !r->options->json)
		kernel_print_difference(&r->fw, &report, stdout);
	else if (!r->options->dry_run && kernel_keep_rule(r->config, &r->fw, &report) < 0)
		r->in_part = true;
	r->in_part = r->in_part || exempt.left_out;
	exempt_free(&exempt);
	firewall_report_free(&report);
}

static int run_through(struct run *r, struct detection *detection)
{
	int ret;

	/* the kernel lists its sets while files are read */
	if (!r->options->no_sync)
		kernel_read_start(&r->reading, r->config);
	ret = run_read_lasting(r);
	if (ret == EXIT_ALL_WELL)
		run_read_logs(r, detection);
	finish_kernel(r);
	if (ret != EXIT_ALL_WELL)
		return ret;
	if (r->fw_read && kernel_refuse_missing(r->config, &r->fw) < 0)
		return EXIT_NOTHING;
	judge(r);
	if (r->result.over_limit)
		return refuse_excess(r);
	if (r->options->dry_run) {
		if (r->options->json)
			run_print_report(r);
		else
			run_print_diff(r);
	} else {
		ret = run_write_files(r);
		if (ret == EXIT_NOTHING)
			return ret;
		r->in_part = r->in_part || ret == EXIT_IN_PART;
		run_print_report(r);
	}
	sync_kernel(r);
	return r->in_part ? EXIT_IN_PART : EXIT_ALL_WELL;
}

static int run_locked(const struct config *config, const struct options *options, struct detection *detection,
		      int64_t since)
{
	struct run r = { .config = config, .options = options, .now = time(NULL), .since = since };
	struct file_lock lock;
	int ret = lock_blacklist(&lock, config, options, "run", true);

	if (ret == EXIT_ALL_WELL) {
		r.examples = examples_new();
		ret = run_through(&r, detection);
	}
	file_unlock(&lock);
	policy_result_free(&r.result);
	tally_free(r.tally);
	classic_free(&r.classic);
	examples_free(r.examples);
	history_free(&r.history);
	drift_known_free(&r.drift_known);
	for (size_t i = 0; i < r.unread_count; i++)
		free(r.unread[i]);
	free(r.unread);
	positions_free(&r.positions);
	state_free(&r.state);
	allow_free(&r.allow);
	firewall_free(&r.fw);
	banlist_free(&r.old);
	return ret;
}

static int run(const struct config *config, const struct options *options)
{
	return detection_judge(config, options, run_locked);
}

const struct command command_run = {
	.name = "run",
	.synopsis = "[FILE...]",
	.summary = "new log data into the blacklist, and the blacklist into the set",
	.details = "Reads what is new in the logs since the last run, bans who reached a threshold, lets go whose ban is\n"
		   "over, and makes the sets in the kernel equal to the blacklist. Prints what changed, nothing where nothing\n"
		   "did. With --dry-run it prints the unified diff of the blacklist and what would change in the sets; with\n"
		   "--json too, what a run would report.",
	.options = " config dry-run quiet verbose json color blacklist state allow rules threads no-sync full force classic "
		   "since directory no-prefilter ",
	.max_args = -1,
	.run = run,
};
