/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * command: what another program prints.
 *
 * A program that is only asked leads a process group of its own, so that whatever it starts ends with it. A descriptor
 * (pidfd_open) tells when the program has ended, and is waited for as its output is. A program that closes its output
 * and stays hangs, too.
 */
#define _GNU_SOURCE
#include "base/command.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"

enum { OUTPUT_MAX = 1 << 20, STEP = 4096 };

extern char **environ;

/* apart: in a group of its own, and without our standard error. */
static int spawn(pid_t *pid, char *const arguments[], bool apart, int output)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	int ret = posix_spawn_file_actions_init(&actions);

	if (ret != 0)
		return ret;
	ret = posix_spawnattr_init(&attributes);
	if (ret == 0) {
		/* the group has the number of the program */
		ret = posix_spawnattr_setflags(&attributes, apart ? POSIX_SPAWN_SETPGROUP : 0);
		if (ret == 0)
			ret = posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
		if (ret == 0)
			ret = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
		if (ret == 0 && apart)
			ret = posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
		if (ret == 0)
			ret = posix_spawn(pid, arguments[0], &actions, &attributes, arguments, environ);
		posix_spawnattr_destroy(&attributes);
	}
	posix_spawn_file_actions_destroy(&actions);
	return ret;
}

/* Reads to the end of the output. */
static bool read_all(int fd, int64_t deadline, struct buf *out, struct buf *why)
{
	size_t before = out->len;

	while (clock_wait(fd, POLLIN, deadline)) {
		ssize_t got = read(fd, buf_room(out, STEP), STEP);

		if (got == 0)
			return true;
		if (got < 0 && errno != EINTR) {
			buf_addf(why, "cannot be read: %s", strerror(errno));
			return false;
		}
		out->len += got > 0 ? (size_t)got : 0;
		if (out->len - before > OUTPUT_MAX) {
			buf_add_text(why, "prints too much");
			return false;
		}
	}
	buf_add_text(why, "does not answer");
	return false;
}

static bool wait_for_end(pid_t pid, int64_t deadline, struct buf *why)
{
	int fd = (int)syscall(SYS_pidfd_open, pid, 0);
	/* an older kernel has no such descriptors: the program is waited for without a bound */
	bool ended = fd < 0 || clock_wait(fd, POLLIN, deadline);

	if (fd >= 0)
		close(fd);
	if (!ended)
		buf_add_text(why, "does not end");
	return ended;
}

static bool has_succeeded(int status, struct buf *why)
{
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	if (WIFEXITED(status))
		buf_addf(why, "exits with %d", WEXITSTATUS(status));
	else
		buf_addf(why, "is killed by signal %d", WTERMSIG(status));
	return false;
}

static int collect(pid_t pid, bool apart, int fd, int64_t deadline, struct buf *out, struct buf *why)
{
	bool ok = read_all(fd, deadline, out, why) && wait_for_end(pid, deadline, why);
	int status = 0;

	if (!ok)
		kill(apart ? -pid : pid, SIGKILL);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return ok ? status : -1;
}

/* Returns the status that waitpid(2) gives, or -1 with the reason. */
static int run(char *const arguments[], bool apart, int milliseconds, struct buf *out, struct buf *why)
{
	int64_t deadline = clock_ms() + milliseconds;
	int ends[2], error, status = -1;
	pid_t pid;

	error = pipe2(ends, O_CLOEXEC) < 0 ? errno : 0;
	if (error == 0) {
		error = spawn(&pid, arguments, apart, ends[1]);
		close(ends[1]);
		if (error == 0)
			status = collect(pid, apart, ends[0], deadline, out, why);
		close(ends[0]);
	}
	if (error != 0)
		buf_addf(why, "cannot be started: %s", strerror(error));
	return status;
}

bool command_read(char *const arguments[], int milliseconds, struct buf *out, struct buf *why)
{
	size_t before = out->len;
	int status = run(arguments, true, milliseconds, out, why);
	bool ok = status != -1 && has_succeeded(status, why);

	if (!ok)
		out->len = before;
	return ok;
}

int command_perform(char *const arguments[], struct buf *out)
{
	FREED_BY(buf_free) struct buf why = { 0 };
	int status = run(arguments, false, INT_MAX, out, &why);

	return status == -1 ? -1 : WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
