/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report: tells a person what happened in some days.
 *
 * Reads the history in the state. Where logs are named it reads and judges these, as scan does. Only reads, and takes
 * no lock.
 */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/config.h"
#include "app/detection.h"
#include "app/remembered.h"
#include "base/mem.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "judge/network.h"
#include "list/blacklist.h"
#include "log/discover.h"
#include "log/silence.h"
#include "report/page.h"
#include "report/text.h"

enum { USUAL_DAYS = 14, SILENT_DAYS = 3 };

struct job {
	const struct config *config;
	const struct options *options;
	int64_t now, since, until;
	struct judge judge;
	struct history history;
	const struct scan_log *logs;
	struct owners *owners;
	struct buf silent;       /* logs that nobody writes to, a line each */
	bool has_blocks;
};

static uint32_t day_of(int64_t time)
{
	return time < 0 ? 0 : time / WHEN_DAY > UINT32_MAX ? UINT32_MAX : (uint32_t)(time / WHEN_DAY);
}

static int read_times(struct job *job)
{
	int ret = config_since(job->options->since, &job->since);

	if (ret == EXIT_ALL_WELL)
		ret = config_until(job->options->until, &job->until);
	if (ret == EXIT_ALL_WELL && job->since > job->until) {
		msg("--since is later than --until; there is no time between them");
		ret = EXIT_USAGE;
	} else if (ret == EXIT_ALL_WELL && job->since > job->now) {
		msg("--since %s: lies in the future, of which nobody can report", job->options->since);
		ret = EXIT_USAGE;
	}
	return ret;
}

/* Begins the page with the days that were asked for, as far as the history has them. */
static void begin_page(const struct job *job, struct page *page)
{
	const struct history *h = &job->history;
	uint32_t last = day_of(job->until < job->now ? job->until : job->now), first = day_of(job->since);

	/* the named logs may be old, so the last day is that of their latest event */
	if (job->options->arg_count > 0 && job->options->until == NULL && h->clock != 0)
		last = h->clock;
	if (job->options->since == NULL && job->options->arg_count == 0)
		first = last >= USUAL_DAYS ? last - USUAL_DAYS + 1 : 0;
	if (h->count > 0 && first < h->days[0].day)
		first = h->days[0].day;
	if (last >= HISTORY_DAYS && first <= last - HISTORY_DAYS)
		first = last - HISTORY_DAYS + 1;
	page_begin(page, first < last ? first : last, last, job->now);
}

/* ---- logs that are named ---- */

/* Notes how many entries the blacklist would have at the end of a day. */
static void note_banned(struct job *job, uint32_t day)
{
	struct history_day of = { .day = day, .runs = 1 };
	const struct accounts *accounts = &job->judge.accounts;
	int64_t end = ((int64_t)day + 1) * WHEN_DAY;

	for (size_t i = 0; i < accounts->count; i++) {
		const struct account *a = &accounts->all[i];

		of.banned += account_is_banned(a, end) && !network_outlives(accounts, job->judge.settings, a, end);
	}
	history_run(&job->history, &of);
}

static void take(void *context, const struct event *event)
{
	struct job *job = context;
	uint32_t before = job->history.clock;

	judge_event(&job->judge, event, source_reference(job->logs[event->source].source));
	for (uint32_t day = before; before != 0 && day < job->history.clock && day < before + HISTORY_DAYS; day++)
		note_banned(job, day);
}

/* Reads the named logs. From here on the command is in the glass, and can use only open files. */
static int read_logs(struct job *job)
{
	FREED_BY(mem_free) struct scan_log *logs = mem_zalloc((size_t)job->options->arg_count, sizeof(*logs));
	FREED_BY(detection_close) struct detection detection = { 0 };
	size_t count = 0;
	int ret = detection_open(&detection, job->config, job->options, RULES_WITHOUT_SAMPLES);

	job->logs = logs;
	if (ret == EXIT_ALL_WELL) {
		ret = detection_open_logs(&detection, job->config, job->options, logs, &count);
		if (ret == EXIT_ALL_WELL &&
		    (detection_scan(&detection, job->config, logs, count, false, NULL, take, job) > 0 ||
		     count + detection.copies < (size_t)job->options->arg_count))
			ret = EXIT_IN_PART;
		if (job->history.clock != 0)
			note_banned(job, job->history.clock);
	}
	for (size_t i = 0; i < count; i++)
		source_close(logs[i].source);
	return ret;
}

/* ---- the state ---- */

/* Reads the state. From here on the command is in the glass. */
static int read_state(struct job *job)
{
	FREED_BY(state_free) struct state state = { 0 };
	int ret = EXIT_ALL_WELL;

	if (remembered_open(&state, job->config->state) < 0)
		return EXIT_NOTHING;
	if (remembered_judge(&state, job->config->state, &job->judge) < 0 ||
	    remembered_history(&state, job->config->state, &job->history) < 0)
		ret = EXIT_NOTHING;
	return ret;
}

/* Finds logs that nobody writes to: their events are missing in the report. */
static void find_silent(struct job *job)
{
	FREED_BY(log_list_free) struct log_list logs = { 0 };

	log_list_make(&logs, job->config->logs.texts, job->config->logs.count);
	for (size_t i = 0; i < logs.count; i++) {
		int64_t begins = silence_begins(&logs.logs[i]);

		if (begins == WHEN_UNKNOWN || !silence_is_long(begins, job->now))
			continue;
		silence_say(&job->silent, &logs.logs[i], begins);
		buf_add_char(&job->silent, '\n');
	}
}

static void need_silent(const struct job *job, struct page *page)
{
	struct span rest = buf_span(&job->silent), line;

	while (span_take_line(&rest, &line)) {
		FREED_BY(mem_free) char *text = mem_text_of(line.ptr, line.len);

		page_need(page, false, "A log is silent", text);
	}
}

/* Says where no run has read a log lately: the report would look quiet. */
static void need_runs(const struct job *job, struct page *page)
{
	uint32_t last = 0;
	FREED_BY(buf_free) struct buf text = { 0 };

	for (size_t i = 0; i < job->history.count; i++)
		last = job->history.days[i].runs > 0 ? job->history.days[i].day : last;
	if (last == 0)
		buf_add_text(&text, "No run has read a log yet");
	else if (last + SILENT_DAYS <= day_of(job->now))
		buf_add_text(&text, "No run has read anything since ");
	if (last != 0 && text.len > 0)
		page_add_date(&text, last);
	if (text.len > 0)
		page_need(page, false, buf_text(&text), "What happened since is not in here: see mailban check.");
}

/* ---- the page ---- */

static bool has_blocks(void)
{
	return setlocale(LC_CTYPE, "") != NULL && strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

static void print(const struct job *job, const struct page *page)
{
	FREED_BY(buf_free) struct buf out = { 0 };

	if (job->options->json)
		page_json(page, &out);
	else if (job->options->html)
		page_html(page, &out);
	else
		page_text(page, job->has_blocks, &out);
	text_print(&out);
}

static int make_page(struct job *job, const struct banlist *bans)
{
	const struct decide_input input = {
		.judge = &job->judge, .now = job->now, .done = &job->config->done,
	};
	char host[256] = "";
	struct page page;
	int ret;

	begin_page(job, &page);
	page.owners = job->owners;
	ret = state_check(job->config->state, STATE_TOPS, page_take_history(&page, &job->history));
	if (gethostname(host, sizeof(host) - 1) == 0 && bans != NULL)
		page.host = host;
	if (bans != NULL) {
		need_silent(job, &page);
		need_runs(job, &page);
	}
	accounts_sort(&job->judge.accounts);
	page_take_judge(&page, &input, bans);
	page_finish(&page);
	if (ret == 0)
		print(job, &page);
	page_free(&page);
	return ret < 0 ? EXIT_NOTHING : EXIT_ALL_WELL;
}

static int report(struct job *job)
{
	FREED_BY(banlist_free) struct banlist bans = { 0 };
	bool named = job->options->arg_count > 0;
	int ret, made;

	if (!named && blacklist_read(job->config->blacklist, &bans) < 0)
		return EXIT_NOTHING;
	if (!named)
		find_silent(job);
	ret = named ? read_logs(job) : read_state(job);
	made = ret > EXIT_IN_PART ? ret : make_page(job, named ? NULL : &bans);
	return made != EXIT_ALL_WELL ? made : ret;
}

static int run(const struct config *config, const struct options *options)
{
	struct job job = { .config = config, .options = options, .now = time(NULL), .has_blocks = has_blocks() };
	int ret = read_times(&job);

	judge_init(&job.judge, &config->judge, job.now);
	job.judge.history = &job.history;
	if (ret == EXIT_ALL_WELL) {
		job.owners = owners_open(&config->owners);
		ret = report(&job);
		owners_close(job.owners);
	}
	buf_free(&job.silent);
	judge_free(&job.judge);
	history_free(&job.history);
	return ret;
}

const struct command command_report = {
	.name = "report",
	.synopsis = "[FILE...]",
	.summary = "tell what happened in some days: what needs a person, figures, who attacks whom",
	.details =
	"Of the last 14 days, or from --since to --until, whole days of UTC, from the history that the state keeps of\n"
	"400 days: events of each day by class, and the twelve addresses, user names and networks that came most.\n"
	"With FILE... from these logs, all of their days. --html makes one page that needs nothing from outside:\n"
	"mailban report --html > report.html",
	.options = " config json html blacklist state rules threads since until no-prefilter ",
	.max_args = -1,
	.run = run,
};
