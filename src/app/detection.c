/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * detection: the work that all commands share that read logs.
 *
 * Loads the rules, runs a scan, shows its progress, and says what went wrong. The events go to the
 * command. A log that cannot be read to its end is told and counted; the other logs are read all the same.
 */
#include "app/detection.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/glass.h"
#include "base/mem.h"
#include "base/msg.h"
#include "detect/match.h"
#include "detect/samples.h"

enum { PROGRESS_COLUMNS = 60 };

struct progress {
	int64_t begun_ms, shown_ms;
	bool shown;
};

int detection_open(struct detection *detection, const struct config *config, const struct options *options,
		   enum rules_samples samples)
{
	*detection = (struct detection){ 0 };
	if (!config_is_there(config->rules, CONFIG_RULES) || rules_load(&detection->set, config->rules, samples) < 0 ||
	    engine_new(&detection->engine, &detection->set, !options->no_prefilter) < 0)
		return EXIT_USAGE;
	detection->drift = drift_new();
	detection->shows_progress = isatty(STDERR_FILENO);
	return EXIT_ALL_WELL;
}

int detection_enter_glass(struct detection *detection, uint64_t bytes)
{
	if (bytes > ENGINE_FEW_BYTES)
		engine_compile(detection->engine);
	return glass_enter_or_say() ? EXIT_ALL_WELL : EXIT_NOTHING;
}

/* Returns how many of the logs could be opened. */
static size_t open_logs(const struct config *config, const struct options *options, struct scan_log *logs)
{
	FREED_BY(buf_free) struct buf why = { 0 };
	size_t count = 0;

	for (int i = 0; i < options->arg_count; i++) {
		buf_clear(&why);
		logs[count].source = source_open(options->args[i], options->directory, &why, NULL);
		if (logs[count].source == NULL) {
			msg("%s%s %s", options->args[i], source_colon(options->args[i]), buf_text(&why));
			continue;
		}
		source_bound(logs[count].source, &config->unpack);
		/* no later command reads the rest of an unfinished last line */
		logs[count++].take_unterminated = true;
	}
	return count;
}

/* The stored bytes of all logs; UINT64_MAX: not known, as of standard input. */
static uint64_t bytes_of(const struct scan_log *logs, size_t count)
{
	uint64_t all = 0, done, total;

	for (size_t i = 0; i < count; i++) {
		if (source_file(logs[i].source).inode == 0)
			return UINT64_MAX;
		source_progress(logs[i].source, &done, &total);
		all += total;
	}
	return all;
}

/* Finds out what the files are. Returns how many of them are logs. */
static size_t begin_logs(struct scan_log *logs, size_t count)
{
	FREED_BY(buf_free) struct buf why = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		buf_clear(&why);
		if (source_begin(logs[i].source, NULL, &why)) {
			logs[kept++] = logs[i];
			continue;
		}
		msg("%s%s %s", source_name(logs[i].source), source_colon(source_name(logs[i].source)),
			    buf_text(&why));
		source_close(logs[i].source);
	}
	return kept;
}

/* Whether the log holds all that the other one does: it is the same file, or its copy, compressed perhaps. why gets
 * what is wrong with the other one where it cannot be read to its end. */
static bool holds(struct source *source, struct source *other, struct buf *why)
{
	struct span head = source_head(source), copy = source_head(other);

	/* what is no file is read once */
	if (source_file(source).inode == 0 || source_file(other).inode == 0 || source_is_stdin(source) ||
	    source_is_stdin(other) || copy.len == 0 || head.len < copy.len)
		return false;
	return memcmp(head.ptr, copy.ptr, copy.len) == 0 && source_begins_with(source, other, why);
}

/* The first of the logs that holds all that log i does; NULL: none. why: as of holds(). */
static struct source *holder_of(const struct scan_log *logs, size_t count, size_t i, struct buf *why)
{
	for (size_t k = 0; k < count; k++) {
		if (k != i && holds(logs[k].source, logs[i].source, why))
			return logs[k].source;
	}
	return NULL;
}

/* Leaves out logs of which another one holds every line that can be read: each line counts once. Returns how many
 * stay. */
static size_t leave_out_copies(struct detection *detection, struct scan_log *logs, size_t count)
{
	for (size_t i = count; i-- > 0;) {
		FREED_BY(buf_free) struct buf why = { 0 };
		struct source *holder = holder_of(logs, count, i, &why);

		if (holder == NULL)
			continue;
		if (why.len > 0)
			msg("%s: %s; what came before stands in %s, too, and counts once", source_name(logs[i].source),
			    buf_text(&why), source_name(holder));
		else
			msg("%s: is left out, since %s holds every line of it", source_name(logs[i].source),
			    source_name(holder));
		detection->copies += why.len == 0;
		source_close(logs[i].source);
		count--;
		memmove(&logs[i], &logs[i + 1], (count - i) * sizeof(*logs));
	}
	return count;
}

int detection_open_logs(struct detection *detection, const struct config *config, const struct options *options,
			struct scan_log *logs, size_t *count)
{
	int ret;

	*count = open_logs(config, options, logs);
	ret = *count == 0 ? EXIT_NOTHING : detection_enter_glass(detection, bytes_of(logs, *count));
	if (ret == EXIT_ALL_WELL)
		*count = leave_out_copies(detection, logs, begin_logs(logs, *count));
	return *count == 0 ? EXIT_NOTHING : ret;
}

void detection_close(struct detection *detection)
{
	drift_free(detection->drift);
	engine_free(detection->engine);
	rules_free(&detection->set);
}

int detection_open_proved(struct detection *detection, const struct config *config, const struct options *options,
			  int64_t *since)
{
	size_t tried;
	int ret = config_since(options->since, since);

	if (ret == EXIT_ALL_WELL)
		ret = detection_open(detection, config, options, RULES_WITHOUT_SAMPLES);
	return ret == EXIT_ALL_WELL && samples_check(detection->engine, false, &tried) > 0 ? EXIT_USAGE : ret;
}

static void show_progress(void *context, uint64_t done, uint64_t total)
{
	struct progress *p = context;
	int64_t now = clock_ms(), passed = now - p->begun_ms;
	double rate, left;

	if (passed < 1000 || now - p->shown_ms < 200)
		return;
	p->shown_ms = now;
	p->shown = true;
	rate = (double)done / (double)passed * 1000;
	left = total > done && rate > 0 ? (double)(total - done) / rate : 0;
	fprintf(stderr, "\r%8.1f of %.1f MB, %.1f MB/s, %.0f s left   ", (double)done / 1e6, (double)total / 1e6,
		rate / 1e6, left);
}

static size_t tell_failures(const struct scan_log *logs, size_t log_count)
{
	size_t failed = 0;

	for (size_t i = 0; i < log_count; i++) {
		if (!logs[i].failed)
			continue;
		msg("%s: %s; what came before was counted", source_name(logs[i].source), source_error(logs[i].source));
		failed++;
	}
	return failed;
}

bool detection_tell_unbelieved(const struct source *source)
{
	const char *server = source_server(source);

	if (matcher_believes(server))
		return false;
	msg("%s: is %s's own file, where a client can write lines like the server's: nothing in it was believed; "
	    "let %s log through syslog", source_name(source), server, server);
	return true;
}

/* Says which logs the rules do not understand, so that nobody thinks that nothing happened. */
static void tell_not_understood(const struct scan_log *logs, size_t log_count)
{
	for (size_t i = 0; i < log_count; i++) {
		const char *name = source_name(logs[i].source);

		if (!detection_tell_unbelieved(logs[i].source) && logs[i].lines > 0 &&
		    logs[i].headless == logs[i].lines)
			msg("%s: none of its %" PRIu64
			    " lines was understood: there is no time at their beginning in a form that is "
			    "known; see: mailban match %s",
			    name, logs[i].lines, name);
	}
}

static void tell_limits(const struct ruleset *set, const uint64_t *limit_hits)
{
	for (size_t i = 0; i < set->count; i++) {
		if (limit_hits[i] > 0)
			msg_at(set->rules[i].file, set->rules[i].line,
			       "rule %s met PCRE2's limit of work on %" PRIu64
			       " lines, which did not count%s; mend its pattern", set->rules[i].name, limit_hits[i],
			       limit_hits[i] >= MATCH_LIMIT_HITS_MAX ? ", and was asked no more" : "");
	}
}

size_t detection_scan(struct detection *detection, const struct config *config, struct scan_log *logs, size_t log_count,
		      bool want_lines, struct sessions *sessions, scan_take *take, void *context)
{
	uint64_t *limit_hits = mem_zalloc(detection->set.count + 1, sizeof(*limit_hits));
	struct progress progress = { .begun_ms = clock_ms() };
	struct scan scan = {
		.engine = detection->engine, .logs = logs, .log_count = log_count, .threads = config->threads,
		.want_lines = want_lines, .sessions = sessions, .take = take, .context = context,
		.limit_hits = limit_hits, .drift = detection->drift,
	};

	if (detection->shows_progress) {
		scan.progress = show_progress;
		scan.progress_context = &progress;
	}
	scan_run(&scan);
	if (progress.shown)
		fprintf(stderr, "\r%*s\r", PROGRESS_COLUMNS, "");
	tell_limits(&detection->set, limit_hits);
	if (engine_left_out(detection->engine))
		msg("the logs name too many programs: lines of those that came last did not count");
	tell_not_understood(logs, log_count);
	free(limit_hits);
	return tell_failures(logs, log_count);
}
