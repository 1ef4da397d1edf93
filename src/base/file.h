/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_BASE_FILE_H
#define MAILBAN_BASE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/span.h"

/* Appends the whole of a regular file to out. Returns 0 or -errno (EISDIR, EINVAL for what is no regular
 * file); out is then as it was. */
int file_read(const char *path, struct buf *out);

/* Does the same for any kind of file, such as a pipe, /dev/null or a file of /proc. It stops once more than `most`
 * bytes have come: out then holds at most 64 KB beyond that. */
int file_read_any(const char *path, size_t most, struct buf *out);

/* Writes all of it, in as many calls as that takes; false with errno set where it cannot. */
bool file_write_all(int fd, const void *bytes, size_t len);

/* Replaces path by bytes as one step: a temporary file in the same folder, fsync, rename, fsync of the folder. Mode and
 * owner of the former file are kept; a new one is made 0640. A symbolic link is followed, so that the file it names is
 * replaced. formers: how many former versions stay; the last one is path.1. Returns 0; or -errno, and then path is what
 * it was and nothing temporary is left; or +errno. Then path is replaced, but its folder could not be brought to the
 * disk: a machine that stops now may find the former file. */
int file_replace(const char *path, const char *bytes, size_t len, unsigned formers);

/* Does the same for a file that all may read, in a folder that may be somebody else's: a file or a link at path is
 * replaced, and nothing of it is kept. -EINVAL for anything else that stands there. */
int file_publish(const char *path, struct span bytes);

/* file_replace() in two steps, so that several files are all on the disk before the first of them is replaced. */
struct file_new {
	char *path, *temporary;   /* path NULL: nothing was prepared, and committing does nothing */
	unsigned formers;         /* how many former versions stay, as path.1, path.2, ... */
	bool keep_temporary;      /* where it cannot be put in place it stays */
};

/* Behind the name of a file: what it is called until it is put in place. No person calls a file of his own so. */
#define FILE_NEW ".mailban.new"

/* Writes the new file beside the old one. One that is there, left by a process that was killed, goes. So only one
 * process at a time may prepare a file: hold a lock. Returns 0 or -errno; then nothing is left and there is nothing to
 * commit. */
int file_prepare(struct file_new *file, const char *path, struct span bytes, unsigned formers);

/* Puts it in place, or takes it away. Returns as file_replace() does. Both free what was prepared. */
int file_commit(struct file_new *file);
void file_discard(struct file_new *file);

/* Whether the result of file_replace() or file_commit() is above 0; then says so. */
bool file_tell_unsure(const char *path, int result);

enum { FILE_LINKS_MAX = 40 }; /* links followed one behind the other: as many as Linux does, path_resolution(7) */

/* What the symbolic link at path names, as seen from here; NULL where there is no link. The caller frees it. */
char *file_link(const char *path);

/* The file that a path leads to in the end, be it there or not. The caller frees it. */
char *file_resolve(const char *path);

/* The path of a file that stands beside that one and is called as it is, with a suffix. The caller frees it. */
char *file_beside(const char *path, const char *suffix);

/* Whether nobody but root, and whoever became root by sudo(8), can change the file or replace it. For other users than
 * root always. Else why, if not NULL, is appended to: which file or folder, and whose it is. */
bool file_is_own(const char *path, struct buf *why);

/* file_read(), and file_replace() without former versions, of a file that mailban keeps beside another. -EPERM where
 * file_is_own() says no: a stranger may have put it, or a link, into a folder like /tmp. */
int file_read_own(const char *path, struct buf *out);
int file_replace_own(const char *path, const char *bytes, size_t len);

/* What tells one file from another, and from what it was before, without looking into it; all zero for what is no
 * file. */
struct file_look {
	uint64_t device, inode, size; /* size in bytes as stored */
	int64_t written;              /* time of the last change, in ns since the epoch */
};

struct stat;
struct file_look file_look_of(const struct stat *st);
bool file_look(const char *path, struct file_look *look); /* false where there is nothing, and look is left as it is */
bool file_looks_same(const struct file_look *a, const struct file_look *b);

/* A lock that one process at a time holds for the file path. */
struct file_lock {
	int fd;
	char *path;
};

/* Takes the lock of path: a file path.lock beside it, which holds the holder's number and command. Waits at most
 * wait_ms milliseconds. Returns 0; -ETIMEDOUT, and holder has "pid 4711 (mailban run)"; -EEXIST where something else
 * stands in the lock file's place; or another -errno. */
int file_lock(struct file_lock *lock, const char *path, const char *command, unsigned wait_ms, struct buf *holder);

/* Gives it back and removes the lock file. Does nothing for a lock that is not held (fd < 0). */
void file_unlock(struct file_lock *lock);

/* The words for a -errno of these functions; for a lack of rights also what to do: "...; run it as root". */
const char *file_why(int error);

#endif
