/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file: reading whole files, replacing them as one step, and one lock.
 *
 * A file that mailban keeps is either its old version or its new one, whenever the machine stops: the new
 * one is written beside it, brought to the disk, and renamed. The lock is flock() on a file of its own, so
 * that replacing what it guards does not lose it, and it goes away with the process.
 * Errors are -errno; nothing here prints.
 */
#define _GNU_SOURCE
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"

enum { READ_STEP = 1 << 16, BLOCK = 1 << 16, LOCK_POLL_MS = 20 };

int file_read(const char *path, struct buf *out)
{
	size_t before = out->len;
	struct stat st;
	int ret = 0, fd;

	/* O_NONBLOCK: opening a FIFO must not hang; it is refused below */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		ret = -errno;
	else if (!S_ISREG(st.st_mode))
		ret = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	while (ret == 0) {
		size_t step = st.st_size > 0 && before == out->len ? (size_t)st.st_size + 1 : READ_STEP;
		ssize_t got = read(fd, buf_room(out, step), step);

		if (got == 0)
			break;
		if (got > 0)
			out->len += (size_t)got;
		else if (errno != EINTR)
			ret = -errno;
	}
	if (ret < 0)
		out->len = before;
	close(fd);
	return ret;
}

static int write_all(int fd, const char *bytes, size_t len)
{
	while (len > 0) {
		ssize_t put = write(fd, bytes, len);

		if (put < 0) {
			if (errno == EINTR)
				continue;
			return -errno;
		}
		bytes += put;
		len -= (size_t)put;
	}
	return 0;
}

/* Small pieces are gathered, so that a file of a million lines takes few calls. */
static int write_parts(int fd, const struct span *parts, size_t count)
{
	char block[BLOCK];
	size_t used = 0;
	int ret = 0;

	for (size_t i = 0; i < count && ret == 0; i++) {
		if (parts[i].len > sizeof(block) - used) {
			ret = write_all(fd, block, used);
			used = 0;
		}
		if (ret == 0 && parts[i].len > sizeof(block)) {
			ret = write_all(fd, parts[i].ptr, parts[i].len);
		} else if (ret == 0 && parts[i].len > 0) {
			memcpy(block + used, parts[i].ptr, parts[i].len);
			used += parts[i].len;
		}
	}
	return ret == 0 ? write_all(fd, block, used) : ret;
}

/* Whether the next bytes of the file are those. */
static bool reads_as(int fd, struct span expected)
{
	char block[BLOCK];

	while (expected.len > 0) {
		ssize_t got = read(fd, block, expected.len < sizeof(block) ? expected.len : sizeof(block));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0 || memcmp(block, expected.ptr, (size_t)got) != 0)
			return false;
		expected.ptr += got;
		expected.len -= (size_t)got;
	}
	return true;
}

bool file_holds(const char *path, const struct span *parts, size_t count)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat st;
	size_t len = 0;
	bool same;

	for (size_t i = 0; i < count; i++)
		len += parts[i].len;
	if (fd < 0)
		return false;
	same = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (size_t)st.st_size == len;
	for (size_t i = 0; i < count && same; i++)
		same = reads_as(fd, parts[i]);
	close(fd);
	return same;
}

/* The file that a path leads to in the end; the path itself where there is none yet. */
static char *resolve(const char *path)
{
	char *real = realpath(path, NULL);

	return real != NULL ? real : mem_text(path);
}

static int sync_folder(const char *path)
{
	char *copy = mem_text(path);
	int ret = 0;
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 || fsync(fd) < 0)
		ret = -errno;
	/* some file systems cannot sync a folder, and then need not */
	if (ret == -EINVAL)
		ret = 0;
	if (fd >= 0)
		close(fd);
	free(copy);
	return ret;
}

/* Writes the parts to the open temporary file, with the mode and owner that the former file had. */
static int fill(int fd, const char *path, const struct span *parts, size_t count)
{
	struct stat former;
	int ret;

	if (stat(path, &former) == 0) {
		if (fchown(fd, former.st_uid, former.st_gid) < 0 && errno != EPERM)
			return -errno;
		if (fchmod(fd, former.st_mode & 07777) < 0)
			return -errno;
	} else if (fchmod(fd, 0640) < 0) {
		return -errno;
	}
	ret = write_parts(fd, parts, count);
	if (ret == 0 && fsync(fd) < 0)
		ret = -errno;
	return ret;
}

/* Makes path.1 another name of what path is now, replacing an older path.1 as one step. */
static int keep_as_former(const char *path)
{
	struct buf one = { 0 }, step = { 0 };
	int ret = 0;

	buf_addf(&one, "%s.1", path);
	buf_addf(&step, "%s.1.new", path);
	unlink(buf_text(&step));
	if (link(path, buf_text(&step)) < 0)
		ret = errno == ENOENT ? 0 : -errno;
	else if (rename(buf_text(&step), buf_text(&one)) < 0)
		ret = -errno;
	unlink(buf_text(&step));
	buf_free(&one);
	buf_free(&step);
	return ret;
}

int file_replace(const char *path, const char *bytes, size_t len, bool keep_former)
{
	const struct span whole = { bytes, len };

	return file_replace_parts(path, &whole, 1, keep_former);
}

int file_replace_parts(const char *path, const struct span *parts, size_t count, bool keep_former)
{
	char *real = resolve(path);
	struct buf name = { 0 };
	int ret = 0, fd;

	buf_addf(&name, "%s.XXXXXX", real);
	buf_text(&name);
	fd = mkostemp(name.ptr, O_CLOEXEC);
	if (fd < 0) {
		ret = -errno;
		goto cleanup;
	}
	ret = fill(fd, real, parts, count);
	if (close(fd) < 0 && ret == 0)
		ret = -errno;
	if (ret == 0 && keep_former)
		ret = keep_as_former(real);
	if (ret == 0 && rename(name.ptr, real) < 0)
		ret = -errno;
	if (ret == 0)
		ret = sync_folder(real);
	else
		unlink(name.ptr);
cleanup:
	buf_free(&name);
	free(real);
	return ret;
}

static void sleep_ms(unsigned ms)
{
	struct timespec t = { .tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000 };

	nanosleep(&t, NULL);
}

/* Whether the locked file is still the one that the path names: its holder removes it when done. */
static bool same_file(int fd, const char *path)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat(path, &b) == 0 && a.st_ino == b.st_ino && a.st_dev == b.st_dev;
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

static int open_lock(const char *path)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);

	return fd < 0 ? -errno : fd;
}

int file_lock(struct file_lock *lock, const char *path, const char *command, unsigned wait_ms, struct buf *holder)
{
	char *real = resolve(path);
	struct buf name = { 0 };
	int fd = -1;

	buf_addf(&name, "%s.lock", real);
	free(real);
	lock->fd = -1;
	lock->path = mem_text(buf_text(&name));
	buf_free(&name);
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
		sleep_ms(LOCK_POLL_MS);
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
	unlink(lock->path);
	close(lock->fd);
	free(lock->path);
	*lock = (struct file_lock){ .fd = -1 };
}
