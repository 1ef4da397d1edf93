/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * position: the places where reading stopped, as lines of the state.
 *
 * A line is the log's name and words KEY=VALUE; a value that is not known is left out. %HH stands for bytes that would
 * break a line. Reading is strict: a line that this version did not write is an error for the caller to report. A
 * position is never guessed. Owns the texts of its positions.
 */
#define _GNU_SOURCE
#include "log/position.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

void positions_free(struct positions *positions)
{
	for (size_t i = 0; i < positions->count; i++) {
		free(positions->items[i].log);
		free(positions->items[i].cursor);
	}
	free(positions->items);
	*positions = (struct positions){ 0 };
}

/* The texts go over to positions. */
static void add(struct positions *positions, const struct position *position)
{
	positions->items = mem_grow(positions->items, &positions->capacity, positions->count + 1,
				    sizeof(*positions->items));
	positions->items[positions->count++] = *position;
}

void positions_add(struct positions *positions, const struct position *position, const char *log)
{
	struct position copy = *position;

	copy.log = mem_text(log);
	copy.cursor = position->cursor != NULL ? mem_text(position->cursor) : NULL;
	add(positions, &copy);
}

static void add_name(struct buf *out, const char *name)
{
	for (; *name != '\0'; name++) {
		unsigned char c = (unsigned char)*name;

		if (c <= ' ' || c >= 0x7f || c == '%')
			buf_addf(out, "%%%02x", c);
		else
			buf_add_char(out, (char)c);
	}
}

static void add_print(struct buf *out, const char *key, struct print print)
{
	if (print.len > 0)
		buf_addf(out, " %s=%" PRIu32 ":%016" PRIx64, key, print.len, print.hash);
}

void positions_format(const struct positions *positions, struct buf *out)
{
	for (size_t i = 0; i < positions->count; i++) {
		const struct position *p = &positions->items[i];

		add_name(out, p->log);
		if (p->cursor != NULL) {
			buf_add_text(out, " cursor=");
			add_name(out, p->cursor);
		} else {
			buf_addf(out, " offset=%" PRIu64, p->offset);
		}
		add_print(out, "head", p->head);
		add_print(out, "tail", p->tail);
		if (p->last_time != WHEN_UNKNOWN)
			buf_addf(out, " time=%" PRId64, p->last_time);
		if (p->file.inode != 0)
			buf_addf(out, " file=%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRId64, p->file.device,
				 p->file.inode, p->file.size, p->file.written);
		buf_add_text(out, p->packed ? " packed" : "");
		buf_add_text(out, p->live ? " live\n" : "\n");
	}
}

/* Reads a name as add_name() wrote it; NULL: it is none. */
static char *parse_name(struct span text)
{
	char *name = mem_alloc(text.len + 1, 1);
	size_t len;

	if (span_unescape(text, name, text.len, &len))
		return name;
	free(name);
	return NULL;
}

static bool parse_signed(struct span text, int64_t *value)
{
	bool negative = span_starts(text, "-");
	uint64_t size;

	if (!span_decimal((struct span){ text.ptr + negative, text.len - negative }, INT64_MAX, &size))
		return false;
	*value = negative ? -(int64_t)size : (int64_t)size;
	return true;
}

static bool parse_print(struct span text, struct print *print)
{
	uint64_t len;

	if (!span_decimal(span_take(&text, ':'), PRINT_BYTES, &len))
		return false;
	print->len = (uint32_t)len;
	return span_hex(text, &print->hash);
}

static bool parse_file(struct span text, struct file_look *file)
{
	return span_decimal(span_take(&text, ':'), UINT64_MAX, &file->device) &&
	       span_decimal(span_take(&text, ':'), UINT64_MAX, &file->inode) &&
	       span_decimal(span_take(&text, ':'), UINT64_MAX, &file->size) && parse_signed(text, &file->written);
}

static bool parse_word(struct position *p, struct span word)
{
	struct span value = word, key = span_take(&value, '=');

	if (key.len == word.len) {
		p->packed |= span_is(key, "packed");
		p->live |= span_is(key, "live");
		return span_is(key, "packed") || span_is(key, "live");
	}
	if (span_is(key, "cursor")) {
		free(p->cursor);
		p->cursor = parse_name(value);
		return p->cursor != NULL;
	}
	if (span_is(key, "offset"))
		return span_decimal(value, UINT64_MAX, &p->offset);
	if (span_is(key, "head"))
		return parse_print(value, &p->head);
	if (span_is(key, "tail"))
		return parse_print(value, &p->tail);
	if (span_is(key, "time"))
		return parse_signed(value, &p->last_time);
	return span_is(key, "file") && parse_file(value, &p->file);
}

static bool parse_line(struct position *p, struct span line)
{
	bool ok;

	*p = (struct position){ .last_time = WHEN_UNKNOWN };
	p->log = parse_name(span_take(&line, ' '));
	ok = p->log != NULL && *p->log != '\0' && line.len > 0;
	while (ok && line.len > 0)
		ok = parse_word(p, span_take(&line, ' '));
	if (!ok) {
		free(p->log);
		free(p->cursor);
	}
	return ok;
}

unsigned positions_parse(struct positions *positions, struct span lines)
{
	struct position position;
	struct span line;

	for (unsigned number = 1; span_take_line(&lines, &line); number++) {
		if (!parse_line(&position, line)) {
			positions_free(positions);
			return number;
		}
		add(positions, &position);
	}
	return 0;
}
