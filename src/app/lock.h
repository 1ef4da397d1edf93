/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_APP_LOCK_H
#define MAILBAN_APP_LOCK_H

#include <stdbool.h>

#include "app/config.h"
#include "app/options.h"
#include "base/file.h"

/* Takes the lock of the blacklist for a command, waiting as long as the setting lock-wait says; takes none in a dry
 * run. One that writes has the usual folder of the blacklist made where it is missing. For one that writes nothing
 * (writes false) a lock that cannot be made is none that matters: a file system that is read-only, a folder that is not
 * ours. Returns EXIT_ALL_WELL with lock->fd < 0 where none was taken, or EXIT_NOTHING after saying who holds it or why
 * it cannot be taken. */
int lock_blacklist(struct file_lock *lock, const struct config *config, const struct options *options,
		   const char *command, bool writes);

#endif
