/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file_read: a whole file into memory.
 *
 * A large file is read in several pieces at once: the kernel takes longer to give fresh memory, page by page, than to
 * copy into it. The bytes are those that a reading from start to end would have found; where the file was cut short
 * meanwhile it is read again that way. Errors are -errno; nothing here prints.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/together.h"

enum { READ_STEP = 1 << 16, PIECE_BYTES = 1 << 23, PIECES_MAX = 8 };

/* Some bytes of the file, and where they go. */
struct piece {
	int fd;
	char *into;
	off_t from;
	size_t len, got;
};

static void read_piece(void *item)
{
	struct piece *p = item;

	while (p->got < p->len) {
		ssize_t got = pread(p->fd, p->into + p->got, p->len - p->got, p->from + (off_t)p->got);

		if (got > 0)
			p->got += (size_t)got;
		else if (got == 0 || errno != EINTR)
			return;
	}
}

/* Reads the first len bytes. What is not there, or cannot be read, is left to the reading that follows. */
static void read_pieces(int fd, size_t len, unsigned threads, struct buf *out)
{
	struct piece pieces[PIECES_MAX];
	unsigned count = len / PIECE_BYTES < threads ? (unsigned)(len / PIECE_BYTES) : threads;
	bool whole = true;
	char *into;

	count = count < PIECES_MAX ? count : PIECES_MAX;
	if (count < 2)
		return;
	into = buf_room(out, len + 1);
	for (unsigned i = 0; i < count; i++) {
		size_t from = len / count * i, end = i + 1 < count ? len / count * (i + 1) : len;

		pieces[i] = (struct piece){ .fd = fd, .into = into + from, .from = (off_t)from, .len = end - from };
	}
	together(read_piece, pieces, sizeof(*pieces), count);
	for (unsigned i = 0; i < count; i++)
		whole = whole && pieces[i].got == pieces[i].len;
	if (whole && lseek(fd, (off_t)len, SEEK_SET) >= 0)
		out->len += len;
}

int file_read(const char *path, struct buf *out)
{
	return file_read_with(path, together_threads(PIECES_MAX), out);
}

int file_read_with(const char *path, unsigned threads, struct buf *out)
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
	else if (st.st_size > 0)
		read_pieces(fd, (size_t)st.st_size, threads, out);
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
