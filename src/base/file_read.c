/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file_read: a whole file into memory. Errors are -errno; nothing here prints. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 1 << 16 };

/* Reads the descriptor to its end and closes it. The first read(2) asks for first bytes. */
static int read_on(int fd, size_t first, size_t most, struct buf *out)
{
	size_t before = out->len, step = first;
	ssize_t got = 1;
	int ret = 0;

	while (ret == 0 && got != 0 && out->len - before <= most) {
		got = read(fd, buf_room(out, step), step);
		step = READ_STEP;
		if (got > 0)
			out->len += (size_t)got;
		else if (got < 0 && errno != EINTR)
			ret = -errno;
	}
	if (ret < 0)
		out->len = before;
	close(fd);
	return ret;
}

int file_read(const char *path, struct buf *out)
{
	struct stat st;
	int ret = 0, fd;

	/* without O_NONBLOCK opening a FIFO could hang; it is refused below */
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return -errno;
	if (fstat(fd, &st) < 0)
		ret = -errno;
	else if (!S_ISREG(st.st_mode))
		ret = S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (ret == 0)
		return read_on(fd, st.st_size > 0 ? (size_t)st.st_size + 1 : READ_STEP, SIZE_MAX, out);
	close(fd);
	return ret;
}

int file_read_any(const char *path, size_t most, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : read_on(fd, READ_STEP, most, out);
}

const char *file_why(int error)
{
	if (error == -EINVAL)
		return "it is no regular file";
	return error == -EACCES && geteuid() != 0 ? "Permission denied; run it as root" : strerror(-error);
}
