/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lock: the one lock of all commands that change something.
 *
 * Who changes the blacklist, the allowlist, the state or the sets holds the lock of the blacklist from before
 * it reads until after it has written, so that nothing is ever written from what has changed meanwhile. And whoever
 * holds it finishes: a reader of what is printed who goes away, as head(1) does, does not end it half way.
 */
#include "app/lock.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/msg.h"

/* A program that was built and not installed is to run, too. Only the usual folder is made: one that somebody
 * named and that is not there is a mistake. */
static void make_usual_folder(const struct config *config)
{
	if (strcmp(config->blacklist, CONFIG_FOLDER "/blacklist") == 0)
		(void)mkdir(CONFIG_FOLDER, 0750);
}

/* A day is for ever. */
static unsigned wait_ms(int64_t seconds)
{
	return (seconds > 86400 ? 86400 : (unsigned)seconds) * 1000;
}

int lock_blacklist(struct file_lock *lock, const struct config *config, const struct options *options,
		   const char *command, bool writes)
{
	struct buf holder = { 0 };
	int error = 0;

	*lock = (struct file_lock){ .fd = -1 };
	if (writes && !options->dry_run)
		make_usual_folder(config);
	if (!options->dry_run)
		error = file_lock(lock, config->blacklist, command, wait_ms(config->lock_wait), &holder);
	if (error < 0)
		*lock = (struct file_lock){ .fd = -1 };
	/* the write fails instead, which main says */
	if (!options->dry_run)
		(void)signal(SIGPIPE, SIG_IGN);
	if (error == -ETIMEDOUT)
		msg("%s: is locked by %s; try again when that is done", config->blacklist, buf_text(&holder));
	else if (error == -EEXIST && writes)
		msg("%s.lock: is no lock file, or has other names; look at it, and take it away", config->blacklist);
	else if (error == -ENOLCK && writes)
		msg("%s: cannot be locked: its file system has no locks; see how it is mounted", config->blacklist);
	else if (error < 0 && writes)
		msg("%s: cannot be locked: %s; %s", config->blacklist, strerror(-error),
		    error == -EACCES && geteuid() != 0 ? "run it as root, or name files in a folder of your own" :
		    "its folder must exist and be yours to write in");
	buf_free(&holder);
	return error == -ETIMEDOUT || (error < 0 && writes) ? EXIT_NOTHING : EXIT_ALL_WELL;
}
