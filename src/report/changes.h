/* SPDX-License-Identifier: GPL-2.0-or-later */
/* changes: what a run changed and what looks wrong, as the mail that cron sends and as JSON. */
#ifndef MAILBAN_REPORT_CHANGES_H
#define MAILBAN_REPORT_CHANGES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"
#include "detect/drift.h"
#include "detect/drift_known.h"
#include "judge/decide.h"
#include "judge/judge.h"
#include "report/examples.h"

/* The facts of a run that reports tell. All pointers are borrowed. */
struct run_facts {
	const struct changes *changes;         /* sorted by kind, then address */
	const struct judge *judge;
	uint64_t banned;                       /* entries of the new blacklist */
	struct drift *drift;                   /* sorted; NULL: not told */
	const struct drift_known *drift_known; /* shapes that earlier runs saw */
	uint64_t lines, events;
	const struct examples *examples;       /* lines that counted; NULL: none is told */
	const struct texts *unread;            /* logs that could not be read, lines that are lost: a sentence each */
	bool all;                              /* tells every entry, not only the first ones */
	size_t most;                           /* unless all: so many entries of each kind; 0: as many as a mail has */
};

/* Adds the entered accounts alone: these are told even by a quiet run. news: only those of this run. */
void changes_entered(const struct run_facts *facts, bool news, struct buf *out);

/* Adds all entered accounts that nobody has seen to, but for those of the users that `done` names. */
void changes_unseen(struct judge *judge, const struct texts *done, struct buf *out);

/* What a scan tells beside bans: breaches, users under attack, names that keep failing. */
struct json;
void changes_news(const struct changes *changes, const struct judge *judge, bool all, struct buf *out);
void changes_news_json(const struct changes *changes, const struct judge *judge, struct json *j);

/* Adds how many events count against nobody, and why; nothing where there are none. */
void changes_uncounted(const struct judge *judge, struct buf *out);

/* Whether anything changed, or looks wrong, that is worth a report. */
bool changes_are_news(const struct run_facts *facts);

/* Adds the report as text; nothing where nothing changed and nothing looks wrong. */
void changes_text(const struct run_facts *facts, struct buf *out);
void changes_json(const struct run_facts *facts, struct buf *out);

#endif
