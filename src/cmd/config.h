/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_CMD_CONFIG_H
#define MAILBAN_CMD_CONFIG_H

#include <stdbool.h>
#include <stddef.h>

#include "cmd/options.h"

/* Every setting, from the configuration file, then the command line. Owns its texts. */
struct config {
	char *blacklist, *state, *allow, *rules; /* paths */
	char **logs;                             /* the setting log; NULL-terminated, empty: the usual paths */
	size_t log_count;
	unsigned threads;
	unsigned lock_wait_s;
};

/* Reads the configuration that the options name, or /etc/mailban/mailban.conf where it exists, or takes the
 * defaults. Returns EXIT_ALL_WELL, or EXIT_USAGE after saying FILE:LINE and what is wrong. */
int config_load(struct config *config, const struct options *options);
void config_free(struct config *config);

#endif
