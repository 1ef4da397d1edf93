/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_CMD_REMEMBERED_H
#define MAILBAN_CMD_REMEMBERED_H

#include "judge/history.h"
#include "list/state.h"

/* The history that a state read from path holds, into an empty one. Returns 0, or -1 after saying what is wrong. */
int remembered_history(const struct state *state, const char *path, struct history *history);

#endif
