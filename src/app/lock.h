/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_APP_LOCK_H
#define MAILBAN_APP_LOCK_H

#include <stdbool.h>

#include "app/config.h"
#include "app/options.h"
#include "base/file.h"

/* Takes the lock of the blacklist for a command, waiting as long as the setting lock-wait says; takes none in a dry
 * run. For a command that writes, it makes the usual folder of the blacklist where that is missing. A command that
 * writes nothing (writes false) does without a lock that cannot be made: on a read-only file system, or in somebody's
 * folder. Returns EXIT_ALL_WELL, with lock->fd < 0 where no lock was taken. Else returns EXIT_NOTHING after saying who
 * holds the lock, or why it cannot be taken. */
int lock_blacklist(struct file_lock *lock, const struct config *config, const struct options *options,
		   const char *command, bool writes);

#endif
