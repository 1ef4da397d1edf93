/* SPDX-License-Identifier: GPL-2.0-or-later */
/* night: the report of a night on one screen: at most 25 lines of 78 columns, the worst first. */
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

/* The figures of one morning's report. */
struct night_row {
	uint64_t bans, events;
};

/* All pointers are borrowed. Times in seconds since the epoch. */
struct night {
	const char *host;
	const struct judge *judge;
	const struct changes *changes;    /* sorted */
	const struct firewall *fw;        /* NULL: the sets were not read */
	struct owners *owners;            /* NULL: owners of addresses are not told */
	int64_t now, since;               /* since: when the last report was; 0: there was none */
	uint32_t clock;                   /* of the judge at that time */
	uint64_t banned, lines, events;   /* entries of the blacklist; lines and events since then */
	const struct night_row *rows;     /* of the nights before, the latest last */
	size_t row_count;
	const struct texts *notes;        /* failures, and things that need a person: a sentence each */
};

/* How many things need a person. */
size_t night_needs(const struct night *night);

/* How many bans began since. */
uint64_t night_bans(const struct night *night);

/* "mailban mx1: 52 new bans, 596 in all; nothing needs you" */
void night_subject(const struct night *night, struct buf *out);
void night_text(const struct night *night, struct buf *out);

#endif
