/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_lock: one process at a time.
 *
 * The lock is flock() on a file of its own, so that it outlives a replacement of the guarded file. The kernel gives it
 * back when the process ends, however that happens. The lock file names its holder, who removes it when done. A
 * process that waited on a removed file begins anew.
 */
#define _GNU_SOURCE
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { LOCK_POLL_MS = 20 };

/* Whether the locked file is still the file at the path: its holder removes it when done. */
static bool same_file(int fd, const char *path)
{
	struct file_look there;
	struct stat st;

	return fstat(fd, &st) == 0 && file_look(path, &there) && there.inode == st.st_ino && there.device == st.st_dev;
}

static void read_holder(int fd, struct buf *holder)
{
	char text[256];
	ssize_t got = pread(fd, text, sizeof(text), 0);

	if (got > 0)
		buf_add(holder, text, (size_t)got);
	else
		buf_add_text(holder, "another process");
}

/* Opens the lock file. A file with a second name is refused: writing the holder would change that file. */
static int open_lock(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY, 0640);
	struct stat st;

	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink <= 1)
		return fd;
	close(fd);
	return -EEXIST;
}

int file_lock(struct file_lock *lock, const char *path, const char *command, unsigned wait_ms, struct buf *holder)
{
	int fd = -1;

	*lock = (struct file_lock){ .fd = -1, .path = file_beside(path, ".lock") };
	for (unsigned waited = 0;; waited += LOCK_POLL_MS) {
		fd = open_lock(lock->path);
		if (fd < 0)
			break;
		if (flock(fd, LOCK_EX | LOCK_NB) == 0) {
			if (same_file(fd, lock->path))
				break;
		} else if (errno != EWOULDBLOCK && errno != EINTR) {
			int error = -errno;

			close(fd);
			fd = error;
			break;
		} else if (waited >= wait_ms) {
			read_holder(fd, holder);
			close(fd);
			fd = -ETIMEDOUT;
			break;
		}
		close(fd);
		nanosleep(&(struct timespec){ .tv_nsec = LOCK_POLL_MS * 1000000 }, NULL);
	}
	if (fd < 0) {
		free(lock->path);
		lock->path = NULL;
		return fd;
	}
	lock->fd = fd;
	if (ftruncate(fd, 0) == 0)
		dprintf(fd, "pid %ld (mailban %s)", (long)getpid(), command);
	return 0;
}

void file_unlock(struct file_lock *lock)
{
	if (lock->fd < 0)
		return;
	/* where somebody took the file away, another process may hold one of that name */
	if (same_file(lock->fd, lock->path))
		unlink(lock->path);
	close(lock->fd);
	free(lock->path);
	*lock = (struct file_lock){ .fd = -1 };
}
