/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * user: user names as they are compared.
 *
 * Servers write a login with its domain or without, and as the client spelled it. One person stays one name.
 */
#define _GNU_SOURCE
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
	for (size_t i = 0; i < LENGTH_OF(stand_ins); i++) {
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

/* What stands before the '@', and behind a domain of Windows. Servers write other bytes as a backslash and digits. */
static struct span local_part(struct span user)
{
	const char *at = memchr(user.ptr, '@', user.len), *domain;

	if (at != NULL && at > user.ptr)
		user.len = (size_t)(at - user.ptr);
	domain = memrchr(user.ptr, '\\', user.len - 1);
	if (domain != NULL && domain > user.ptr && lower(domain[1]) >= 'a' && lower(domain[1]) <= 'z') {
		user.len -= (size_t)(domain + 1 - user.ptr);
		user.ptr = domain + 1;
	}
	return user;
}

size_t user_fold(char text[USER_MAX + 1], struct span user)
{
	static const char digits[] = "0123456789abcdef";
	size_t kept;

	if (user.len == 0 || is_stand_in(user))
		return 0;
	user = local_part(user);
	kept = user.len <= USER_MAX ? user.len : CUT;
	for (size_t i = 0; i < kept; i++)
		text[i] = lower(user.ptr[i]);
	if (kept < user.len) {
		uint32_t hash = digest(user.ptr, user.len);

		text[kept++] = '~';
		for (unsigned shift = 32; shift > 0; shift -= 4)
			text[kept++] = digits[hash >> (shift - 4) & 15];
	}
	text[kept] = '\0';
	return kept;
}
