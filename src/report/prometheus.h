/* SPDX-License-Identifier: GPL-2.0-or-later */
/* prometheus: figures in the text format of Prometheus. */
#ifndef MAILBAN_REPORT_PROMETHEUS_H
#define MAILBAN_REPORT_PROMETHEUS_H

#include <stdint.h>

#include "base/buf.h"

/* Adds a gauge of one value. */
void prometheus_gauge(struct buf *out, const char *name, const char *help, int64_t value);

/* Adds the help and type lines of a gauge, whose values come next, each for another value of a label. */
void prometheus_head(struct buf *out, const char *name, const char *help);

void prometheus_value(struct buf *out, const char *name, const char *label, const char *value_of_label, int64_t value);

#endif
