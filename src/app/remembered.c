/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * remembered: what the state holds of accounts.
 *
 * The state carries lines, the judgement knows what they mean; here the two are brought together, with the message
 * about a line that is wrong.
 */
#include "app/remembered.h"

int remembered_judge(const struct state *state, const char *path, struct judge *judge)
{
	const struct {
		const char *section;
		unsigned bad;
	} read[] = {
		{ STATE_NAMES, names_load(&judge->accounts.names, state_lines(state, STATE_NAMES)) },
		{ STATE_ACCOUNTS, accounts_load(&judge->accounts, state_lines(state, STATE_ACCOUNTS)) },
		{ STATE_CONNECTIONS, connections_load(&judge->connections, state_lines(state, STATE_CONNECTIONS)) },
		{ STATE_JUDGE, judge_load_clocks(judge, state_lines(state, STATE_JUDGE)) },
	};

	for (size_t i = 0; i < sizeof(read) / sizeof(*read); i++) {
		if (read[i].bad == 0)
			continue;
		state_bad_line(path, read[i].section, read[i].bad);
		return -1;
	}
	return 0;
}

int remembered_load(const char *path, const struct judge_settings *settings, int64_t now, struct judge *judge)
{
	struct state state;
	int ret;

	judge_init(judge, settings, now);
	if (state_load(&state, path) < 0)
		return -1;
	ret = remembered_judge(&state, path, judge);
	state_free(&state);
	accounts_sort(&judge->accounts);
	return ret;
}

void remembered_put(struct judge *judge, struct state *state)
{
	struct judge_lines lines;

	judge_save(judge, &lines);
	state_take(state, STATE_ACCOUNTS, &lines.accounts);
	state_take(state, STATE_NAMES, &lines.names);
	state_take(state, STATE_CONNECTIONS, &lines.connections);
	state_take(state, STATE_JUDGE, &lines.clocks);
}
