/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setting_kind: the kinds of settings: which words a setting takes, and their values. */
#ifndef MAILBAN_APP_SETTING_KIND_H
#define MAILBAN_APP_SETTING_KIND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct setting_kind {
	const char *what;                               /* in words: "a number" */
	bool (*read)(const char *word, int64_t *value); /* whether word is one; sets *value unless it is a text */
	void (*add)(struct buf *out, int64_t value);    /* adds the word of a value, for kinds of numbers */
	bool is_text, is_list;                          /* the value is a text, or a list of texts; else a number */
	bool is_optional;                               /* the setting may have no value */
	bool is_quoted;
};

extern const struct setting_kind kind_path, kind_other_path, kind_engine, kind_host, kind_zone, kind_set, kind_paths,
	kind_nets, kind_aggregates, kind_backend, kind_owners, kind_zone_name, kind_boolean, kind_report, kind_number,
	kind_points, kind_length;

#endif
