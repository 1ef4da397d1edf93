/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rule: mailban-firewall, which keeps the rule that drops what the sets hold. */
#ifndef MAILBAN_APP_RULE_H
#define MAILBAN_APP_RULE_H

#include <stdbool.h>

#include "app/config.h"
#include "base/buf.h"

/* Whether `mailban-firewall up` was said on this host, and not `down` since. */
bool rule_is_wanted(const struct config *config);

/* What a person types to put the rule in place: "mailban-firewall again" where `up` was said, since `up` without its
 * options would make another one. */
const char *rule_command(const struct config *config);

/* Runs mailban-firewall with that word as its argument. Appends its output to out; its messages go to stderr. Returns
 * its exit status, or -1 where it is not beside mailban or cannot be started. */
int rule_run(const struct config *config, const char *word, struct buf *out);

#endif
