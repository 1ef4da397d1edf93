/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_CMD_STALE_H
#define MAILBAN_CMD_STALE_H

#include <stdbool.h>
#include <stdint.h>

#include "cmd/config.h"
#include "log/discover.h"

/* Whether nothing was written to a log, nor to its rotated siblings, for so long that its server, or its writer, must have
 * gone; says so then. now in seconds since the epoch. A log that is not there, and a journal, are never stale. */
bool stale_tell(const struct log_files *log, int64_t now);

/* The same of all logs that the configuration names, or the usual ones. */
void stale_tell_all(const struct config *config, int64_t now);

#endif
