/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state: shows what mailban remembers between two runs.
 *
 * Shows how far each log was read, and how much each other section of the state holds. With -v and in JSON it shows the
 * lines themselves, in the form of the modules that write them. Only reads, and takes no lock. Of a damaged state it
 * says what any other command says.
 */
#include "app/config.h"
#include "app/remembered.h"
#include "cmd/commands.h"
#include "list/state.h"
#include "log/position.h"
#include "report/fields.h"
#include "report/text.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>

/* The words of an account's line: judge/account_line.c. */
static const char legend[] =
	"  ADDRESS, then what is not 0:\n"
	"  time=T             all points are as of then; times are seconds since 1970\n"
	"  u:NAME=P@T@N@L     points of a user name, its last failure, failures since its last login, that login\n"
	"  CLASS=P@T          points of a class, its last event\n"
	"  credit=P           of logins; good=T the last login or accepted mail; mails=N@T accepted mails, the last\n"
	"  share=P            what the address has given its networks; hosts=N addresses that gave a network points\n"
	"  since=T until=T    the ban that stands; last=T ended=T the one before; level=N how many in a row; by=CLASS\n"
	"  hits=N packets=N   events since the last ban; packets that were dropped\n"
	"  untold=A,B,C,D,E@T failures lately told of, but not yet: by a server without the user's name, by one\n"
	"                     with it, by the service that checks passwords, by PAM, by any of them with the name\n"
	"  listed was-listed  in the blacklist of the last run, of the one before; held: a person set its end;\n"
	"  breached           a login came after guessing; covered: a person's line bans it, or a network around it\n";

static const char *kind_of(const struct position *p)
{
	if (p->cursor != NULL)
		return "journal";
	if (p->packed)
		return "compressed";
	return p->live ? "live" : "rotated";
}

static void add_positions(struct buf *out, const struct positions *positions)
{
	if (positions->count > 0)
		buf_addf(out, "%-20s  %-10s  %15s  %s\n", "LAST LINE", "FILE", "BYTES READ", "LOG");
	for (size_t i = 0; i < positions->count; i++) {
		const struct position *p = &positions->items[i];
		size_t start = out->len;

		text_add_second(out, p->last_time);
		text_pad(out, start, 20);
		buf_addf(out, "  %-10s  ", kind_of(p));
		if (p->cursor != NULL)
			buf_addf(out, "%15s  ", "-");
		else
			buf_addf(out, "%15" PRIu64 "  ", p->offset);
		buf_add_escaped(out, p->log, strlen(p->log));
		buf_add_char(out, '\n');
	}
}

static void add_accounts(struct buf *out, const struct judge *judge)
{
	size_t banned = 0, names = 0;

	for (size_t i = 0; i < judge->accounts.count; i++)
		banned += account_is_banned(&judge->accounts.all[i], judge->now);
	/* the first name is the empty one */
	for (size_t i = 1; i < judge->accounts.names.count; i++)
		names += judge->accounts.names.all[i].text != NULL;
	buf_addf(out, "accounts: %zu, of them %zu banned; names: %zu\n", judge->accounts.count, banned, names);
}

static void add_section(struct buf *out, const struct state_section *section, bool verbose)
{
	struct span lines = { section->lines, section->len };
	FREED_BY(buf_free) struct buf text = { 0 };
	uint64_t count = 0;

	for (; lines.len > 0; count++) {
		struct span line = span_take(&lines, '\n');

		buf_add_text(&text, "  ");
		buf_add_escaped(&text, line.ptr, line.len);
		buf_add_char(&text, '\n');
	}
	buf_addf(out, "%s: ", section->name);
	text_add_count(out, count, "line", "lines");
	buf_add_char(out, '\n');
	if (verbose)
		buf_add_span(out, buf_span(&text));
}

static bool is_section(const struct state_section *section, const char *name)
{
	return strcmp(section->name, name) == 0;
}

static void add_text(struct buf *out, const struct state *state, const struct positions *positions,
	const struct judge *judge, bool verbose)
{
	add_positions(out, positions);
	add_accounts(out, judge);
	for (size_t i = 0; i < state->count; i++) {
		const struct state_section *section = &state->sections[i];
		bool accounts = is_section(section, STATE_ACCOUNTS);

		if (is_section(section, STATE_POSITIONS) ||
		    ((accounts || is_section(section, STATE_NAMES)) && !verbose))
			continue;
		if (accounts)
			buf_add_text(out, legend);
		add_section(out, section, verbose);
	}
}

static void add_json_position(struct json *json, const struct position *p)
{
	fields_json((const struct field[]){
		field_word("log", p->log),
		field_word("file", kind_of(p)),
		p->cursor == NULL ? field_number("bytes", p->offset) : field_word("bytes", NULL),
		field_word("cursor", p->cursor),
		field_time("last", p->last_time),
		field_end(),
	}, json);
}

static void add_json_section(struct json *json, const struct state_section *section)
{
	struct span lines = { section->lines, section->len };

	json_list(json, section->name);
	while (lines.len > 0) {
		struct span line = span_take(&lines, '\n');

		json_text(json, line.ptr, line.len);
	}
	json_close(json, ']');
}

static void add_json(struct buf *out, const struct state *state, const struct positions *positions)
{
	struct json json;

	json_begin(&json, out);
	json_open(&json, '{');
	json_list(&json, STATE_POSITIONS);
	for (size_t i = 0; i < positions->count; i++)
		add_json_position(&json, &positions->items[i]);
	json_close(&json, ']');
	for (size_t i = 0; i < state->count; i++) {
		if (!is_section(&state->sections[i], STATE_POSITIONS))
			add_json_section(&json, &state->sections[i]);
	}
	json_close(&json, '}');
}

static int read_sections(const struct config *config, const struct state *state, struct positions *positions,
	struct judge *judge)
{
	unsigned bad = positions_parse(positions, state_lines(state, STATE_POSITIONS));

	return state_check(config->state, STATE_POSITIONS, bad) < 0 ?
		       -1 : remembered_judge(state, config->state, judge);
}

static int show(const struct config *config, const struct options *options)
{
	FREED_BY(positions_free) struct positions positions = { 0 };
	FREED_BY(judge_free) struct judge judge = { 0 };
	FREED_BY(state_free) struct state state = { 0 };
	FREED_BY(buf_free) struct buf out = { 0 };
	int ret = EXIT_ALL_WELL;

	if (remembered_open(&state, config->state) < 0)
		return EXIT_NOTHING;
	judge_init(&judge, &config->judge, time(NULL));
	if (read_sections(config, &state, &positions, &judge) < 0)
		ret = EXIT_NOTHING;
	else if (options->json)
		add_json(&out, &state, &positions);
	else if (state.count == 0)
		buf_addf(&out, "nothing is remembered yet in %s; a run begins it\n", config->state);
	else
		add_text(&out, &state, &positions, &judge, options->verbose);
	text_print(&out);
	return ret;
}

const struct command command_state = {
	.name = "state",
	.synopsis = "",
	.summary = "show how far the logs were read, and what else is remembered",
	.details =
	"A line for each file of a log: when its last line was written that was read, what kind of file it was,\n"
	"how many bytes of it were read (uncompressed), and the log it belongs to; then how many accounts and user\n"
	"names are remembered. With -v and with --json the lines of the other sections, too.",
	.options = " config state verbose json ",
	.max_args = 0,
	.run = show,
};
