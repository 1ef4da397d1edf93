/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_tell: what a run says on standard output: the difference that a dry run would make, or the report, which is not
 * lost with the run.
 */
#include "app/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/edit.h"
#include "base/msg.h"
#include "list/blacklist.h"
#include "report/changes.h"
#include "report/text.h"

void run_print_diff(const struct run *r)
{
	struct buf next = { 0 };

	/* patch(1) skips what stands before a difference */
	text_print(&r->report);
	if (r->options->json)
		return;
	/* a blacklist that does not exist is an empty text, not an empty list's header line */
	if (r->list.count > 0 || access(r->config->blacklist, F_OK) == 0)
		blacklist_format(&r->list, &next);
	edit_print_difference(r->options, r->config->blacklist, (struct span){ next.ptr, next.len });
	buf_free(&next);
}

static struct span find_example(void *context, const struct addr *addr, unsigned event_class)
{
	return examples_find(context, addr, event_class);
}

void run_make_report(struct run *r)
{
	struct run_facts facts = {
		.changes = &r->changes,
		.judge = &r->judge,
		.banned = r->list.count,
		.lines = r->lines,
		.events = r->events,
		.drift = r->drift,
		.drift_known = &r->drift_known,
		.example = find_example,
		.example_context = r->examples,
		.unread = r->unread.texts,
		.unread_count = r->unread.count,
		.all = r->options->verbose,
	};

	if (r->options->json)
		changes_json(&facts, &r->report);
	else if (!r->options->quiet && !r->options->dry_run)
		changes_text(&facts, &r->report);
	else
		changes_entered(&facts, !r->options->dry_run, &r->report);
}

static void add_path(const struct run *r, struct buf *path)
{
	char *state = file_resolve(r->config->state);

	buf_addf(path, "%s.report", state);
	free(state);
}

int run_keep_report(const struct run *r, struct file_new *file)
{
	struct buf path = { 0 }, head = { 0 };
	struct span parts[2];
	int ret = 0;

	*file = (struct file_new){ 0 };
	if (r->report.len == 0)
		return 0;
	add_path(r, &path);
	buf_addf(&head, "%016" PRIx64 "\n", r->state.sum);
	parts[0] = (struct span){ head.ptr, head.len };
	parts[1] = (struct span){ r->report.ptr, r->report.len };
	ret = file_prepare(file, buf_text(&path), parts, 2, false);
	buf_free(&head);
	buf_free(&path);
	return ret;
}

/* Whether all that was printed has left the program. */
static bool is_out(void)
{
	return fflush(stdout) == 0 && ferror(stdout) == 0;
}

void run_print_report(const struct run *r)
{
	struct buf path = { 0 };

	text_print(&r->report);
	/* told before the sets, which take longest */
	if (is_out() && r->report.len > 0) {
		add_path(r, &path);
		(void)unlink(buf_text(&path));
		buf_free(&path);
	}
}

/* JSON is to stay one text. */
static bool print_left(const struct run *r, const char *text)
{
	if (!r->options->json) {
		printf("the run before ended before it could tell this:\n%s", text);
		return is_out();
	}
	msg("the run before ended before it could tell this:");
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
		msg("%.*s", (int)strcspn(line, "\n"), line);
	return true;
}

void run_tell_left(const struct run *r)
{
	struct buf path = { 0 }, text = { 0 };
	uint64_t sum;
	int len = 0;

	add_path(r, &path);
	if (file_read(buf_text(&path), &text) == 0) {
		/* that of a run whose state never came to stand counts for nothing: the lines are judged now */
		if (sscanf(buf_text(&text), "%16" SCNx64 "\n%n", &sum, &len) != 1 || len != 17 || sum != r->state.sum ||
		    print_left(r, text.ptr + len))
			(void)unlink(buf_text(&path));
	}
	buf_add_text(&path, ".new");
	(void)unlink(buf_text(&path));
	buf_free(&text);
	buf_free(&path);
}
