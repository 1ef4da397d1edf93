/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * position: the places where reading stopped, as lines of the state.
 *
 * A line is the log's name and words KEY=VALUE; what is not known is left out. Bytes of names that would
 * break a line are written as %HH. Reading is strict: a line that this version did not write is an error
 * for the caller to report, never a position to guess at. Owns the texts of its positions.
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

void positions_add(struct positions *positions, const struct position *position)
{
	positions->items = mem_grow(positions->items, &positions->capacity, positions->count + 1,
				    sizeof(*positions->items));
	positions->items[positions->count++] = *position;
}

void positions_add_copy(struct positions *positions, const struct position *position, const char *log)
{
	struct position copy = *position;

	copy.log = mem_text(log);
	copy.cursor = position->cursor != NULL ? mem_text(position->cursor) : NULL;
	positions_add(positions, &copy);
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
		if (p->last_time != POSITION_TIME_UNKNOWN)
			buf_addf(out, " time=%" PRId64, p->last_time);
		if (p->file.inode != 0)
			buf_addf(out, " file=%" PRIu64 ":%" PRIu64 ":%" PRIu64 ":%" PRId64, p->file.device,
				 p->file.inode, p->file.size, p->file.written);
		buf_add_text(out, p->packed ? " packed" : "");
		buf_add_text(out, p->live ? " live\n" : "\n");
	}
}

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A name as add_name() wrote it, or NULL. */
static char *parse_name(struct span text)
{
	char *name = mem_alloc(text.len + 1, 1);
	size_t n = 0;

	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '%') {
			int high = i + 2 < text.len ? hex_digit(text.ptr[i + 1]) : -1;
			int low = i + 2 < text.len ? hex_digit(text.ptr[i + 2]) : -1;

			if (high < 0 || low < 0 || high + low == 0) {
				free(name);
				return NULL;
			}
			c = (char)(high << 4 | low);
			i += 2;
		}
		name[n++] = c;
	}
	name[n] = '\0';
	return name;
}

/* Takes a number off the front of the text. */
static bool take_number(struct span *text, unsigned base, uint64_t *value)
{
	size_t digits = 0;

	*value = 0;
	for (; digits < text->len; digits++) {
		int digit = hex_digit(text->ptr[digits]);

		if (digit < 0 || (unsigned)digit >= base)
			break;
		if (__builtin_mul_overflow(*value, (uint64_t)base, value) ||
		    __builtin_add_overflow(*value, (uint64_t)digit, value))
			return false;
	}
	text->ptr += digits;
	text->len -= digits;
	return digits > 0;
}

static bool take_signed(struct span *text, int64_t *value)
{
	bool negative = text->len > 0 && *text->ptr == '-';
	uint64_t size;

	if (negative) {
		text->ptr++;
		text->len--;
	}
	if (!take_number(text, 10, &size) || size > INT64_MAX)
		return false;
	*value = negative ? -(int64_t)size : (int64_t)size;
	return true;
}

static bool take_char(struct span *text, char c)
{
	if (text->len == 0 || *text->ptr != c)
		return false;
	text->ptr++;
	text->len--;
	return true;
}

static bool take_print(struct span *text, struct print *print)
{
	uint64_t len;

	if (!take_number(text, 10, &len) || len > PRINT_BYTES || !take_char(text, ':'))
		return false;
	print->len = (uint32_t)len;
	return take_number(text, 16, &print->hash);
}

static bool take_file(struct span *text, struct file_look *file)
{
	return take_number(text, 10, &file->device) && take_char(text, ':') && take_number(text, 10, &file->inode) &&
	       take_char(text, ':') && take_number(text, 10, &file->size) && take_char(text, ':') &&
	       take_signed(text, &file->written);
}

static bool is_word(struct span text, const char *word)
{
	return text.len == strlen(word) && memcmp(text.ptr, word, text.len) == 0;
}

static bool parse_word(struct position *p, struct span word)
{
	const char *equals = memchr(word.ptr, '=', word.len);
	struct span key = { word.ptr, equals != NULL ? (size_t)(equals - word.ptr) : word.len };
	struct span value = { equals != NULL ? equals + 1 : NULL, equals != NULL ? word.len - key.len - 1 : 0 };

	if (equals == NULL) {
		p->packed |= is_word(key, "packed");
		p->live |= is_word(key, "live");
		return is_word(key, "packed") || is_word(key, "live");
	}
	if (is_word(key, "cursor")) {
		free(p->cursor);
		p->cursor = parse_name(value);
		return p->cursor != NULL;
	}
	if (is_word(key, "offset"))
		return take_number(&value, 10, &p->offset) && value.len == 0;
	if (is_word(key, "head"))
		return take_print(&value, &p->head) && value.len == 0;
	if (is_word(key, "tail"))
		return take_print(&value, &p->tail) && value.len == 0;
	if (is_word(key, "time"))
		return take_signed(&value, &p->last_time) && value.len == 0;
	return is_word(key, "file") && take_file(&value, &p->file) && value.len == 0;
}

/* Takes the bytes up to the separator, and the separator, off the front. */
static struct span take_until(struct span *text, char separator)
{
	const char *end = memchr(text->ptr, separator, text->len);
	struct span part = { text->ptr, end != NULL ? (size_t)(end - text->ptr) : text->len };
	size_t taken = part.len + (end != NULL);

	text->ptr += taken;
	text->len -= taken;
	return part;
}

static bool parse_line(struct position *p, struct span line)
{
	bool ok;

	*p = (struct position){ .last_time = POSITION_TIME_UNKNOWN };
	p->log = parse_name(take_until(&line, ' '));
	ok = p->log != NULL && *p->log != '\0' && line.len > 0;
	while (ok && line.len > 0)
		ok = parse_word(p, take_until(&line, ' '));
	if (!ok) {
		free(p->log);
		free(p->cursor);
	}
	return ok;
}

unsigned positions_parse(struct positions *positions, struct span lines)
{
	unsigned number = 0;

	while (lines.len > 0) {
		struct position position;

		number++;
		if (!parse_line(&position, take_until(&lines, '\n'))) {
			positions_free(positions);
			return number;
		}
		positions_add(positions, &position);
	}
	return 0;
}
