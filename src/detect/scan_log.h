/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scan_log: one log among those that a scan reads, and what the scan tells of it. */
#ifndef MAILBAN_DETECT_SCAN_LOG_H
#define MAILBAN_DETECT_SCAN_LOG_H

#include <stdbool.h>
#include <stdint.h>

#include "log/source.h"

struct scan_log {
	struct source *source;
	bool take_unterminated;  /* a last line without a newline counts, unless the log broke off there; else it is
	                            left for the next run */
	/* told by the scan: */
	uint64_t consumed;       /* uncompressed bytes of complete lines, from source_start() on */
	uint64_t lines;
	uint64_t events;
	uint64_t too_long;       /* lines over MATCH_LINE_MAX, passed over */
	uint64_t headless;       /* lines that have no time in a known form */
	int64_t last_time;       /* of the last line that has a readable time; WHEN_UNKNOWN: none has */
	bool failed;             /* source_error() says why; what came before it is counted */
};

#endif
