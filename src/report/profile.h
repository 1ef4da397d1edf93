/* SPDX-License-Identifier: GPL-2.0-or-later */
/* profile: everything known of one address or one user name, for `why`. */
#ifndef MAILBAN_REPORT_PROFILE_H
#define MAILBAN_REPORT_PROFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/buf.h"
#include "base/hash.h"
#include "detect/event.h"
#include "detect/rules.h"
#include "firewall/firewall.h"
#include "report/owner.h"
#include "list/allow.h"
#include "list/ban.h"
#include "judge/judge.h"

/* The events of one rule. */
struct profile_rule {
	uint64_t count;
	int64_t first, last;   /* seconds since the epoch; WHEN_UNKNOWN where no line has a readable time */
};

/* One line of a log. */
struct profile_line {
	char *text;
	size_t len;
	char *source;          /* where it stands */
	uint16_t rule;
};

/* Of an address a user name, of a user name an address. */
struct profile_partner {
	char *text;            /* any bytes */
	size_t len;
	uint64_t count;        /* how often it came */
};

enum { PROFILE_PARTNERS_MAX = 100000 }; /* more are not counted */

/* The question and everything known about it. Borrowed pointers are NULL where there is nothing. */
struct profile {
	const char *user;                     /* the name that was asked for; NULL: an address was */
	struct addr net;
	int64_t now;                          /* seconds since the epoch */
	/* an address: */
	const struct banlist *bans;           /* borrowed */
	const struct allow_entry *allowed;
	const char *allow_path;
	const struct judge_settings *settings; /* borrowed */
	const struct judge *judge;            /* borrowed: from the state; NULL: the state could not be read */
	struct addr unit;                     /* by which the address is judged and banned */
	struct owners *owners;                /* NULL: the owner is not told */
	struct span deeds;                    /* what persons did about the address, a line each */
	const struct firewall *firewall;      /* borrowed; NULL: the sets were not read */
	/* the logs: */
	const struct ruleset *rules;
	struct profile_rule *by_rule;         /* one a rule */
	struct profile_partner *partners;     /* after profile_sort() the most frequent first */
	size_t partner_count, partner_capacity;
	struct hash partner_index;            /* their numbers by text, before profile_sort() */
	struct profile_line *lines;           /* a ring of the last line_max; line_max 0: all of them */
	size_t line_count, line_capacity, line_max;
	uint64_t line_total;
};

void profile_begin(struct profile *profile, const struct ruleset *rules, size_t line_max);
void profile_free(struct profile *profile);

/* Takes one event that the profile is about. */
void profile_add(struct profile *profile, const struct event *event, const char *source);

/* Sorts the partners: the most frequent first, equally frequent ones by their bytes. No event may come afterwards. */
void profile_sort(struct profile *profile);

/* The lines that were kept, from 0 on, the oldest first. */
const struct profile_line *profile_line_at(const struct profile *profile, size_t number);

void profile_text(const struct profile *profile, struct buf *out);
void profile_json(const struct profile *profile, struct buf *out);

/* The entry of the blacklist that bans the address, else an entry that did and is over, or NULL. */
const struct ban *profile_ban(const struct profile *profile);

#endif
