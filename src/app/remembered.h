/* SPDX-License-Identifier: GPL-2.0-or-later */
/* remembered: the state's accounts and history, for all commands that show them, and its sessions, for a run. */
#ifndef MAILBAN_APP_REMEMBERED_H
#define MAILBAN_APP_REMEMBERED_H

#include "detect/sessions.h"
#include "judge/judge.h"
#include "record/history.h"
#include "list/state.h"

/* Reads the sections of the judgement into a judge that is empty. Returns 0, or -1 after saying which line of the file
 * at path is wrong. */
int remembered_judge(const struct state *state, const char *path, struct judge *judge);

/* For commands that only print. They call it when all their files are open. It reads the file, enters the glass
 * (base/glass), where the command stays, and takes the file apart there. 0, or -1 after a message. */
int remembered_open(struct state *state, const char *path);

/* The first does remembered_open(), and then fills a judge, which it initialises. The second takes a text that
 * state_read() read, for a caller in the glass. The caller frees the judge whatever they return. */
int remembered_load(const char *path, const struct judge_settings *settings, int64_t now, struct judge *judge);
int remembered_parse(struct buf *text, const char *path, const struct judge_settings *settings, int64_t now,
		     struct judge *judge);

/* Reads the sections of the history into one that is zero-initialised. Returns 0, or -1 after a message. */
int remembered_history(const struct state *state, const char *path, struct history *history);

/* The first reads the section of sessions, the second writes it. Sessions without a line for long before the clock are
 * left out. */
int remembered_sessions(const struct state *state, const char *path, struct sessions *sessions);
void remembered_put_sessions(const struct sessions *sessions, uint32_t clock, struct state *state);

#endif
