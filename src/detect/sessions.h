/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sessions: what one line alone does not tell: the address of its session, or that it is the rest of a longer line. */
#ifndef MAILBAN_DETECT_SESSIONS_H
#define MAILBAN_DETECT_SESSIONS_H

#include <stdbool.h>

#include "detect/event.h"

/* What lines before told. Events must come in the order of their log. */
struct sessions;

struct sessions *sessions_new(void);
void sessions_free(struct sessions *sessions);

/* Gives an event without an address that of its session. False: the event is none for anybody: it only told something
 * of others, or it is not to be believed. */
bool sessions_take(struct sessions *sessions, struct event *event);

#endif
