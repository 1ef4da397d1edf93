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
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "cmd/config.h"
#include "cmd/detection.h"
#include "cmd/edit.h"
#include "cmd/examples.h"
#include "cmd/kernel.h"
#include "cmd/lock.h"
#include "judge/allow.h"
#include "judge/classic.h"
#include "judge/policy.h"
#include "list/blacklist.h"
#include "list/state.h"
#include "log/reading.h"
#include "report/changes.h"
#include "report/text.h"

struct run {
	const struct config *config;
	const struct options *options;
	int64_t now, since;
	struct banlist old;
	struct state state;
	struct positions positions;
	struct history history;
	struct drift_known drift_known; /* of the runs before */
	struct drift *drift;            /* of this one */
	struct allow allow;
	struct tally *tally;
	struct classic classic;
	struct examples *examples;
	struct kernel_reading reading;
	struct firewall fw;
	bool fw_read;
	bool in_part;
	uint64_t lines, events;
	struct policy_result result;
};

/* ---- reading what lasts ---- */

static int read_state(struct run *r)
{
	const char *path = r->config->state;
	struct span lines;
	unsigned long bad_line = 0;
	unsigned bad;

	if (state_load(&r->state, path) < 0)
		return -1;
	bad = positions_parse(&r->positions, state_lines(&r->state, STATE_POSITIONS));
	if (bad != 0) {
		state_bad_line(path, STATE_POSITIONS, bad);
		return -1;
	}
	bad = drift_known_parse(&r->drift_known, state_lines(&r->state, STATE_DRIFT));
	if (bad != 0) {
		state_bad_line(path, STATE_DRIFT, bad);
		return -1;
	}
	lines = state_lines(&r->state, STATE_HISTORY);
	if (history_load(&r->history, lines.ptr, lines.len, &bad_line) < 0) {
		state_bad_line(path, STATE_HISTORY, (unsigned)bad_line);
		return -1;
	}
	r->tally = tally_new(&r->config->judge, &r->history, &r->old, r->now);
	lines = state_lines(&r->state, STATE_EVIDENCE);
	/* what is read from its start brings its evidence again */
	if (!r->options->full && tally_load(r->tally, lines.ptr, lines.len, &bad_line) < 0) {
		state_bad_line(path, STATE_EVIDENCE, (unsigned)bad_line);
		return -1;
	}
	return 0;
}

static int read_lasting(struct run *r)
{
	if (edit_gather_allow(r->config, &r->allow) < 0)
		return EXIT_USAGE;
	if (blacklist_read(r->config->blacklist, &r->old) < 0 || read_state(r) < 0)
		return EXIT_NOTHING;
	return EXIT_ALL_WELL;
}

/* ---- reading the logs ---- */

static void take(void *context, const struct event *event)
{
	struct run *r = context;
	struct addr unit;

	if (event->time < r->since)
		return;
	if (r->options->classic) {
		classic_add(&r->classic, event);
		return;
	}
	tally_add(r->tally, event);
	if (!(event->flags & EVENT_NO_ADDRESS)) {
		unit = judge_unit(&r->config->judge, &event->addr);
		examples_add(r->examples, &unit, event);
	}
}

static void expect(void *context, const struct event *event, bool very_soon)
{
	struct run *r = context;

	if (!r->options->classic)
		tally_expect(r->tally, event, very_soon);
}

static void tell_notes(const struct reading *reading, size_t from)
{
	for (size_t i = from; i < reading->note_count; i++)
		msg("%s", reading->notes[i].text);
}

static void scan_reading(struct run *r, struct detection *detection, struct reading *reading)
{
	struct scan_log *logs = mem_zalloc(reading->count + 1, sizeof(*logs));
	enum detection_want want = r->options->classic ? DETECTION_WANT_PHRASES : DETECTION_WANT_LINES;

	for (size_t i = 0; i < reading->count; i++) {
		logs[i].source = reading->sources[i].source;
		logs[i].take_unterminated = reading->sources[i].take_unterminated;
	}
	detection->expect = expect;
	if (detection_scan(detection, r->config, logs, reading->count, want, take, r) > 0)
		r->in_part = true;
	for (size_t i = 0; i < reading->count; i++) {
		reading->sources[i].consumed = logs[i].consumed;
		reading->sources[i].last_time = logs[i].last_time;
		reading->sources[i].failed = logs[i].failed;
		r->lines += logs[i].lines;
		r->events += logs[i].events;
	}
	free(logs);
}

static void read_logs(struct run *r, struct detection *detection)
{
	struct reading_options options = { .full = r->options->full, .directory = r->options->directory };
	bool named = r->options->arg_count > 0;
	struct positions next = { 0 };
	struct buf lines = { 0 };
	struct reading reading = { 0 };
	size_t told;

	reading_make(&reading, &r->positions, named ? r->options->args : r->config->logs,
		  named ? (size_t)r->options->arg_count : r->config->log_count, &options);
	tell_notes(&reading, 0);
	scan_reading(r, detection, &reading);
	r->drift = detection->drift;
	drift_sort(r->drift);
	told = reading.note_count;
	reading_finish(&reading, &next);
	tell_notes(&reading, told);
	r->in_part = r->in_part || reading.in_part;
	positions_format(&next, &lines);
	state_set(&r->state, STATE_POSITIONS, (struct span){ lines.ptr, lines.len });
	buf_free(&lines);
	positions_free(&next);
	reading_free(&reading);
}

/* ---- judging ---- */

static void judge_classic(struct run *r)
{
	struct banlist bans = { 0 };

	classic_bans(&r->classic, &bans);
	classic_merge(&r->old, &bans, &r->allow.nets, r->now, &r->result.list);
	banlist_free(&bans);
}

/* The counters of both sets, sorted as the judgement wants them. The caller frees them. */
static struct knock *make_knocks(const struct run *r, size_t *count)
{
	struct knock *knocks;
	size_t n = 0;

	*count = 0;
	if (!r->fw_read)
		return NULL;
	knocks = mem_alloc(r->fw.sets[FIREWALL_V4].count + r->fw.sets[FIREWALL_V6].count + 1, sizeof(*knocks));
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		for (size_t i = 0; i < r->fw.sets[f].count; i++)
			knocks[n++] = (struct knock){ r->fw.sets[f].entries[i].net, r->fw.sets[f].entries[i].packets };
	}
	*count = n;
	return knocks;
}

static void judge(struct run *r)
{
	struct policy_input input = {
		.tally = r->tally, .old = &r->old, .history = &r->history, .allow = &r->allow.nets,
		.settings = &r->config->judge, .now = r->now, .force = r->options->force,
	};
	struct knock *knocks = make_knocks(r, &input.knock_count);

	input.knocks = knocks;
	if (r->options->classic)
		judge_classic(r);
	else
		policy_judge(&input, &r->result);
	free(knocks);
}

/* ---- writing ---- */

/* The report compares with what the runs before saw, so that is left as it is. */
static void put_drift_into_state(struct run *r)
{
	struct drift_known seen;
	struct buf lines = { 0 };

	(void)drift_known_parse(&seen, state_lines(&r->state, STATE_DRIFT));
	drift_known_add(&seen, r->drift);
	drift_known_format(&seen, &lines);
	state_set(&r->state, STATE_DRIFT, (struct span){ lines.ptr, lines.len });
	drift_known_free(&seen);
	buf_free(&lines);
}

static void put_into_state(struct run *r)
{
	struct buf lines = { 0 };

	put_drift_into_state(r);
	if (r->options->classic)
		return;
	tally_save(r->tally, &lines);
	state_set(&r->state, STATE_EVIDENCE, (struct span){ lines.ptr, lines.len });
	buf_clear(&lines);
	history_save(&r->result.history, &lines);
	state_set(&r->state, STATE_HISTORY, (struct span){ lines.ptr, lines.len });
	buf_free(&lines);
}

static int prepare_state(const struct run *r, struct file_new *file)
{
	struct buf text = { 0 };
	struct span part;
	int ret = 0;

	*file = (struct file_new){ 0 };
	state_format(&r->state, &text);
	part = (struct span){ text.ptr, text.len };
	if (!file_holds(r->config->state, &part, 1))
		ret = file_prepare(file, r->config->state, &part, 1, false);
	buf_free(&text);
	return ret;
}

static int tell_write_error(const char *path, int error)
{
	msg("%s: %s; nothing was changed", path, strerror(-error));
	return EXIT_NOTHING;
}

/* First the blacklist, then the state: a run that is cut off between them and repeated counts the same lines
 * again, for bans that stand already. */
static int write_files(struct run *r)
{
	struct file_new blacklist = { 0 }, state = { 0 };
	int error = blacklist_prepare(r->config->blacklist, &r->result.list, &blacklist);

	if (error < 0)
		return tell_write_error(r->config->blacklist, error);
	put_into_state(r);
	error = prepare_state(r, &state);
	if (error < 0) {
		file_discard(&blacklist);
		return tell_write_error(r->config->state, error);
	}
	error = file_commit(&blacklist);
	if (error < 0) {
		file_discard(&state);
		return tell_write_error(r->config->blacklist, error);
	}
	error = file_commit(&state);
	if (error < 0) {
		msg("%s: %s; the blacklist was written, the next run reads the same lines again", r->config->state,
		    strerror(-error));
		return EXIT_IN_PART;
	}
	return EXIT_ALL_WELL;
}

/* ---- telling ---- */

static void print_diff(const struct run *r)
{
	struct buf next = { 0 };

	/* a blacklist that does not exist is an empty text, not an empty list's header line */
	if (r->result.list.count > 0 || access(r->config->blacklist, F_OK) == 0)
		blacklist_format(&r->result.list, &next);
	edit_print_difference(r->options, r->config->blacklist, (struct span){ next.ptr, next.len });
	buf_free(&next);
}

static struct span find_example(void *context, const struct addr *addr, unsigned event_class)
{
	return examples_find(context, addr, event_class);
}

static void print_report(const struct run *r)
{
	struct run_facts facts = {
		.changes = r->result.changes, .change_count = r->result.change_count, .tally = r->tally,
		.banned = r->result.list.count, .lines = r->lines, .events = r->events,
		.drift = r->drift, .drift_known = &r->drift_known,
		.without_address = tally_without_address(r->tally), .example = find_example,
		.example_context = r->examples, .all = r->options->verbose,
	};
	struct buf out = { 0 };

	if (r->options->json)
		changes_json(&facts, &out);
	else if (!r->options->quiet)
		changes_text(&facts, &out);
	text_print(&out);
	buf_free(&out);
}

static int refuse_excess(const struct run *r)
{
	print_report(r);
	msg("%" PRIu64 " new bans, or one of a network too wide, are more than max-new and max-prefix allow; nothing was "
	    "changed: look at the list above, and use --force if it is right", r->result.added);
	return EXIT_NOTHING;
}

/* ---- the whole ---- */

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
	struct firewall_report report = { 0 };

	if (!r->fw_read)
		return;
	if (kernel_sync(&r->fw, &r->result.list, r->now, r->options->dry_run, &report) < 0)
		r->in_part = true;
	else if (r->options->dry_run)
		kernel_print_difference(&r->fw, &report, stdout);
	else
		kernel_warn_unused(&r->fw, &report);
	firewall_report_free(&report);
}

static int run_through(struct run *r, struct detection *detection)
{
	int ret;

	/* the kernel lists its sets while files are read */
	if (!r->options->no_sync)
		kernel_read_start(&r->reading, r->config);
	ret = read_lasting(r);
	if (ret == EXIT_ALL_WELL)
		read_logs(r, detection);
	finish_kernel(r);
	if (ret != EXIT_ALL_WELL)
		return ret;
	judge(r);
	if (r->result.over_limit)
		return refuse_excess(r);
	if (r->options->dry_run) {
		print_diff(r);
	} else {
		ret = write_files(r);
		if (ret == EXIT_NOTHING)
			return ret;
		r->in_part = r->in_part || ret == EXIT_IN_PART;
		print_report(r);
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
	positions_free(&r.positions);
	state_free(&r.state);
	allow_free(&r.allow);
	firewall_free(&r.fw);
	banlist_free(&r.old);
	return ret;
}

static int run(const struct command *command, const struct options *options)
{
	struct detection detection;
	struct config config;
	int64_t since;
	int ret = config_load(&config, options);

	(void)command;
	if (ret == EXIT_ALL_WELL)
		ret = config_since(options->since, &since);
	if (ret == EXIT_ALL_WELL)
		ret = detection_open(&detection, &config, options);
	if (ret == EXIT_ALL_WELL) {
		ret = detection_prove(&detection);
		if (ret == EXIT_ALL_WELL)
			ret = run_locked(&config, options, &detection, since);
		detection_close(&detection);
	}
	config_free(&config);
	return ret;
}

const struct command command_run = {
	.name = "run",
	.synopsis = "[FILE...]",
	.summary = "new log data into the blacklist, and the blacklist into the set",
	.details = "Reads what is new in the logs since the last run, bans who reached a threshold, lets go whose ban is\n"
		   "over, and makes the sets in the kernel equal to the blacklist. Prints what changed, nothing where nothing\n"
		   "did. With --dry-run it prints the unified diff of the blacklist and what would change in the sets.",
	.options = " config dry-run quiet verbose json color blacklist state allow rules threads no-sync full force classic "
		   "since directory no-prefilter ",
	.max_args = -1,
	.run = run,
};
