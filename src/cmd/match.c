/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match: says what the rules make of each line.
 *
 * Reads one log from its start and says which event each line is; changes nothing. With --tsv exactly one line comes
 * out for each line of the log, whatever its bytes. The last line counts without a newline, too, and a line that is too
 * long is one unknown line. A line whose time cannot be read has the time of the line before, as in a scan.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/config.h"
#include "app/detection.h"
#include "app/explain.h"
#include "base/mem.h"
#include "base/msg.h"
#include "base/when.h"
#include "cmd/commands.h"
#include "detect/match.h"
#include "detect/repeated.h"
#include "detect/sessions.h"
#include "log/wrapping.h"
#include "report/text.h"

enum { BLOCK_BYTES = 1 << 16 };

struct matching {
	struct detection *detection;
	const struct config *config;
	struct engine *engine;
	struct matcher *matcher;
	struct sessions sessions;
	enum wrapping wrapping;
	bool in_pieces;           /* the line before was a piece of a longer one, which the wrapping says */
	struct buf unwrapped;
	const struct options *options;
	int rule;                 /* the only rule that is asked for, or -1 */
	uint64_t line;
	int64_t last_time;        /* WHEN_UNKNOWN: no line had a time yet */
	struct event last;        /* of the line before, for "last message repeated" */
	uint64_t last_host;       /* that wrote it */
	bool last_is_event;
	struct buf out;
};

static void add_address(struct buf *out, const struct event *event)
{
	if (event->flags & EVENT_NO_ADDRESS)
		buf_add_char(out, '-');
	else
		addr_add_to(out, &event->addr);
}

static void add_tsv(struct matching *m, const struct event *event)
{
	const struct rule *rule;

	if (event == NULL) {
		buf_add_text(&m->out, "-\t-\t-\t-\t-\n");
		return;
	}
	rule = engine_rule(m->engine, event->rule)->rule;
	buf_addf(&m->out, "%s\t%s\t", rule->name, event_class_name(rule->event_class));
	add_address(&m->out, event);
	buf_addf(&m->out, "\t%" PRIu32 "\t", event->count);
	text_add_second(&m->out, event->time);
	buf_add_char(&m->out, '\n');
}

static void add_field(struct buf *out, const char *name, struct span value)
{
	if (value.len == 0)
		return;
	buf_addf(out, "  %-8s ", name);
	buf_add_escaped(out, value.ptr, value.len);
	buf_add_char(out, '\n');
}

static void add_event(struct matching *m, const struct event *event)
{
	const struct rule *rule = engine_rule(m->engine, event->rule)->rule;

	buf_addf(&m->out, "  %-8s %s (%s: %s)\n", "rule", rule->name, rule->server, rule->description);
	buf_addf(&m->out, "  %-8s %s%s\n", "class", event_class_name(rule->event_class),
		 event->flags & EVENT_NAMED ? ", from a client with a verified name" : "");
	buf_addf(&m->out, "  %-8s ", "address");
	add_address(&m->out, event);
	buf_add_char(&m->out, '\n');
	add_field(&m->out, "user", event->user);
	buf_addf(&m->out, "  %-8s %" PRIu32 "\n", "count", event->count);
}

static void add_apart(struct matching *m, struct span line, const struct event *event, int64_t when)
{
	const struct header *h = matcher_header(m->matcher);

	buf_addf(&m->out, "line %" PRIu64 ": ", m->line);
	buf_add_escaped(&m->out, line.ptr, line.len < 1000 ? line.len : 1000);
	buf_addf(&m->out, "%s\n  %-8s ", line.len > 1000 ? " ..." : "", "time");
	text_add_second(&m->out, when);
	if (h->stamp.len == 0)
		buf_add_text(&m->out, when == WHEN_UNKNOWN ? " (none can be read)" : " (of a line before)");
	buf_add_char(&m->out, '\n');
	add_field(&m->out, "host", h->host);
	add_field(&m->out, "program", h->program);
	add_field(&m->out, "process", h->pid);
	add_field(&m->out, "message", (struct span){ h->message.ptr, h->message.len < 1000 ? h->message.len : 1000 });
	if (event != NULL)
		add_event(m, event);
	else
		buf_addf(&m->out, "  %-8s none\n", "rule");
	if (m->rule >= 0)
		explain_rule(&m->out, m->engine, m->matcher, (uint16_t)m->rule, event != NULL ? event->rule : -1);
}

/* Makes the event of "last message repeated": the event before, as often as the line says. */
static bool repeat(struct matching *m, struct event *event)
{
	uint32_t times = event->count, before = m->last.repeats > 0 ? m->last.repeats : 1;

	if (!m->last_is_event || repeated_host(matcher_header(m->matcher)->host) != m->last_host)
		return false;
	*event = m->last;
	event->user.len = 0;
	event->count = event->count / before * times;
	event->repeats = times;
	return true;
}

struct handed {
	struct event event;
	bool any;
};

/* Keeps the last event that sessions_take() hands on: of two events the second one is the line's own. */
static void take_handed(void *context, const struct event *event)
{
	struct handed *handed = context;

	handed->event = *event;
	handed->any = true;
}

/* Whether the event counts, after the lines before it. */
static bool settle(struct matching *m, struct event *event)
{
	struct handed handed = { .any = false };

	event->time = m->last_time != WHEN_UNKNOWN ? m->last_time : 0;
	if (!pieces_believes(&m->sessions.pieces, 0, event))
		return false;
	sessions_take(&m->sessions, event, take_handed, &handed);
	if (handed.any)
		*event = handed.event;
	event->time = m->last_time;
	/* a line that waits for its address counts, for a rule recognises it */
	return handed.any || (event->flags & (EVENT_WAITS | EVENT_NO_ADDRESS)) == (EVENT_WAITS | EVENT_NO_ADDRESS);
}

static void take_line(struct matching *m, struct span line)
{
	struct event event = { .time = WHEN_UNKNOWN };
	enum match_verdict verdict;
	int64_t when;
	bool found;

	m->line++;
	line = match_line(line.ptr, line.ptr + line.len);
	if (m->wrapping != WRAPPING_NONE) {
		buf_clear(&m->unwrapped);
		buf_add_span(&m->unwrapped, line);
		line.ptr = m->unwrapped.ptr;
		line.len = wrapping_take_off(m->wrapping, &m->in_pieces, m->unwrapped.ptr, line.len);
	}
	if (matcher_time(m->matcher, line, &when))
		m->last_time = when;
	verdict = matcher_line(m->matcher, line, &event);
	found = (verdict == MATCH_EVENT || (verdict == MATCH_REPEATED && repeat(m, &event))) && settle(m, &event);
	m->last_is_event = found;
	if (found) {
		m->last = event;
		m->last_host = repeated_host(matcher_header(m->matcher)->host);
	}
	if (found && m->options->tsv && m->rule >= 0 && event.rule != m->rule)
		found = false;
	if (m->options->tsv)
		add_tsv(m, found ? &event : NULL);
	else
		add_apart(m, line, found ? &event : NULL, m->last_time);
	if (m->out.len > 0)
		fwrite(m->out.ptr, 1, m->out.len, stdout);
	buf_clear(&m->out);
}

/* Adds bytes to line, hands on the complete lines, and leaves the rest. Of a line that is too long only the beginning
 * is kept, which shows that the line is too long. */
static void take_bytes(struct matching *m, struct buf *line, const char *bytes, size_t len)
{
	while (len > 0) {
		const char *newline = memchr(bytes, '\n', len);
		size_t part = newline != NULL ? (size_t)(newline - bytes) : len;
		size_t room = line->len <= MATCH_LINE_MAX + 1 ? MATCH_LINE_MAX + 2 - line->len : 0;

		buf_add(line, bytes, part < room ? part : room);
		if (newline == NULL)
			return;
		take_line(m, line->ptr != NULL ? buf_span(line) : (struct span){ "", 0 });
		buf_clear(line);
		bytes += part + 1;
		len -= part + 1;
	}
}

static ssize_t read_stdin(char *block)
{
	ssize_t got;

	do
		got = read(STDIN_FILENO, block, BLOCK_BYTES);
	while (got < 0 && errno == EINTR);
	return got;
}

/* Matches all lines of the source; where that is NULL, of standard input. */
static int match_lines(struct matching *m, struct source *source)
{
	FREED_BY(mem_free) char *block = mem_alloc(BLOCK_BYTES, 1);
	FREED_BY(buf_free) struct buf line = { 0 };
	bool open_line = false;
	ssize_t got;

	while ((got = source != NULL ? source_read(source, block, BLOCK_BYTES) : read_stdin(block)) > 0) {
		take_bytes(m, &line, block, (size_t)got);
		open_line = block[got - 1] != '\n';
	}
	if (open_line)
		take_line(m, buf_span(&line));
	if (source != NULL)
		(void)detection_tell_unbelieved(source);
	if (got < 0)
		msg("%s: %s; what came before was matched", source != NULL ? source_name(source) : "standard input",
		    source != NULL ? source_error(source) : strerror(errno));
	return got < 0 ? EXIT_IN_PART : EXIT_ALL_WELL;
}

/* Lines on standard input are taken as they are: they are not unpacked, and need not be text. */
static int match_stdin(struct matching *m)
{
	if (detection_enter_glass(m->detection, UINT64_MAX) != EXIT_ALL_WELL)
		return EXIT_NOTHING;
	matcher_begin(m->matcher, (int64_t)time(NULL), NULL);
	return match_lines(m, NULL);
}

static int match_file(struct matching *m, const char *path)
{
	FREED_BY(buf_free) struct buf why = { 0 };
	struct source *source = source_open(path, NULL, &why, NULL);
	int status = EXIT_NOTHING;

	if (source != NULL)
		source_bound(source, &m->config->unpack);
	if (source != NULL && detection_enter_glass(m->detection, UINT64_MAX) == EXIT_ALL_WELL &&
	    source_begin(source, NULL, &why)) {
		matcher_begin(m->matcher, source_reference(source), source_server(source));
		m->wrapping = wrapping_of(source_head(source).ptr, source_head(source).len);
		status = match_lines(m, source);
	} else if (why.len > 0) {
		msg("%s: %s", path, buf_text(&why));
	}
	source_close(source);
	return status;
}

/* Finds the rule that --rule names. */
static int choose_rule(struct matching *m, const struct ruleset *set)
{
	const struct rule *rule;

	m->rule = -1;
	if (m->options->rule == NULL)
		return EXIT_ALL_WELL;
	rule = rules_find(set, m->options->rule);
	if (rule == NULL) {
		rules_tell_unknown(set, m->options->rule);
		return EXIT_USAGE;
	}
	m->rule = (int)(rule - set->rules);
	return EXIT_ALL_WELL;
}

static int match_all(struct detection *detection, const struct config *config, const struct options *options)
{
	struct matching m = { .detection = detection, .config = config, .engine = detection->engine, .options = options,
			      .last_time = WHEN_UNKNOWN };
	int status = choose_rule(&m, &detection->set);

	if (status != EXIT_ALL_WELL)
		return status;
	m.matcher = matcher_new(detection->engine);
	matcher_set_program(m.matcher, options->program);
	if (options->arg_count == 0 || strcmp(options->args[0], "-") == 0)
		status = match_stdin(&m);
	else
		status = match_file(&m, options->args[0]);
	matcher_free(m.matcher);
	sessions_free(&m.sessions);
	buf_free(&m.unwrapped);
	buf_free(&m.out);
	return status;
}

static int run(const struct config *config, const struct options *options)
{
	FREED_BY(detection_close) struct detection detection = { 0 };
	int status = detection_open(&detection, config, options, RULES_WITHOUT_SAMPLES);

	return status == EXIT_ALL_WELL ? match_all(&detection, config, options) : status;
}

const struct command command_match = {
	.name = "match",
	.synopsis = "[FILE | -]",
	.summary = "say what each line means, for writing rules",
	.details =
	"Shows each line taken apart: time, host, program, message; the rule that knows it, its class, the\n"
	"address, the user and the count. --tsv prints exactly one line a line: rule class address count time,\n"
	"with - for none. --rule NAME says why that rule did not match.",
	.options = " config rules tsv rule program no-prefilter ",
	.max_args = 1,
	.run = run,
};
