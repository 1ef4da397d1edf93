/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_LOG_LIBARCHIVE_H
#define MAILBAN_LOG_LIBARCHIVE_H

#include <archive.h>
#include <archive_entry.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/library.h"

/* What is used of libarchive. */
#define LIBARCHIVE_FUNCTIONS(with) \
	with(archive_read_new) \
	with(archive_read_free) \
	with(archive_read_support_format_raw) \
	with(archive_read_support_format_empty) \
	with(archive_read_support_filter_gzip) \
	with(archive_read_support_filter_xz) \
	with(archive_read_support_filter_zstd) \
	with(archive_read_support_filter_bzip2) \
	with(archive_read_support_filter_lz4) \
	with(archive_read_open) \
	with(archive_read_next_header) \
	with(archive_read_data) \
	with(archive_filter_code) \
	with(archive_set_error) \
	with(archive_error_string)

struct libarchive {
	LIBARCHIVE_FUNCTIONS(LIBRARY_MEMBER)
};

/* Loads the library, which stays loaded. May be called again and by any thread. False, with the
 * loader's words, where it cannot be. */
bool libarchive_load(struct libarchive *lib, struct buf *why);

#endif
