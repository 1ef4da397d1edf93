/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * content: what the first bytes of a file say about the rest.
 *
 * Names lie: maillog.1 may be compressed and maillog.gz may not. So whole magic numbers tell the compression. Nothing
 * is guessed from text: a line that an attacker wrote must not pass for the head of an archive. Magic numbers also
 * tell which files are no logs. Odd bytes tell nothing: servers log names as they come, and a power failure leaves
 * NULs.
 */
#include "log/content.h"

#include <stdbool.h>
#include <string.h>

static bool begins(const char *bytes, size_t len, const char *magic, size_t magic_len)
{
	return len >= magic_len && memcmp(bytes, magic, magic_len) == 0;
}

enum content content_of(const char *bytes, size_t len)
{
	if (begins(bytes, len, "\x1f\x8b\x08", 3))
		return CONTENT_GZIP;
	if (begins(bytes, len, "\xfd" "7zXZ\0", 6))
		return CONTENT_XZ;
	if (begins(bytes, len, "\x28\xb5\x2f\xfd", 4))
		return CONTENT_ZSTD;
	if (begins(bytes, len, "\x04\x22\x4d\x18", 4))
		return CONTENT_LZ4;
	/* a text may begin with the three letters: a block or the end must follow */
	if (begins(bytes, len, "BZh", 3) && len >= 10 && bytes[3] >= '1' && bytes[3] <= '9' &&
	    (memcmp(bytes + 4, "1AY&SY", 6) == 0 || memcmp(bytes + 4, "\x17\x72\x45\x38\x50\x90", 6) == 0))
		return CONTENT_BZIP2;
	return CONTENT_PLAIN;
}

const char *content_name(enum content content)
{
	static const char *const names[] = { "plain", "gzip", "xz", "zstd", "bzip2", "lz4" };

	return names[content];
}

/* The magic number stands behind the name and the numbers of the first file of the archive. */
static bool is_tar(const char *bytes, size_t len)
{
	enum { NAME = 100, MAGIC = 257 };

	return len >= MAGIC + 6 && memchr(bytes, 0, NAME) != NULL &&
	       (memcmp(bytes + MAGIC, "ustar\0", 6) == 0 || memcmp(bytes + MAGIC, "ustar ", 6) == 0);
}

const char *content_foreign(const char *bytes, size_t len)
{
	static const struct {
		const char *magic;
		size_t len;
		const char *name;
	} kinds[] = {
		{ "\x7f" "ELF", 4, "a program" },
		{ "LPKSHHRH", 8, "a file of the journal, which journal: reads," },
		{ "SQLite format 3", 16, "a database" },
		{ "PK\3\4", 4, "a zip archive" },
		{ "7z\xbc\xaf\x27\x1c", 6, "a 7z archive" },
		{ "Rar!\x1a\x07", 6, "a rar archive" },
		{ "!<arch>\n", 8, "an ar archive" },
		{ "\x1f\x9d", 2, "compressed with compress(1)" },
		{ "LZIP\1", 5, "compressed with lzip" },
		{ "\x89LZO\0\r\n\x1a\n", 9, "compressed with lzop" },
		{ "\xd4\xc3\xb2\xa1", 4, "a packet capture" },
		{ "\x89PNG\r\n\x1a\n", 8, "a picture" },
		{ "\xff\xfe", 2, "text in UTF-16" },
		{ "\xfe\xff", 2, "text in UTF-16" },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (begins(bytes, len, kinds[i].magic, kinds[i].len))
			return kinds[i].name;
	}
	return is_tar(bytes, len) ? "a tar archive" : NULL;
}
