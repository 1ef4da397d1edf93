/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_tell: what a run says on standard output: the difference that a dry run would make, or the report.
 */
#include "app/run.h"

#include <unistd.h>

#include "app/edit.h"
#include "list/blacklist.h"
#include "report/changes.h"
#include "report/text.h"

void run_print_diff(const struct run *r)
{
	struct run_facts facts = { .changes = &r->changes, .judge = &r->judge };
	struct buf breaches = { 0 }, next = { 0 };

	/* patch(1) skips what stands before a difference */
	changes_breaches(&facts, &breaches);
	text_print(&breaches);
	/* a blacklist that does not exist is an empty text, not an empty list's header line */
	if (r->list.count > 0 || access(r->config->blacklist, F_OK) == 0)
		blacklist_format(&r->list, &next);
	edit_print_difference(r->options, r->config->blacklist, (struct span){ next.ptr, next.len });
	buf_free(&next);
	buf_free(&breaches);
}

static struct span find_example(void *context, const struct addr *addr, unsigned event_class)
{
	return examples_find(context, addr, event_class);
}

void run_print_report(const struct run *r)
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
		.unread = r->unread,
		.unread_count = r->unread_count,
		.all = r->options->verbose,
	};
	struct buf out = { 0 };

	if (r->options->json)
		changes_json(&facts, &out);
	else if (!r->options->quiet)
		changes_text(&facts, &out);
	else
		changes_breaches(&facts, &out);
	text_print(&out);
	buf_free(&out);
}
