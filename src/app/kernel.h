/* SPDX-License-Identifier: GPL-2.0-or-later */
/* kernel: the work that all commands share that read or change the sets in the kernel. */
#ifndef MAILBAN_APP_KERNEL_H
#define MAILBAN_APP_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

#include "app/config.h"
#include "firewall/firewall.h"
#include "list/ban.h"

/* Reads the sets that the configuration names. Returns 0, or -errno; the firewall is to be freed in both cases. The
 * first says what is wrong, the second appends it to why. */
int kernel_read(struct firewall *fw, const struct config *config);
int kernel_try_read(struct firewall *fw, const struct config *config, struct buf *why);

/* A blacklist that is missing while the sets hold entries is a mistake, not an empty blacklist: returns -1 after saying
 * so, else 0. The second function reads the sets itself, and says nothing where they cannot be read. */
int kernel_refuse_missing(const struct config *config, const struct firewall *fw);
int kernel_ask_missing(const struct config *config);

/* Whether a set holds an entry that has an address in common with net; false where the sets cannot be read. */
bool kernel_holds(const struct config *config, const struct addr *net);

/* Makes the sets that were read equal to the bans, or only says in report what would change. Returns 0, or
 * -errno after saying what is wrong. */
int kernel_sync(struct firewall *fw, const struct banlist *bans, int64_t now, bool dry_run,
		struct firewall_report *report);

/* Does kernel_read(), kernel_sync() and kernel_keep_rule(), for commands that want neither counters nor a report.
 * force: a network may be wider than max-prefix. Leaves out entries that must never be banned (exempt). Returns 0, or
 * -1 where all or a part was not done, after saying why. */
int kernel_update(const struct config *config, const struct banlist *bans, int64_t now, bool force);

/* Checks that a rule uses each set that holds entries. A rule that `mailban-firewall up` made and that is gone is put
 * in place again. Returns 0, or -1 after saying that no rule drops the packets of a set. */
int kernel_keep_rule(const struct config *config, const struct firewall *fw, const struct firewall_report *report);

/* Prints a line for each entry that comes and goes: "add mailban4 192.0.2.1", "del ...", as ipset(8) writes it. */
void kernel_print_difference(const struct firewall *fw, const struct firewall_report *report);

/* Prints a line for each set that changed; all: for both sets. */
void kernel_print_summary(const struct firewall *fw, const struct firewall_report *report, bool all);

/* Whether `mailban-firewall up` was said on this host, and not `down` since. */
bool rule_is_wanted(const struct config *config);

/* What a person types to put the rule in place: "mailban-firewall again" where `up` was said, since `up` without its
 * options would make another one. */
const char *rule_command(const struct config *config);

/* Runs mailban-firewall with that word as its argument. Appends its output to out; its messages go to stderr. Returns
 * its exit status, or -1 where it is not beside mailban or cannot be started. MAILBAN_FIREWALL in the environment names
 * another one. */
int rule_run(const struct config *config, const char *word, struct buf *out);

#endif
