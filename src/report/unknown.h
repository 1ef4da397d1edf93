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

/* So many lines with none understood are no accident where none ever was. */
enum { UNKNOWN_LINES = 1000 };

/* Whether rules recognised any line. */
bool unknown_recognised(const struct drift *drift);

/* Appends "LOG: none of N lines was understood; ...", without a newline. */
void unknown_say_none(const char *log, uint64_t lines, struct buf *out);

/* Appends a line for each program of which no line was recognised and some speak of a failure: of all, or, where known
 * is not NULL, of those whose failures are of shapes that no run before saw. */
void unknown_strangers(const struct drift *drift, const struct drift_known *known, struct buf *out);

/* The same news as below, a short line each. */
void unknown_notes(const struct drift *drift, const struct drift_known *known, struct buf *out);

/* What earlier runs did not see: shapes that are new, programs of which nothing is recognised any more. */
void unknown_news_text(const struct drift *drift, const struct drift_known *known, struct buf *out);

#endif
