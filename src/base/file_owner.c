/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_owner: whose a file is.
 *
 * Root reads settings only from files that nobody else can change, and writes only to such files. Neither the file,
 * nor a link or a folder on the way may belong to others. In folders like /tmp the sticky bit lets nobody but
 * the owner rename a file. Whoever has become root by sudo(8) is trusted with his own files. In a namespace of users /
 * may belong to an unknown owner: this owner's files are root's.
 */
#define _GNU_SOURCE
#include "base/file.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

static bool is_trusted(uid_t owner)
{
	const char *caller = getenv("SUDO_UID");
	struct stat root;

	return owner == 0 || owner == geteuid() || (stat("/", &root) == 0 && owner == root.st_uid) ||
	       (caller != NULL && *caller != '\0' && owner == (uid_t)strtoul(caller, NULL, 10));
}

static bool is_writable(const struct stat *st)
{
	bool group = (st->st_mode & S_IWGRP) != 0 && st->st_gid != 0 && st->st_gid != getegid();

	/* a link's mode means nothing, and /dev/null is everybody's */
	if (S_ISLNK(st->st_mode) || S_ISCHR(st->st_mode) || (S_ISDIR(st->st_mode) && (st->st_mode & S_ISVTX) != 0))
		return false;
	return group || (st->st_mode & S_IWOTH) != 0;
}

static bool is_safe(const struct stat *st, const char *path, struct buf *why)
{
	if (is_trusted(st->st_uid) && !is_writable(st))
		return true;
	if (why != NULL)
		buf_addf(why, "%s %s", path,
			 is_trusted(st->st_uid) ? "may be written to by others" : "belongs to somebody else");
	return false;
}

/* Looks at the folder at path and all folders above it. */
static bool are_folders_safe(const char *path, struct buf *why)
{
	FREED_BY(mem_free) char *at = realpath(path, NULL);
	struct stat st;
	bool safe = true;

	while (at != NULL && safe) {
		safe = stat(at, &st) < 0 || is_safe(&st, at, why);
		if (strcmp(at, "/") == 0)
			break;
		(void)dirname(at);
	}
	return safe;
}

static bool is_way_safe(const char *path, struct buf *why)
{
	FREED_BY(mem_free) char *copy = mem_text(path);
	bool safe = are_folders_safe(dirname(copy), why);
	struct stat st;

	return safe && (lstat(path, &st) < 0 || is_safe(&st, path, why));
}

/* Looks at each link on the way to path, and on the ways that these links lead. */
static bool are_links_safe(const char *path, unsigned links, struct buf *why)
{
	char *copy = mem_text(path);
	bool safe = true;

	for (char *at = copy; safe && at[strspn(at, "/.")] != '\0'; at = dirname(at)) {
		FREED_BY(mem_free) char *to = file_link(at);

		if (to != NULL)
			safe = links > 0 && is_way_safe(at, why) && are_links_safe(to, links - 1, why);
	}
	free(copy);
	return safe;
}

bool file_is_own(const char *path, struct buf *why)
{
	char *end;
	bool own;

	if (geteuid() != 0)
		return true;
	end = file_resolve(path);
	own = are_links_safe(path, FILE_LINKS_MAX, why) && is_way_safe(end, why);
	free(end);
	return own;
}

int file_read_own(const char *path, struct buf *out)
{
	return file_is_own(path, NULL) ? file_read(path, out) : -EPERM;
}

int file_replace_own(const char *path, const char *bytes, size_t len)
{
	return file_is_own(path, NULL) ? file_replace(path, bytes, len, 0) : -EPERM;
}
