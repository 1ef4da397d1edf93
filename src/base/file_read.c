/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file_read: a whole file into memory. Errors are -errno; nothing here prints. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { READ_STEP = 1 << 16 };

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

const char *file_why(int error)
{
	return error == -EACCES && geteuid() != 0 ? "Permission denied; run it as root" : strerror(-error);
}
