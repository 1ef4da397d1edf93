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

/* What a run tells. Borrowed throughout. */
struct run_facts {
	const struct changes *changes;         /* sorted by kind, then address */
	const struct judge *judge;
	uint64_t banned;                       /* entries of the new blacklist */
	struct drift *drift;                   /* sorted; NULL: not told */
	const struct drift_known *drift_known; /* what runs before saw */
	uint64_t lines, events;
	struct span (*example)(void *context, const struct addr *addr, unsigned event_class); /* a line that counted;
	                                                                                  len 0: none kept */
	void *example_context;
	char *const *unread;                   /* what could not be read, or is lost: a sentence each */
	size_t unread_count;
	bool all;                              /* every entry, not the first ones only */
	size_t most;                           /* so many of each kind where not all; 0: as many as a mail has */
};

/* Accounts that were entered, alone: they are told however quiet a run is to be. news: those of this run. */
void changes_entered(const struct run_facts *facts, bool news, struct buf *out);

/* The same of all that nobody has seen to, news or not: of the input judge, allow and done are asked. */
void changes_unseen(const struct decide_input *input, struct buf *out);

/* What a scan tells beside bans: breaches, users under attack, names that keep failing. */
struct json;
void changes_news(const struct changes *changes, const struct judge *judge, bool all, struct buf *out);
void changes_news_json(const struct changes *changes, const struct judge *judge, struct json *j);

/* Whether anything changed, or looks wrong, that is worth a report. */
bool changes_are_news(const struct run_facts *facts);

/* Nothing at all where nothing changed and nothing looks wrong. */
void changes_text(const struct run_facts *facts, struct buf *out);
void changes_json(const struct run_facts *facts, struct buf *out);

#endif
