/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_answer: the answer of the child in the glass.
 *
 * The answer has the form of the state. It has the state's sections, which the next run's child takes apart, the
 * changes of the list (judge/amend), and the report. The parent trusts it no more than a file that anybody may have
 * written. The sections on which the parent itself relies are the parent's own, and so is the list.
 */
#include "app/run.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/utf8.h"
#include "judge/amend.h"

#define ANSWER_PUT "answer-put"
#define ANSWER_GONE "answer-gone"
#define ANSWER_EDITS "answer-edits"
#define ANSWER_REPORT "answer-report"
#define ANSWER_SUBJECT "answer-subject"
#define ANSWER_IN_PART "answer-in-part"
#define ANSWER_NOW "answer-now"

/* The sections of the answer that are not put into the state: the parent's own, and those that are no state. */
static const char *const not_taken[] = {
	STATE_BLACKLIST, STATE_MYNETWORKS, ANSWER_PUT, ANSWER_GONE, ANSWER_EDITS, ANSWER_REPORT, ANSWER_SUBJECT,
	ANSWER_IN_PART, ANSWER_NOW,
};

void run_answer(struct run *r, struct buf *answer)
{
	struct buf put = { 0 }, gone = { 0 }, now = { 0 };

	buf_addf(&now, "%" PRId64 " %" PRIu64 " %" PRIu64 "\n", r->now, r->lines, r->events);
	state_take(&r->state, ANSWER_NOW, &now);
	amend_write(&r->changes, &put, &gone);
	state_take(&r->state, ANSWER_PUT, &put);
	state_take(&r->state, ANSWER_GONE, &gone);
	state_take(&r->state, ANSWER_EDITS, &r->edits);
	state_take(&r->state, ANSWER_REPORT, &r->report);
	if (r->subject.len > 0) {
		buf_add_char(&r->subject, '\n');
		state_take(&r->state, ANSWER_SUBJECT, &r->subject);
	}
	if (r->in_part)
		state_set(&r->state, ANSWER_IN_PART, (struct span){ "\n", 1 });
	(void)state_format(&r->state, answer);
}

/* Takes how much was read, and the time: the logs' time where the clock does not agree with the logs. */
static void take_now(struct run *r, struct span lines)
{
	char text[80] = "";
	int64_t now;

	if (lines.len == 0 || lines.len >= sizeof(text))
		return;
	memcpy(text, lines.ptr, lines.len);
	if (sscanf(text, "%" SCNd64 " %" SCNu64 " %" SCNu64, &now, &r->lines, &r->events) == 3 && now > 0 &&
	    now < UINT32_MAX)
		r->now = now;
}

/* Takes the subject of the mail: one line. */
static void take_subject(struct run *r, struct span lines)
{
	struct span line;

	if (span_take_line(&lines, &line))
		utf8_add_seen(&r->subject, line);
}

int run_take_answer(struct run *r, struct buf *answer)
{
	const struct amend_limits limits = {
		.settings = &r->config->judge, .allow = &r->allow.nets, .force = r->options->force,
		.now = r->now,
	};
	FREED_BY(buf_free) struct buf put = { 0 };
	struct state said;
	int ret;

	if (state_parse(&said, answer, "what the reader of logs answers") < 0)
		return EXIT_NOTHING;
	buf_add_span(&put, state_lines(&said, ANSWER_PUT));
	ret = amend_apply(&r->list, &limits, &put, state_lines(&said, ANSWER_GONE));
	if (ret == 0) {
		if (run_may_be_edited(r))
			buf_add_span(&r->edits, state_lines(&said, ANSWER_EDITS));
		utf8_add_seen(&r->report, state_lines(&said, ANSWER_REPORT));
		take_subject(r, state_lines(&said, ANSWER_SUBJECT));
		take_now(r, state_lines(&said, ANSWER_NOW));
		r->in_part = r->in_part || state_lines(&said, ANSWER_IN_PART).len > 0;
	}
	for (size_t i = 0; ret == 0 && i < LENGTH_OF(not_taken); i++)
		state_set(&said, not_taken[i], (struct span){ "", 0 });
	state_free(ret == 0 ? &r->state : &said);
	if (ret == 0)
		r->state = said;
	return ret < 0 ? EXIT_NOTHING : EXIT_ALL_WELL;
}
