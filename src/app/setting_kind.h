/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setting_kind: what a word of a setting must be, and what it stands for. */
#ifndef MAILBAN_APP_SETTING_KIND_H
#define MAILBAN_APP_SETTING_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct setting_kind {
	const char *what;                               /* in words: "a number" */
	bool (*read)(const char *word, int64_t *value); /* whether it is one; *value is set where it is no text */
	void (*add)(struct buf *out, int64_t value);    /* the other way, of numbers */
	bool is_text, is_list;                          /* it is kept as a text, or is a list of texts; else a number */
	bool is_optional;                               /* it may be none at all */
	bool is_quoted;
};

extern const struct setting_kind kind_path, kind_other_path, kind_engine, kind_host, kind_zone, kind_set, kind_paths,
	kind_nets, kind_aggregates, kind_backend, kind_owners, kind_zone_name, kind_boolean, kind_report, kind_number,
	kind_points, kind_length;

#endif
