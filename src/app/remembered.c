/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * remembered: the state's accounts, sessions and history.
 *
 * The state carries lines, and the judgement knows their meaning. This file hands the lines to the judgement,
 * which puts them back itself, and says which line is wrong.
 */
#include "app/remembered.h"

#include <inttypes.h>
#include <stddef.h>

#include "base/glass.h"
#include "list/state_line.h"

struct section_read {
	const char *section;
	unsigned bad;        /* the number of the wrong line; 0: all are good */
};

static int refuse_bad(const char *path, const struct section_read *read, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (state_check(path, read[i].section, read[i].bad) < 0)
			return -1;
	}
	return 0;
}

int remembered_judge(const struct state *state, const char *path, struct judge *judge)
{
	const struct section_read read[] = {
		{ STATE_NAMES, names_load(&judge->accounts.names, state_lines(state, STATE_NAMES)) },
		{ STATE_ACCOUNTS, accounts_load(&judge->accounts, state_lines(state, STATE_ACCOUNTS)) },
		{ STATE_CONNECTIONS, connections_load(&judge->connections, state_lines(state, STATE_CONNECTIONS)) },
		{ STATE_ENTERED, entered_load(&judge->entered, state_lines(state, STATE_ENTERED)) },
		{ STATE_JUDGE, judge_load_clocks(judge, state_lines(state, STATE_JUDGE)) },
	};

	return refuse_bad(path, read, LENGTH_OF(read));
}

int remembered_history(const struct state *state, const char *path, struct history *history)
{
	/* days first: they say which days are open */
	const struct section_read read[] = {
		{ STATE_HISTORY, history_load_days(history, state_lines(state, STATE_HISTORY)) },
		{ STATE_RUNS, history_load_runs(history, state_lines(state, STATE_RUNS)) },
		{ STATE_TOPS, history_load_tops(history, state_lines(state, STATE_TOPS)) },
	};

	return refuse_bad(path, read, LENGTH_OF(read));
}

/* Reads the file while there are rights to, and then enters the glass. */
static int read_and_enter(const char *path, struct buf *text)
{
	if (state_read(path, text) == 0 && glass_enter_or_say())
		return 0;
	buf_free(text);
	return -1;
}

int remembered_open(struct state *state, const char *path)
{
	struct buf text = { 0 };

	*state = (struct state){ 0 };
	return read_and_enter(path, &text) < 0 ? -1 : state_parse_read(state, &text, path);
}

int remembered_parse(struct buf *text, const char *path, const struct judge_settings *settings, int64_t now,
		     struct judge *judge)
{
	FREED_BY(state_free) struct state state = { 0 };
	int ret;

	judge_init(judge, settings, now);
	if (state_parse_read(&state, text, path) < 0)
		return -1;
	ret = remembered_judge(&state, path, judge);
	accounts_sort(&judge->accounts);
	return ret;
}

int remembered_load(const char *path, const struct judge_settings *settings, int64_t now, struct judge *judge)
{
	struct buf text = { 0 };

	if (read_and_enter(path, &text) == 0)
		return remembered_parse(&text, path, settings, now, judge);
	judge_init(judge, settings, now);
	return -1;
}

static const struct line_member session_words[] = {
	LINE_MEMBER("time", struct session, time), LINE_MEMBER("opened", struct session, opened),
	LINE_MEMBER("named", struct session, named), LINE_MEMBER("once", struct session, once),
	LINE_MEMBER("troubled", struct session, troubled), LINE_MEMBER("waiting", struct session, waiting),
	LINE_MEMBER("points", struct session, points),
};

static void add_session(struct buf *out, const struct session *s)
{
	buf_addf(out, "%016" PRIx64 " ", s->connection);
	addr_add_to(out, &s->addr);
	line_add_members(out, session_words, LENGTH_OF(session_words), s);
	if (s->waiting > 0)
		line_add_flag(out, event_class_name((enum event_class)s->event_class), true);
	buf_add_char(out, '\n');
}

void remembered_put_sessions(const struct sessions *sessions, uint32_t clock, struct state *state)
{
	const struct session *s;
	struct buf lines = { 0 };
	size_t at = 0;

	while ((s = sessions_next(sessions, (int64_t)clock - SESSION_AGE, &at)) != NULL)
		add_session(&lines, s);
	for (size_t i = 0; i < sessions->pieces.count; i++)
		buf_addf(&lines, "%016" PRIx64 " :: cut\n", sessions->pieces.cut[i]);
	state_take(state, STATE_SESSIONS, &lines);
}

static bool read_word(const struct line *line, struct session *s, bool *cut)
{
	enum event_class event_class;

	if (line_class(line, &event_class)) {
		s->event_class = (uint8_t)event_class;
		return true;
	}
	*cut |= line_is(line, "cut");
	return line_is(line, "cut") || line_take_member(line, session_words, LENGTH_OF(session_words), s);
}

int remembered_sessions(const struct state *state, const char *path, struct sessions *sessions)
{
	struct line line = { .lines = state_lines(state, STATE_SESSIONS) };

	while (line_next(&line)) {
		struct session s = { 0 };
		bool cut = false, good = line_hex(&line, &s.connection) && s.connection != 0;

		good = good && line_addr(&line, &s.addr);
		while (good && line_word(&line))
			good = read_word(&line, &s, &cut);
		if (!good)
			return state_check(path, STATE_SESSIONS, line.number);
		if (cut)
			pieces_add(&sessions->pieces, s.connection);
		else
			sessions_put(sessions, &s);
	}
	return 0;
}
