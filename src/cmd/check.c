/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * check: whether everything that a run needs is in order.
 *
 * Goes through configuration, rules, allowlist, blacklist, state, the glass, logs and sets, and says of each that
 * it is well, or what is wrong. Goes on after a fault, so that all faults are told at once.
 * Changes nothing and takes no lock.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/config.h"
#include "app/detection.h"
#include "app/exempt.h"
#include "app/kernel.h"
#include "app/remembered.h"
#include "base/file.h"
#include "base/glass_run.h"
#include "base/mem.h"
#include "base/msg.h"
#include "base/utf8.h"
#include "cmd/commands.h"
#include "detect/samples.h"
#include "list/blacklist.h"
#include "log/discover.h"
#include "log/silence.h"
#include "log/source.h"
#include "report/changes.h"
#include "report/text.h"
#include "report/unknown.h"

struct check {
	const struct config *config;
	const struct options *options;
	unsigned faults;
};

static void well(const struct check *c, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void well(const struct check *c, const char *format, ...)
{
	va_list args;

	if (c->options->quiet)
		return;
	fputs("ok  ", stdout);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
}

static void check_rules(struct check *c)
{
	FREED_BY(detection_close) struct detection detection = { 0 };
	size_t tried;

	if (detection_open(&detection, c->config, c->options, RULES_WITH_SAMPLES) != EXIT_ALL_WELL) {
		c->faults++;
		return;
	}
	if (samples_check(detection.engine, true, &tried) > 0)
		c->faults++;
	else
		well(c, "rules: %zu, and %zu samples of theirs", detection.set.count, tried);
}

/* Whether the folder of the file is there and its file system may be written to. A run makes the usual folder for the
 * usual blacklist. Whoever checks need not be who runs, so that rights make no difference. Where a file stands in the
 * folder's place, whoever reads the list says so. */
static bool may_be_written(const struct config *config, const char *path)
{
	FREED_BY(mem_free) char *file = file_resolve(path);
	char *slash = strrchr(file, '/');
	int error = 0;

	if (slash != NULL)
		slash[slash == file] = '\0';
	if (access(slash != NULL ? file : ".", W_OK) < 0)
		error = errno;
	if (error == ENOENT && strcmp(file, CONFIG_FOLDER) == 0 &&
	    strcmp(config->blacklist, CONFIG_FOLDER "/blacklist") == 0)
		return true;
	if (error != EROFS && error != ENOENT)
		return true;
	msg("%s: no run can write it: %s; its folder must exist and be writable", path, strerror(error));
	return false;
}

static void check_lists(struct check *c)
{
	FREED_BY(banlist_free) struct banlist bans = { 0 };
	FREED_BY(allow_free) struct allow allow = { 0 };
	FREED_BY(exempt_free) struct exempt exempt = { .config = c->config, .allow = &allow, .now = time(NULL),
						       .as_read = true };
	bool writable = may_be_written(c->config, c->config->blacklist);

	if (config_gather_allow(c->config, &allow) < 0)
		c->faults++;
	else if (allow.incomplete)
		c->faults++;
	else
		well(c, "allowlist: %zu addresses and networks", allow.nets.count);
	if (blacklist_read(c->config->blacklist, &bans) < 0 || !writable)
		c->faults++;
	else
		well(c, "blacklist %s: %zu entries", c->config->blacklist, bans.count);
	(void)exempt_leave_out(&exempt, &bans);
	c->faults += exempt.left_out;
}

struct remembered {
	const struct check *check;
	struct buf text;
	bool writable;
};

/* Runs in the glass. Entered accounts that nobody has seen to are faults, too. */
static int read_state(void *context, struct buf *answer)
{
	struct remembered *r = context;
	const struct config *config = r->check->config;
	FREED_BY(judge_free) struct judge judge = { 0 };
	size_t first;
	bool ok;

	ok = remembered_parse(&r->text, config->state, &config->judge, time(NULL), &judge) == 0;
	if (ok && r->writable && !r->check->options->quiet)
		buf_addf(answer, "ok  state %s: %zu accounts\n", config->state, judge.accounts.count);
	first = answer->len;
	if (ok)
		changes_unseen(&judge, &config->done, answer);
	return !ok || answer->len > first ? EXIT_IN_PART : EXIT_ALL_WELL;
}

static void check_state(struct check *c)
{
	struct remembered r = { .check = c, .writable = may_be_written(c->config, c->config->state) };
	FREED_BY(buf_free) struct buf answer = { 0 }, out = { 0 };

	if (state_read(c->config->state, &r.text) < 0 || glass_run(read_state, &r, false, &answer) != EXIT_ALL_WELL ||
	    !r.writable)
		c->faults++;
	utf8_add_seen(&out, buf_span(&answer));
	text_print(&out);
	buf_free(&r.text);
}

/* Says where a log is silent. A check tells of each silent log. */
static void check_silence(struct check *c, struct log_files *log)
{
	int64_t begins = silence_begins(log);
	FREED_BY(buf_free) struct buf text = { 0 };

	if (begins != WHEN_UNKNOWN && silence_is_long(begins, time(NULL))) {
		silence_say(&text, log, begins);
		msg("%s", buf_text(&text));
		c->faults++;
	} else {
		well(c, "log %s", log->log);
	}
}

static int begin_log(void *context, struct buf *answer)
{
	FREED_BY(buf_free) struct buf why = { 0 };
	bool begun = source_begin(context, NULL, &why);

	(void)answer;
	if (!begun)
		msg("%s%s %s", source_name(context), source_colon(source_name(context)), buf_text(&why));
	return begun ? EXIT_ALL_WELL : EXIT_IN_PART;
}

static void check_log(struct check *c, struct log_files *log)
{
	FREED_BY(buf_free) struct buf why = { 0 }, ignored = { 0 };
	struct source *source = source_open(log->log, NULL, &why, NULL);

	if (source == NULL) {
		msg("%s%s %s", log->log, source_colon(log->log), buf_text(&why));
		c->faults++;
	} else if (glass_run(begin_log, source, false, &ignored) != EXIT_ALL_WELL) {
		c->faults++;
	} else {
		check_silence(c, log);
	}
	source_close(source);
}

static void take_nothing(void *context, const struct event *event)
{
	(void)context;
	(void)event;
}

struct lines {
	struct check *check;
	struct detection detection;
	struct scan_log *logs;
	size_t count;
};

/* Checks whether the rules understand the lines of a file. */
static void check_file(struct lines *l, struct scan_log *log)
{
	FREED_BY(buf_free) struct buf text = { 0 };

	/* where the log cannot be read, source_begin() says so */
	if (source_begin(log->source, NULL, &text)) {
		(void)detection_scan(&l->detection, l->check->config, log, 1, false, NULL, take_nothing, NULL);
		if (log->lines >= UNKNOWN_LINES && l->detection.drift->recognised == 0) {
			unknown_say_none(source_name(log->source), log->lines, &text);
			msg("%s", buf_text(&text));
			l->check->faults++;
		}
	}
}

/* Checks all files, in the glass. Its status says whether all is well. */
static int check_files(void *context, struct buf *answer)
{
	struct lines *l = context;
	FREED_BY(buf_free) struct buf strangers = { 0 };
	struct span rest, line;

	(void)answer;
	l->check->faults = 0;
	for (size_t i = 0; i < l->count; i++)
		check_file(l, &l->logs[i]);
	drift_sort(l->detection.drift);
	unknown_strangers(l->detection.drift, NULL, &strangers);
	rest = buf_span(&strangers);
	while (span_take_line(&rest, &line)) {
		msg("%.*s", (int)line.len, line.ptr);
		l->check->faults++;
	}
	return l->check->faults > 0 ? EXIT_IN_PART : EXIT_ALL_WELL;
}

/* Checks the live log files as a whole, which takes a second or two where they are large. Leaves out journals, which
 * are larger. */
static void check_lines(struct check *c, const struct log_list *list)
{
	struct lines l = { .check = c, .logs = mem_zalloc(list->count, sizeof(*l.logs)) };
	FREED_BY(buf_free) struct buf ignored = { 0 };

	if (detection_open(&l.detection, c->config, c->options, RULES_WITHOUT_SAMPLES) == EXIT_ALL_WELL) {
		for (size_t i = 0; i < list->count; i++) {
			struct source *source = source_is_journal(list->logs[i].log) ? NULL :
					source_open(list->logs[i].log, NULL, &ignored, NULL);

			if (source == NULL)
				continue;
			source_bound(source, &c->config->unpack);
			l.logs[l.count++] = (struct scan_log){ .source = source, .take_unterminated = true };
		}
		engine_compile(l.detection.engine);
		c->faults += glass_run(check_files, &l, false, &ignored) != EXIT_ALL_WELL;
		for (size_t i = 0; i < l.count; i++)
			source_close(l.logs[i].source);
	}
	detection_close(&l.detection);
	free(l.logs);
}

static void check_logs(struct check *c)
{
	FREED_BY(log_list_free) struct log_list logs = { 0 };

	(void)silence_list(&logs, c->config->logs.texts, c->config->logs.count);
	if (logs.count == 0) {
		FREED_BY(buf_free) struct buf usual = { 0 };

		log_list_say_usual(&usual);
		msg("no log was found: there is none of %s; name a log in the setting log", buf_text(&usual));
		c->faults++;
	}
	for (size_t i = 0; i < logs.count; i++)
		check_log(c, &logs.logs[i]);
	check_lines(c, &logs);
}

static void check_sets(struct check *c)
{
	FREED_BY(firewall_free) struct firewall fw = { 0 };

	if (kernel_read(&fw, c->config) < 0) {
		c->faults++;
		return;
	}
	c->faults += kernel_refuse_missing(c->config, &fw) < 0;
	for (unsigned f = 0; f < FIREWALL_FAMILIES; f++) {
		const struct firewall_set *set = &fw.sets[f];

		if (!set->exists) {
			msg("there is no set %s; mailban sync makes it", set->name);
			c->faults++;
		} else if (firewall_unused(&fw, (enum firewall_family)f)) {
			msg("no rule uses the set %s, so that nothing is dropped; "
			    "put one in place: %s", set->name, rule_command(c->config));
			c->faults++;
		} else {
			well(c, "set %s: %zu entries, used %u times by rules", set->name, set->count, set->references);
		}
	}
}

/* Tells each line that mailban-firewall says of the rule: its place, and which packets never reach it. A line about a
 * fault says what to run. */
static void check_rule(struct check *c)
{
	FREED_BY(buf_free) struct buf said = { 0 };
	int status = rule_run(c->config, "status", &said);
	struct span rest, line;

	rest = buf_span(&said);
	while (status >= 0 && span_take_line(&rest, &line)) {
		if (span_holds(line, "; run: "))
			msg("%.*s", (int)line.len, line.ptr);
		else
			well(c, "rule %.*s", (int)line.len, line.ptr);
	}
	c->faults += status > 0;
}

/* Says which rights a process has given up before it works on the bytes of logs, on this host. */
static void check_glass(struct check *c)
{
	FREED_BY(buf_free) struct buf force = { 0 };

	if (glass_run(NULL, NULL, true, &force) == EXIT_ALL_WELL)
		well(c, "reader of logs: %s", buf_text(&force));
	else
		c->faults++;
}

static int run(const struct config *config, const struct options *options)
{
	struct check c = { .config = config, .options = options };

	well(&c, "configuration");
	check_rules(&c);
	check_lists(&c);
	check_state(&c);
	check_glass(&c);
	check_logs(&c);
	if (!options->no_sync)
		check_sets(&c);
	if (!options->no_sync && rule_is_wanted(config))
		check_rule(&c);
	return c.faults > 0 ? EXIT_IN_PART : EXIT_ALL_WELL;
}

const struct command command_check = {
	.name = "check",
	.synopsis = "",
	.summary = "tell whether all that a run needs is in order",
	.details = "Goes through configuration, rules, allowlist, blacklist, state, logs and sets, and lists what who\n"
		   "reads logs has given up before; exits with 1 where something is wrong. --no-sync leaves the sets\n"
		   "out, which need root, or CAP_NET_ADMIN.",
	.options = " config quiet blacklist state allow rules no-sync ",
	.max_args = 0,
	.run = run,
};
