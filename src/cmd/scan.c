/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan: counts any logs, and changes nothing.
 *
 * Reads the files that it is given, each from its start, and tells who reached a threshold anywhere in them.
 * It has no state and needs no rights but to read. A log that cannot be read is told; the others are read.
 */
#include <stdlib.h>
#include <time.h>

#include "base/mem.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "cmd/config.h"
#include "cmd/detection.h"
#include "judge/classic.h"
#include "judge/policy.h"
#include "report/findings.h"
#include "report/text.h"

struct job {
	struct tally *tally;
	struct classic classic;
	bool is_classic;
	int64_t since;       /* events before it are left out */
	uint64_t events;
};

static void take(void *context, const struct event *event)
{
	struct job *job = context;

	if (event->time < job->since)
		return;
	job->events++;
	if (job->is_classic)
		classic_add(&job->classic, event);
	else
		tally_add(job->tally, event);
}

static struct source *open_log(const char *name, const char *directory, struct buf *why)
{
	if (directory != NULL && source_is_journal(name))
		return source_open_journal(name, directory, NULL, why);
	return source_open(name, why);
}

static size_t open_logs(const struct options *options, struct scan_log *logs)
{
	struct buf why = { 0 };
	size_t count = 0;

	for (int i = 0; i < options->arg_count; i++) {
		buf_clear(&why);
		logs[count].source = open_log(options->args[i], options->directory, &why);
		if (logs[count].source == NULL) {
			msg("%s: %s", options->args[i], buf_text(&why));
			continue;
		}
		/* nobody will come back for the rest of a last line */
		logs[count].take_unterminated = true;
		count++;
	}
	buf_free(&why);
	return count;
}

static void print_judged(const struct options *options, const struct config *config, struct job *job,
			 struct findings *findings, struct buf *out)
{
	struct banlist none = { 0 };
	struct history no_history = { 0 };
	struct policy_input input = {
		.tally = job->tally, .old = &none, .history = &no_history, .settings = &config->judge, .now = time(NULL),
	};
	struct verdict *verdicts = NULL;

	findings->verdict_count = policy_verdicts(&input, &verdicts);
	findings->verdicts = verdicts;
	if (options->tsv)
		findings_tsv(findings, out);
	else if (options->plain)
		findings_plain(findings, out);
	else if (options->json)
		findings_json(findings, out);
	else
		findings_text(findings, out);
	free(verdicts);
}

static void print_classic(const struct options *options, struct job *job, struct buf *out)
{
	struct tally_row *rows;
	size_t count = classic_rows(&job->classic, &rows);

	if (options->tsv)
		findings_classic_tsv(rows, count, out);
	else if (options->plain)
		findings_classic_plain(rows, count, out);
	else if (options->json)
		findings_classic_json(rows, count, out);
	else
		findings_classic_text(rows, count, out);
	free(rows);
}

static int scan(const struct config *config, const struct options *options, struct detection *detection, int64_t since)
{
	struct scan_log *logs = mem_zalloc((size_t)options->arg_count, sizeof(*logs));
	struct job job = { .is_classic = options->classic, .since = since };
	struct findings findings = { .all = options->verbose };
	struct buf out = { 0 };
	size_t count = open_logs(options, logs), failed;

	if (count == 0) {
		free(logs);
		return EXIT_NOTHING;
	}
	job.tally = tally_new(&config->judge, NULL, NULL, time(NULL));
	failed = detection_scan(detection, config, logs, count, job.is_classic ? DETECTION_WANT_PHRASES : 0, take, &job);
	for (size_t i = 0; i < count; i++) {
		findings.lines += logs[i].lines;
		findings.too_long += logs[i].too_long;
		source_close(logs[i].source);
	}
	findings.events = job.events;
	findings.tally = job.tally;
	drift_sort(detection->drift);
	findings.drift = detection->drift;
	if (job.is_classic)
		print_classic(options, &job, &out);
	else
		print_judged(options, config, &job, &findings, &out);
	text_print(&out);
	buf_free(&out);
	classic_free(&job.classic);
	tally_free(job.tally);
	free(logs);
	return failed > 0 || count < (size_t)options->arg_count ? EXIT_IN_PART : EXIT_ALL_WELL;
}

static int run(const struct config *config, const struct options *options)
{
	return detection_judge(config, options, scan);
}

const struct command command_scan = {
	.name = "scan",
	.synopsis = "FILE...|-",
	.summary = "count any logs, and change nothing",
	.details = "Tells who reached a threshold anywhere in the logs, and marks bans that would be over by now.\n"
		   "--tsv prints ADDRESS CLASS COUNT FIRST LAST, --plain the addresses only; with -v everyone that was\n"
		   "counted is told. Needs no state and no rights but to read the files.",
	.options = " config verbose json rules threads classic since directory tsv plain no-prefilter ",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
