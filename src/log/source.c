/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * source: opens one log and finds out what it is.
 *
 * The first bytes decide whether it is text, compressed text or no log at all. A source owns its descriptor and its
 * buffers, shares nothing and prints nothing: the caller gets one sentence about each error. No error is fatal here.
 */
#define _GNU_SOURCE
#include "log/source.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "log/header.h"
#include "log/source_inside.h"

const char *source_name(const struct source *source)
{
	return source->name;
}

const char *source_error(const struct source *source)
{
	return source->error.len > 0 ? source->error.ptr : NULL;
}

int64_t source_reference(const struct source *source)
{
	return source->reference;
}

uint64_t source_start(const struct source *source)
{
	return source->start;
}

uint64_t source_ever_read(const struct source *source)
{
	return source->ever;
}

uint64_t source_offset(const struct source *source, uint64_t consumed)
{
	return source->at - (source->given - consumed);
}

bool source_is_compressed(const struct source *source)
{
	return source->content != CONTENT_PLAIN;
}

bool source_is_stdin(const struct source *source)
{
	return source->is_stdin;
}

struct file_look source_file(const struct source *source)
{
	return source->file;
}

struct span source_head(const struct source *source)
{
	return (struct span){ source->head, source->head_len };
}

bool source_is_at_head(const struct source *source)
{
	return source->start == source->first;
}

void source_progress(const struct source *source, uint64_t *done, uint64_t *total)
{
	*done = atomic_load_explicit(&source->stored, memory_order_relaxed);
	*total = source->regular ? source->file.size : 0;
}

static void take_stat(struct source *source)
{
	struct stat st;

	source->reference = time(NULL);
	if (fstat(source->fd, &st) < 0 || !S_ISREG(st.st_mode))
		return;
	source->reference = st.st_mtim.tv_sec;
	/* redirected input is read once, from where the shell left it */
	source->regular = !source->is_stdin;
	source->file = file_look_of(&st);
}

/* A writer that does not append leaves a hole in a log that was emptied: begin behind it. False: all is NULs. */
static bool skip_nuls(struct source *source)
{
	bool has_holes = source->regular && source->content == CONTENT_PLAIN;
	uint64_t first = 0;

	while (source->head_len > 0) {
		size_t nuls = 0;
		ssize_t got;

		while (nuls < source->head_len && source->head[nuls] == 0)
			nuls++;
		first += nuls;
		source->head_len -= nuls;
		memmove(source->head, source->head + nuls, source->head_len);
		if (source->head_len == 0 && has_holes) {
			first = source_data_at(source, first);
			atomic_store(&source->stored, first);
		}
		got = source_fill(source, source->head + source->head_len, nuls);
		source->head_len += got > 0 ? (size_t)got : 0;
		if (source->head_len > 0 && source->head[0] != 0) {
			source->first = source->start = source->at = first;
			return true;
		}
	}
	return false;
}

static bool is_log(struct source *source, struct buf *why)
{
	const char *foreign;

	/* a file that is all hole is an empty one */
	if (source->head_len > 0 && source->head[0] == 0 && !skip_nuls(source) &&
	    !(source->regular && source->content == CONTENT_PLAIN))
		return source_refuse(why, source->error.len > 0 ? source->error.ptr : "holds nothing but NULs");
	foreign = content_foreign(source->head, source->head_len);
	if (foreign != NULL)
		buf_addf(why, "is %s, not a log", foreign);
	return foreign == NULL;
}

/* Reads the first bytes as they are stored. */
static bool peek(struct source *source, struct buf *why)
{
	ssize_t got;

	if (source->regular)
		got = source_pread(source, source->peeked, sizeof(source->peeked), 0);
	else
		got = source_fill(source, source->peeked, sizeof(source->peeked));
	if (got < 0)
		return errno == EISDIR ? source_refuse(why, source_kind(S_IFDIR))
				       : source_refuse_for(source, why, errno);
	source->peeked_len = (size_t)got;
	source->content = content_of(source->peeked, source->peeked_len);
	if (source->content == CONTENT_PLAIN || unpack_load(source->content, why))
		return true;
	source->hindered = true;
	return false;
}

/* Reads the first bytes, uncompressed. */
static bool look_at_head(struct source *source, struct buf *why)
{
	ssize_t got = source_fill(source, source->head, sizeof(source->head));

	if (got < 0)
		return source->error.len > 0 ? source_refuse(why, buf_text(&source->error))
					     : source_refuse_for(source, why, errno);
	source->head_len = (size_t)got;
	if (!is_log(source, why))
		return false;
	/* many files may be open at once: a file that is not being read keeps no decompressor */
	if (source->regular)
		source_restart(source);
	return true;
}

const char *source_server(const struct source *source)
{
	struct span head = source_head(source), line;
	struct header header = { .stamp = { NULL, 0 } };

	/* the first line with a header counts; behind it the last line may be cut off */
	while (header.stamp.len == 0 && span_take_line(&head, &line))
		header_parse(&header, line.ptr, line.len);
	return header.stamp.len > 0 ? header.server : NULL;
}

static const char journal_word[] = "journal:";

bool source_is_journal(const char *name)
{
	return strncmp(name, journal_word, sizeof(journal_word) - 1) == 0;
}

const char *source_colon(const char *name)
{
	return strcmp(name, journal_word) == 0 ? "" : ":";
}

const char *source_units(const char *name)
{
	return name + sizeof(journal_word) - 1;
}

const char *source_cursor(const struct source *source)
{
	return source->journal != NULL ? journal_cursor(source->journal) : NULL;
}

int64_t source_gap(const struct source *source)
{
	return source->journal != NULL ? journal_gap(source->journal) : WHEN_UNKNOWN;
}

bool source_is_hindered(const struct source *source)
{
	return source->hindered;
}

struct source *source_open(const char *path, const char *directory, struct buf *why, bool *hindered)
{
	struct source *source = mem_zalloc(1, sizeof(*source));
	bool ok = true;

	source->fd = -1;
	source->is_stdin = strcmp(path, "-") == 0;
	source->name = mem_text(source->is_stdin ? "standard input" : path);
	source->reference = time(NULL);
	source->bounds = SOURCE_BOUNDS;
	if (source_is_journal(path))
		ok = (source->journal = journal_open(source_units(path), directory, why)) != NULL;
	else if (source->is_stdin)
		ok = (source->fd = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1)) >= 0 ||
		     source_refuse_for(source, why, errno);
	else
		ok = source_open_file(source, path, why);
	if (ok && source->journal == NULL) {
		take_stat(source);
		ok = peek(source, why);
	}
	if (hindered != NULL)
		*hindered = source->hindered;
	if (ok)
		return source;
	source_close(source);
	return NULL;
}

void source_bound(struct source *source, const struct source_bounds *bounds)
{
	source->bounds = *bounds;
}

bool source_begin(struct source *source, const char *cursor, struct buf *why)
{
	return source->journal != NULL ? journal_begin(source->journal, cursor, why) : look_at_head(source, why);
}

void source_close(struct source *source)
{
	if (source == NULL)
		return;
	unpack_close(source->unpack);
	journal_close(source->journal);
	if (source->fd >= 0)
		close(source->fd);
	buf_free(&source->error);
	free(source->name);
	free(source);
}
