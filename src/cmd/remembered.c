/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * remembered: what the state holds of the bans that were and that stand.
 *
 * The state carries lines, the judgement knows what they mean; here the two are brought together, with the message
 * about a line that is wrong, for all commands that ask.
 */
#include "cmd/remembered.h"

int remembered_history(const struct state *state, const char *path, struct history *history)
{
	struct span lines = state_lines(state, STATE_HISTORY);
	unsigned long bad_line = 0;

	if (history_load(history, lines.ptr, lines.len, &bad_line) == 0)
		return 0;
	state_bad_line(path, STATE_HISTORY, (unsigned)bad_line);
	return -1;
}
