/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unknown: how many of each program's lines the rules recognise, and which shapes they do not.
 *
 * A scan tells all unknown shapes. A run tells only shapes that no earlier run saw. So a person hears of a server's new
 * version once, on the day of its installation. Bytes from logs are escaped.
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

	fields_tell(fields, j, "  {count} x {program}: {shape}\n    such as: {example}\n", out);
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

	fields_tell(fields, j, "{name:26} {lines:>10} {recognised:>12} {unknown_failures:>18}\n", out);
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
	json_list(j, "programs");
	for (size_t i = 0; i < d->program_count; i++)
		each_program(&d->programs[i], j, NULL);
	json_close(j, ']');
	json_list(j, "unknown");
	for (size_t i = 0; i < d->shape_count; i++)
		each_shape(&d->shapes[i], j, NULL);
	json_close(j, ']');
}

void unknown_say_none(const char *log, uint64_t lines, struct buf *out)
{
	buf_addf(out, "%s: none of %" PRIu64 " lines was understood; is it a mail log? mailban match %s tells what "
		 "each line means", log, lines, log);
}

static bool has_new_shape(const struct drift *d, const char *program, const struct drift_known *known)
{
	for (size_t i = 0; i < d->shape_count; i++) {
		if (strcmp(d->shapes[i].program, program) == 0 &&
		    (known == NULL || !drift_known_shape(known, &d->shapes[i])))
			return true;
	}
	return false;
}

void unknown_strangers(const struct drift *d, const struct drift_known *known, struct buf *out)
{
	for (size_t i = 0; i < d->program_count; i++) {
		const struct drift_program *p = &d->programs[i];

		if (p->recognised > 0 || p->failures == 0 || !has_new_shape(d, p->name, known))
			continue;
		buf_add_escaped(out, p->name, strlen(p->name));
		buf_addf(out, ": %" PRIu64 " %s a failure, and no rule knows %s; mailban-rules(5) tells how to write "
			 "one\n", p->failures, p->failures == 1 ? "line that names" : "lines that name",
			 p->failures == 1 ? "it" : "them");
	}
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

static const struct drift_program *program_of(const struct drift *d, const struct drift_shape *shape)
{
	for (size_t i = 0; i < d->program_count; i++) {
		if (strcmp(d->programs[i].name, shape->program) == 0)
			return &d->programs[i];
	}
	return NULL;
}

static void add_silent(const struct drift *d, const struct drift_known *known, const char *before, const char *after,
	struct buf *out)
{
	for (size_t i = 0; i < d->program_count; i++) {
		const struct drift_program *p = &d->programs[i];

		if (!drift_known_silent(known, p))
			continue;
		buf_add_text(out, before);
		buf_add_escaped(out, p->name, strlen(p->name));
		buf_addf(out, ": none of %" PRIu64 " lines was recognised, and there used to be some; has its format "
			 "changed?%s", p->lines, after);
	}
}

void unknown_notes(const struct drift *d, const struct drift_known *known, struct buf *out)
{
	unknown_strangers(d, known, out);
	add_silent(d, known, "", "\n", out);
	for (size_t i = 0; i < d->shape_count; i++) {
		const struct drift_program *p = program_of(d, &d->shapes[i]);

		if (drift_known_shape(known, &d->shapes[i]) || p == NULL || p->recognised == 0)
			continue;
		buf_addf(out, "no rule knows %" PRIu64 " x %s: ", d->shapes[i].count, d->shapes[i].program);
		buf_add_escaped(out, d->shapes[i].shape, strlen(d->shapes[i].shape));
		buf_add_char(out, '\n');
	}
}

void unknown_news_text(const struct drift *d, const struct drift_known *known, struct buf *out)
{
	add_silent(d, known, "WARNING: ", "\n\n", out);
	add_new_shapes(d, known, out);
}
