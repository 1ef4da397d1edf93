/* SPDX-License-Identifier: GPL-2.0-or-later */
/* findings: what a scan found, as text, as fields between tabs, as addresses only, as JSON. */
#ifndef MAILBAN_REPORT_FINDINGS_H
#define MAILBAN_REPORT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "detect/drift.h"
#include "judge/ban.h"
#include "judge/policy.h"
#include "judge/tally.h"

struct findings {
	const struct verdict *verdicts;  /* sorted by address, then since */
	size_t verdict_count;
	struct tally *tally;
	const struct drift *drift;       /* sorted; NULL: not told */
	uint64_t lines, events, too_long;
	bool all;                        /* show also who reached no threshold */
};

void findings_text(const struct findings *findings, struct buf *out);
void findings_tsv(const struct findings *findings, struct buf *out);   /* address class count first last */
void findings_plain(const struct findings *findings, struct buf *out);
void findings_json(const struct findings *findings, struct buf *out);

/* The same of the classic judgement's rows. */
void findings_classic_text(const struct tally_row *rows, size_t count, struct buf *out);
void findings_classic_tsv(const struct tally_row *rows, size_t count, struct buf *out);
void findings_classic_plain(const struct tally_row *rows, size_t count, struct buf *out);
void findings_classic_json(const struct tally_row *rows, size_t count, struct buf *out);

#endif
