/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unpack: compressed logs, through libarchive.
 *
 * Uses filters of libarchive and no archive format: a log is one stream. Only the filter of the magic number is
 * enabled. Others look into the content (uuencode, for one), and a line of a log could mislead them. Where a stream is
 * damaged, up to 64 KB before the damage are lost, too: libarchive gives no part of a block. Never runs an external
 * program. Streams share nothing, so each may have a thread of its own. Built without libarchive it only says so.
 */
#include "log/unpack.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

#if HAVE_LIBARCHIVE

#include <archive.h>
#include <archive_entry.h>

#include "base/library.h"

/* libarchive needs a dozen other libraries. Linking to it would cost every command two milliseconds, a third of its
 * whole time; so it is loaded when a log needs it. All 3.x have this name. */
#define SONAME "libarchive.so.13"

LIBRARY_NOTE(SONAME, "libarchive", "compressed logs", "recommended");

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

enum { STORED_STEP = 1 << 17, GIVEN_STEP = 1 << 16 };

struct unpack {
	struct libarchive lib;
	struct archive *archive;
	unpack_pull *pull;
	void *owner;
	bool begun;
	char stored[STORED_STEP];
};

static la_ssize_t give(struct archive *archive, void *data, const void **bytes)
{
	struct unpack *unpack = data;
	ssize_t got = unpack->pull(unpack->owner, unpack->stored, sizeof(unpack->stored));

	if (got < 0)
		unpack->lib.archive_set_error(archive, errno, "%s", strerror(errno));
	*bytes = unpack->stored;
	return got;
}

static int enable(const struct libarchive *lib, struct archive *archive, enum content content)
{
	switch (content) {
	case CONTENT_GZIP:
		return lib->archive_read_support_filter_gzip(archive);
	case CONTENT_XZ:
		return lib->archive_read_support_filter_xz(archive);
	case CONTENT_ZSTD:
		return lib->archive_read_support_filter_zstd(archive);
	case CONTENT_BZIP2:
		return lib->archive_read_support_filter_bzip2(archive);
	case CONTENT_LZ4:
		return lib->archive_read_support_filter_lz4(archive);
	case CONTENT_PLAIN:
		break;
	}
	return ARCHIVE_FATAL;
}

/* Loads the library, which stays loaded. May be called again and by any thread. */
static bool load(struct libarchive *lib, enum content content, struct buf *why)
{
	LIBRARY_LOAD(SONAME, LIBARCHIVE_FUNCTIONS);
	const char *error = found ? NULL : dlerror();

	if (!found)
		buf_addf(why, "is compressed with %s, and libarchive cannot be loaded (%s); "
			 "install it, or uncompress the log", content_name(content), error != NULL ? error : SONAME);
	return found;
}

bool unpack_load(enum content content, struct buf *why)
{
	struct libarchive lib;

	return load(&lib, content, why);
}

struct unpack *unpack_open(enum content content, unpack_pull *pull, void *owner, struct buf *why)
{
	struct unpack *unpack = mem_alloc(1, sizeof(*unpack));

	unpack->pull = pull;
	unpack->owner = owner;
	unpack->begun = false;
	unpack->archive = NULL;
	if (!load(&unpack->lib, content, why)) {
		unpack_close(unpack);
		return NULL;
	}
	unpack->archive = unpack->lib.archive_read_new();
	/* the raw format alone takes an empty log for a broken one. A filter gives ARCHIVE_WARN where libarchive would
	 * run an external program */
	if (unpack->archive == NULL || unpack->lib.archive_read_support_format_raw(unpack->archive) != ARCHIVE_OK ||
	    unpack->lib.archive_read_support_format_empty(unpack->archive) != ARCHIVE_OK ||
	    enable(&unpack->lib, unpack->archive, content) != ARCHIVE_OK) {
		buf_addf(why, "is compressed with %s, which the installed libarchive cannot read; uncompress it first",
			 content_name(content));
		unpack_close(unpack);
		return NULL;
	}
	return unpack;
}

static ssize_t failed(struct unpack *unpack, struct buf *why)
{
	const char *text = unpack->lib.archive_error_string(unpack->archive);

	buf_addf(why, "cannot be uncompressed to its end (%s); is it damaged?", text != NULL ? text : "unknown error");
	return -1;
}

ssize_t unpack_read(struct unpack *unpack, char *bytes, size_t room, struct buf *why)
{
	la_ssize_t got;

	if (!unpack->begun) {
		struct archive_entry *entry;
		int ret = unpack->lib.archive_read_open(unpack->archive, unpack, NULL, give, NULL);

		if (ret == ARCHIVE_OK)
			ret = unpack->lib.archive_read_next_header(unpack->archive, &entry);
		if (ret == ARCHIVE_EOF)
			return 0;
		if (ret != ARCHIVE_OK)
			return failed(unpack, why);
		/* a head that only looks like one would be passed through as it is */
		if (unpack->lib.archive_filter_code(unpack->archive, 0) == ARCHIVE_FILTER_NONE) {
			unpack->lib.archive_set_error(unpack->archive, EINVAL, "its head is wrong");
			return failed(unpack, why);
		}
		unpack->begun = true;
	}
	/* libarchive drops all that it has put together when it meets damage: so take a block at a time */
	got = unpack->lib.archive_read_data(unpack->archive, bytes, room < GIVEN_STEP ? room : GIVEN_STEP);
	return got < 0 ? failed(unpack, why) : (ssize_t)got;
}

void unpack_close(struct unpack *unpack)
{
	if (unpack == NULL)
		return;
	if (unpack->archive != NULL)
		unpack->lib.archive_read_free(unpack->archive);
	free(unpack);
}

#else

bool unpack_load(enum content content, struct buf *why)
{
	(void)content;
	(void)why;
	return true;
}

struct unpack *unpack_open(enum content content, unpack_pull *pull, void *owner, struct buf *why)
{
	(void)pull;
	(void)owner;
	buf_addf(why, "is compressed with %s, and this mailban was built without libarchive; uncompress it first, "
		 "or build with libarchive", content_name(content));
	return NULL;
}

ssize_t unpack_read(struct unpack *unpack, char *bytes, size_t room, struct buf *why)
{
	(void)unpack;
	(void)bytes;
	(void)room;
	(void)why;
	return -1;
}

void unpack_close(struct unpack *unpack)
{
	(void)unpack;
}

#endif
