/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_APP_DETECTION_H
#define MAILBAN_APP_DETECTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/config.h"
#include "app/options.h"
#include "detect/drift.h"
#include "detect/engine.h"
#include "detect/scan.h"

/* The rules and the engine that a command detects with. */
struct detection {
	struct ruleset set;
	struct engine *engine;
	struct drift *drift;   /* of all logs that were scanned with this detection */
	size_t copies;         /* logs that were left out, since others hold every line of theirs */
	bool shows_progress;   /* stderr is a terminal */
};

/* Loads the rules that configuration and options name. EXIT_ALL_WELL, or EXIT_USAGE after a message. Call
 * detection_close() in both cases. */
int detection_open(struct detection *detection, const struct config *config, const struct options *options,
		   enum rules_samples samples);
void detection_close(struct detection *detection);

/* For commands that only print: gives up all rights but printing (base/glass). The logs are open, and no byte of them
 * was read. bytes: how many bytes the logs have; UINT64_MAX: not known. EXIT_ALL_WELL, or EXIT_NOTHING after a
 * message. */
int detection_enter_glass(struct detection *detection, uint64_t bytes);

/* Opens the logs that the options name, enters the glass, and finds out what each log is. Each is read from its start
 * to its end. A file that is no log or cannot be read is told and left out, and so is one whose lines another one
 * holds. logs has room for all; *count are left. The caller closes these by source_close(). EXIT_ALL_WELL, or
 * EXIT_NOTHING where none is left. */
int detection_open_logs(struct detection *detection, const struct config *config, const struct options *options,
			struct scan_log *logs, size_t *count);

/* Does detection_open() for a command that judges. Proves the samples of all rules that are not built in. Reads --since
 * (seconds since the epoch), before which events do not count. */
int detection_open_proved(struct detection *detection, const struct config *config, const struct options *options,
			  int64_t *since);

/* Whether the log is a server's own file, of which no line is believed. Says so where it is. */
bool detection_tell_unbelieved(const struct source *source);

/* Scans the logs, with a progress line on stderr where that is a terminal and the work takes over a second.
 * Says which log could not be read to its end and which rule met a limit. Returns how many logs failed. want_lines:
 * events bring their lines. sessions: of scans before and to come, or NULL. */
size_t detection_scan(struct detection *detection, const struct config *config, struct scan_log *logs, size_t log_count,
		      bool want_lines, struct sessions *sessions, scan_take *take, void *context);

#endif
