/* SPDX-License-Identifier: GPL-2.0-or-later */
#ifndef MAILBAN_APP_RULES_FAIL2BAN_H
#define MAILBAN_APP_RULES_FAIL2BAN_H

#include "app/options.h"

/* mailban rules --from-fail2ban: writes rules made of the filter to standard output, or to the file of --output, whose
 * former version stays as FILE.1. Returns an exit status: EXIT_IN_PART where the rules lack a part of the filter. */
int rules_from_fail2ban(const struct options *options);

#endif
