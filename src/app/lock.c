/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * lock: the one lock of all commands that change something.
 *
 * A command that changes the blacklist, the allowlist, the state or the sets holds the lock of the blacklist. It takes
 * the lock before it reads, and holds it until it has written, so that no other command changes the files meanwhile. A
 * command that holds the lock finishes: where its output's reader goes away, as head(1) does, it goes on.
 */
#include "app/lock.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/msg.h"

/* A program that was built and not installed is to run, too. Only the usual folder is made: a missing folder that
 * somebody named is a mistake. */
static void make_usual_folder(const struct config *config)
{
	if (strcmp(config->blacklist, CONFIG_FOLDER "/blacklist") == 0)
		(void)mkdir(CONFIG_FOLDER, 0750);
}

/* What to do about a lock file that cannot be opened. */
static const char *advice(int error)
{
	if (error == EACCES && geteuid() != 0)
		return "run it as root, or name files in a folder of your own";
	if (error == ENOENT || error == ENOTDIR || error == EACCES || error == EPERM || error == EROFS)
		return "its folder must exist and be yours to write in";
	return "nothing was changed";
}

/* A wait of more than a day is cut to a day. */
static unsigned wait_ms(int64_t seconds)
{
	return (seconds > WHEN_DAY ? WHEN_DAY : (unsigned)seconds) * 1000;
}

int lock_blacklist(struct file_lock *lock, const struct config *config, const struct options *options,
		   const char *command, bool writes)
{
	FREED_BY(buf_free) struct buf holder = { 0 };
	int error = 0;

	*lock = (struct file_lock){ .fd = -1 };
	if (writes && !options->dry_run)
		make_usual_folder(config);
	if (!options->dry_run)
		error = file_lock(lock, config->blacklist, command, wait_ms(config->lock_wait), &holder);
	if (error < 0)
		*lock = (struct file_lock){ .fd = -1 };
	/* then a write to a closed pipe fails, and main says so */
	if (!options->dry_run)
		(void)signal(SIGPIPE, SIG_IGN);
	if (error == -ETIMEDOUT)
		msg("%s: is locked by %s; try again when that is done", config->blacklist, buf_text(&holder));
	else if (error == -EEXIST && writes)
		msg("%s.lock: is no lock file, or has other names; look at it, and take it away", config->blacklist);
	else if (error == -ENOLCK && writes)
		msg("%s: cannot be locked: its file system has no locks; see how it is mounted", config->blacklist);
	else if (error < 0 && writes)
		msg("%s: cannot be locked: %s; %s", config->blacklist, strerror(-error), advice(-error));
	return error == -ETIMEDOUT || (error < 0 && writes) ? EXIT_NOTHING : EXIT_ALL_WELL;
}
