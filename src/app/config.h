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

/* The sets that it names, for firewall_read(). */
struct firewall_names config_sets(const struct config *config);

/* Opens the sources of owners that it names; the caller closes them first. */
struct owners *config_owners(const struct config *config);

/* Where mailban-firewall keeps what it was told last: beside the state. The caller frees it. */
char *config_remembered(const struct config *config);

/* Whether something is at the path. The usual one may be missing, and is taken for one with nothing in it; another
 * one was named by a person, and a name with a typing mistake must not be that. Says so where it returns false. */
bool config_is_there(const char *path, const char *usual);

/* The option --since: how long ago, or a minute, to seconds since the epoch; WHEN_UNKNOWN for NULL. EXIT_ALL_WELL, or
 * EXIT_USAGE after a message. */
int config_since(const char *text, int64_t *since);

/* The same of --until; INT64_MAX for NULL. */
int config_until(const char *text, int64_t *until);

/* Where the last answers for names of the allowlist are kept: beside the state. The caller frees it. */
char *config_answers(const struct config *config);

/* Gathers the allowlist that the configuration names; a file of it that was named must be there. Returns 0, or -1 after
 * saying what is wrong. */
int config_gather_allow(const struct config *config, struct allow *allow);

#endif
