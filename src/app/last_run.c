/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * last_run: when the last run was, and how it went.
 *
 * This stands in a file beside the state, since a run that finds nothing new leaves the state as it is.
 */
#include "app/last_run.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/file.h"

void last_run_write(const char *state_path, const struct last_run *run)
{
	FREED_BY(mem_free) char *path = file_beside(state_path, ".run");
	FREED_BY(buf_free) struct buf text = { 0 };

	buf_addf(&text, "time=%" PRId64 " status=%d lines=%" PRIu64 " events=%" PRIu64 "\n", run->time, run->status,
		 run->lines, run->events);
	(void)file_replace_own(path, text.ptr, text.len);
}

bool last_run_read(const char *state_path, struct last_run *run)
{
	FREED_BY(mem_free) char *path = file_beside(state_path, ".run");
	FREED_BY(buf_free) struct buf text = { 0 };

	return file_read_own(path, &text) == 0 &&
	       sscanf(buf_text(&text), "time=%" SCNd64 " status=%d lines=%" SCNu64 " events=%" SCNu64, &run->time,
		      &run->status, &run->lines, &run->events) == 4;
}
