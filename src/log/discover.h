/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_DISCOVER_H
#define MAILBAN_LOG_DISCOVER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"

/* One log and the files that it is in. */
struct log_files {
	char *log;      /* the path that is written to, absolute and without links; or journal:... */
	char **paths;   /* rotated siblings from the oldest to the newest, then log itself; those that exist */
	size_t count, capacity;
	bool listed;    /* the folder could be listed: a file that is missing here does not exist */
};

/* So many logs at most: strangers may make files in the folder of a glob, and each log has its folder listed. */
enum { LOG_LIST_MOST = 1000 };

struct log_list {
	struct log_files *logs;
	size_t count, capacity;
	char *left_out; /* the first log beyond LOG_LIST_MOST, or NULL */
};

/* The logs that the names (paths, globs, journal:...) stand for; where there are no names, those of the
 * usual paths that exist. A name that is a rotated sibling of another one is no log of its own. A glob
 * that matches nothing stays as it is, so that opening it says so. The files are not listed yet. */
void log_list_make(struct log_list *list, char *const *names, size_t count);
void log_list_free(struct log_list *list);

/* Appends the usual paths, with commas between. */
void log_list_say_usual(struct buf *out);

/* Lists the files of files->log as they are now. */
void log_files_list(struct log_files *files);
void log_files_free(struct log_files *files);

/* Whether path is a rotated sibling of log with a number, such as maillog.2 or maillog.2.gz; then sets *number. */
bool log_rotation_number(const char *log, const char *path, unsigned *number);

/* Whether packed is path with the ending of a compressed file behind it. */
bool log_is_packed_name(const char *path, const char *packed);

#endif
