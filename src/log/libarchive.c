/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * libarchive: loaded when the first compressed log is met.
 *
 * It brings a dozen other libraries along (an XML parser, Unicode tables, C++), and loading them took every
 * command two milliseconds, a third of its whole time.
 */
#if HAVE_LIBARCHIVE

#include "log/libarchive.h"

/* the one that all 3.x have */
#define SONAME "libarchive.so.13"

LIBRARY_NOTE(SONAME, "libarchive", "compressed logs", "recommended");

bool libarchive_load(struct libarchive *lib, struct buf *why)
{
	LIBRARY_LOAD(SONAME, LIBARCHIVE_FUNCTIONS);
	const char *error = found ? NULL : dlerror();

	if (!found)
		buf_add_text(why, error != NULL ? error : SONAME);
	return found;
}

#endif
