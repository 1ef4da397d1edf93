/* SPDX-License-Identifier: GPL-2.0-or-later */
/* remembered: what the state holds of accounts, for all commands that ask, and of connections, for a run. */
#ifndef MAILBAN_APP_REMEMBERED_H
#define MAILBAN_APP_REMEMBERED_H

#include "detect/sessions.h"
#include "judge/judge.h"
#include "record/history.h"
#include "list/state.h"

/* Reads the sections of the judgement into a judge that is empty. Returns 0, or -1 after saying which line of the file
 * at path is wrong. */
int remembered_judge(const struct state *state, const char *path, struct judge *judge);

/* For commands that only print, when all that they open is open: the file is read, and taken apart in the glass
 * (base/glass), where the command stays. 0, or -1 after a message. */
int remembered_open(struct state *state, const char *path);

/* The same into a judge, with judge_init() and all; and of what state_read() read, for who is in the glass already. The
 * judge is to be freed whatever they return. */
int remembered_load(const char *path, const struct judge_settings *settings, int64_t now, struct judge *judge);
int remembered_parse(struct buf *text, const char *path, const struct judge_settings *settings, int64_t now,
		     struct judge *judge);

/* Reads the sections of the history into one that is zero-initialised. Returns 0, or -1 after a message. */
int remembered_history(const struct state *state, const char *path, struct history *history);

/* Puts what the judge holds into the sections; and its history, where it has one. */
void remembered_put(struct judge *judge, struct state *state);

/* The same of the section of sessions. Those are left out that had no line for long before the clock. */
int remembered_sessions(const struct state *state, const char *path, struct sessions *sessions);
void remembered_put_sessions(const struct sessions *sessions, uint32_t clock, struct state *state);

#endif
