/* SPDX-License-Identifier: GPL-2.0-or-later */
/* unknown: how many of each program's lines the rules recognise, and which shapes they do not. */
#ifndef MAILBAN_REPORT_UNKNOWN_H
#define MAILBAN_REPORT_UNKNOWN_H

#include <stdbool.h>

#include "base/buf.h"
#include "detect/drift.h"
#include "detect/drift_known.h"
#include "report/json.h"

/* Adds a line for each program, then the unknown shapes: only the first ones unless all. drift is sorted. Adds nothing
 * where no program with rules was seen. */
void unknown_text(const struct drift *drift, bool all, struct buf *out);
void unknown_json(const struct drift *drift, struct json *json);

/* If no rule understands so many lines of a log, nor understood one before, that is no accident. */
enum { UNKNOWN_LINES = 1000 };

/* Appends "LOG: none of N lines was understood; ...", without a newline. */
void unknown_say_none(const char *log, uint64_t lines, struct buf *out);

/* Appends a line for each program of which no line was recognised, though some lines name a failure. known not
 * NULL: only programs whose failures have shapes that no earlier run saw. */
void unknown_strangers(const struct drift *drift, const struct drift_known *known, struct buf *out);

/* Appends the news of unknown_news_text(), a short line each. */
void unknown_notes(const struct drift *drift, const struct drift_known *known, struct buf *out);

/* Appends news that earlier runs did not see: new shapes, and programs of which no line is recognised any more. */
void unknown_news_text(const struct drift *drift, const struct drift_known *known, struct buf *out);

#endif
