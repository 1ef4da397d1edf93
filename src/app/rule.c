/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule: mailban-firewall, which keeps the rule that drops what the sets hold.
 *
 * mailban-firewall is looked for beside mailban, not in PATH, for mailban may run as root. MAILBAN_FIREWALL in the
 * environment names another one. Its environment tells it the settings, so that it need not ask mailban for them.
 */
#define _GNU_SOURCE
#include "app/rule.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

#define PROGRAM "mailban-firewall"

extern char **environ;

bool rule_is_wanted(const struct config *config)
{
	char *path = config_remembered(config);
	struct buf said = { 0 };
	struct span rest, line;
	bool wanted = false;

	/* a limit that was said without up asks for no rule; without the file the text is empty */
	(void)file_read(path, &said);
	rest = buf_span(&said);
	while (!wanted && span_take_line(&rest, &line))
		wanted = span_starts(line, "up ");
	buf_free(&said);
	free(path);
	return wanted;
}

const char *rule_command(const struct config *config)
{
	return rule_is_wanted(config) ? PROGRAM " again" : PROGRAM " up";
}

static void find_program(struct buf *path)
{
	const char *named = getenv("MAILBAN_FIREWALL");
	char self[PATH_MAX];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self));

	if (named != NULL && named[0] == '/') {
		buf_add_text(path, named);
		return;
	}
	while (len > 0 && self[len - 1] != '/')
		len--;
	if (len > 0) {
		buf_add(path, self, (size_t)len);
		buf_add_text(path, PROGRAM);
	}
}

static void tell_settings(const struct config *config)
{
	char *remembered = config_remembered(config), priority[24];

	snprintf(priority, sizeof(priority), "%" PRId64, config->nft_priority);
	setenv("MAILBAN_PRIORITY", priority, 1);
	setenv("MAILBAN_BACKEND", firewall_backend_name(firewall_choose(config->backend)), 1);
	setenv("MAILBAN_SET4", config->set4, 1);
	setenv("MAILBAN_SET6", config->set6, 1);
	setenv("MAILBAN_REMEMBERED", remembered, 1);
	/* else it would run mailban sync where there is no ipset */
	setenv("MAILBAN_HAS_SETS", "yes", 1);
	free(remembered);
}

static void read_all(int fd, struct buf *out)
{
	char bytes[4096];
	ssize_t got;

	while ((got = read(fd, bytes, sizeof(bytes))) > 0 || (got < 0 && errno == EINTR)) {
		if (got > 0)
			buf_add(out, bytes, (size_t)got);
	}
}

/* Starts mailban-firewall with its output into a pipe. Returns the pipe's end to read from, or -1. */
static int start(const char *path, const char *word, pid_t *pid)
{
	char *const arguments[] = { (char *)PROGRAM, (char *)word, NULL };
	posix_spawn_file_actions_t actions;
	int ends[2], ret;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return -1;
	ret = posix_spawn_file_actions_init(&actions);
	if (ret == 0) {
		ret = posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
		if (ret == 0)
			ret = posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
		if (ret == 0)
			ret = posix_spawn(pid, path, &actions, NULL, arguments, environ);
		posix_spawn_file_actions_destroy(&actions);
	}
	close(ends[1]);
	if (ret == 0)
		return ends[0];
	close(ends[0]);
	return -1;
}

int rule_run(const struct config *config, const char *word, struct buf *out)
{
	struct buf path = { 0 };
	int fd = -1, status = 0;
	pid_t pid;

	find_program(&path);
	tell_settings(config);
	if (path.len > 0 && access(buf_text(&path), X_OK) == 0)
		fd = start(buf_text(&path), word, &pid);
	buf_free(&path);
	if (fd < 0)
		return -1;
	read_all(fd, out);
	close(fd);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		continue;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
