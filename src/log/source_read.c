/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source_read: the bytes of an open source, in order.
 *
 * Files are read with pread(), never mapped, so that emptying a file cannot kill the program. Each read of a plain
 * file takes a few bytes again that were read before. Where they differ, the file was rewritten meanwhile, and the
 * source ends. The reason of the first error stays with the source.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "log/source_inside.h"

enum {
	OVERLAP = 64,
	NULS = 512, /* a disk writes at least so much at once: so many NULs are no text */
};

/* A log becomes ten to a hundred times smaller. A file that becomes much larger than that was made to keep mailban
 * busy. So much is read of any file: a quiet log repeats itself. */
#define UNPACK_LEAST (UINT64_C(1) << 28)

ssize_t source_pread(const struct source *source, char *bytes, size_t room, uint64_t at)
{
	ssize_t got;

	do
		got = pread(source->fd, bytes, room, (off_t)at);
	while (got < 0 && errno == EINTR);
	return got;
}

static ssize_t read_waiting(int fd, char *bytes, size_t room)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	ssize_t got;

	for (;;) {
		got = read(fd, bytes, room);
		if (got >= 0 || (errno != EINTR && errno != EAGAIN))
			return got;
		/* the descriptor of standard input may be set not to block */
		if (errno == EAGAIN && poll(&wait, 1, -1) < 0 && errno != EINTR)
			return -1;
	}
}

/* Takes the next stored bytes. */
static ssize_t pull(void *owner, char *bytes, size_t room)
{
	struct source *source = owner;
	uint64_t at = atomic_load_explicit(&source->stored, memory_order_relaxed);
	size_t waiting = source->peeked_len - source->peeked_given;
	ssize_t got;

	if (source->regular) {
		got = source_pread(source, bytes, room, at);
	} else if (waiting > 0) {
		got = (ssize_t)(waiting < room ? waiting : room);
		memcpy(bytes, source->peeked + source->peeked_given, (size_t)got);
		source->peeked_given += (size_t)got;
		return got;
	} else {
		got = read_waiting(source->fd, bytes, room);
	}
	source->hindered |= got < 0;
	if (got > 0)
		atomic_store_explicit(&source->stored, at + (uint64_t)got, memory_order_relaxed);
	return got;
}

/* Begins to uncompress, and skips the hole that the text may begin with. */
static bool begin_unpacking(struct source *source, char *bytes, size_t room)
{
	uint64_t left = source->first;
	ssize_t got = 1;

	source->unpack = unpack_open(source->content, pull, source, &source->error);
	source->hindered |= source->unpack == NULL;
	while (source->unpack != NULL && left > 0 && got > 0) {
		got = unpack_read(source->unpack, bytes, left < room ? (size_t)left : room, &source->error);
		left -= got > 0 ? (uint64_t)got : 0;
	}
	return source->unpack != NULL && got >= 0;
}

static bool is_bomb(struct source *source)
{
	uint64_t stored = atomic_load_explicit(&source->stored, memory_order_relaxed), all = source->unpacked_bytes;
	bool is_large = all >> 20 >= source->bounds.megabytes;

	if (!is_large && (all < UNPACK_LEAST || all / source->bounds.ratio <= stored))
		return false;
	if (source->error.len == 0)
		buf_addf(&source->error, is_large ? "becomes more than %u MB uncompressed, the bound of unpack-most; "
						    "it is read no further" :
						    "becomes more than %u times as large uncompressed, the bound of "
						    "unpack-ratio; it is read no further",
			 is_large ? source->bounds.megabytes : source->bounds.ratio);
	buf_text(&source->error);
	return true;
}

/* Frees the decompressor at the end: the source may stay open while many others are read. */
static ssize_t read_unpacked(struct source *source, char *bytes, size_t room)
{
	ssize_t got;

	if (source->unpacked)
		return 0;
	if (is_bomb(source))
		return -1;
	if (source->unpack == NULL && !begin_unpacking(source, bytes, room))
		return -1;
	got = unpack_read(source->unpack, bytes, room, &source->error);
	source->unpacked_bytes += got > 0 ? (uint64_t)got : 0;
	if (got == 0 && room > 0) {
		unpack_close(source->unpack);
		source->unpack = NULL;
		source->unpacked = true;
	}
	return got;
}

ssize_t source_fill(struct source *source, char *bytes, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t got = source->content == CONTENT_PLAIN ? pull(source, bytes + have, len - have)
							       : read_unpacked(source, bytes + have, len - have);

		/* the bytes before a damaged place count all the same */
		if (got < 0)
			return have > 0 ? (ssize_t)have : -1;
		if (got == 0)
			break;
		have += (size_t)got;
	}
	return (ssize_t)have;
}

static size_t overlap_of(const struct source *source)
{
	return source->last_len < OVERLAP ? source->last_len : OVERLAP;
}

static bool is_as_read(const struct source *source, const char *again, size_t len)
{
	return memcmp(again, source->last + source->last_len - len, len) == 0;
}

bool source_still_stands(const struct source *source)
{
	char again[OVERLAP];
	size_t len = overlap_of(source);

	return source_pread(source, again, len, source->at - len) == (ssize_t)len && is_as_read(source, again, len);
}

static ssize_t read_plain(struct source *source, char *bytes, size_t room)
{
	char again[OVERLAP];
	size_t len = overlap_of(source);
	uint64_t left = source->file.size > source->at ? source->file.size - source->at : 0;
	struct iovec parts[2] = { { again, len }, { bytes, room < left ? room : (size_t)left } };
	ssize_t got;

	do
		got = preadv(source->fd, parts, 2, (off_t)(source->at - len));
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return -1;
	if ((size_t)got < len || !is_as_read(source, again, len))
		return 0;
	got -= (ssize_t)len;
	atomic_store_explicit(&source->stored, source->at + (uint64_t)got, memory_order_relaxed);
	return got;
}

/* Remembers the last bytes that were given. */
static void keep_last(struct source *source, const char *bytes, size_t len)
{
	size_t room = sizeof(source->last), stay;

	if (len >= room) {
		memcpy(source->last, bytes + len - room, room);
		source->last_len = room;
		return;
	}
	stay = room - len < source->last_len ? room - len : source->last_len;
	memmove(source->last, source->last + source->last_len - stay, stay);
	memcpy(source->last + stay, bytes, len);
	source->last_len = stay + len;
}

/* Gives the head of a source that cannot be read twice: its bytes were read already. */
static ssize_t give_head(struct source *source, char *bytes, size_t room)
{
	size_t len = source->head_len - source->head_given;

	len = len < room ? len : room;
	memcpy(bytes, source->head + source->head_given, len);
	source->head_given += len;
	return (ssize_t)len;
}

static ssize_t read_any(struct source *source, char *bytes, size_t room)
{
	if (source->journal != NULL)
		return journal_read(source->journal, bytes, room, &source->error);
	if (!source->regular && source->head_given < source->head_len)
		return give_head(source, bytes, room);
	if (source->content != CONTENT_PLAIN)
		return read_unpacked(source, bytes, room);
	return source->regular ? read_plain(source, bytes, room) : pull(source, bytes, room);
}

/* How many NULs stand before at, as far as that matters: a hole is many. */
static size_t nuls_before(const struct source *source)
{
	size_t nuls = 0;

	if (source->last_len == 0)
		return NULS;
	while (nuls < NULS && nuls < source->last_len && source->last[source->last_len - 1 - nuls] == 0)
		nuls++;
	return nuls;
}

/* The last of many NULs becomes a newline; so many stand before the bytes. Returns whether the bytes end so. */
static bool break_at_nuls(char *bytes, size_t len, size_t before)
{
	char *end = bytes + len, *at = bytes;
	bool ends = false;

	while ((at = memchr(at, 0, (size_t)(end - at))) != NULL) {
		char *nuls = at;

		while (at < end && *at == 0)
			at++;
		if ((size_t)(at - nuls) + (nuls == bytes ? before : 0) < NULS)
			continue;
		at[-1] = '\n';
		ends = at == end;
	}
	return ends;
}

uint64_t source_data_at(const struct source *source, uint64_t at)
{
	off_t data = lseek(source->fd, (off_t)at, SEEK_DATA);

	if (data < 0 && errno == ENXIO)
		return source->file.size > at ? source->file.size : at;
	return data > (off_t)at ? (uint64_t)data : at;
}

/* Skips a hole. A newline before it has ended the line: no position lies within a hole. */
static void skip_hole(struct source *source)
{
	uint64_t data = source_data_at(source, source->at);

	if (data > source->file.size)
		data = source->file.size;
	if (data <= source->at)
		return;
	source->at = data;
	source->last_len = 0;
}

ssize_t source_read(struct source *source, char *bytes, size_t room)
{
	ssize_t got;

	if (source->error.len > 0)
		return -1;
	got = read_any(source, bytes, room);
	if (got < 0) {
		if (source->error.len == 0)
			buf_addf(&source->error, "cannot be read: %s", strerror(errno));
		buf_text(&source->error);
	} else if (got > 0) {
		bool plain_file = source->regular && source->content == CONTENT_PLAIN;
		size_t before = nuls_before(source);

		keep_last(source, bytes, (size_t)got);
		source->at += (uint64_t)got;
		source->given += (uint64_t)got;
		source->ever += (uint64_t)got;
		if (break_at_nuls(bytes, (size_t)got, before) && plain_file)
			skip_hole(source);
	}
	return got;
}

size_t source_read_full(struct source *source, char *bytes, size_t len)
{
	size_t have = 0;
	ssize_t got = 1;

	while (have < len && got > 0) {
		got = source_read(source, bytes + have, len - have);
		have += got > 0 ? (size_t)got : 0;
	}
	return have;
}

void source_restart(struct source *source)
{
	unpack_close(source->unpack);
	source->unpack = NULL;
	source->unpacked = false;
	source->unpacked_bytes = 0;
	source->start = source->at = source->first;
	source->last_len = 0;
	source->given = 0;
	buf_clear(&source->error);
	atomic_store(&source->stored, 0);
}
