/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * state: the file that lasts from run to run.
 *
 * Text: a version line, sections ("section NAME LINES" and so many lines), and a checksum over all bytes
 * before it. Knows nothing about what the lines say. A file that is damaged, of a newer version or no state
 * at all is refused and never taken for an empty one: that would count every log again. Sections that
 * nobody sets stay as they are. Written as one step, by the caller, after the blacklist.
 */
#include "list/state.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"
#include "log/source.h"

static const char version_line[] = "mailban state 1\n";
static const char version_word[] = "mailban state ";
static const char section_word[] = "section ";

enum { CHECKSUM_LEN = 9 + 16 + 1 }; /* "checksum ", the digits, the newline */

static const char what_to_do[] = "restore it from a backup, or move it away: then the next run reads all logs from "
				 "their start";

void state_free(struct state *state)
{
	for (size_t i = 0; i < state->count; i++) {
		free(state->sections[i].name);
		free(state->sections[i].lines);
	}
	free(state->sections);
	*state = (struct state){ 0 };
}

/* The section's place in the order of names; *found says whether it is there. */
static size_t place_of(const struct state *state, const char *name, int *found)
{
	size_t i = 0;

	*found = 0;
	while (i < state->count && strcmp(state->sections[i].name, name) < 0)
		i++;
	*found = i < state->count && strcmp(state->sections[i].name, name) == 0;
	return i;
}

struct span state_lines(const struct state *state, const char *name)
{
	int found;
	size_t place = place_of(state, name, &found);

	if (!found)
		return (struct span){ "", 0 };
	return (struct span){ state->sections[place].lines, state->sections[place].len };
}

void state_set(struct state *state, const char *name, struct span lines)
{
	char *copy = mem_text_of(lines.ptr, lines.len);
	int found;
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
	free(section->lines);
	section->lines = copy;
	section->len = lines.len;
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

void state_format(const struct state *state, struct buf *out)
{
	size_t start = out->len;

	buf_add_text(out, version_line);
	for (size_t i = 0; i < state->count; i++) {
		const struct state_section *section = &state->sections[i];

		if (section->len == 0)
			continue;
		buf_addf(out, "%s%s %zu\n", section_word, section->name, count_lines(section->lines, section->len));
		buf_add(out, section->lines, section->len);
	}
	buf_addf(out, "checksum %016" PRIx64 "\n", print_of(out->ptr + start, out->len - start).hash);
}

int state_prepare(const struct state *state, const char *path, struct file_new *file)
{
	struct buf text = { 0 };
	struct span whole;
	int ret = 0;

	*file = (struct file_new){ 0 };
	state_format(state, &text);
	whole = (struct span){ text.ptr, text.len };
	if (!file_holds(path, &whole, 1))
		ret = file_prepare(file, path, &whole, 1, false);
	buf_free(&text);
	return ret;
}

static int refuse(const char *path, unsigned long line, const char *what)
{
	msg_at(path, line, "%s; %s", what, what_to_do);
	return -1;
}

void state_bad_line(const char *path, const char *name, unsigned number)
{
	msg("%s: line %u of the section %s cannot be read; %s", path, number, name, what_to_do);
}

static int begins(const struct buf *text, const char *word)
{
	return text->len >= strlen(word) && memcmp(text->ptr, word, strlen(word)) == 0;
}

static int check_version(const char *path, const struct buf *text)
{
	if (begins(text, version_line))
		return 0;
	if (begins(text, version_word) && strtoul(text->ptr + strlen(version_word), NULL, 10) > 1) {
		msg_at(path, 1, "the state was written by a newer mailban; use that version, or move the file away: "
				"then the next run reads all logs from their start");
		return -1;
	}
	return refuse(path, 1, "this is no state of mailban, or it is damaged");
}

static int check_sum(const char *path, const struct buf *text)
{
	struct buf expected = { 0 };
	size_t body = text->len < CHECKSUM_LEN ? 0 : text->len - CHECKSUM_LEN;
	int same;

	buf_addf(&expected, "checksum %016" PRIx64 "\n", print_of(text->ptr, body).hash);
	same = text->len - body == expected.len && memcmp(text->ptr + body, expected.ptr, expected.len) == 0;
	buf_free(&expected);
	return same ? 0 : refuse(path, count_lines(text->ptr, text->len), "the state is damaged");
}

/* Takes a line without its newline off the front of rest. */
static int take_line(struct span *rest, struct span *line)
{
	const char *end = memchr(rest->ptr, '\n', rest->len);

	if (end == NULL)
		return -1;
	*line = (struct span){ rest->ptr, (size_t)(end - rest->ptr) };
	rest->len -= line->len + 1;
	rest->ptr = end + 1;
	return 0;
}

/* "section NAME LINES" */
static char *parse_section(struct span line, unsigned long *lines)
{
	size_t word = strlen(section_word);
	char *text = mem_text_of(line.ptr, line.len), *space = strrchr(text, ' '), *end;

	if (line.len > word && memcmp(text, section_word, word) == 0 && space >= text + word && space[1] != '\0') {
		*lines = strtoul(space + 1, &end, 10);
		if (*end == '\0') {
			*space = '\0';
			memmove(text, text + word, strlen(text + word) + 1);
			return text;
		}
	}
	free(text);
	return NULL;
}

static int parse_body(struct state *state, const char *path, struct span rest)
{
	unsigned long number = 1;

	while (rest.len > 0) {
		struct span line, body;
		unsigned long lines = 0;
		char *name = take_line(&rest, &line) == 0 ? parse_section(line, &lines) : NULL;
		int ret = name == NULL ? -1 : 0;

		number++;
		body = (struct span){ rest.ptr, 0 };
		for (unsigned long i = 0; i < lines && ret == 0; i++)
			ret = take_line(&rest, &line);
		if (ret < 0) {
			free(name);
			return refuse(path, number, "the state is damaged: a section is expected here");
		}
		number += lines;
		body.len = (size_t)(rest.ptr - body.ptr);
		state_set(state, name, body);
		free(name);
	}
	return 0;
}

int state_load(struct state *state, const char *path)
{
	size_t first = strlen(version_line);
	struct buf text = { 0 };
	int ret = file_read(path, &text);

	*state = (struct state){ 0 };
	if (ret == -ENOENT)
		return 0;
	if (ret < 0) {
		msg("%s: the state cannot be read: %s; see its permissions, or name another file with --state", path,
		    strerror(-ret));
	} else {
		buf_text(&text);
		ret = check_version(path, &text);
		if (ret == 0)
			ret = check_sum(path, &text);
		if (ret == 0)
			ret = parse_body(state, path, (struct span){ text.ptr + first, text.len - first - CHECKSUM_LEN });
	}
	if (ret < 0)
		state_free(state);
	buf_free(&text);
	return ret < 0 ? -1 : 0;
}
