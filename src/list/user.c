/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * user: user names as they are compared.
 *
 * Servers write a login with its domain or without, and as the client spelled it. One person stays one name.
 */
#include "list/user.h"

#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/digest.h"

enum { CUT = USER_MAX - 9 }; /* of a long name is kept, then a tilde and eight digits of a hash */

/* Stand-ins that servers write for a client without a name: Cyrus, Postfix, Dovecot, Sendmail, Exim, UW-imapd. */
static const char *const stand_ins[] = {
	"-notset-", "(-notset-)", "(unavailable)", "unknown", "<unknown>", "?", "(null)", "none", "<>", "-", "n/a",
};

static bool is_stand_in(struct span user)
{
	/* what each of them begins with: nearly all names are told apart by it */
	if (user.len > 13 || strchr("-(<?UuNn", *user.ptr) == NULL)
		return false;
	for (size_t i = 0; i < sizeof(stand_ins) / sizeof(*stand_ins); i++) {
		if (strlen(stand_ins[i]) == user.len && strncasecmp(stand_ins[i], user.ptr, user.len) == 0)
			return true;
	}
	return false;
}

/* A NUL is no byte of a name that text could hold. */
static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c == '\0' ? '?' : c;
}

/* The state keeps it, so it has no seed. */
static uint32_t digest(const char *bytes, size_t len)
{
	uint32_t hash = DIGEST_FNV32_FIRST;

	for (size_t i = 0; i < len; i++) {
		char c = lower(bytes[i]);

		hash = digest_fnv32(hash, &c, 1);
	}
	return hash;
}

size_t user_fold(char text[USER_MAX + 1], struct span user)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = user.len > 0 ? memchr(user.ptr, '@', user.len) : NULL;
	size_t len, kept;

	if (user.len == 0 || is_stand_in(user))
		return 0;
	len = at != NULL && at > user.ptr ? (size_t)(at - user.ptr) : user.len;
	kept = len <= USER_MAX ? len : CUT;
	for (size_t i = 0; i < kept; i++)
		text[i] = lower(user.ptr[i]);
	if (kept < len) {
		uint32_t hash = digest(user.ptr, len);

		text[kept++] = '~';
		for (unsigned shift = 32; shift > 0; shift -= 4)
			text[kept++] = digits[hash >> (shift - 4) & 15];
	}
	text[kept] = '\0';
	return kept;
}
