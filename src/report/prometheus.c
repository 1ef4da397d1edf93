/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * prometheus: figures in the text format of Prometheus (its documentation, "Exposition formats").
 *
 * Names begin with mailban_ and end with their unit; times are seconds since the epoch. Values of labels come from
 * mailban itself: classes and names of sets.
 */
#include "report/prometheus.h"

#include <inttypes.h>
#include <stddef.h>

void prometheus_head(struct buf *out, const char *name, const char *help)
{
	buf_addf(out, "# HELP mailban_%s %s\n# TYPE mailban_%s gauge\n", name, help, name);
}

void prometheus_value(struct buf *out, const char *name, const char *label, const char *value_of_label, int64_t value)
{
	buf_addf(out, "mailban_%s{%s=\"%s\"} %" PRId64 "\n", name, label, value_of_label, value);
}

void prometheus_gauge(struct buf *out, const char *name, const char *help, int64_t value)
{
	prometheus_head(out, name, help);
	buf_addf(out, "mailban_%s %" PRId64 "\n", name, value);
}
