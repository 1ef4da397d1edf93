/* SPDX-License-Identifier: GPL-2.0-or-later */
/* file_path: what stands at a path, where its links lead, and what stands beside it. */
#define _GNU_SOURCE
#include "base/file.h"

#include <errno.h>
#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"

struct file_look file_look_of(const struct stat *st)
{
	return (struct file_look){ .device = st->st_dev, .inode = st->st_ino, .size = (uint64_t)st->st_size,
				   .written = st->st_mtim.tv_sec * 1000000000LL + st->st_mtim.tv_nsec };
}

bool file_look(const char *path, struct file_look *look)
{
	struct stat st;

	if (stat(path, &st) < 0)
		return false;
	*look = file_look_of(&st);
	return true;
}

bool file_looks_same(const struct file_look *a, const struct file_look *b)
{
	return a->device == b->device && a->inode == b->inode && a->size == b->size && a->written == b->written;
}

char *file_link(const char *path)
{
	char *copy = mem_text(path), link[PATH_MAX];
	ssize_t len = readlink(path, link, sizeof(link) - 1);
	struct buf named = { 0 };

	if (len > 0) {
		link[len] = '\0';
		if (*link != '/')
			buf_addf(&named, "%s/", dirname(copy));
		buf_add_text(&named, link);
		buf_text(&named);
	}
	free(copy);
	return named.ptr;
}

/* Takes the path of a file that is not there. Returns it behind where its folder leads to. */
static char *in_its_folder(char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash != NULL ? slash + 1 : path;
	FREED_BY(mem_free) char *copy = mem_text(path), *folder = *name != '\0' ? realpath(dirname(copy), NULL) : NULL;
	struct buf whole = { 0 };

	if (folder == NULL)
		return path;
	buf_addf(&whole, "%s/%s", strcmp(folder, "/") != 0 ? folder : "", name);
	free(path);
	return buf_take(&whole);
}

char *file_resolve(const char *path)
{
	char *at = mem_text(path);

	for (unsigned links = 0; links < FILE_LINKS_MAX; links++) {
		char *next = realpath(at, NULL);
		bool there = next != NULL;

		/* a link that leads to no file yet */
		if (!there && errno == ENOENT)
			next = file_link(at);
		if (next == NULL)
			return in_its_folder(at);
		free(at);
		at = next;
		if (there)
			break;
	}
	return at;
}

char *file_beside(const char *path, const char *suffix)
{
	FREED_BY(mem_free) char *resolved = file_resolve(path);
	struct buf beside = { 0 };

	buf_addf(&beside, "%s%s", resolved, suffix);
	return buf_take(&beside);
}
