/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state: the file that lasts from run to run.
 *
 * The text is a version line, then sections ("section NAME LINES" and so many lines), then a checksum over all bytes
 * before it. Nothing here knows the meaning of the lines. A damaged file, one of a newer version, or another file is
 * refused, by (9) of src/README.md: an empty state would count every log again. Sections that nobody sets stay as they
 * are.
 */
#include "list/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"

static const char version_line[] = "mailban state 2\n";
static const char former_line[] = "mailban state 1\n";
static const char version_word[] = "mailban state ";
static const char section_word[] = "section ";

enum {
	CHECKSUM_LEN = 9 + 16 + 1, /* "checksum ", the digits, the newline */
	SECTIONS_MOST = 1 << 13,   /* the more, the longer it takes to find one; a fleet has 4096 hosts at most */
};

static const char what_to_do[] = "restore it from a backup, or move it away: then the next run reads all logs from "
				 "their start";

void state_free(struct state *state)
{
	for (size_t i = 0; i < state->count; i++) {
		free(state->sections[i].name);
		if (state->sections[i].own)
			free(state->sections[i].lines);
	}
	free(state->sections);
	free(state->text);
	*state = (struct state){ 0 };
}

/* The place of the section in the order of names. *found: it is there. */
static size_t place_of(const struct state *state, const char *name, bool *found)
{
	size_t i = 0;

	while (i < state->count && strcmp(state->sections[i].name, name) < 0)
		i++;
	*found = i < state->count && strcmp(state->sections[i].name, name) == 0;
	return i;
}

struct span state_lines(const struct state *state, const char *name)
{
	bool found;
	size_t place = place_of(state, name, &found);

	if (!found)
		return (struct span){ "", 0 };
	return (struct span){ state->sections[place].lines, state->sections[place].len };
}

/* Empties the section of that name; makes one where there is none. */
static struct state_section *emptied(struct state *state, const char *name)
{
	bool found;
	size_t place = place_of(state, name, &found);
	struct state_section *section;

	if (!found) {
		state->sections = mem_grow(state->sections, &state->capacity, state->count + 1,
					   sizeof(*state->sections));
		section = &state->sections[place];
		memmove(section + 1, section, (state->count - place) * sizeof(*section));
		state->count++;
		*section = (struct state_section){ .name = mem_text(name) };
	}
	section = &state->sections[place];
	if (section->own)
		free(section->lines);
	section->lines = NULL;
	section->len = 0;
	section->own = true;
	return section;
}

void state_take(struct state *state, const char *name, struct buf *lines)
{
	struct state_section *section = emptied(state, name);

	section->lines = lines->ptr;
	section->len = lines->len;
	*lines = (struct buf){ 0 };
}

void state_set(struct state *state, const char *name, struct span lines)
{
	/* the lines may be the section's own */
	char *copy = mem_text_of(lines.ptr, lines.len);
	struct state_section *section = emptied(state, name);

	section->lines = copy;
	section->len = lines.len;
}

void state_keep_only(struct state *state, const char *name)
{
	struct span lines = state_lines(state, name);

	state_set(state, name, lines);
	for (size_t i = 0; i < state->count; i++) {
		if (!state->sections[i].own)
			(void)emptied(state, state->sections[i].name);
	}
	free(state->text);
	state->text = NULL;
}

static size_t count_lines(const char *bytes, size_t len)
{
	const char *end = bytes + len;
	size_t count = 0;

	for (const char *at = bytes; at < end; count++) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (at++ == NULL)
			break;
	}
	return count;
}

uint64_t state_format(const struct state *state, struct buf *out)
{
	size_t begin = out->len;
	uint64_t sum;

	buf_add_text(out, version_line);
	for (size_t i = 0; i < state->count; i++) {
		const struct state_section *section = &state->sections[i];

		if (section->len == 0)
			continue;
		buf_addf(out, "%s%s %zu\n", section_word, section->name, count_lines(section->lines, section->len));
		buf_add(out, section->lines, section->len);
	}
	sum = digest_of(out->ptr + begin, out->len - begin);
	buf_addf(out, "checksum %016" PRIx64 "\n", sum);
	return sum;
}

int state_prepare(struct state *state, const char *path, struct file_new *file)
{
	uint64_t former = state->sum;
	FREED_BY(buf_free) struct buf text = { 0 };

	*file = (struct file_new){ 0 };
	state->sum = state_format(state, &text);
	return state->sum != former ? file_prepare(file, path, buf_span(&text), 0) : 0;
}

static int refuse(const char *path, unsigned long line, const char *what)
{
	msg_at(path, line, "%s; %s", what, what_to_do);
	return -1;
}

int state_check(const char *path, const char *name, unsigned bad)
{
	if (bad == 0)
		return 0;
	msg("%s: line %u of the section %s cannot be read; %s", path, bad, name, what_to_do);
	return -1;
}

static int check_version(const char *path, const struct buf *text)
{
	if (span_starts(buf_span(text), version_line) || span_starts(buf_span(text), former_line))
		return 0;
	if (span_starts(buf_span(text), version_word) && strtoul(text->ptr + strlen(version_word), NULL, 10) > 2) {
		msg_at(path, 1, "the state was written by a newer mailban; use that version, or move the file away: "
				"then the next run reads all logs from their start");
		return -1;
	}
	return refuse(path, 1, "this is no state of mailban, or it is damaged");
}

static uint64_t sum_of(const struct buf *text, size_t body)
{
	return span_starts(buf_span(text), former_line) ? digest_fnv64(DIGEST_FNV64_FIRST, text->ptr, body)
							 : digest_of(text->ptr, body);
}

static int check_sum(const char *path, const struct buf *text, uint64_t *sum)
{
	FREED_BY(buf_free) struct buf expected = { 0 };
	size_t body = text->len < CHECKSUM_LEN ? 0 : text->len - CHECKSUM_LEN;
	int same;

	*sum = sum_of(text, body);
	buf_addf(&expected, "checksum %016" PRIx64 "\n", *sum);
	/* the last line before it is whole, as all lines of sections are */
	same = text->len - body == expected.len && memcmp(text->ptr + body, expected.ptr, expected.len) == 0 &&
	       body > 0 && text->ptr[body - 1] == '\n';
	return same ? 0 : refuse(path, count_lines(text->ptr, text->len), "the state is damaged");
}

/* The name of "section NAME LINES"; NULL: it is no such line. */
static char *parse_section(struct span line, uint64_t *lines)
{
	struct span name;

	if (!span_skip(&line, section_word))
		return NULL;
	name = span_take(&line, ' ');
	if (name.len == 0 || memchr(name.ptr, '\0', name.len) != NULL || !span_decimal(line, UINT64_MAX, lines))
		return NULL;
	return mem_text_of(name.ptr, name.len);
}

/* Of version 1 only two sections have still the same form. */
static void set_read(struct state *state, const char *name, struct span lines)
{
	struct state_section *section;

	if (state->version == 1 && strcmp(name, STATE_POSITIONS) != 0 && strcmp(name, STATE_DRIFT) != 0)
		return;
	section = emptied(state, name);
	section->lines = (char *)lines.ptr;
	section->len = lines.len;
	section->own = false;
}

static int parse_body(struct state *state, const char *path, struct span rest)
{
	unsigned long number = 1;

	while (rest.len > 0) {
		struct span line, body;
		uint64_t lines = 0;
		FREED_BY(mem_free) char *name = span_take_line(&rest, &line) ? parse_section(line, &lines) : NULL;
		int ret = name == NULL ? -1 : 0;

		number++;
		body = (struct span){ rest.ptr, 0 };
		for (uint64_t i = 0; i < lines && ret == 0; i++)
			ret = span_take_line(&rest, &line) ? 0 : -1;
		if (ret < 0 || state->count == SECTIONS_MOST) {
			return refuse(path, number, ret < 0 ? "the state is damaged: a section is expected here" :
				      "the state is damaged: it has too many sections");
		}
		number += (unsigned long)lines;
		body.len = (size_t)(rest.ptr - body.ptr);
		set_read(state, name, body);
	}
	return 0;
}

int state_parse(struct state *state, struct buf *text, const char *name)
{
	size_t first = strlen(version_line);
	int ret;

	*state = (struct state){ 0 };
	buf_text(text);
	ret = check_version(name, text);
	if (ret == 0)
		ret = check_sum(name, text, &state->sum);
	state->version = span_starts(buf_span(text), former_line) ? 1 : 2;
	state->text = text->ptr;
	if (ret == 0)
		ret = parse_body(state, name, (struct span){ text->ptr + first, text->len - first - CHECKSUM_LEN });
	*text = (struct buf){ 0 };
	if (ret < 0)
		state_free(state);
	return ret < 0 ? -1 : 0;
}

int state_read(const char *path, struct buf *text)
{
	int ret = file_read(path, text);

	if (ret == 0)
		(void)buf_text(text);
	else
		buf_free(text);
	if (ret == 0 || ret == -ENOENT)
		return 0;
	msg("%s: the state cannot be read: %s; --state names another file", path, file_why(ret));
	return -1;
}

int state_parse_read(struct state *state, struct buf *text, const char *path)
{
	*state = (struct state){ 0 };
	return text->ptr != NULL ? state_parse(state, text, path) : 0;
}

int state_load(struct state *state, const char *path)
{
	struct buf text = { 0 };

	*state = (struct state){ 0 };
	return state_read(path, &text) < 0 ? -1 : state_parse_read(state, &text, path);
}
