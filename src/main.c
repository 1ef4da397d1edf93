/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * main: the table of subcommands.
 *
 * Finds the command that the first word names, reads its options and the configuration, and runs it. Help that was
 * asked for goes to stdout with 0, misuse to stderr with 2. Mends first what a caller may hand over: closed standard
 * descriptors, and a signal without which nobody can wait for a child.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/config.h"
#include "app/options.h"
#include "app/settings.h"
#include "base/msg.h"
#include "base/near.h"
#include "cmd/commands.h"
#include "report/text.h"

static const struct command *const commands[] = {
	&command_run,
	&command_scan,
	&command_match,
	&command_rules,
	&command_sync,
	&command_state,
	&command_status,
	&command_list,
	&command_why,
	&command_stats,
	&command_report,
	&command_check,
	&command_diff,
	&command_ban,
	&command_unban,
	&command_allow,
	&command_disallow,
	&command_done,
	&command_export,
	&command_fleet,
	NULL,
};

static const char *feature(int has, const char *name)
{
	return has ? name : "";
}

static int print_version(void)
{
	printf("mailban %s\nlibraries: libpcre2 libipset libconfuse%s%s%s%s%s%s%s\n", MAILBAN_VERSION,
	       feature(HAVE_LIBARCHIVE, " libarchive"), feature(HAVE_LIBSYSTEMD, " libsystemd"),
	       feature(HAVE_LIBSECCOMP, " libseccomp"), feature(HAVE_LIBNFTABLES, " libnftables"),
	       feature(HAVE_LIBLOC, " libloc"), feature(HAVE_HIREDIS, " hiredis"),
	       feature(HAVE_HIREDIS_SSL, " hiredis_ssl"));
	return EXIT_ALL_WELL;
}

static int print_overview(void)
{
	fputs("usage: mailban COMMAND [OPTION]... [ARG]...\n"
	      "Turns mail logs into a blacklist and the blacklist into one firewall set.\n\ncommands:\n",
	      stdout);
	for (const struct command *const *c = commands; *c != NULL; c++)
		printf("  %-9s %s\n", (*c)->name, (*c)->summary);
	fputs("\nmailban help COMMAND tells more, mailban help settings all settings; the manual is mailban(8).\n",
	      stdout);
	return EXIT_ALL_WELL;
}

/* All of them with their defaults: what is installed as mailban.conf. */
static int print_settings(void)
{
	FREED_BY(buf_free) struct buf out = { 0 };

	settings_print(&out);
	text_print(&out);
	return EXIT_ALL_WELL;
}

static void tell_unknown(const char *name)
{
	struct near near = { .word = name };
	FREED_BY(buf_free) struct buf meant = { 0 };

	if (name[0] == '-') {
		msg("%s: options stand behind the command: mailban COMMAND %s; see: mailban help", name, name);
		return;
	}
	for (const struct command *const *c = commands; *c != NULL; c++)
		near_try(&near, (*c)->name);
	near_add(&near, &meant);
	msg("there is no command %s%s; see: mailban help", name, buf_text(&meant));
}

static const struct command *find(const char *name)
{
	for (const struct command *const *c = commands; *c != NULL; c++) {
		if (strcmp((*c)->name, name) == 0)
			return *c;
	}
	tell_unknown(name);
	return NULL;
}

static bool is_help(const char *word)
{
	return strcmp(word, "-h") == 0 || strcmp(word, "--help") == 0;
}

static bool is_version(const char *word)
{
	return strcmp(word, "-V") == 0 || strcmp(word, "--version") == 0 || strcmp(word, "version") == 0;
}

static int help(const char *name)
{
	const struct command *command;

	if (name == NULL || is_help(name))
		return print_overview();
	if (strcmp(name, "settings") == 0)
		return print_settings();
	command = find(name);
	if (command == NULL)
		return EXIT_USAGE;
	options_print_help(command);
	return EXIT_ALL_WELL;
}

static int run(int argc, char **argv)
{
	const struct command *command = find(argv[0]);
	struct options options;
	struct config config;
	int ret;

	if (command == NULL)
		return EXIT_USAGE;
	ret = options_parse(command, argc, argv, &options);
	if (ret != EXIT_ALL_WELL)
		return ret;
	if (options.help) {
		options_print_help(command);
		return EXIT_ALL_WELL;
	}
	ret = config_load(&config, &options);
	if (ret == EXIT_ALL_WELL)
		ret = command->run(&config, &options);
	config_free(&config);
	return ret;
}

/* A file that gets the number of a closed output would take the messages. What stands there instead refuses them. */
static bool open_standard(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++) {
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
			return false;
	}
	return true;
}

int main(int argc, char **argv)
{
	int status;

	static char alone[] = "status";

	/* where it is ignored, the kernel keeps no status of a child that has ended */
	(void)signal(SIGCHLD, SIG_DFL);
	if (!open_standard()) {
		msg("standard input or output is closed, and /dev/null cannot be opened: %s", strerror(errno));
		return EXIT_NOTHING;
	}
	if (argc < 2) {
		status = run(1, (char *[]){ alone, NULL });
		puts("\nmailban help lists the commands");
	} else if (is_help(argv[1]))
		status = help(NULL);
	else if (strcmp(argv[1], "help") == 0)
		status = help(argv[2]);
	else if (is_version(argv[1]))
		status = print_version();
	else
		status = run(argc - 1, argv + 1);
	/* output that could not be written is not output: a full disk or a closed pipe behind stdout */
	if (fflush(stdout) != 0 || ferror(stdout)) {
		msg("standard output could not be written; what was printed is not complete");
		status = status == EXIT_ALL_WELL ? EXIT_IN_PART : status;
	}
	return status;
}
