/* SPDX-License-Identifier: GPL-2.0-or-later */
/* opened: a source that is ready to be read. */
#ifndef MAILBAN_TESTS_OPENED_H
#define MAILBAN_TESTS_OPENED_H

#include "log/source.h"

/* NULL where it cannot be opened or is no log, with the reason appended to why. */
static inline struct source *open_begun(const char *path, struct buf *why)
{
	struct source *source = source_open(path, NULL, why, NULL);

	if (source == NULL || source_begin(source, NULL, why))
		return source;
	source_close(source);
	return NULL;
}

#endif
