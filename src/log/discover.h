/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_DISCOVER_H
#define MAILBAN_LOG_DISCOVER_H

#include <stdbool.h>
#include <stddef.h>

/* A sorted-by-age list of the paths of one log: rotated siblings first, the file that is written last. */
struct log_files {
	char *log;      /* the path that is written, absolute, links of its folder resolved; or journal:... */
	char **paths;
	size_t count, capacity;
	bool listed;    /* the folder could be listed, so that a file that is not here does not exist */
};

struct log_list {
	struct log_files *logs;
	size_t count, capacity;
};

/* The logs that names (paths, globs, journal:...) stand for, each with its rotated siblings; where there
 * are no names, the first of the usual paths that exists, with its siblings, or else the journal if it has mail units.
 * A name that is a rotated sibling of another name is not a log of its own. A glob that matches nothing stays as
 * it is, so that opening it says so. */
void log_list_make(struct log_list *list, char *const *names, size_t count, const char *directory);
void log_list_free(struct log_list *list);

/* Lists the siblings of files->log anew: for a rotation that happened meanwhile. */
void log_files_list(struct log_files *files);

#endif
