/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * stale: logs that nobody writes to any more.
 *
 * A host whose rsyslog was taken out keeps its last mail.log, and the journal has all that is new. Whoever goes on reading
 * the file bans nobody ever again, and without this would not say a word.
 */
#include "cmd/stale.h"

#include <sys/stat.h>
#include <time.h>

#include "base/msg.h"
#include "log/journal.h"
#include "log/source.h"

enum { STALE = 3 * 86400 }; /* seconds; a quiet server's weekend is shorter */

static int64_t last_written(const struct log_files *log)
{
	struct log_files files = { .log = log->log };
	int64_t last = INT64_MIN;

	log_files_list(&files);
	for (size_t i = 0; i < files.count; i++) {
		struct stat st;

		if (stat(files.paths[i], &st) == 0 && st.st_mtim.tv_sec > last)
			last = st.st_mtim.tv_sec;
	}
	files.log = NULL;
	log_files_free(&files);
	return last;
}

bool stale_tell(const struct log_files *log, int64_t now)
{
	int64_t last = source_is_journal(log->log) ? INT64_MIN : last_written(log);
	time_t seconds = (time_t)last;
	char date[sizeof("2026-11-21")] = "?";
	struct tm tm;

	if (last == INT64_MIN || now - last < STALE)
		return false;
	if (gmtime_r(&seconds, &tm) != NULL)
		strftime(date, sizeof(date), "%Y-%m-%d", &tm);
	msg("%s: nothing was written to it since %s; %s", log->log, date, journal_has_mail(NULL) ?
	    "the journal has what mail servers say: log = { \"journal:\" } in mailban.conf reads that" :
	    "is its writer gone? name the log that is written, with log in mailban.conf");
	return true;
}

void stale_tell_all(const struct config *config, int64_t now)
{
	struct log_list logs = { 0 };

	log_list_make(&logs, config->logs, config->log_count);
	for (size_t i = 0; i < logs.count; i++)
		(void)stale_tell(&logs.logs[i], now);
	log_list_free(&logs);
}
