/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * content: what the first bytes of a file say about the rest.
 *
 * Names lie: maillog.1 may be compressed and maillog.gz may not. So compression is told by the magic
 * numbers, in full, and nothing is guessed from text: a line that an attacker wrote must not be able to
 * pass for the head of an archive. Binary files are told from logs by the share of bytes that no text
 * has; the share is high, so that hostile bytes in a log cannot make it unreadable.
 */
#include "log/content.h"

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
	/* the first three are letters, which a text may begin with: a block or the end must follow */
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

/* The bytes of one UTF-8 character, or 0 where there is none. Cut ones at the end count as whole. */
static size_t utf8_length(const unsigned char *at, size_t len)
{
	size_t need = *at >= 0xf0 && *at < 0xf5 ? 4 : *at >= 0xe0 ? 3 : *at >= 0xc2 ? 2 : 0;

	if (*at >= 0xf5)
		return 0;
	for (size_t i = 1; i < need && i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
	}
	return need < len ? need : need != 0 ? len : 0;
}

static bool is_control(unsigned char c)
{
	return (c < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f' && c != 0x1b) || c == 0x7f;
}

bool content_is_binary(const char *bytes, size_t len)
{
	const unsigned char *at = (const unsigned char *)bytes;
	size_t strange = 0, i = 0;

	/* a writer that does not append leaves a hole where its log was emptied: NULs, then lines */
	while (i < len && at[i] == 0)
		i++;
	if (i == len)
		return len > 0;
	at += i;
	len -= i;
	for (i = 0; i < len;) {
		size_t length = at[i] < 0x80 ? !is_control(at[i]) : utf8_length(at + i, len - i);

		if (length == 0) {
			strange++;
			length = 1;
		}
		i += length;
	}
	return strange > 16 && strange > len * 3 / 10;
}
