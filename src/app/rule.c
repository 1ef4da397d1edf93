/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * rule: mailban-firewall, which keeps the rule that drops what the sets hold.
 *
 * mailban-firewall is looked for beside mailban, not in PATH, for mailban may run as root. MAILBAN_FIREWALL in the
 * environment names another one. Its environment tells it the settings, so that it need not ask mailban for them.
 */
#include "app/rule.h"

#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/command.h"
#include "base/file.h"

#define PROGRAM "mailban-firewall"

bool rule_is_wanted(const struct config *config)
{
	FREED_BY(mem_free) char *path = config_remembered(config);
	FREED_BY(buf_free) struct buf said = { 0 };
	struct span rest, line;
	bool wanted = false;

	/* a limit that was said without up asks for no rule; without the file the text is empty */
	(void)file_read(path, &said);
	rest = buf_span(&said);
	while (!wanted && span_take_line(&rest, &line))
		wanted = span_starts(line, "up ");
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

int rule_run(const struct config *config, const char *word, struct buf *out)
{
	FREED_BY(buf_free) struct buf path = { 0 };
	int status = -1;

	find_program(&path);
	tell_settings(config);
	if (path.len > 0 && access(buf_text(&path), X_OK) == 0)
		status = command_perform((char *[]){ path.ptr, (char *)word, NULL }, out);
	return status;
}
