/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan: judges any logs, and changes nothing.
 *
 * Reads the named files, each from its start, and tells which addresses reached a ban anywhere in them. It has no
 * state, and needs no right but to read. A log that cannot be read is told; the other logs are read.
 */
#include <stdlib.h>
#include <time.h>

#include "app/config.h"
#include "app/detection.h"
#include "base/mem.h"
#include "cmd/commands.h"
#include "detect/classic.h"
#include "detect/totals.h"
#include "judge/judge.h"
#include "judge/told.h"
#include "report/findings.h"
#include "report/text.h"

struct job {
	const struct scan_log *logs;
	struct judge judge;
	struct totals totals;
	struct classic classic;
	bool is_classic;
	int64_t since;       /* seconds since the epoch; earlier events are left out */
};

static void take(void *context, const struct event *event)
{
	struct job *job = context;

	if (event->time < job->since)
		return;
	if (job->is_classic) {
		classic_add(&job->classic, event);
		return;
	}
	judge_event(&job->judge, event, source_reference(job->logs[event->source].source));
}

static enum findings_form form_of(const struct options *options)
{
	return options->tsv ? FINDINGS_TSV : options->plain ? FINDINGS_PLAIN : options->json ? FINDINGS_JSON :
	       FINDINGS_TEXT;
}

static void print_judged(const struct options *options, struct job *job, struct findings *findings, struct buf *out)
{
	struct decide_input input = { .judge = &job->judge, .now = job->judge.now, .tell_failing = true };
	struct changes news = { 0 };

	accounts_sort(&job->judge.accounts);
	if (!options->plain) {
		totals_sort(&job->totals);
		told_add(&input, &news);
	}
	findings_collect(findings, &job->judge);
	findings->totals = &job->totals;
	findings->news = &news;
	findings_add(findings, form_of(options), out);
	findings->news = NULL;
	free(news.all);
}

static void print_classic(const struct options *options, struct job *job, struct buf *out)
{
	struct classic_total *rows;
	size_t count = classic_totals(&job->classic, &rows);

	findings_classic(rows, count, form_of(options), out);
	free(rows);
}

static int scan(const struct config *config, const struct options *options, struct detection *detection, int64_t since)
{
	FREED_BY(mem_free) struct scan_log *logs = mem_zalloc((size_t)options->arg_count, sizeof(*logs));
	struct job job = { .logs = logs, .is_classic = options->classic, .since = since };
	FREED_BY(findings_free) struct findings findings = { .whole = options->all || options->verbose,
							     .everybody = options->verbose };
	FREED_BY(buf_free) struct buf out = { 0 };
	size_t count, failed;

	if (detection_open_logs(detection, config, options, logs, &count) != EXIT_ALL_WELL)
		return EXIT_NOTHING;
	judge_init(&job.judge, &config->judge, time(NULL));
	job.judge.totals = &job.totals;
	failed = detection_scan(detection, config, logs, count, job.is_classic, NULL, take, &job);
	for (size_t i = 0; i < count; i++) {
		findings.lines += logs[i].lines;
		findings.too_long += logs[i].too_long;
		source_close(logs[i].source);
	}
	drift_sort(detection->drift);
	findings.drift = detection->drift;
	if (job.is_classic)
		print_classic(options, &job, &out);
	else
		print_judged(options, &job, &findings, &out);
	text_print(&out);
	classic_free(&job.classic);
	totals_free(&job.totals);
	judge_free(&job.judge);
	return failed > 0 || count + detection->copies < (size_t)options->arg_count ? EXIT_IN_PART : EXIT_ALL_WELL;
}

static int run(const struct config *config, const struct options *options)
{
	FREED_BY(detection_close) struct detection detection = { 0 };
	int64_t since;
	int ret = detection_open_proved(&detection, config, options, &since);

	return ret == EXIT_ALL_WELL ? scan(config, options, &detection, since) : ret;
}

const struct command command_scan = {
	.name = "scan",
	.synopsis = "FILE...|-",
	.summary = "count any logs, and change nothing",
	.details =
	"Tells what needs a person, then the worst who reached a ban anywhere in the logs that no later login\n"
	"lifted, with --all everybody who did, and marks bans that would be over by now. --tsv prints ADDRESS CLASS\n"
	"COUNT FIRST LAST. --plain tells the addresses alone, without loopback and, unless ban-private is set,\n"
	"private ones. With -v everyone that was counted is told, with the points that each is at. Needs no state and\n"
	"no rights but to read the files.",
	.options = " config verbose all json rules threads classic since directory tsv plain no-prefilter ",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
