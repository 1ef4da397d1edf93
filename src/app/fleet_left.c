/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fleet_left: the fleet's points against an address that a person forgives.
 *
 * A ban that a person lifts comes again where other hosts have points enough, so the person is told.
 */
#include "app/fleet_left.h"

#include <stdlib.h>

#include "base/glass_run.h"
#include "base/msg.h"
#include "base/points.h"
#include "base/utf8.h"
#include "fleet/fleet.h"
#include "report/text.h"

static void say(const struct fleet_word *words, size_t count, const struct addr *net, struct buf *out)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += words[i].points;
	buf_add_text(out, "the fleet still has ");
	points_add_rough(out, sum);
	buf_addf(out, " points for %s:", addr_text(net).text);
	for (size_t i = 0; i < count; i++) {
		buf_addf(out, "%s %s ", i > 0 ? "," : "", words[i].host);
		points_add_rough(out, words[i].points);
		if (words[i].until != 0) {
			buf_add_text(out, " (banned ");
			text_add_until(out, words[i].until);
			buf_add_char(out, ')');
		}
	}
	buf_addf(out, "; mailban unban --fleet %s has all hosts forget them\n", addr_text(net).text);
}

struct job {
	const struct edit *edit;
	const struct addr *net;
	struct fleet_line *line;
};

/* Runs in the glass where the line to the engine is open. */
static int work(void *context, struct buf *answer)
{
	const struct job *job = context;
	const struct judge_settings *judge = &job->edit->config->judge;
	bool pardons = job->edit->options->fleet;
	FREED_BY(mem_free) struct fleet_word *words = NULL;
	size_t count = 0;
	bool ok;

	ok = pardons ? fleet_pardon(job->line, judge, job->net) :
		       fleet_ask(job->line, judge, job->net, job->edit->now, &words, &count);
	if (!ok)
		msg("%s: %s; %s", job->edit->config->fleet.url, fleet_line_why(job->line), pardons ?
		    "the other hosts were not told" : "whether other hosts have points for it is not known");
	else if (pardons)
		buf_addf(answer, "all hosts of the fleet forget %s at their next runs\n", addr_text(job->net).text);
	else if (count > 0)
		say(words, count, job->net, answer);
	return ok ? EXIT_ALL_WELL : EXIT_IN_PART;
}

int fleet_left(const struct edit *edit, const struct addr *net)
{
	struct job job = { edit, net, NULL };
	FREED_BY(buf_free) struct buf answer = { 0 }, out = { 0 };
	int ret;

	if (edit->config->fleet.url == NULL || edit->options->dry_run)
		return EXIT_ALL_WELL;
	job.line = fleet_line_open(&edit->config->fleet);
	/* without a line there is nothing to read, and a hanging resolver's thread may still run, so no glass then */
	ret = fleet_line_is_open(job.line) ? glass_run(work, &job, false, &answer) : work(&job, &answer);
	utf8_add_seen(&out, buf_span(&answer));
	if (!edit->options->quiet)
		text_print(&out);
	fleet_line_close(job.line);
	return ret == EXIT_ALL_WELL ? EXIT_ALL_WELL : EXIT_IN_PART;
}
