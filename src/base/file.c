/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * file: replacing whole files as one step.
 *
 * Whenever the machine stops, a file is either its old version or its new one. The new version is written beside the
 * file, brought to the disk, and renamed. Whoever replaces several files prepares all of them first: a full disk
 * leaves all of them as they were. Mode, owner, access list and label stay. Errors are -errno.
 */
#define _GNU_SOURCE
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/mem.h"
#include "base/msg.h"

bool file_write_all(int fd, const void *bytes, size_t len)
{
	const char *at = bytes;

	while (len > 0) {
		ssize_t done = write(fd, at, len);

		if (done < 0 && errno != EINTR)
			return false;
		at += done > 0 ? done : 0;
		len -= done > 0 ? (size_t)done : 0;
	}
	return true;
}

static int open_folder(const char *path)
{
	FREED_BY(mem_free) char *copy = mem_text(path);
	int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int sync_folder(int folder)
{
	/* some file systems cannot sync a folder, and need not */
	return fsync(folder) < 0 && errno != EINVAL ? -errno : 0;
}

static int sync_folder_of(const char *path)
{
	int folder = open_folder(path), ret = folder;

	if (folder >= 0) {
		ret = sync_folder(folder);
		close(folder);
	}
	return ret;
}

/* Gives the open file the access list and the label of the former one. They are copied as bytes, which needs no
 * library. A file system or a policy that refuses them has none. */
static void copy_rights(int fd, const char *path)
{
	static const char *const names[] = { "system.posix_acl_access", "security.selinux" };
	char value[4096];

	for (size_t i = 0; i < LENGTH_OF(names); i++) {
		ssize_t len = getxattr(path, names[i], value, sizeof(value));

		if (len > 0)
			(void)fsetxattr(fd, names[i], value, (size_t)len, 0);
	}
}

/* Writes the open temporary file, with the mode, owner and rights of the former file; NULL: for all to read. */
static int fill(int fd, const char *path, struct span bytes)
{
	struct stat former;

	if (path == NULL) {
		if (fchmod(fd, 0644) < 0)
			return -errno;
	} else if (stat(path, &former) == 0) {
		/* a device is no file that a new one may take the place of */
		if (!S_ISREG(former.st_mode))
			return -EINVAL;
		if (fchown(fd, former.st_uid, former.st_gid) < 0 && errno != EPERM)
			return -errno;
		/* a mode that makes a program of the file was not meant */
		if (fchmod(fd, former.st_mode & 0777) < 0)
			return -errno;
		copy_rights(fd, path);
	} else if (errno != ENOENT || fchmod(fd, 0640) < 0) {
		return -errno;
	}
	return !file_write_all(fd, bytes.ptr, bytes.len) || fsync(fd) < 0 ? -errno : 0;
}

/* Makes the file temporary, on the disk, with the rights that fill() gives it. A killed run may have left one. */
static int make_temporary(const char *temporary, const char *path, struct span bytes)
{
	int ret, fd;

	unlink(temporary);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ret = fill(fd, path, bytes);
	if (close(fd) < 0 && ret == 0)
		ret = -errno;
	return ret;
}

/* Makes to another name of the file from, or else a copy. A file system may have no second names, and the kernel may
 * refuse one for another owner's file (proc(5), protected_hardlinks). */
static int make_twin(const char *from, const char *to)
{
	FREED_BY(buf_free) struct buf text = { 0 };
	int ret;

	unlink(to);
	if (link(from, to) == 0)
		return 0;
	ret = file_read(from, &text);
	return ret == 0 ? make_temporary(to, from, buf_span(&text)) : ret;
}

static void rename_version(const char *path, unsigned from, bool by_twin)
{
	FREED_BY(buf_free) struct buf old = { 0 }, new = { 0 };

	buf_addf(&old, "%s.%u", path, from);
	buf_addf(&new, "%s.%u", path, from + 1);
	/* an older version that is not renamed is no error */
	if (by_twin)
		(void)make_twin(buf_text(&old), buf_text(&new));
	else
		(void)rename(buf_text(&old), buf_text(&new));
}

static bool has_same_bytes(const char *a, const char *b)
{
	FREED_BY(buf_free) struct buf x = { 0 }, y = { 0 };

	return file_read(a, &x) == 0 && file_read(b, &y) == 0 && span_equal(buf_span(&x), buf_span(&y));
}

/* Makes path.1 a twin of the file, and replaces an older path.1 as one step. path.1 exists all the while: path.2 begins
 * as a twin of it. Does nothing where path.1 is one, as behind a process that died, or that could not go on. */
static int keep_as_former(const char *path, unsigned formers)
{
	FREED_BY(buf_free) struct buf one = { 0 }, step = { 0 };
	int ret = 0;

	buf_addf(&one, "%s.1", path);
	buf_addf(&step, "%s.1" FILE_NEW, path);
	if (!has_same_bytes(path, buf_text(&one))) {
		for (unsigned n = formers; n-- > 2;)
			rename_version(path, n, false);
		if (formers > 1)
			rename_version(path, 1, true);
		ret = make_twin(path, buf_text(&step));
		if (ret == 0 && rename(buf_text(&step), buf_text(&one)) < 0)
			ret = -errno;
		unlink(buf_text(&step));
	}
	return ret == -ENOENT ? 0 : ret;
}

/* Takes the path over. keeps: mode, owner and rights of the former file stay; else all may read the new one. */
static int prepare(struct file_new *file, char *path, bool keeps, struct span bytes, unsigned formers)
{
	struct buf temporary = { 0 };
	int ret;

	buf_addf(&temporary, "%s" FILE_NEW, path);
	*file = (struct file_new){ path, buf_take(&temporary), .formers = formers };
	ret = make_temporary(file->temporary, keeps ? path : NULL, bytes);
	if (ret == 0)
		ret = sync_folder_of(path);
	if (ret < 0)
		file_discard(file);
	return ret;
}

int file_prepare(struct file_new *file, const char *path, struct span bytes, unsigned formers)
{
	return prepare(file, file_resolve(path), true, bytes, formers);
}

int file_replace(const char *path, const char *bytes, size_t len, unsigned formers)
{
	struct file_new file;
	int ret = file_prepare(&file, path, (struct span){ bytes, len }, formers);

	return ret == 0 ? file_commit(&file) : ret;
}

int file_publish(const char *path, struct span bytes)
{
	struct file_new file;
	struct stat st;
	int ret;

	/* nor may a device go: whoever names /dev/stdout means something else */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return -EINVAL;
	ret = prepare(&file, mem_text(path), false, bytes, 0);
	return ret == 0 ? file_commit(&file) : ret;
}

int file_commit(struct file_new *file)
{
	int ret = 0, folder;

	if (file->path == NULL)
		return 0;
	/* a folder that may be written to and not be read is refused before anything is in place */
	folder = open_folder(file->path);
	if (folder < 0)
		ret = folder;
	if (ret == 0 && file->formers > 0)
		ret = keep_as_former(file->path, file->formers);
	if (ret == 0 && rename(file->temporary, file->path) < 0)
		ret = -errno;
	if (ret == 0) {
		msg_written();
		ret = -sync_folder(folder);
		/* the temporary file is renamed: file_discard() has nothing to remove */
		*file->temporary = '\0';
	}
	if (folder >= 0)
		close(folder);
	file_discard(file);
	return ret;
}

void file_discard(struct file_new *file)
{
	if (file->temporary != NULL && *file->temporary != '\0' && !file->keep_temporary)
		unlink(file->temporary);
	free(file->temporary);
	free(file->path);
	*file = (struct file_new){ 0 };
}

bool file_tell_unsure(const char *path, int result)
{
	if (result <= 0)
		return false;
	msg("%s: is written, but its folder could not be brought to the disk: %s; look after the disk", path,
	    strerror(result));
	return true;
}
