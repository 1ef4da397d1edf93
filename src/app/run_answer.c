/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_answer: what the child in the glass answers.
 *
 * A text in the form of the state: the sections that it has a word in, and besides what changes in the list
 * (judge/amend) and the report. The parent believes as little of it as of a file that anybody may have written: it
 * takes those sections and no others, and the list is its own.
 */
#include "app/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "judge/amend.h"

#define ANSWER_PUT "answer-put"
#define ANSWER_GONE "answer-gone"
#define ANSWER_REPORT "answer-report"
#define ANSWER_IN_PART "answer-in-part"
#define ANSWER_NOW "answer-now"

/* What the next run's child takes apart again; no other section of the state is the child's. */
static const char *const sections[] = {
	STATE_ACCOUNTS, STATE_CONNECTIONS, STATE_DRIFT, STATE_ENTERED, STATE_JUDGE, STATE_NAMES, STATE_POSITIONS,
	STATE_SESSIONS,
};

void run_answer(struct run *r, struct buf *answer)
{
	struct buf put = { 0 }, gone = { 0 }, now = { 0 };

	run_make_report(r);
	buf_addf(&now, "%" PRId64 "\n", r->now);
	state_take(&r->state, ANSWER_NOW, &now);
	amend_write(&r->changes, &put, &gone);
	state_take(&r->state, ANSWER_PUT, &put);
	state_take(&r->state, ANSWER_GONE, &gone);
	state_take(&r->state, ANSWER_REPORT, &r->report);
	if (r->in_part)
		state_set(&r->state, ANSWER_IN_PART, (struct span){ "\n", 1 });
	state_format(&r->state, answer);
}

/* A report is printable text, for terminals and mails. */
static void take_report(struct run *r, struct span lines)
{
	for (size_t i = 0; i < lines.len; i++) {
		unsigned char c = (unsigned char)lines.ptr[i];

		buf_add_char(&r->report, (c >= 0x20 && c < 0x7f) || c == '\n' ? lines.ptr[i] : '?');
	}
}

/* The time that the logs have, where the clock does not agree with them. */
static void take_now(struct run *r, struct span lines)
{
	char text[32] = "";
	int64_t now;

	if (lines.len == 0 || lines.len >= sizeof(text))
		return;
	memcpy(text, lines.ptr, lines.len);
	now = strtoll(text, NULL, 10);
	if (now > 0 && now < UINT32_MAX)
		r->now = now;
}

int run_take_answer(struct run *r, struct buf *answer)
{
	const struct amend_limits limits = {
		.settings = &r->config->judge, .allow = &r->allow.nets, .force = r->options->force,
	};
	struct buf put = { 0 };
	struct state said;
	int ret;

	if (state_parse(&said, answer, "what the reader of logs answers") < 0)
		return EXIT_NOTHING;
	buf_add_span(&put, state_lines(&said, ANSWER_PUT));
	ret = amend_apply(&r->list, &limits, &put, state_lines(&said, ANSWER_GONE));
	if (ret == 0) {
		for (size_t i = 0; i < sizeof(sections) / sizeof(*sections); i++)
			state_set(&r->state, sections[i], state_lines(&said, sections[i]));
		take_report(r, state_lines(&said, ANSWER_REPORT));
		take_now(r, state_lines(&said, ANSWER_NOW));
		r->in_part = r->in_part || state_lines(&said, ANSWER_IN_PART).len > 0;
	}
	buf_free(&put);
	state_free(&said);
	return ret < 0 ? EXIT_NOTHING : EXIT_ALL_WELL;
}
