/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * discover: from the names of logs to the files that they are in.
 *
 * Expands globs, finds the rotated siblings of each log and puts them in order, the oldest first. The order is that of
 * numbers or dates where all siblings are named in one style, else that of their last changes. Names that lead to the
 * same log are one log. Opens and prints nothing. Where a folder cannot be listed, the log stands alone.
 */
#define _GNU_SOURCE
#include "log/discover.h"

#include <dirent.h>
#include <fnmatch.h>
#include <glob.h>
#include <libgen.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "log/rotation.h"
#include "log/source.h"

struct sibling {
	char *path;
	struct rotation rotation;
	int64_t written;
};

static const char *name_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash != NULL ? slash + 1 : path;
}

bool log_rotation_number(const char *log, const char *path, unsigned *number)
{
	struct rotation rotation;

	if (!rotation_parse(&rotation, name_of(log), name_of(path)) || rotation.style != ROTATION_COUNTED)
		return false;
	*number = rotation.number;
	return true;
}

bool log_is_packed_name(const char *path, const char *packed)
{
	size_t len = strlen(path);

	return strncmp(path, packed, len) == 0 && packed[len] != '\0' && rotation_unpacked_length(packed) == len;
}

void log_files_free(struct log_files *files)
{
	for (size_t i = 0; i < files->count; i++)
		free(files->paths[i]);
	free(files->paths);
	free(files->log);
	*files = (struct log_files){ 0 };
}

void log_list_free(struct log_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		log_files_free(&list->logs[i]);
	free(list->logs);
	free(list->left_out);
	*list = (struct log_list){ 0 };
}

static int by_written(const void *left, const void *right)
{
	const struct sibling *a = left, *b = right;

	if (a->written != b->written)
		return a->written < b->written ? -1 : 1;
	return strcmp(a->path, b->path);
}

static int by_name(const void *left, const void *right)
{
	const struct sibling *a = left, *b = right;
	int order = strcmp(a->rotation.date, b->rotation.date);

	if (a->rotation.style == ROTATION_COUNTED)
		order = (a->rotation.number < b->rotation.number) - (a->rotation.number > b->rotation.number);
	return order != 0 ? order : by_written(a, b);
}

static void sort(struct sibling *siblings, size_t count)
{
	bool same_style = true;

	if (count == 0)
		return;
	for (size_t i = 1; i < count; i++)
		same_style &= siblings[i].rotation.style == siblings[0].rotation.style;
	same_style &= siblings[0].rotation.style != ROTATION_OTHER;
	qsort(siblings, count, sizeof(*siblings), same_style ? by_name : by_written);
}

static char *join(const char *folder, const char *name)
{
	struct buf path = { 0 };

	buf_addf(&path, "%s/%s", strcmp(folder, "/") == 0 ? "" : folder, name);
	return buf_take(&path);
}

static void add_path(struct log_files *files, char *path)
{
	files->paths = mem_grow(files->paths, &files->capacity, files->count + 1, sizeof(*files->paths));
	files->paths[files->count++] = path;
}

/* Finds the rotated siblings of the log in its folder. Returns how many. */
static size_t list_siblings(struct log_files *files, const char *folder, struct sibling **siblings)
{
	size_t count = 0, capacity = 0;
	struct dirent *entry;
	DIR *dir = opendir(folder);

	files->listed = dir != NULL;
	*siblings = NULL;
	while (dir != NULL && (entry = readdir(dir)) != NULL) {
		struct sibling sibling = { .rotation = { .style = ROTATION_OTHER } };
		struct file_look look;

		if (!rotation_parse(&sibling.rotation, name_of(files->log), entry->d_name))
			continue;
		sibling.path = join(folder, entry->d_name);
		if (file_look(sibling.path, &look))
			sibling.written = look.written;
		*siblings = mem_grow(*siblings, &capacity, count + 1, sizeof(**siblings));
		(*siblings)[count++] = sibling;
	}
	if (dir != NULL)
		closedir(dir);
	return count;
}

void log_files_list(struct log_files *files)
{
	char *copy = mem_text(files->log);
	struct sibling *siblings;
	struct stat st;
	size_t count = list_siblings(files, dirname(copy), &siblings);

	for (size_t i = 0; i < files->count; i++)
		free(files->paths[i]);
	files->count = 0;
	sort(siblings, count);
	for (size_t i = 0; i < count; i++)
		add_path(files, siblings[i].path);
	if (lstat(files->log, &st) == 0)
		add_path(files, mem_text(files->log));
	free(siblings);
	free(copy);
}

/* A log has one name, however a person names it. */
static char *resolve(const char *name)
{
	char *path = source_follow(name);

	return path != NULL ? path : mem_text(name);
}

static bool is_sibling(const char *log, const char *path)
{
	size_t folder = (size_t)(name_of(log) - log);
	struct rotation rotation;

	return !source_is_journal(log) && (size_t)(name_of(path) - path) == folder &&
	       memcmp(log, path, folder) == 0 && rotation_parse(&rotation, name_of(log), name_of(path));
}

static void add_log(struct log_list *list, char *log)
{
	bool known = false;

	for (size_t i = 0; i < list->count && !known; i++)
		known = strcmp(list->logs[i].log, log) == 0 || is_sibling(list->logs[i].log, log);
	if (!known && list->count == LOG_LIST_MOST && list->left_out == NULL)
		list->left_out = mem_text(log);
	if (known || list->count == LOG_LIST_MOST) {
		free(log);
		return;
	}
	list->logs = mem_grow(list->logs, &list->capacity, list->count + 1, sizeof(*list->logs));
	list->logs[list->count++] = (struct log_files){ .log = log };
}

/* Adds a path that a glob matches. Between a rotation and the next line the log itself may be missing. Its siblings
 * belong to it all the same, if the glob matches its name. */
static void add_match(struct log_list *list, const char *pattern, const char *path)
{
	size_t folder = (size_t)(name_of(path) - path);
	char *base = mem_alloc(strlen(path) + 1, 1);

	memcpy(base, path, folder);
	if (rotation_base(path + folder, base + folder) && fnmatch(pattern, base, FNM_PATHNAME) == 0)
		add_log(list, resolve(base));
	add_log(list, resolve(path));
	free(base);
}

static void add_name(struct log_list *list, const char *name)
{
	struct stat st;
	glob_t found;

	if (source_is_journal(name)) {
		add_log(list, mem_text(name));
		return;
	}
	if (strpbrk(name, "*?[") == NULL || lstat(name, &st) == 0 || glob(name, 0, NULL, &found) != 0) {
		add_log(list, resolve(name));
		return;
	}
	for (size_t i = 0; i < found.gl_pathc; i++)
		add_match(list, name, found.gl_pathv[i]);
	globfree(&found);
}

/* Takes out of the list each log that another log of the list finds as its sibling. */
static void fold_siblings(struct log_list *list)
{
	bool *fold = mem_zalloc(list->count, sizeof(*fold));
	size_t left = 0;

	for (size_t i = 0; i < list->count; i++) {
		for (size_t j = 0; j < list->count && !source_is_journal(list->logs[i].log); j++)
			fold[i] |= j != i && is_sibling(list->logs[j].log, list->logs[i].log);
	}
	for (size_t i = 0; i < list->count; i++) {
		if (fold[i])
			log_files_free(&list->logs[i]);
		else
			list->logs[left++] = list->logs[i];
	}
	list->count = left;
	free(fold);
}

static const char *const usual[] = {
	"/var/log/maillog", "/var/log/mail.log", "/var/log/mail/maillog", "/var/log/mail",
	/* files that servers write themselves; exim's rejectlog repeats lines of its main log */
	"/var/log/exim4/mainlog", "/var/log/exim/main.log", "/var/log/exim_mainlog", "/var/log/dovecot.log",
};

void log_list_say_usual(struct buf *out)
{
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++)
		buf_addf(out, "%s%s", i > 0 ? ", " : "", usual[i]);
}

static void add_usual(struct log_list *list)
{
	for (size_t i = 0; i < sizeof(usual) / sizeof(usual[0]); i++) {
		struct log_files files = { .log = mem_text(usual[i]) };
		struct stat st;

		/* /var/log/mail is a log on some hosts and a folder on others */
		if (stat(usual[i], &st) == 0 && S_ISDIR(st.st_mode)) {
			log_files_free(&files);
			continue;
		}
		/* between a rotation and the next line only siblings may exist */
		log_files_list(&files);
		if (files.count > 0)
			add_log(list, resolve(usual[i]));
		log_files_free(&files);
	}
}

void log_list_make(struct log_list *list, char *const *names, size_t count)
{
	*list = (struct log_list){ 0 };
	for (size_t i = 0; i < count; i++)
		add_name(list, names[i]);
	if (count == 0)
		add_usual(list);
	fold_siblings(list);
}
