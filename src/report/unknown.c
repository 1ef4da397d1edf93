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

#include "report/fields.h"

enum { SHOWN = 10 };

static void each_shape(const struct drift_shape *s, struct json *j, struct buf *out)
{
	const struct field fields[] = {
		field_word("program", s->program),
		field_word("shape", s->shape),
		field_number("count", s->count),
		field_text("example", (struct span){ s->example, s->example_len }),
		field_end(),
	};

	if (j != NULL)
		fields_json(fields, j);
	else
		fields_say(fields, "  {count} x {program}: {shape}\n    such as: {example}\n", out);
}

static void each_program(const struct drift_program *p, struct json *j, struct buf *out)
{
	const struct field fields[] = {
		field_word("name", p->name),
		field_number("lines", p->lines),
		field_number("recognised", p->recognised),
		field_number("unknown_failures", p->failures),
		field_end(),
	};

	if (j != NULL)
		fields_json(fields, j);
	else
		fields_say(fields, "{name:26} {lines:>10} {recognised:>12} {unknown_failures:>18}\n", out);
}

void unknown_text(const struct drift *d, bool all, struct buf *out)
{
	size_t shown = all || d->shape_count <= SHOWN ? d->shape_count : SHOWN;

	if (d->program_count == 0)
		return;
	buf_add_text(out, "\nprogram                         lines   recognised   unknown failures\n");
	for (size_t i = 0; i < d->program_count; i++)
		each_program(&d->programs[i], NULL, out);
	buf_add_char(out, '\n');
	if (shown == 0)
		return;
	buf_add_text(out, "lines that name a failure and that no rule knows:\n");
	for (size_t i = 0; i < shown; i++)
		each_shape(&d->shapes[i], NULL, out);
	if (shown < d->shape_count)
		buf_addf(out, "  and %zu more kinds\n", d->shape_count - shown);
	buf_add_char(out, '\n');
}

void unknown_json(const struct drift *d, struct json *j)
{
	json_name(j, "programs");
	json_open(j, '[');
	for (size_t i = 0; i < d->program_count; i++)
		each_program(&d->programs[i], j, NULL);
	json_close(j, ']');
	json_name(j, "unknown");
	json_open(j, '[');
	for (size_t i = 0; i < d->shape_count; i++)
		each_shape(&d->shapes[i], j, NULL);
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
			each_shape(&d->shapes[i], NULL, out);
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
