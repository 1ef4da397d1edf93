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
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifdef __NR_openat2
#include <linux/openat2.h>
#endif

#include "base/mem.h"
#include "log/source_inside.h"

/* Whether only root and we ourselves can make links in the folder. Of a link, whose mode is 0777, that is not so. */
static bool is_folder_trusted(const char *folder)
{
	struct stat st;

	/* members of a group that may write can plant a link, too: /var/log of root:syslog */
	return lstat(folder, &st) == 0 && (st.st_uid == 0 || st.st_uid == geteuid()) && (st.st_mode & S_IWOTH) == 0 &&
	       ((st.st_mode & S_IWGRP) == 0 || st.st_gid == 0 || st.st_gid == getegid());
}

/* Takes the last name off a path, and returns what is left: "/" of "/log". */
static const char *drop_name(struct buf *path)
{
	while (path->len > 0 && path->ptr[--path->len] != '/')
		;
	return path->len > 0 ? buf_text(path) : "/";
}

/* source_follow() of an absolute path, over so many links at most. Behind them a link stays in the path. */
static char *follow(const char *path, unsigned links)
{
	struct span rest = { path, strlen(path) };
	char *link = NULL, *end = NULL;
	FREED_BY(buf_free) struct buf at = { 0 };

	while (rest.len > 0 && link == NULL) {
		struct span name = span_take(&rest, '/');

		if (span_is(name, "..")) {
			(void)drop_name(&at);
		} else if (name.len > 0 && !span_is(name, ".")) {
			buf_add_char(&at, '/');
			buf_add_span(&at, name);
			link = links > 0 ? file_link(buf_text(&at)) : NULL;
		}
	}
	if (link == NULL) {
		end = at.len > 0 ? buf_take(&at) : mem_text("/");
	} else if (is_folder_trusted(drop_name(&at))) {
		buf_clear(&at);
		buf_addf(&at, "%s/%.*s", link, (int)rest.len, rest.ptr);
		end = follow(buf_text(&at), links - 1);
	}
	free(link);
	return end;
}

char *source_follow(const char *path)
{
	char *here = *path != '/' ? realpath(".", NULL) : mem_text(""), *end;
	FREED_BY(buf_free) struct buf whole = { 0 };

	if (here == NULL)
		return mem_text(path);
	buf_addf(&whole, "%s/%s", here, path);
	end = follow(buf_text(&whole), FILE_LINKS_MAX);
	free(here);
	return end;
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

/* Opens a file for reading, where no name of the path is a link by now. A kernel before 5.6 looks at the last name. */
static int open_straight(const char *path)
{
	/* O_NONBLOCK: the path may have become a FIFO since stat() */
	const int flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | O_NOFOLLOW;
#ifdef __NR_openat2
	struct open_how how = { .flags = (uint64_t)flags, .resolve = RESOLVE_NO_SYMLINKS };
	int fd = (int)syscall(__NR_openat2, AT_FDCWD, path, &how, sizeof(how));

	if (fd >= 0 || errno != ENOSYS)
		return fd;
#endif
	return open(path, flags);
}

/* The same. Where the soft limit of open files is in the way, raises it to the hard one. */
static int open_raising(const char *path)
{
	int fd = open_straight(path);
	struct rlimit limit;

	if (fd >= 0 || errno != EMFILE || getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur >= limit.rlim_max)
		return fd;
	limit.rlim_cur = limit.rlim_max;
	if (setrlimit(RLIMIT_NOFILE, &limit) == 0)
		return open_straight(path);
	errno = EMFILE;
	return -1;
}

bool source_open_file(struct source *source, const char *path, struct buf *why)
{
	struct stat st;
	char *end;

	/* opening a device may do something, and a socket cannot be opened: look first */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return source_refuse(why, source_kind(st.st_mode));
	end = source_follow(path);
	if (end == NULL)
		return source_refuse(why,
			      "is a symbolic link, or leads by one, in a folder that others than root may write to; "
			      "name the file at its end");
	source->fd = open_raising(end);
	free(end);
	if (source->fd < 0 || fstat(source->fd, &st) < 0)
		return source_refuse_for(source, why, errno);
	if (!S_ISREG(st.st_mode))
		return source_refuse(why, source_kind(st.st_mode));
	return true;
}
