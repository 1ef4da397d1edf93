/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal: a journal, read by a child.
 *
 * libsystemd opens and maps files itself, and believes their contents. So a child of its own runs libsystemd. At first
 * the child can open the journal's folders alone; before it reads an entry, it can open nothing (base/glass). It waits
 * for the place to begin at, and answers with lines. Its lines are bounded, and believed no more than those of any
 * log.
 */
#define _GNU_SOURCE
#include "log/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/glass.h"
#include "base/mem.h"
#include "log/entries.h"

enum {
	SAID_MAX = 1 << 20,
	CHILDS = 3,
	HOUR_MS = 3600000,  /* whoever says nothing for so long says nothing more */
	SECOND_MS = 1000,
};

/* What parent and child say to each other: a kind, a length, and so many bytes. */
enum said {
	SAID_BEGIN,   /* to the child: a cursor, or nothing for the first entry */
	SAID_NEWEST,  /* to the child: asks for the newest entry */
	SAID_NUMBER,  /* the time of the newest entry, or of the gap */
	SAID_LINES,   /* lines, whose cursor comes next */
	SAID_CURSOR,
	SAID_END,
	SAID_FAULT,   /* says in words what is wrong; the last */
};

struct said_head {
	uint32_t kind, len;
};

struct journal {
	int fd;
	pid_t child;
	bool ended;
	int64_t gap;
	struct buf lines;   /* lines to be given, from given on */
	size_t given;
	char *cursor;
};

static bool say(int fd, enum said kind, const void *bytes, size_t len)
{
	const struct said_head head = { (uint32_t)kind, (uint32_t)len };

	return file_write_all(fd, &head, sizeof(head)) && file_write_all(fd, bytes, len);
}

static bool read_all(int fd, char *bytes, size_t len, int64_t deadline)
{
	while (len > 0) {
		ssize_t got = clock_wait(fd, POLLIN, deadline) ? read(fd, bytes, len) : 0;

		if (got == 0 || (got < 0 && errno != EINTR))
			return false;
		bytes += got > 0 ? got : 0;
		len -= got > 0 ? (size_t)got : 0;
	}
	return true;
}

/* Takes what the other process says next. False: nothing more comes, or nonsense. */
static bool hear(int fd, enum said *kind, struct buf *bytes)
{
	const int64_t deadline = clock_ms() + HOUR_MS;
	struct said_head head;

	buf_clear(bytes);
	if (!read_all(fd, (char *)&head, sizeof(head), deadline) || head.kind > SAID_FAULT || head.len > SAID_MAX ||
	    !read_all(fd, buf_room(bytes, head.len + 1), head.len, deadline))
		return false;
	*kind = (enum said)head.kind;
	bytes->len = head.len;
	return true;
}

/* ---- the child ---- */

#if HAVE_LIBSYSTEMD

static bool say_number(int fd, int64_t number)
{
	return say(fd, SAID_NUMBER, &number, sizeof(number));
}

static bool say_next(int fd, struct entries *entries, struct buf *lines, struct buf *why)
{
	const char *cursor;
	int ret;

	buf_clear(lines);
	ret = entries_next(entries, lines, &cursor, why);
	if (ret == 0)
		(void)say(fd, SAID_END, "", 0);
	return ret > 0 && say(fd, SAID_LINES, lines->ptr, lines->len) &&
	       say(fd, SAID_CURSOR, cursor, strlen(cursor));
}

static void answer(int fd, struct entries *entries, enum said kind, struct buf *asked, struct buf *why)
{
	int64_t gap;

	if (kind == SAID_NEWEST)
		(void)say_number(fd, entries_newest(entries));
	else if (entries_begin(entries, asked->len > 0 ? buf_text(asked) : NULL, &gap, why) == 0 && say_number(fd, gap))
		while (say_next(fd, entries, asked, why))
			;
}

/* Leaves the child no descriptor but the one that it says things by, as number 3. */
static bool leave_descriptors(int fd)
{
	int null = open("/dev/null", O_RDWR);

	if (null < 0 || dup2(null, 0) < 0 || dup2(null, 1) < 0 || dup2(null, 2) < 0 || dup2(fd, CHILDS) < 0)
		return false;
	/* By its number, as an older libc has no function for it. On a kernel without the call the descriptors stay,
	 * and nobody can use them in the glass. */
	(void)syscall(__NR_close_range, (unsigned)CHILDS + 1, ~0u, 0u);
	return true;
}

_Noreturn static void be_child(const char *units, const char *directory, int fd)
{
	const char *const here[] = { "/var/log/journal", "/run/log/journal", "/etc/machine-id", NULL };
	const char *const there[] = { directory, "/etc/machine-id", NULL };
	struct entries *entries = NULL;
	struct buf why = { 0 }, asked = { 0 };
	struct glass glass;
	enum said kind;

	if (!leave_descriptors(fd))
		_exit(1);
	entries_load();
	if (glass_fence(directory != NULL ? there : here, &why) == 0)
		entries = entries_open(units, directory, &why);
	if (entries != NULL && glass_enter(&glass, true, &why) < 0)
		entries = NULL;
	/* the parent asks before it hears what is wrong */
	if (!hear(CHILDS, &kind, &asked))
		_exit(0);
	if (entries != NULL)
		answer(CHILDS, entries, kind, &asked, &why);
	if (why.len > 0)
		(void)say(CHILDS, SAID_FAULT, why.ptr, why.len);
	_exit(0);
}

struct journal *journal_open(const char *units, const char *directory, struct buf *why)
{
	struct journal *journal;
	pid_t child = -1;
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) == 0) {
		child = fork();
		if (child == 0)
			be_child(units, directory, pair[1]);
		close(pair[1]);
		if (child < 0)
			close(pair[0]);
	}
	if (child < 0) {
		buf_addf(why, "no reader of the journal is to be had: %s", strerror(errno));
		return NULL;
	}
	journal = mem_zalloc(1, sizeof(*journal));
	*journal = (struct journal){ .fd = pair[0], .child = child, .gap = WHEN_UNKNOWN };
	return journal;
}

#else

struct journal *journal_open(const char *units, const char *directory, struct buf *why)
{
	(void)units;
	(void)directory;
	buf_add_text(why, "this mailban was built without libsystemd and cannot read the journal; name a log file, or "
			  "build with libsystemd");
	return NULL;
}

#endif

/* ---- the reader ---- */

/* A child that nobody listens to ends. One that was taken over may stay, and ends with this process. */
void journal_close(struct journal *journal)
{
	const int64_t deadline = clock_ms() + SECOND_MS;

	if (journal == NULL)
		return;
	close(journal->fd);
	while (waitpid(journal->child, NULL, WNOHANG) == 0 && clock_ms() < deadline)
		(void)clock_wait(-1, 0, clock_ms() + 1);
	buf_free(&journal->lines);
	free(journal->cursor);
	free(journal);
}

/* Asks the child, which may be gone: then its answer says so, and no signal ends this process. */
static void ask(const struct journal *journal, enum said kind, const char *text)
{
	void (*former)(int) = signal(SIGPIPE, SIG_IGN);

	(void)say(journal->fd, kind, text, strlen(text));
	(void)signal(SIGPIPE, former);
}

/* Takes what the child says next. A child that is gone is a fault. */
static enum said next_said(struct journal *journal, struct buf *bytes)
{
	enum said kind;

	if (hear(journal->fd, &kind, bytes))
		return kind;
	buf_clear(bytes);
	buf_add_text(bytes, "the journal cannot be read: its reader was stopped");
	return SAID_FAULT;
}

static bool take_number(struct journal *journal, int64_t *number, struct buf *why)
{
	FREED_BY(buf_free) struct buf bytes = { 0 };
	bool well = next_said(journal, &bytes) == SAID_NUMBER && bytes.len == sizeof(*number);

	if (well)
		memcpy(number, bytes.ptr, sizeof(*number));
	else
		buf_add_span(why, buf_span(&bytes));
	return well;
}

bool journal_begin(struct journal *journal, const char *cursor, struct buf *why)
{
	ask(journal, SAID_BEGIN, cursor != NULL ? cursor : "");
	if (cursor != NULL)
		journal->cursor = mem_text(cursor);
	return take_number(journal, &journal->gap, why);
}

/* Takes the next lines and their cursor. Returns 1, 0 at the end, or -1 with the reason. */
static int refill(struct journal *journal, struct buf *why)
{
	FREED_BY(buf_free) struct buf bytes = { 0 };
	enum said kind = next_said(journal, &journal->lines);

	journal->given = 0;
	if (kind == SAID_LINES)
		kind = next_said(journal, &bytes);
	else
		buf_add_span(&bytes, buf_span(&journal->lines));
	if (kind == SAID_CURSOR) {
		free(journal->cursor);
		journal->cursor = mem_text_of(bytes.ptr, bytes.len);
	} else {
		buf_clear(&journal->lines);
		if (kind != SAID_END)
			buf_add_span(why, buf_span(&bytes));
	}
	journal->ended = kind == SAID_END;
	return kind == SAID_CURSOR ? 1 : kind == SAID_END ? 0 : -1;
}

ssize_t journal_read(struct journal *journal, char *bytes, size_t room, struct buf *why)
{
	size_t len;

	if (!journal->ended && journal->given == journal->lines.len && refill(journal, why) < 0)
		return -1;
	len = journal->lines.len - journal->given;
	len = len < room ? len : room;
	if (len > 0)
		memcpy(bytes, journal->lines.ptr + journal->given, len);
	journal->given += len;
	return (ssize_t)len;
}

const char *journal_cursor(struct journal *journal)
{
	return journal->given == journal->lines.len ? journal->cursor : NULL;
}

int64_t journal_gap(const struct journal *journal)
{
	return journal->gap;
}

int64_t journal_newest(const char *units, const char *directory)
{
	FREED_BY(buf_free) struct buf why = { 0 };
	struct journal *journal = journal_open(units, directory, &why);
	int64_t newest = WHEN_UNKNOWN;

	if (journal != NULL) {
		ask(journal, SAID_NEWEST, "");
		(void)take_number(journal, &newest, &why);
	}
	journal_close(journal);
	return newest;
}
