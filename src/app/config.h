/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_APP_CONFIG_H
#define MAILBAN_APP_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/options.h"
#include "app/settings.h"
#include "list/allow.h"

/* Reads the configuration that the options name, or CONFIG_FILE where it exists, or takes the defaults; sets
 * TZ from the setting timezone. Returns EXIT_ALL_WELL, or EXIT_USAGE after saying FILE:LINE and what is
 * wrong. config_free() is to be called in both cases. */
int config_load(struct config *config, const struct options *options);
void config_free(struct config *config);

/* The path of the file beside the state in which mailban-firewall keeps its last command. The caller frees the path. */
char *config_remembered(const struct config *config);

/* Whether a file at the path exists, or may be missing. The usual file may be missing, and counts as empty. A person
 * named any other file, and may have mistyped its name. Says so where it returns false. */
bool config_is_there(const char *path, const char *usual);

/* Turns the option --since (how long ago, or a minute) into seconds since the epoch, and NULL into WHEN_UNKNOWN.
 * Returns EXIT_ALL_WELL, or EXIT_USAGE after a message. */
int config_since(const char *text, int64_t *since);

/* Turns the option --until into seconds since the epoch, and NULL into INT64_MAX. Returns as config_since() does. */
int config_until(const char *text, int64_t *until);

/* The path of the file beside the state with the last answers for names of the allowlist. The caller frees the path. */
char *config_answers(const struct config *config);

/* Gathers the allowlist that the configuration names; a file that it names must exist. Returns 0, or -1 after
 * saying what is wrong. */
int config_gather_allow(const struct config *config, struct allow *allow);

#endif
