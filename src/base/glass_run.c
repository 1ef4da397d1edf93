/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * glass_run: work done by a child in the glass, which answers by a text.
 *
 * The child has two descriptors of its own, messages and the answer, and those that this program opened: nothing of
 * what its caller left open. It is believed nothing: its messages are made printable, and its answer is for the caller
 * to check. Both have a bound. It ends when its parent does.
 */
#define _GNU_SOURCE
#include "base/glass_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"

enum {
	STEP = 1 << 16,
	FAILED = 3,
	NUMBERS = 1 << 16, /* of descriptors: no run opens so many */
	HEARD_MAX = 1 << 24, /* bytes of messages: two hours of a progress line are a seventh of it */
	DAY_MS = 86400000, /* who only waits is not waited for longer */
	MINUTE_MS = 60000,
};

/* ---- the child ---- */

static void tell_lacking(const struct glass *glass)
{
	FREED_BY(buf_free) struct buf lacking = { 0 };

	glass_add_lacking(glass, &lacking);
	if (!glass->off && lacking.len > 0)
		msg("logs are read without %s, which is not to be had here; see: mailban check", buf_text(&lacking));
}

/* Closes what the caller of this program left open: whatever is the program's own is closed by an exec. One poll(2)
 * tells which numbers are open. */
static void close_strange(void)
{
	struct rlimit limit = { .rlim_cur = NUMBERS };
	struct pollfd *fds;
	nfds_t most;

	(void)getrlimit(RLIMIT_NOFILE, &limit);
	most = limit.rlim_cur < NUMBERS ? limit.rlim_cur : NUMBERS;
	fds = mem_zalloc(most, sizeof(*fds));
	for (nfds_t i = 0; i < most; i++)
		fds[i].fd = (int)i;
	/* where it fails, each may be open */
	(void)poll(fds, most, 0);
	for (nfds_t i = STDERR_FILENO + 1; i < most; i++) {
		int flags = (fds[i].revents & POLLNVAL) != 0 ? FD_CLOEXEC : fcntl((int)i, F_GETFD);

		if (flags >= 0 && (flags & FD_CLOEXEC) == 0)
			close((int)i);
	}
	free(fds);
#ifdef __NR_close_range
	/* an older kernel has no such call, and an older libc only the kernel's name of it */
	(void)syscall(__NR_close_range, (unsigned)most, ~0u, 0u);
#endif
}

_Noreturn static void be_child(glass_work *work, void *context, bool tells, int messages, int out)
{
	struct buf why = { 0 }, answer = { 0 };
	int null = -1, status = FAILED;
	struct glass glass;

	if (dup2(messages, STDERR_FILENO) >= 0)
		null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (null < 0 || dup2(null, STDOUT_FILENO) < 0 || dup2(null, STDIN_FILENO) < 0) {
		msg("the reader of logs cannot open /dev/null: %s; nothing was read", strerror(errno));
		_exit(FAILED);
	}
	close(null);
	close(messages);
	close_strange();
	if (glass_enter(&glass, true, &why) < 0) {
		msg("%s", buf_text(&why));
		_exit(FAILED);
	}
	if (tells)
		tell_lacking(&glass);
	if (work == NULL)
		glass_add_force(&glass, &answer);
	status = work != NULL ? work(context, &answer) : 0;
	if (!file_write_all(out, answer.ptr, answer.len)) {
		msg("the reader of logs cannot answer: %s; nothing that it found is taken", strerror(errno));
		status = FAILED;
	}
	if (glass.off)
		exit(status); /* and whoever counts leaks does */
	_exit(status);
}

/* ---- the parent ---- */

/* Nothing that a terminal obeys, but for the beginning of a line, which the progress is shown by. */
static void pass_on(const char *bytes, size_t len)
{
	char text[STEP] = "";

	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)bytes[i];

		text[i] = (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\r' ? bytes[i] : '?';
	}
	(void)file_write_all(STDERR_FILENO, text, len);
}

/* Takes what stands in both pipes until both have ended. Adds the bytes of messages to heard. Returns NULL, or why
 * the child has to go. */
static const char *gather(int messages, int in, struct buf *answer, size_t *heard)
{
	struct pollfd fds[2] = { { .fd = messages, .events = POLLIN }, { .fd = in, .events = POLLIN } };
	const int64_t deadline = clock_ms() + DAY_MS;
	char step[STEP];

	while (fds[0].fd >= 0 || fds[1].fd >= 0) {
		if (poll(fds, 2, MINUTE_MS) < 0 && errno != EINTR)
			return strerror(errno);
		for (unsigned i = 0; i < 2; i++) {
			ssize_t got = 0;

			if (fds[i].fd < 0 || fds[i].revents == 0)
				continue;
			got = read(fds[i].fd, step, sizeof(step));
			if (got < 0 && errno == EINTR)
				continue;
			if (got <= 0) {
				fds[i].fd = -1;
			} else if (i == 0) {
				*heard += (size_t)got;
				pass_on(step, (size_t)got);
			} else {
				buf_add(answer, step, (size_t)got);
			}
		}
		if (*heard > HEARD_MAX)
			return "it says more than anybody reads";
		if (answer->len >> 30 >= GLASS_GIGABYTES)
			return "it answers more than it can know";
		if (clock_ms() > deadline)
			return "it does not come to an end";
	}
	return NULL;
}

/* Returns the child's status. A child that failed without a word is told of. One that has closed both pipes is ending,
 * which no signal changes; who closed them to stay is stopped. */
static int wait_for(pid_t child, const char *why, bool said)
{
	int status = 0;

	if (kill(child, SIGKILL) < 0 && why != NULL) {
		msg("the reader of logs cannot be stopped, process %d: %s; %s", (int)child, strerror(errno), why);
		return FAILED;
	}
	while (waitpid(child, &status, 0) < 0) {
		if (errno != EINTR) {
			status = FAILED << 8;
			break;
		}
	}
	if (why != NULL)
		msg("the reader of logs was stopped: %s; nothing that it found is taken", why);
	else if (WIFSIGNALED(status))
		msg("the reader of logs was stopped by signal %d (%s); nothing that it found is taken",
		    WTERMSIG(status), strsignal(WTERMSIG(status)));
	else if (WEXITSTATUS(status) > FAILED || (WEXITSTATUS(status) == FAILED && !said))
		msg("the reader of logs ended with status %d; nothing that it found is taken", WEXITSTATUS(status));
	return why == NULL && WIFEXITED(status) && WEXITSTATUS(status) < FAILED ? WEXITSTATUS(status) : FAILED;
}

int glass_run(glass_work *work, void *context, bool tells, struct buf *answer)
{
	int messages[2], in[2];
	const char *why = NULL;
	size_t heard = 0;
	pid_t child;

	if (pipe2(messages, O_CLOEXEC) < 0 || pipe2(in, O_CLOEXEC) < 0) {
		msg("no pipe is to be had: %s; nothing was read", strerror(errno));
		return FAILED;
	}
	/* what waits to be printed would be printed twice */
	(void)fflush(NULL);
	child = fork();
	if (child == 0) {
		close(messages[0]);
		close(in[0]);
		be_child(work, context, tells, messages[1], in[1]);
	}
	close(messages[1]);
	close(in[1]);
	if (child < 0)
		msg("no process is to be had: %s; nothing was read", strerror(errno));
	else
		why = gather(messages[0], in[0], answer, &heard);
	close(messages[0]);
	close(in[0]);
	return child < 0 ? FAILED : wait_for(child, why, heard > 0);
}
