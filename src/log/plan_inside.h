/* SPDX-License-Identifier: GPL-2.0-or-later */
/* plan_inside: what a plan is made of; for src/log/plan*.c alone. */
#ifndef MAILBAN_LOG_PLAN_INSIDE_H
#define MAILBAN_LOG_PLAN_INSIDE_H

#include "log/discover.h"
#include "log/plan.h"

/* One file of a log. */
struct plan_file {
	char *path;
	struct source *source;       /* NULL: not opened, because nothing in it can be new, or gone over */
	struct source_file file;
	const struct position *old;  /* where the last run stopped in it, or NULL */
	bool skip;                   /* another name of a file that is read already, or a copy */
};

struct plan_log {
	struct log_files names;
	struct plan_file *files;     /* the oldest first; the last one is the one written to, where it exists */
	size_t count;
	bool whole;                  /* all files that there are were listed and could be read */
};

/* Opens the files of a log, as they stand together at one moment. Notes what cannot be read. */
void plan_open_log(struct plan *plan, struct plan_log *log, bool full);

/* Finds the old positions again in the files of all logs, and copies of files among them. */
void plan_match(struct plan *plan);

void plan_note(struct plan *plan, enum plan_note_kind kind, int64_t from, int64_t to, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
void plan_claim(struct plan *plan, struct plan_file *file, const struct position *old);
bool plan_is_claimed(const struct plan *plan, const struct position *old);
bool plan_is_live(const struct plan_log *log, const struct plan_file *file);

/* Says what may have been lost with the files that are gone. */
void plan_note_lost(struct plan *plan, struct plan_log *log);

#endif
