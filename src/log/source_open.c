/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_open: opens the file of a log.
 *
 * Opens regular files alone. Follows no symbolic link that others than root and ourselves could have made, wherever it
 * stands on the way.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "log/source_inside.h"

static bool is_folder_trusted(const char *path)
{
	char *copy = mem_text(path);
	struct stat st;
	/* members of a group that may write can plant a link, too: /var/log of root:syslog */
	bool trusted = stat(dirname(copy), &st) == 0 && (st.st_uid == 0 || st.st_uid == geteuid()) &&
		       (st.st_mode & S_IWOTH) == 0 &&
		       ((st.st_mode & S_IWGRP) == 0 || st.st_gid == 0 || st.st_gid == getegid());

	free(copy);
	return trusted;
}

/* Whether each link among the folders on the way to path lies in a trusted folder, and leads by such links alone. */
static bool is_way_trusted(const char *path, unsigned links)
{
	char *at = mem_text(path);
	bool trusted = true;
	struct stat st;

	for (char *up = dirname(at); trusted && up[strspn(up, "/.")] != '\0'; up = dirname(up)) {
		struct buf behind = { 0 };
		char *to = lstat(up, &st) == 0 && S_ISLNK(st.st_mode) ? file_link(up) : NULL;

		if (to != NULL) {
			buf_addf(&behind, "%s/.", to);
			trusted = links > 0 && is_folder_trusted(up) && is_way_trusted(buf_text(&behind), links - 1);
		}
		buf_free(&behind);
		free(to);
	}
	free(at);
	return trusted;
}

bool source_is_way_trusted(const char *path)
{
	return is_way_trusted(path, FILE_LINKS_MAX);
}

char *source_follow(const char *path)
{
	char *at = mem_text(path);

	for (unsigned links = 0; links < FILE_LINKS_MAX && is_folder_trusted(at); links++) {
		char *next = file_link(at);

		if (next == NULL)
			break;
		free(at);
		at = next;
	}
	return at;
}

const char *source_kind(mode_t mode)
{
	if (S_ISDIR(mode))
		return "is a directory; name the files in it";
	if (S_ISFIFO(mode))
		return "is a FIFO, not a log; scan and match read one as standard input, which they are told with -";
	if (S_ISSOCK(mode))
		return "is a socket, not a log";
	return "is a device, not a log";
}

bool source_refuse(struct buf *why, const char *text)
{
	buf_add_text(why, text);
	return false;
}

bool source_refuse_for(struct source *source, struct buf *why, int error)
{
	source->hindered = true;
	buf_addf(why, "cannot be read: %s", file_why(-error));
	return false;
}

/* Opens the file. Where the soft limit of open files is in the way, raises it to the hard one. */
static int open_raising(const char *path, int flags)
{
	int fd = open(path, flags);
	struct rlimit limit;

	if (fd >= 0 || errno != EMFILE || getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= limit.rlim_max)
		return fd;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return open(path, flags);
	errno = EMFILE;
	return -1;
}

bool source_open_file(struct source *source, const char *path, struct buf *why)
{
	/* O_NONBLOCK: the path may have become a FIFO since stat() */
	int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
	struct stat st;
	char *end;

	/* opening a device may do something, and a socket cannot be opened: look first */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return source_refuse(why, source_kind(st.st_mode));
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode) && stat(path, &st) < 0)
		return source_refuse_for(source, why, errno);
	end = source_follow(path);
	errno = ELOOP;
	source->fd = source_is_way_trusted(end) ? open_raising(end, flags) : -1;
	free(end);
	if (source->fd < 0 && errno == ELOOP)
		return source_refuse(why,
			      "is a symbolic link, or leads by one, in a folder that others than root may write to; "
			      "name the file at its end");
	if (source->fd < 0 || fstat(source->fd, &st) < 0)
		return source_refuse_for(source, why, errno);
	if (!S_ISREG(st.st_mode))
		return source_refuse(why, source_kind(st.st_mode));
	return true;
}
