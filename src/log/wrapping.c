/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wrapping: what containers and their tools put around each line of a log.
 *
 * The wrapping is taken off before lines are looked at, and only where all lines of the file have it. A client that
 * writes a wrapping into its own words gains nothing. The text inside is then judged like a line of any log. Long
 * lines come in pieces of 16 KB, which begin where a client may choose. They are left out, and so is the line behind
 * the last piece, wherever the log is cut into blocks or runs.
 */
#include "log/wrapping.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "log/form.h"
#include "log/header.h"

/* Of a longer line the end may be unknown (detect/lines): it may be a piece. */
enum { LINE_BYTES_MAX = (1 << 16) + 1 };

static void skip(struct span *s, size_t len)
{
	s->ptr += len;
	s->len -= len;
}

static bool take_compose(struct span *line)
{
	const char *end = line->ptr + line->len, *p;

	if (span_starts(*line, "[pod/")) {
		p = memchr(line->ptr, ']', line->len);
		if (p != NULL && form_starts(p, end, "] ")) {
			skip(line, (size_t)(p + 2 - line->ptr));
			return true;
		}
	}
	p = form_skip_name(line->ptr, end, "._-@");
	if (p == line->ptr)
		return false;
	while (p < end && *p == ' ')
		p++;
	skip(line, (size_t)(p - line->ptr));
	return span_skip(line, "| ");
}

/* Takes off the time that Docker writes, and the blank behind it. */
static bool take_stamp(struct span *line)
{
	const char *end = line->ptr + line->len, *p;

	if (line->len < 32 || line->ptr[4] != '-' || line->ptr[10] != 'T' || line->ptr[19] != '.')
		return false;
	p = form_skip_digits(line->ptr + 20, end);
	if (p < line->ptr + 26 || end - p < 7)
		return false;
	p += *p == 'Z' ? 1 : 6;
	skip(line, (size_t)(p + 1 - line->ptr));
	return *p == ' ';
}

static bool take_cri(struct span *line, bool *piece)
{
	if (!take_stamp(line) || (!span_skip(line, "stdout ") && !span_skip(line, "stderr ")))
		return false;
	*piece = span_skip(line, "P ");
	return *piece || span_skip(line, "F ");
}

static bool take_syslog(struct span *line)
{
	struct header header;

	header_parse(&header, line->ptr, line->len);
	*line = header.message;
	return header.stamp.len > 0 && header.program.len > 0 && header.server == NULL;
}

/* {"log":"TEXT\n","stream":"stdout"...}: the text, with its escapes. */
static bool take_json(struct span *line, bool *piece)
{
	size_t len = 0;
	struct span tail;

	if (!span_skip(line, "{\"log\":\""))
		return false;
	while (len < line->len && line->ptr[len] != '"')
		len += line->ptr[len] == '\\' ? 2 : 1;
	if (len >= line->len)
		return false;
	tail = *line;
	skip(&tail, len);
	line->len = len;
	*piece = len < 2 || memcmp(line->ptr + len - 2, "\\n", 2) != 0;
	if (!*piece)
		line->len -= 2;
	/* a container with a terminal ends its lines so */
	if (!*piece && line->len >= 2 && memcmp(line->ptr + line->len - 2, "\\r", 2) == 0)
		line->len -= 2;
	return span_starts(tail, "\",\"stream\":\"std");
}

/* Takes the wrapping off the line. False: the line has another wrapping, or none. *piece: the next line goes on with
 * this one. */
static bool take_wrapping(enum wrapping wrapping, struct span *line, bool *piece)
{
	*piece = false;
	switch (wrapping) {
	case WRAPPING_COMPOSE:
		return take_compose(line);
	case WRAPPING_COMPOSE_STAMP:
		return take_compose(line) && take_stamp(line);
	case WRAPPING_STAMP:
		return take_stamp(line);
	case WRAPPING_CRI:
		return take_cri(line, piece);
	case WRAPPING_JSON:
		return take_json(line, piece);
	case WRAPPING_SYSLOG:
		return take_syslog(line);
	case WRAPPING_NONE:
		break;
	}
	return true;
}

/* Writes the byte that an escape of JSON at p stands for. Returns the length of the escape. A byte that no log line
 * holds becomes a question mark. */
static size_t put_escape(char **out, const char *p, const char *end)
{
	static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/??\?\?\t";
	const char *found = end - p > 1 ? strchr(plain, p[1]) : NULL;
	uint64_t code;
	bool known;

	if (found != NULL && *found != '\0') {
		*(*out)++ = meant[found - plain];
		return 2;
	}
	if (end - p < 6 || p[1] != 'u') {
		*(*out)++ = '?';
		return 1;
	}
	known = span_hex((struct span){ p + 2, 4 }, &code) && code >= 0x20 && code < 0x7f;
	*(*out)++ = known ? (char)code : '?';
	return 6;
}

/* Writes the text without its escapes. It needs no more room than the text had. */
static char *put_json(char *out, struct span text)
{
	const char *p = text.ptr, *end = p + text.len;

	while (p < end) {
		if (*p == '\\')
			p += put_escape(&out, p, end);
		else
			*out++ = *p++;
	}
	return out;
}

size_t wrapping_take_off(enum wrapping wrapping, bool *in_pieces, char *bytes, size_t len)
{
	const char *at = bytes, *end = bytes + len;
	char *out = bytes;

	while (wrapping != WRAPPING_NONE && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *line_end = newline != NULL ? newline : end;
		struct span line = { at, (size_t)(line_end - at) };
		bool piece, has = take_wrapping(wrapping, &line, &piece);

		if (has && !piece && !*in_pieces) {
			if (wrapping == WRAPPING_JSON) {
				out = put_json(out, line);
			} else {
				memmove(out, line.ptr, line.len);
				out += line.len;
			}
		}
		*in_pieces = (has && piece) || (size_t)(line_end - at) > LINE_BYTES_MAX;
		if (newline != NULL)
			*out++ = '\n';
		at = line_end + (newline != NULL);
	}
	return wrapping != WRAPPING_NONE ? (size_t)(out - bytes) : len;
}

/* Whether the line, which has the wrapping, holds a line of a program. */
static bool holds_line(enum wrapping wrapping, struct span line)
{
	char text[1024];
	struct header header;
	bool in_pieces = false;

	if (line.len >= sizeof(text))
		line.len = sizeof(text) - 1;
	memcpy(text, line.ptr, line.len);
	header_parse(&header, text, wrapping_take_off(wrapping, &in_pieces, text, line.len));
	return header.stamp.len > 0 && header.program.len > 0 && (wrapping != WRAPPING_SYSLOG || header.host.len > 0);
}

/* Whether all lines have the wrapping, and hold lines of programs. Any log could look like WRAPPING_SYSLOG: there all
 * lines must hold one. */
static bool all_have(enum wrapping wrapping, const char *bytes, size_t len)
{
	const char *at = bytes, *end = bytes + len, *newline;
	size_t lines = 0, known = 0;

	for (; at < end && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL; at = newline + 1) {
		const struct span line = { at, (size_t)(newline - at) };
		struct span inside = line;
		bool piece;

		if (line.len == 0)
			continue;
		if (!take_wrapping(wrapping, &inside, &piece))
			return false;
		lines++;
		known += holds_line(wrapping, line);
	}
	return known > 0 && (wrapping != WRAPPING_SYSLOG || known == lines);
}

enum wrapping wrapping_of(const char *bytes, size_t len)
{
	static const enum wrapping all[] = { WRAPPING_COMPOSE, WRAPPING_COMPOSE_STAMP, WRAPPING_CRI, WRAPPING_STAMP,
					     WRAPPING_JSON, WRAPPING_SYSLOG };

	for (size_t i = 0; i < LENGTH_OF(all); i++) {
		if (all_have(all[i], bytes, len))
			return all[i];
	}
	return WRAPPING_NONE;
}
