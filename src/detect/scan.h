/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_DETECT_SCAN_H
#define MAILBAN_DETECT_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "detect/drift.h"
#include "detect/engine.h"
#include "detect/event.h"
#include "detect/lines.h"
#include "detect/sessions.h"

/* Takes the events of all logs in the order of time. Neither threads nor the logs' names, order, rotation and division
 * change that order. Within a second it is that of detect/event.c.
 * Lines may stand out of order in a log by up to a minute. What comes later still, or where more than 64 MB of events
 * had to wait, is taken as it comes.
 * One call at a time, from any thread. The event and its user live until the call returns. */
typedef void scan_take(void *context, const struct event *event);

struct scan {
	struct engine *engine;
	struct scan_log *logs;     /* read side by side */
	size_t log_count;
	unsigned threads;
	bool want_lines;           /* events bring their lines */
	scan_take *take;
	void *context;
	struct sessions *sessions; /* what lines told of lines to come, in scans before too; NULL: nothing yet */
	struct drift *drift;       /* to add to; NULL: not wanted */
	void (*progress)(void *context, uint64_t done, uint64_t total); /* stored bytes; NULL: not wanted */
	void *progress_context;
	uint64_t *limit_hits;      /* a rule: how often it met a limit of PCRE2; the caller's, one a rule, zeroed */
	/* told by the scan: */
	uint64_t most_waiting;     /* bytes of events that waited at a time, so that all was in order */
};

void scan_run(struct scan *scan);

#endif
