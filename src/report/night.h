/* SPDX-License-Identifier: GPL-2.0-or-later */
/* night: what a person wants to know in the morning, on one screen: 25 lines of 78 columns at most, the worst first. */
#ifndef MAILBAN_REPORT_NIGHT_H
#define MAILBAN_REPORT_NIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "firewall/firewall.h"
#include "judge/judge.h"
#include "judge/told.h"
#include "report/owner.h"

enum { NIGHT_LINES = 25, NIGHT_COLUMNS = 78, NIGHTS = 7 };

/* What was told on one morning. */
struct night_row {
	uint64_t bans, events;
};

/* Borrowed throughout. Times in seconds since the epoch. */
struct night {
	const char *host;
	const struct judge *judge;
	const struct changes *changes;    /* sorted */
	const struct firewall *fw;        /* NULL: the sets were not read */
	struct owners *owners;            /* NULL: who has an address is not told */
	int64_t now, since;               /* since: of what was told last; 0: nothing was */
	uint32_t clock;                   /* of the judge at that time */
	uint64_t banned, lines, events;   /* entries of the blacklist; read since */
	const struct night_row *rows;     /* of the nights before, the latest last */
	size_t row_count;
	char *const *notes;               /* what could not be done, or needs a person: a sentence each */
	size_t note_count;
};

/* How many things need a person. */
size_t night_needs(const struct night *night);

/* Bans that began since. */
uint64_t night_bans(const struct night *night);

/* "mailban mx1: 52 new bans, 596 in all; nothing needs you" */
void night_subject(const struct night *night, struct buf *out);
void night_text(const struct night *night, struct buf *out);

#endif
