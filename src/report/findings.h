/* SPDX-License-Identifier: GPL-2.0-or-later */
/* findings: tells what a scan found, as text, as fields between tabs, as addresses alone, or as JSON. */
#ifndef MAILBAN_REPORT_FINDINGS_H
#define MAILBAN_REPORT_FINDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "detect/drift.h"
#include "detect/classic.h"
#include "judge/decide.h"
#include "judge/judge.h"
#include "detect/totals.h"

/* An address or network that reached a ban anywhere in the logs which no later login lifted. */
struct finding {
	const struct account *account;   /* borrowed */
	int64_t points;                  /* its balance after the last event */
};

/* The worst first, equal ones by address. */
void findings_sort_worst(struct finding *all, size_t count);

struct findings {
	struct finding *all;             /* sorted by address */
	size_t count, capacity;
	const struct judge *judge;
	const struct totals *totals;     /* sorted */
	const struct changes *news;      /* breaches, attacked and failing names; sorted */
	const struct drift *drift;       /* sorted; NULL: not told */
	uint64_t lines, too_long;
	bool whole;                      /* the text shows all findings, not only the worst */
	bool everybody;                  /* shows also counted addresses that reached no ban */
};

/* Collects the findings from the accounts, which are sorted and stay as they are. */
void findings_collect(struct findings *findings, const struct judge *judge);
void findings_free(struct findings *findings);

enum findings_form {
	FINDINGS_TEXT,
	FINDINGS_TSV,      /* address class count first last */
	FINDINGS_PLAIN,    /* addresses */
	FINDINGS_JSON,
};

void findings_add(const struct findings *findings, enum findings_form form, struct buf *out);

/* Writes the rows of the classic judgement in a form. */
void findings_classic(const struct classic_total *rows, size_t count, enum findings_form form, struct buf *out);

#endif
