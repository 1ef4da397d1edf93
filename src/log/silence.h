/* SPDX-License-Identifier: GPL-2.0-or-later */
/* silence: says of a log that nobody writes to it any more. */
#ifndef MAILBAN_LOG_SILENCE_H
#define MAILBAN_LOG_SILENCE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/when.h"
#include "log/discover.h"

/* Lists the logs as log_list_make() does. Without names it lists the journal alone, if nobody has written to the usual
 * logs for three days while the journal went on. Then returns the time from which on the journal counts, in seconds
 * since the epoch; else, or where all of it counts, WHEN_UNKNOWN. */
int64_t silence_list(struct log_list *list, char *const *names, size_t count);

/* When the log was last written, its rotated files included, in seconds since the epoch; WHEN_UNKNOWN where it has no
 * file, or no entry of a journal. Lists the files of the log. */
int64_t silence_begins(struct log_files *log);

/* Whether that is three days ago or more. */
bool silence_is_long(int64_t begins, int64_t now);

/* Appends "LOG: nothing was written to it since ...; what to do", without a newline. */
void silence_say(struct buf *out, const struct log_files *log, int64_t begins);

#endif
