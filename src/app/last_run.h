/* SPDX-License-Identifier: GPL-2.0-or-later */
/* last_run: when the last run was, and how it went: one line in STATE.run. */
#ifndef MAILBAN_APP_LAST_RUN_H
#define MAILBAN_APP_LAST_RUN_H

#include <stdbool.h>
#include <stdint.h>

struct last_run {
	int64_t time;              /* seconds since the epoch, by the host's clock, be it right or wrong */
	int status;                /* enum exit_status */
	uint64_t lines, events;    /* how many the run read */
};

/* Call it with the lock of the blacklist. Says nothing where the file cannot be written: a monitor then sees a time
 * that is long ago. */
void last_run_write(const char *state_path, const struct last_run *run);

/* Reads the last run; false where none is known. */
bool last_run_read(const char *state_path, struct last_run *run);

#endif
