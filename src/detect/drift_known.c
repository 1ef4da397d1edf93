/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * drift_known: what earlier runs saw, so that a run tells what is new.
 *
 * Which members a full set keeps depends on the members alone, by (4) of src/README.md. Nothing here knows the time.
 */
#include "detect/drift_known.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/search.h"

static bool is_before(const void *shape, const void *hash)
{
	return *(const uint64_t *)shape < *(const uint64_t *)hash;
}

/* The place of a hash among the known ones. */
static size_t shape_place(const struct drift_known *known, uint64_t hash)
{
	return search_first(known->shapes, known->shape_count, sizeof(*known->shapes), is_before, &hash);
}

static void add_shape(struct drift_known *known, uint64_t hash)
{
	size_t at = shape_place(known, hash);

	if ((at < known->shape_count && known->shapes[at] == hash) || at == DRIFT_KNOWN_SHAPES_MAX)
		return;
	known->shapes = mem_grow(known->shapes, &known->shape_capacity, known->shape_count + 1, sizeof(*known->shapes));
	memmove(&known->shapes[at + 1], &known->shapes[at], (known->shape_count - at) * sizeof(*known->shapes));
	known->shapes[at] = hash;
	if (known->shape_count < DRIFT_KNOWN_SHAPES_MAX)
		known->shape_count++;
}

static size_t program_place(const struct drift_known *known, const char *name, bool *found)
{
	size_t at = 0;
	int order = 1;

	while (at < known->program_count && (order = strcmp(known->programs[at], name)) < 0)
		at++;
	*found = at < known->program_count && order == 0;
	return at;
}

/* Whether a line of the state can hold the name. Names come from logs. */
static bool is_plain(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	}
	return len > 0 && len <= 100;
}

static void add_program(struct drift_known *known, const char *name)
{
	bool found;
	size_t at = program_place(known, name, &found);

	if (found || at == DRIFT_KNOWN_PROGRAMS_MAX)
		return;
	known->programs = mem_grow(known->programs, &known->program_capacity, known->program_count + 1,
				   sizeof(*known->programs));
	memmove(&known->programs[at + 1], &known->programs[at], (known->program_count - at) * sizeof(*known->programs));
	known->programs[at] = mem_text(name);
	if (known->program_count < DRIFT_KNOWN_PROGRAMS_MAX)
		known->program_count++;
	else
		free(known->programs[DRIFT_KNOWN_PROGRAMS_MAX]);
}

static bool parse_line(struct drift_known *known, struct span line)
{
	struct span key = span_take(&line, ' ');
	uint64_t hash;
	char *name;

	if (span_is(key, "program") && is_plain(line.ptr, line.len)) {
		name = mem_text_of(line.ptr, line.len);
		add_program(known, name);
		free(name);
		return true;
	}
	if (!span_is(key, "shape") || line.len != 16 || !span_hex(line, &hash))
		return false;
	add_shape(known, hash);
	return true;
}

unsigned drift_known_parse(struct drift_known *known, struct span lines)
{
	struct span line;

	*known = (struct drift_known){ 0 };
	for (unsigned number = 1; span_take_line(&lines, &line); number++) {
		if (!parse_line(known, line))
			return number;
	}
	return 0;
}

void drift_known_free(struct drift_known *known)
{
	for (size_t i = 0; i < known->program_count; i++)
		free(known->programs[i]);
	free(known->programs);
	free(known->shapes);
	*known = (struct drift_known){ 0 };
}

bool drift_known_shape(const struct drift_known *known, const struct drift_shape *shape)
{
	size_t at = shape_place(known, shape->hash);

	return at < known->shape_count && known->shapes[at] == shape->hash;
}

bool drift_known_silent(const struct drift_known *known, const struct drift_program *program)
{
	bool found;

	if (program->recognised > 0 || program->lines < DRIFT_SILENT_LINES)
		return false;
	(void)program_place(known, program->name, &found);
	return found;
}

void drift_known_add(struct drift_known *known, const struct drift *drift)
{
	for (size_t i = 0; i < drift->program_count; i++) {
		const struct drift_program *p = &drift->programs[i];

		if (p->recognised > 0 && is_plain(p->name, strlen(p->name)))
			add_program(known, p->name);
	}
	for (size_t i = 0; i < drift->shape_count; i++)
		add_shape(known, drift->shapes[i].hash);
}

void drift_known_format(const struct drift_known *known, struct buf *out)
{
	for (size_t i = 0; i < known->program_count; i++)
		buf_addf(out, "program %s\n", known->programs[i]);
	for (size_t i = 0; i < known->shape_count; i++)
		buf_addf(out, "shape %016" PRIx64 "\n", known->shapes[i]);
}
