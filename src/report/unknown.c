/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unknown: what the rules know of each program's lines, and what they do not.
 *
 * A scan tells everything that it saw; a run tells only what no run before it saw, so that a new version of a
 * server is noticed once, on the day it is installed. Bytes from logs are escaped.
 */
#include "report/unknown.h"

#include <inttypes.h>
#include <string.h>

#include "report/text.h"

enum { SHOWN = 10 };

static void add_shape(const struct drift_shape *s, struct buf *out)
{
	buf_addf(out, "  %" PRIu64 " x %s: ", s->count, s->program);
	buf_add_escaped(out, s->shape, strlen(s->shape));
	buf_add_text(out, "\n    such as: ");
	buf_add_escaped(out, s->example, s->example_len);
	buf_add_char(out, '\n');
}

static void add_programs(const struct drift *d, struct buf *out)
{
	buf_add_text(out, "\nprogram                         lines   recognised   unknown failures\n");
	for (size_t i = 0; i < d->program_count; i++) {
		const struct drift_program *p = &d->programs[i];
		size_t start = out->len;

		buf_add_escaped(out, p->name, strlen(p->name));
		text_pad(out, start, 26);
		buf_addf(out, " %10" PRIu64 " %12" PRIu64 " %18" PRIu64 "\n", p->lines, p->recognised, p->failures);
	}
}

void unknown_text(const struct drift *d, bool all, struct buf *out)
{
	size_t shown = all || d->shape_count <= SHOWN ? d->shape_count : SHOWN;

	if (d->program_count == 0)
		return;
	add_programs(d, out);
	buf_add_char(out, '\n');
	if (shown == 0)
		return;
	buf_add_text(out, "lines that name a failure and that no rule knows:\n");
	for (size_t i = 0; i < shown; i++)
		add_shape(&d->shapes[i], out);
	if (shown < d->shape_count)
		buf_addf(out, "  and %zu more kinds\n", d->shape_count - shown);
	buf_add_char(out, '\n');
}

void unknown_json(const struct drift *d, struct json *j)
{
	json_name(j, "programs");
	json_open(j, '[');
	for (size_t i = 0; i < d->program_count; i++) {
		json_open(j, '{');
		json_name(j, "name");
		json_word(j, d->programs[i].name);
		json_name(j, "lines");
		json_number(j, (int64_t)d->programs[i].lines);
		json_name(j, "recognised");
		json_number(j, (int64_t)d->programs[i].recognised);
		json_name(j, "unknown_failures");
		json_number(j, (int64_t)d->programs[i].failures);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_name(j, "unknown");
	json_open(j, '[');
	for (size_t i = 0; i < d->shape_count; i++) {
		json_open(j, '{');
		json_name(j, "program");
		json_word(j, d->shapes[i].program);
		json_name(j, "shape");
		json_word(j, d->shapes[i].shape);
		json_name(j, "count");
		json_number(j, (int64_t)d->shapes[i].count);
		json_name(j, "example");
		json_text(j, d->shapes[i].example, d->shapes[i].example_len);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_new_shapes(const struct drift *d, const struct drift_known *known, struct buf *out)
{
	size_t found = 0;

	for (size_t i = 0; i < d->shape_count; i++) {
		if (drift_known_shape(known, &d->shapes[i]))
			continue;
		if (found == 0)
			buf_add_text(out,
				     "lines that name a failure, that no rule knows and that no run saw before:\n");
		if (found++ < SHOWN)
			add_shape(&d->shapes[i], out);
	}
	if (found > SHOWN)
		buf_addf(out, "  and %zu more kinds\n", found - SHOWN);
	if (found > 0)
		buf_add_char(out, '\n');
}

void unknown_news_text(const struct drift *d, const struct drift_known *known, struct buf *out)
{
	for (size_t i = 0; i < d->program_count; i++) {
		if (!drift_known_silent(known, &d->programs[i]))
			continue;
		buf_add_text(out, "WARNING: ");
		buf_add_escaped(out, d->programs[i].name, strlen(d->programs[i].name));
		buf_addf(out,
			 ": none of %" PRIu64
			 " lines was recognised, and there used to be some; has its format changed?\n\n",
			 d->programs[i].lines);
	}
	add_new_shapes(d, known, out);
}
