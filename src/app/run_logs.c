/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * run_logs: hands the new lines of the logs to the judge.
 *
 * The reading (log/reading) says which files, from where and in which order; the scan makes events of their
 * lines. A log that cannot be read, or lines that are lost, are told at once and kept for the report.
 */
#include "app/run.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/msg.h"
#include "log/reading.h"
#include "log/silence.h"
#include "report/unknown.h"

static void take(void *context, const struct event *event)
{
	struct run *r = context;
	struct reading_source *from = &r->reading.sources[event->source];
	struct addr unit;

	from->left_out += event->time < from->not_before;
	if (event->time < r->since || event->time < from->not_before)
		return;
	judge_event(&r->judge, event, source_reference(from->source));
	if (!(event->flags & EVENT_NO_ADDRESS)) {
		unit = judge_unit(&r->config->judge, &event->addr);
		examples_add(r->examples, &unit, event);
	}
}

static void tell(struct run *r, const char *text)
{
	msg("%s", text);
	texts_add(&r->unread, text);
	run_told_note(r, text);
}

static void tell_notes(struct run *r, size_t from)
{
	for (size_t i = from; i < r->reading.note_count; i++)
		tell(r, r->reading.notes[i].text);
}

/* Where one log is written, another may be quiet by nature, as a webmail's is: then only check tells of it. Where no
 * log is written, each is told once a day: a run without any new line looks like a run with nothing to do. */
static void find_silence(struct run *r)
{
	FREED_BY(log_list_free) struct log_list logs = { 0 };
	int64_t *begins;
	bool silent = true;

	(void)silence_list(&logs, r->config->logs.texts, r->config->logs.count);
	begins = mem_zalloc(logs.count, sizeof(*begins));
	for (size_t i = 0; i < logs.count && silent; i++) {
		begins[i] = silence_begins(&logs.logs[i]);
		silent = silence_is_long(begins[i], r->now);
	}
	for (size_t i = 0; i < logs.count && silent; i++) {
		FREED_BY(buf_free) struct buf text = { 0 };

		if (begins[i] != WHEN_UNKNOWN) {
			silence_say(&text, &logs.logs[i], begins[i]);
			texts_add(&r->silent, buf_text(&text));
		}
	}
	free(begins);
}

static void tell_silence(struct run *r)
{
	for (size_t i = 0; i < r->silent.count && r->now / WHEN_DAY != r->told_day; i++)
		tell(r, r->silent.texts[i]);
}

static void tell_too_long(struct run *r, const struct scan_log *log)
{
	FREED_BY(buf_free) struct buf text = { 0 };

	buf_addf(&text, "%s: %" PRIu64 " %s too long to be a mail server's, passed over",
		 source_name(log->source), log->too_long, log->too_long == 1 ? "line" : "lines");
	tell(r, buf_text(&text));
}

static void tell_left_out(struct run *r, const struct reading_source *from)
{
	FREED_BY(buf_free) struct buf text = { 0 };

	buf_addf(&text, "%s: %" PRIu64 " %s from before ", source_name(from->source), from->left_out,
		 from->left_out == 1 ? "event" : "events");
	when_add_minute(&text, from->not_before);
	buf_addf(&text, " %s left out: earlier runs have counted them", from->left_out == 1 ? "is" : "are");
	tell(r, buf_text(&text));
}

/* Says which logs no rule understands. Where lines were understood before, drift tells of it. */
static void tell_not_understood(struct run *r)
{
	FREED_BY(buf_free) struct buf text = { 0 };

	if (r->lines < UNKNOWN_LINES || r->drift_known.program_count > 0 || r->detection->drift->recognised > 0)
		return;
	unknown_say_none(source_name(r->reading.sources[0].source), r->lines, &text);
	tell(r, buf_text(&text));
}

static void scan_reading(struct run *r)
{
	struct reading *reading = &r->reading;
	FREED_BY(mem_free) struct scan_log *logs = mem_zalloc(reading->count + 1, sizeof(*logs));

	for (size_t i = 0; i < reading->count; i++) {
		logs[i].source = reading->sources[i].source;
		logs[i].take_unterminated = reading->sources[i].take_unterminated;
	}
	if (detection_scan(r->detection, r->config, logs, reading->count, true, &r->sessions, take, r) > 0)
		r->in_part = true;
	for (size_t i = 0; i < reading->count; i++) {
		reading->sources[i].consumed = logs[i].consumed;
		reading->sources[i].last_time = logs[i].last_time;
		reading->sources[i].failed = logs[i].failed;
		if (logs[i].too_long > 0)
			tell_too_long(r, &logs[i]);
		if (reading->sources[i].rewritten && reading->sources[i].left_out > 0)
			tell_left_out(r, &reading->sources[i]);
		if (logs[i].last_time > r->last_line && logs[i].last_time <= r->now + WHEN_DAY)
			r->last_line = logs[i].last_time;
		r->lines += logs[i].lines;
		r->events += logs[i].events;
	}
}

void run_open_logs(struct run *r)
{
	struct reading_options options = {
		.full = r->options->full, .directory = r->options->directory, .bounds = &r->config->unpack,
	};
	bool named = r->options->arg_count > 0;

	reading_open(&r->reading, named ? r->options->args : r->config->logs.texts,
		     named ? (size_t)r->options->arg_count : r->config->logs.count, &options);
	/* a person who names a log knows how old it is; a journal in a folder is another host's */
	if (!named && options.directory == NULL)
		find_silence(r);
}

void run_read_logs(struct run *r)
{
	FREED_BY(positions_free) struct positions next = { 0 };
	FREED_BY(buf_free) struct buf lines = { 0 };
	size_t told;

	reading_begin(&r->reading, &r->positions);
	tell_notes(r, 0);
	tell_silence(r);
	scan_reading(r);
	drift_sort(r->detection->drift);
	tell_not_understood(r);
	told = r->reading.note_count;
	reading_finish(&r->reading, &next);
	tell_notes(r, told);
	r->in_part = r->in_part || r->reading.in_part;
	positions_format(&next, &lines);
	state_set(&r->state, STATE_POSITIONS, buf_span(&lines));
}
