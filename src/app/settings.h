/* SPDX-License-Identifier: GPL-2.0-or-later */
/* settings: all settings, and the table that is their parser, their defaults, mailban.conf and the manual's list. */
#ifndef MAILBAN_APP_SETTINGS_H
#define MAILBAN_APP_SETTINGS_H

#include <confuse.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "firewall/firewall.h"
#include "fleet/settings.h"
#include "judge/settings.h"
#include "log/source.h"
#include "report/owner.h"

#define CONFIG_FILE "/etc/mailban/mailban.conf"
#define CONFIG_FOLDER "/var/lib/mailban"              /* of blacklist and state, unless the settings say otherwise */
#define CONFIG_ALLOW "/etc/mailban/allow"
#define CONFIG_RULES "/etc/mailban/rules.d"

/* Every setting, from the configuration file, then the command line. Owns its texts. */
struct config {
	char *blacklist, *state, *allow, *rules; /* paths */
	struct texts logs;                       /* empty: the usual paths */
	struct texts allow_also;                 /* further networks of the allowlist */
	bool report_changes;                     /* reports tell all changes, not only those that need a person */
	struct texts done;                       /* users of whose entered accounts nothing is told */
	struct texts aggregate;                  /* "24:8"; judge.aggregates is made of them, or of networks */
	uint32_t networks;
	char *set4, *set6;                       /* names of the sets in the kernel */
	enum firewall_backend backend;           /* ipset or nftables */
	int64_t nft_priority;                    /* of the chains of nftables */
	bool mynetworks;                         /* Postfix's mynetworks are allowed */
	char *timezone;                          /* NULL: the host's */
	uint32_t threads;
	int64_t lock_wait;                       /* seconds */
	struct source_bounds unpack;             /* of compressed logs */
	struct owners_settings owners;           /* whether reports name owners of addresses, and from which source */
	struct judge_settings judge;
	struct fleet_settings fleet;
};

/* Makes libconfuse's object to read a configuration, with all settings and checks. The caller frees it by
 * cfg_free(). */
cfg_t *settings_open(void);

/* The sentence that names the successor of a former setting; NULL: there was no setting of that name. */
const char *settings_former(const char *name);

/* Fills a zero-initialised config from cfg, whose values were checked when they were read, else from the defaults.
 * settings_free() frees the texts. */
void settings_take(struct config *config, cfg_t *cfg);
void settings_free(struct config *config);

/* Appends mailban.conf: of each setting the help, and the default behind a #. */
void settings_print(struct buf *out);

#endif
