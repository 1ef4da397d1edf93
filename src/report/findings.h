/* SPDX-License-Identifier: GPL-2.0-or-later */
/* findings: what a scan found, as text, as fields between tabs, as addresses only, as JSON. */
#ifndef MAILBAN_REPORT_FINDINGS_H
#define MAILBAN_REPORT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "detect/drift.h"
#include "detect/classic_count.h"
#include "judge/decide.h"
#include "judge/judge.h"
#include "detect/totals.h"

/* Who reached a ban anywhere in the logs that no later login lifted. */
struct finding {
	struct addr net;
	int64_t since, until;            /* of the last ban, whole minutes */
	int64_t points;                  /* the balance after the last event */
	uint64_t hits;
	uint32_t hosts;                  /* of a network */
	uint8_t by, level;
	bool over;                       /* it would have ended by now */
};

struct findings {
	struct finding *all;             /* sorted by address */
	size_t count, capacity;
	const struct judge *judge;
	const struct totals *totals;     /* sorted */
	const struct changes *news;      /* breaches, attacked and failing names; sorted */
	const struct drift *drift;       /* sorted; NULL: not told */
	uint64_t lines, too_long;
	bool everybody;                  /* show also who was counted and reached no ban */
};

/* Reads them off the accounts, which are sorted. now in seconds since the epoch. */
void findings_collect(struct findings *findings, const struct judge *judge, int64_t now);
void findings_free(struct findings *findings);

void findings_text(const struct findings *findings, struct buf *out);
void findings_tsv(const struct findings *findings, struct buf *out);   /* address class count first last */
void findings_plain(const struct findings *findings, struct buf *out);
void findings_json(const struct findings *findings, struct buf *out);

/* The same of the classic judgement's rows. */
void findings_classic_text(const struct classic_total *rows, size_t count, struct buf *out);
void findings_classic_tsv(const struct classic_total *rows, size_t count, struct buf *out);
void findings_classic_plain(const struct classic_total *rows, size_t count, struct buf *out);
void findings_classic_json(const struct classic_total *rows, size_t count, struct buf *out);

#endif
