/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * silence: says of a log that nobody writes to it any more.
 *
 * When a host's logging moves to the journal or to another file, the old log stays and can be read: nothing seems
 * wrong. The time of the files tells it, which needs no reading of lines, whose clock may be wrong. Then the journal
 * takes the place of the usual logs, but only with entries that are newer: both may have had the same lines before.
 */
#include "log/silence.h"

#include <time.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/when.h"
#include "log/journal.h"
#include "log/source.h"

enum {
	DAYS = 3, /* a weekend without mail is no silence */
	EMPTY = 64, /* bytes: an empty file may be compressed */
};

/* When the log was last written. Rotation makes new files of a log that nobody writes to: of empty ones the oldest
 * counts, or none. */
static int64_t last_written(const struct log_files *log, bool count_empty)
{
	int64_t written = WHEN_UNKNOWN, oldest = INT64_MAX;
	struct file_look look;

	for (size_t i = 0; i < log->count; i++) {
		if (!file_look(log->paths[i], &look))
			continue;
		if (look.size > EMPTY && look.written > written)
			written = look.written;
		if (look.written < oldest)
			oldest = look.written;
	}
	if (written == WHEN_UNKNOWN && oldest != INT64_MAX && count_empty)
		written = oldest;
	return written != WHEN_UNKNOWN ? written / 1000000000 : WHEN_UNKNOWN;
}

int64_t silence_begins(struct log_files *log)
{
	if (source_is_journal(log->log))
		return journal_newest(source_units(log->log), NULL);
	log_files_list(log);
	return last_written(log, true);
}

bool silence_is_long(int64_t begins, int64_t now)
{
	return begins == WHEN_UNKNOWN || now - begins >= (int64_t)DAYS * WHEN_DAY;
}

/* When the last line was written to any of the logs; WHEN_UNKNOWN where there is none. */
static int64_t last_line(const struct log_list *list)
{
	int64_t last = WHEN_UNKNOWN;

	for (size_t i = 0; i < list->count; i++) {
		FREED_BY(log_files_free) struct log_files log = { .log = mem_text(list->logs[i].log) };
		int64_t written;

		log_files_list(&log);
		written = last_written(&log, false);
		last = written > last ? written : last;
	}
	return last;
}

int64_t silence_list(struct log_list *list, char *const *names, size_t count)
{
	static char journal[] = "journal:";
	int64_t last, newest;

	log_list_make(list, names, count);
	if (count > 0)
		return WHEN_UNKNOWN;
	last = last_line(list);
	/* the journal is opened only where it may matter */
	newest = silence_is_long(last, time(NULL)) ? journal_newest("", NULL) : WHEN_UNKNOWN;
	if (newest == WHEN_UNKNOWN || !silence_is_long(last, newest))
		return WHEN_UNKNOWN;
	log_list_free(list);
	log_list_make(list, (char *[]){ journal }, 1);
	/* the journal has the last line of the log, too */
	return last != WHEN_UNKNOWN ? last + 1 : WHEN_UNKNOWN;
}

void silence_say(struct buf *out, const struct log_files *log, int64_t begins)
{
	bool is_file = !source_is_journal(log->log);

	buf_addf(out, "%s%s nothing was written to it since ", log->log, source_colon(log->log));
	when_add_minute(out, begins);
	if (is_file && journal_newest("", NULL) > begins)
		buf_add_text(out, "; the journal has newer entries of mail servers: log = { \"journal:\" } reads it");
	else
		buf_add_text(out, "; see where the mail server logs to, and name that with the setting log");
}
