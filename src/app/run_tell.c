/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_tell: what a run prints: a dry run the difference, any other run its report. The report is not lost where the run
 * dies, or where its output cannot be written.
 *
 * The child makes texts. The headers of a mail, which say who gets it, are the parent's.
 */
#include "app/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/edit.h"
#include "app/mail.h"
#include "base/msg.h"
#include "list/blacklist.h"
#include "report/changes.h"
#include "report/night.h"
#include "report/text.h"
#include "report/unknown.h"

enum { LEFT_MOST = 1 << 20 };  /* bytes of reports that could not be printed */

static const char left_head[] = "the run before ended before it could tell this:";

/* Prints the report. A mail has what is left, too; else run_tell_left() has printed it. */
static void print_all(const struct run *r)
{
	FREED_BY(buf_free) struct buf body = { 0 }, subject = { 0 }, mail = { 0 };
	char host[65];

	if (r->left.len > 0)
		buf_addf(&body, "%s\n%.*s\n", left_head, (int)r->left.len, r->left.ptr);
	buf_add_span(&body, buf_span(&r->report));
	if (r->subject.len > 0)
		buf_add_span(&subject, buf_span(&r->subject));
	else {
		mail_host(host, sizeof(host));
		buf_addf(&subject, "mailban %s: what was not told before", host);
	}
	if (r->options->mail && body.len > 0)
		mail_add(&mail, buf_span(&subject), buf_span(&body));
	text_print(r->options->mail ? &mail : &r->report);
}

void run_print_diff(const struct run *r)
{
	FREED_BY(buf_free) struct buf next = { 0 };

	/* patch(1) skips what stands before a difference */
	print_all(r);
	if (r->options->json || r->options->mail)
		return;
	/* a missing blacklist is an empty text, without the header line of an empty list */
	if (r->list.count > 0 || access(r->config->blacklist, F_OK) == 0)
		blacklist_format(&r->list, &next);
	edit_print_difference(r->options, r->config->blacklist, buf_span(&next));
}

/* Notes shapes that no earlier run saw, for the next mail, too. */
static void note_unknown(struct run *r)
{
	FREED_BY(buf_free) struct buf news = { 0 };

	unknown_notes(r->detection->drift, &r->drift_known, &news);
	for (const char *line = buf_text(&news); *line != '\0'; line += strcspn(line, "\n") + 1)
		run_told_note(r, line);
}

static void note_outage(struct run *r)
{
	if (r->judge.unresolved > 0)
		run_told_note(r, "this server could not look names up: meanwhile clients without a name count nothing; "
			      "is its resolver well?");
}

static bool has_bans(const struct banlist *list, bool v4)
{
	for (size_t i = 0; i < list->count; i++) {
		if (addr_is_v4(&list->bans[i].net) == v4)
			return true;
	}
	return false;
}

/* Notes where no rule uses a set. A rule that mailban-firewall made will be put back, so it is not noted. */
static void note_rule(struct run *r)
{
	for (unsigned f = 0; r->fw_read && f < FIREWALL_FAMILIES; f++) {
		FREED_BY(buf_free) struct buf text = { 0 };

		if (r->fw.sets[f].references > 0 || r->rule_is_wanted || !has_bans(&r->list, f == FIREWALL_V4))
			continue;
		buf_addf(&text, "no rule uses the set %s: nothing is dropped; mailban-firewall up",
			 r->fw.sets[f].name);
		run_told_note(r, buf_text(&text));
	}
}

static struct night night_of(const struct run *r, const char *host)
{
	return (struct night){
		.host = host,
		.judge = &r->judge,
		.changes = &r->changes,
		.fw = r->fw_read ? &r->fw : NULL,
		.owners = r->owners,
		.now = r->now,
		.banned = r->list.count,
		.rows = r->told.rows,
		.row_count = r->told.row_count,
		.notes = &r->told.notes,
	};
}

/* Makes the mail of all that came since the last one. Where nothing needs a person there is no mail, unless the
 * settings want all changes. */
static void make_mail(struct run *r, const struct run_facts *facts)
{
	FREED_BY(buf_free) struct buf changes = { 0 };
	struct night night;
	char host[65];

	mail_host(host, sizeof(host));
	night = night_of(r, host);
	night.since = r->told.time;
	night.clock = r->told.clock;
	night.lines = r->told.lines;
	night.events = r->told.events;
	if (r->config->report_changes)
		changes_text(facts, &changes);
	if (night_needs(&night) > 0 || changes.len > 0) {
		night_subject(&night, &r->subject);
		night_text(&night, &r->report);
		buf_add_text(&r->report, changes.len > 0 ? "\n" : "");
		buf_add_span(&r->report, buf_span(&changes));
	}
	run_told_finish(r, night_bans(&night));
}

/* Says in short what this run did. */
static void make_short(struct run *r, const struct run_facts *facts)
{
	struct night night = night_of(r, "");

	night.notes = &r->notes;
	night.since = r->old_state.written / 1000000000;
	night.clock = r->last_clock;
	night.lines = r->lines;
	night.events = r->events;
	if (changes_are_news(facts) || night_needs(&night) > 0)
		night_text(&night, &r->report);
}

void run_make_report(struct run *r)
{
	struct run_facts facts = {
		.changes = &r->changes,
		.judge = &r->judge,
		.banned = r->list.count,
		.drift = r->detection->drift,
		.drift_known = &r->drift_known,
		.lines = r->lines,
		.events = r->events,
		.examples = r->examples,
		.unread = &r->unread,
		.all = r->options->verbose,
	};

	r->told.lines += r->lines;
	r->told.events += r->events;
	note_unknown(r);
	note_outage(r);
	note_rule(r);
	if (r->options->json)
		changes_json(&facts, &r->report);
	else if (r->options->mail) {
		/* where nobody gets a mail, the news wait */
		if (mail_is_wanted())
			make_mail(r, &facts);
	} else if (r->options->quiet || r->options->dry_run)
		changes_entered(&facts, !r->options->dry_run, &r->report);
	else if (r->options->verbose || r->config->report_changes)
		changes_text(&facts, &r->report);
	else
		make_short(r, &facts);
}

static char *report_path(const struct run *r)
{
	return file_beside(r->config->state, ".report");
}

/* Takes away what a stranger has put in the place of the report: it is not to be told, nor a link to be followed. */
static void drop_strange(const char *path)
{
	if (!file_is_own(path, NULL))
		(void)unlink(path);
}

/* What is left, or its last lines where it has become too much. */
static struct span last_lines(struct span left)
{
	struct span line;

	while (left.len > LEFT_MOST && span_take_line(&left, &line))
		;
	return left;
}

int run_keep_report(const struct run *r, struct file_new *file)
{
	const struct span left = last_lines(buf_span(&r->left));
	FREED_BY(buf_free) struct buf text = { 0 };
	char *path;
	int ret;

	*file = (struct file_new){ 0 };
	if (r->report.len == 0 && left.len == 0)
		return 0;
	path = report_path(r);
	drop_strange(path);
	buf_addf(&text, "%016" PRIx64 " %016" PRIx64 " %zu\n", r->state.sum, r->old_sum, left.len);
	buf_add_span(&text, left);
	buf_add_span(&text, buf_span(&r->report));
	ret = file_prepare(file, path, buf_span(&text), 0);
	free(path);
	return ret;
}

/* Whether all that was printed has left the program. */
static bool is_out(void)
{
	return fflush(stdout) == 0 && ferror(stdout) == 0;
}

static void drop_report(struct run *r)
{
	FREED_BY(mem_free) char *path = report_path(r);

	(void)unlink(path);
	buf_clear(&r->left);
}

void run_print_report(struct run *r)
{
	/* where nobody gets a mail, what is left waits, too */
	if (r->options->mail && !mail_is_wanted())
		return;
	print_all(r);
	/* printed before the sets are changed, which takes longest */
	if (is_out() && (r->report.len > 0 || r->left.len > 0))
		drop_report(r);
}

/* Prints what is left. The output of --json must stay one text. */
static bool print_left(const struct run *r, const char *text)
{
	if (!r->options->json) {
		printf("%s\n%s", left_head, text);
		return is_out();
	}
	msg("%s", left_head);
	for (const char *line = text; *line != '\0'; line += strcspn(line, "\n"), line += *line == '\n')
		msg("%.*s", (int)strcspn(line, "\n"), line);
	return true;
}

/* Takes what is left of the file. Where the state that it names is not in place, this run judges the same lines. Then
 * it takes only what had been left before. */
static void take_left(struct run *r, struct buf *text)
{
	uint64_t sum, before;
	size_t len, left;
	int head = 0;

	if (sscanf(buf_text(text), "%16" SCNx64 " %16" SCNx64 " %zu%n", &sum, &before, &left, &head) != 3 ||
	    text->ptr[head++] != '\n')
		return;
	len = text->len - (size_t)head;
	if (sum != r->state.sum)
		len = before == r->state.sum && left <= len ? left : 0;
	buf_add(&r->left, text->ptr + head, len);
}

int run_carry_report(const struct config *config, uint64_t from, uint64_t to, struct file_new *file)
{
	struct run r = { .config = config, .state = { .sum = from } };
	FREED_BY(mem_free) char *path = report_path(&r);
	FREED_BY(buf_free) struct buf text = { 0 };
	int ret;

	if (file_read_own(path, &text) == 0)
		take_left(&r, &text);
	r.old_sum = from;
	r.state.sum = to;
	ret = run_keep_report(&r, file);
	buf_free(&r.left);
	return ret;
}

void run_tell_left(struct run *r)
{
	FREED_BY(mem_free) char *path = report_path(r), *unfinished = file_beside(r->config->state, ".report" FILE_NEW);
	FREED_BY(buf_free) struct buf text = { 0 };

	r->old_sum = r->state.sum;
	drop_strange(path);
	if (file_read(path, &text) == 0) {
		take_left(r, &text);
		if (r->left.len == 0 || (!r->options->mail && print_left(r, buf_text(&r->left))))
			drop_report(r);
	}
	(void)unlink(unfinished);
}
