/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rules: lists the rules, shows one, proves their samples, or makes rules of a filter of fail2ban.
 *
 * Reads nothing but the rules, or the filter and a log for samples. A wrong sample is an error of configuration:
 * exit status 2.
 *
 * Each line of the log is matched in the usual way. The first messages that a rule of the filter recognises become its
 * samples, even where another rule comes first. A rule that recognises none gets a made-up message, so that the file
 * loads. A child in the glass does this, and answers with the file.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/config.h"
#include "app/detection.h"
#include "base/file.h"
#include "base/glass_run.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "detect/fail2ban.h"
#include "detect/lines.h"
#include "detect/match.h"
#include "detect/samples.h"
#include "log/source.h"
#include "log/wrapping.h"

/* ---- rules of a filter of fail2ban ---- */

struct sampling {
	struct f2b_filter *filter;
	struct engine *engine;
	struct matcher *matcher;
};

static void take_line(struct sampling *s, struct span line)
{
	const struct engine_program *program;
	struct header header;
	struct event event;

	if (line.len > MATCH_LINE_MAX || memchr(line.ptr, '\0', line.len) != NULL)
		return;
	header_parse(&header, line.ptr, line.len);
	program = engine_program(s->engine, header.program);
	for (unsigned i = 0; i < program->rule_count && header.message.len > 0; i++) {
		if (matcher_try(s->matcher, program->rules[i], header.message, &event))
			f2b_add_hit(s->filter, program->rules[i], header.message);
	}
}

static int read_log(struct sampling *s, struct source *source)
{
	enum wrapping wrapping = wrapping_of(source_head(source).ptr, source_head(source).len);
	struct scan_log log = { .source = source, .take_unterminated = true };
	FREED_BY(lines_free) struct log_lines lines = { .log = &log };
	FREED_BY(mem_free) char *block = mem_alloc(LINES_ROOM, 1);
	bool in_pieces = false;
	uint64_t offset;

	while (!lines.ended) {
		size_t len = lines_read(&lines, block, &offset);
		struct span rest = { block, wrapping_take_off(wrapping, &in_pieces, block, len) }, line;

		while (span_take_line(&rest, &line))
			take_line(s, match_line(line.ptr, line.ptr + line.len));
	}
	if (!log.failed)
		return EXIT_ALL_WELL;
	msg("%s: %s; samples are of what came before", source_name(source), source_error(source));
	return EXIT_IN_PART;
}

/* Makes up a message for a rule that has none. */
static void make_up(struct sampling *s, uint16_t rule)
{
	const struct rule *r = &s->filter->set.rules[rule];
	FREED_BY(buf_free) struct buf text = { 0 };
	struct event event;

	for (unsigned variant = 0; r->hits[0] == NULL && variant < F2B_VARIANTS; variant++) {
		struct span message;

		buf_clear(&text);
		f2b_sample(r->match_text, variant, &text);
		message = (struct span){ buf_text(&text), text.len };
		if (matcher_try(s->matcher, rule, message, &event)) {
			f2b_add_hit(s->filter, rule, message);
			s->filter->notes[rule].made_up = true;
		}
	}
}

static void tell(const struct options *options, const struct f2b_filter *filter)
{
	size_t without = 0, made_up = 0;

	for (size_t i = 0; i < filter->set.count; i++) {
		without += filter->set.rules[i].hits[0] == NULL;
		made_up += filter->notes[i].made_up;
	}
	if (without + made_up > 0)
		msg("%s: of %zu rules %zu have a sample that was made up, and %zu have none and stand as comments; %s",
		    options->from_fail2ban, filter->set.count, made_up, without,
		    options->sample != NULL ? "write one into hit" : "name a log that has some: --sample LOG");
}

struct job {
	const struct options *options;
	struct f2b_filter *filter;
	struct engine *engine;
	struct source *log;          /* NULL: no log is named */
};

/* Runs in the glass: reads the log with the rules that were made of the filter. */
static int work(void *context, struct buf *answer)
{
	const struct job *job = context;
	struct sampling s = { .filter = job->filter, .engine = job->engine, .matcher = matcher_new(job->engine) };
	FREED_BY(buf_free) struct buf why = { 0 };
	int status = EXIT_ALL_WELL;

	if (job->log != NULL && !source_begin(job->log, NULL, &why)) {
		msg("%s: %s", source_name(job->log), buf_text(&why));
		status = EXIT_USAGE;
	} else if (job->log != NULL) {
		status = read_log(&s, job->log);
	}
	for (size_t i = 0; i < job->filter->set.count; i++)
		make_up(&s, (uint16_t)i);
	if (status != EXIT_USAGE) {
		tell(job->options, job->filter);
		f2b_write(job->filter, answer);
	}
	matcher_free(s.matcher);
	return status;
}

/* Appends the rule file. */
static int make_rules(struct job *job, struct buf *text)
{
	FREED_BY(buf_free) struct buf why = { 0 };
	int status = EXIT_USAGE;

	if (job->options->sample != NULL) {
		job->log = source_open(job->options->sample, NULL, &why, NULL);
		if (job->log == NULL)
			msg("%s: %s", job->options->sample, buf_text(&why));
	}
	if ((job->log != NULL || job->options->sample == NULL) &&
	    engine_new(&job->engine, &job->filter->set, false) == 0) {
		engine_compile(job->engine);
		status = glass_run(work, job, false, text);
		engine_free(job->engine);
	}
	source_close(job->log);
	return status;
}

static int write_out(const struct options *options, struct buf *text)
{
	int ret;

	if (options->output == NULL || options->dry_run)
		return fwrite(text->ptr, 1, text->len, stdout) == text->len ? EXIT_ALL_WELL : EXIT_NOTHING;
	ret = file_replace(options->output, text->ptr, text->len, 1);
	if (ret >= 0)
		return file_tell_unsure(options->output, ret) ? EXIT_IN_PART : EXIT_ALL_WELL;
	msg("%s: %s; no rules were written", options->output, file_why(ret));
	return EXIT_NOTHING;
}

/* --from-fail2ban: writes rules made of the filter to standard output, or to the file of --output, whose former version
 * stays as FILE.1. Returns an exit status: EXIT_IN_PART where the rules lack a part of the filter. */
static int make_of_fail2ban(const struct options *options)
{
	struct f2b_filter filter;
	FREED_BY(buf_free) struct buf text = { 0 };
	enum event_class ignored;
	struct job job = { .options = options, .filter = &filter };
	int status = EXIT_USAGE;

	if (options->arg_count > 0 || options->check) {
		msg("rules: --from-fail2ban makes rules and does nothing else; leave out %s",
		    options->check ? "--check" : options->args[0]);
		return EXIT_USAGE;
	}
	if (options->class_name != NULL && !event_class_parse(&ignored, options->class_name)) {
		event_class_add_names(&text);
		msg("rules: --class expects one of %s, not \"%s\"", buf_text(&text), options->class_name);
		return EXIT_USAGE;
	}
	if (f2b_make(&filter, options->from_fail2ban, options->class_name) == 0)
		status = make_rules(&job, &text);
	if (status == EXIT_ALL_WELL || status == EXIT_IN_PART) {
		int written = write_out(options, &text);

		status = written != EXIT_ALL_WELL ? written : filter.left_out > 0 ? EXIT_IN_PART : status;
	}
	f2b_free(&filter);
	return status;
}

/* ---- the rules that there are ---- */

static int list(const struct ruleset *set)
{
	int name_width = 0, server_width = 0;

	for (size_t i = 0; i < set->count; i++) {
		int name = (int)strlen(set->rules[i].name), server = (int)strlen(set->rules[i].server);

		name_width = name > name_width ? name : name_width;
		server_width = server > server_width ? server : server_width;
	}
	for (size_t i = 0; i < set->count; i++) {
		const struct rule *r = &set->rules[i];

		printf("%-*s  %-7s  %-*s  %s\n", name_width, r->name, event_class_name(r->event_class), server_width,
		       r->server, r->description);
	}
	return EXIT_ALL_WELL;
}

static int show(const struct ruleset *set, const char *name)
{
	const struct rule *rule = rules_find(set, name);

	if (rule == NULL) {
		rules_tell_unknown(set, name);
		return EXIT_USAGE;
	}
	printf("# %s:%u\n%s\n", rule->file, rule->line, rule->source);
	return EXIT_ALL_WELL;
}

static int check(struct detection *detection)
{
	size_t tried, wrong = samples_check(detection->engine, true, &tried);

	printf("%zu rules, %zu samples, %zu wrong\n", detection->set.count, tried, wrong);
	return wrong > 0 ? EXIT_USAGE : EXIT_ALL_WELL;
}

static int run(const struct config *config, const struct options *options)
{
	FREED_BY(detection_close) struct detection detection = { 0 };
	int status;

	if (options->from_fail2ban != NULL)
		return make_of_fail2ban(options);
	if (options->sample != NULL || options->class_name != NULL || options->output != NULL) {
		msg("rules: --sample, --class and --output go with --from-fail2ban; see: mailban help rules");
		return EXIT_USAGE;
	}
	if (options->check && options->arg_count > 0) {
		msg("rules: --check proves every rule; leave out %s", options->args[0]);
		return EXIT_USAGE;
	}
	status = detection_open(&detection, config, options, RULES_WITH_SAMPLES);
	if (status != EXIT_ALL_WELL)
		return status;
	if (options->check)
		return check(&detection);
	return options->arg_count > 0 ? show(&detection.set, options->args[0]) : list(&detection.set);
}

const struct command command_rules = {
	.name = "rules",
	.synopsis = "[NAME]",
	.summary = "list the rules, show one, or prove their samples",
	.details = "Lists name, class, server and description of each rule; with NAME shows that rule's source.\n"
		   "--from-fail2ban writes rules that do what a filter of fail2ban does: mailban-rules(5).",
	.options = " config rules check from-fail2ban sample class output ",
	.max_args = 1,
	.run = run,
};
