/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unknown: what the rules know of each program's lines, and what they do not. */
#ifndef MAILBAN_REPORT_UNKNOWN_H
#define MAILBAN_REPORT_UNKNOWN_H

#include <stdbool.h>

#include "base/buf.h"
#include "detect/drift.h"
#include "detect/drift_known.h"
#include "report/json.h"

/* Everything: a line a program, then the shapes; of more than a few only the first ones unless all. drift is
 * sorted. Nothing where no program with rules was seen. */
void unknown_text(const struct drift *drift, bool all, struct buf *out);
void unknown_json(const struct drift *drift, struct json *json);

/* What earlier runs did not see: shapes that are new, programs of which nothing is recognised any more. */
void unknown_news_text(const struct drift *drift, const struct drift_known *known, struct buf *out);

#endif
