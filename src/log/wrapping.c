/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * wrapping: what containers and their tools put around each line of a log.
 *
 * It is taken off once, before the lines are looked at, and only where all of the file has it: a client that gets a
 * wrapping into what it says gains nothing by it. What stands inside is then judged like the lines of any log.
 * Long lines come in pieces (16 KB each), which begin where a client may have chosen: they are left out, with the line
 * behind the last one.
 */
#include "log/wrapping.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "log/header.h"

/* The inside of a line; ptr NULL: it has not that wrapping. */
struct inside {
	struct span text;
	bool piece;     /* what follows belongs to it */
};

static bool begins(struct span s, const char *text)
{
	return s.len >= strlen(text) && memcmp(s.ptr, text, strlen(text)) == 0;
}

static struct span behind(struct span s, size_t len)
{
	return (struct span){ s.ptr + len, s.len - len };
}

static bool is_name(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
	       c == '-' || c == '@';
}

static struct inside in_compose(struct span line)
{
	const char *bracket = begins(line, "[pod/") ? memchr(line.ptr, ']', line.len) : NULL;
	size_t at = 0;

	if (bracket != NULL && begins(behind(line, (size_t)(bracket - line.ptr)), "] "))
		return (struct inside){ behind(line, (size_t)(bracket - line.ptr) + 2), false };
	while (at < line.len && is_name(line.ptr[at]))
		at++;
	if (at == 0)
		return (struct inside){ { NULL, 0 }, false };
	while (at < line.len && line.ptr[at] == ' ')
		at++;
	if (!begins(behind(line, at), "| "))
		return (struct inside){ { NULL, 0 }, false };
	return (struct inside){ behind(line, at + 2), false };
}

/* Where the time ends that Docker writes, and the blank behind it; 0: there is none. */
static size_t stamp_len(struct span line)
{
	size_t at = 20;

	if (line.len < 32 || line.ptr[4] != '-' || line.ptr[10] != 'T' || line.ptr[19] != '.')
		return 0;
	while (at < line.len && line.ptr[at] >= '0' && line.ptr[at] <= '9')
		at++;
	if (at < 26 || at + 7 > line.len)
		return 0;
	at += line.ptr[at] == 'Z' ? 1 : 6;
	return line.ptr[at] == ' ' ? at + 1 : 0;
}

static struct inside in_stamp(struct span line)
{
	size_t len = stamp_len(line);

	return len > 0 ? (struct inside){ behind(line, len), false } : (struct inside){ { NULL, 0 }, false };
}

static struct inside in_cri(struct span line)
{
	struct span rest = behind(line, stamp_len(line));

	if (rest.ptr == line.ptr || (!begins(rest, "stdout ") && !begins(rest, "stderr ")))
		return (struct inside){ { NULL, 0 }, false };
	rest = behind(rest, 7);
	if (!begins(rest, "F ") && !begins(rest, "P "))
		return (struct inside){ { NULL, 0 }, false };
	return (struct inside){ behind(rest, 2), rest.ptr[0] == 'P' };
}

static struct inside in_syslog(struct span line)
{
	struct header header;

	header_parse(&header, line.ptr, line.len);
	if (header.stamp.len == 0 || header.program.len == 0 || header.server != NULL)
		return (struct inside){ { NULL, 0 }, false };
	return (struct inside){ header.message, false };
}

/* {"log":"TEXT\n","stream":"stdout"...}: the text, with its escapes. */
static struct inside in_json(struct span line)
{
	static const char head[] = "{\"log\":\"", tail[] = "\",\"stream\":\"std";
	size_t at = sizeof(head) - 1;
	struct span text;

	if (!begins(line, head))
		return (struct inside){ { NULL, 0 }, false };
	while (at < line.len && line.ptr[at] != '"')
		at += line.ptr[at] == '\\' ? 2 : 1;
	if (at >= line.len || !begins(behind(line, at), tail))
		return (struct inside){ { NULL, 0 }, false };
	text = (struct span){ line.ptr + sizeof(head) - 1, at - sizeof(head) + 1 };
	if (text.len < 2 || memcmp(text.ptr + text.len - 2, "\\n", 2) != 0)
		return (struct inside){ text, true };
	text.len -= 2;
	/* of a container with a terminal */
	if (text.len >= 2 && memcmp(text.ptr + text.len - 2, "\\r", 2) == 0)
		text.len -= 2;
	return (struct inside){ text, false };
}

static struct inside inside_of(enum wrapping wrapping, struct span line)
{
	switch (wrapping) {
	case WRAPPING_COMPOSE:
		return in_compose(line);
	case WRAPPING_COMPOSE_STAMP:
		return in_stamp(in_compose(line).text);
	case WRAPPING_STAMP:
		return in_stamp(line);
	case WRAPPING_CRI:
		return in_cri(line);
	case WRAPPING_JSON:
		return in_json(line);
	case WRAPPING_SYSLOG:
		return in_syslog(line);
	case WRAPPING_NONE:
		break;
	}
	return (struct inside){ line, false };
}

static unsigned hex_of(char c)
{
	return c <= '9' ? (unsigned)c - '0' : ((unsigned)c | 0x20) - 'a' + 10;
}

/* One escape of JSON at p, which has room behind it; returns how many bytes it took. What no log line holds becomes
 * '?'. */
static size_t put_escape(char **out, const char *p, const char *end)
{
	static const char plain[] = "\"\\/bfnrt", meant[] = "\"\\/??\?\?\t";
	const char *found = end - p > 1 ? strchr(plain, p[1]) : NULL;
	unsigned code = 0;

	if (found != NULL && *found != '\0') {
		*(*out)++ = meant[found - plain];
		return 2;
	}
	if (end - p < 6 || p[1] != 'u') {
		*(*out)++ = '?';
		return 1;
	}
	for (unsigned i = 2; i < 6; i++)
		code = code << 4 | (hex_of(p[i]) & 15);
	*(*out)++ = code >= 0x20 && code < 0x7f ? (char)code : '?';
	return 6;
}

/* Writes the text, without escapes, to where at most as many bytes were before. */
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

size_t wrapping_take_off(enum wrapping wrapping, char *bytes, size_t len)
{
	const char *at = bytes, *end = bytes + len;
	bool in_pieces = false;
	char *out = bytes;

	while (wrapping != WRAPPING_NONE && at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		const char *line_end = newline != NULL ? newline : end;
		struct inside inside = inside_of(wrapping, (struct span){ at, (size_t)(line_end - at) });

		if (inside.text.ptr != NULL && !inside.piece && !in_pieces) {
			if (wrapping == WRAPPING_JSON) {
				out = put_json(out, inside.text);
			} else {
				memmove(out, inside.text.ptr, inside.text.len);
				out += inside.text.len;
			}
		}
		in_pieces = inside.piece;
		if (newline != NULL)
			*out++ = '\n';
		at = line_end + (newline != NULL);
	}
	return wrapping != WRAPPING_NONE ? (size_t)(out - bytes) : len;
}

/* Whether a line that a program wrote stands inside; the line has the wrapping. */
static bool holds_line(enum wrapping wrapping, struct span line)
{
	char text[1024];
	struct header header;

	if (line.len >= sizeof(text))
		line.len = sizeof(text) - 1;
	memcpy(text, line.ptr, line.len);
	header_parse(&header, text, wrapping_take_off(wrapping, text, line.len));
	return header.stamp.len > 0 && header.program.len > 0 && (wrapping != WRAPPING_SYSLOG || header.host.len > 0);
}

/* Whether all lines have it, and lines that programs wrote stand inside: in all of them, where any log could look
 * so. */
static bool all_have(enum wrapping wrapping, const char *bytes, size_t len)
{
	const char *at = bytes, *end = bytes + len, *newline;
	size_t lines = 0, known = 0;

	for (; at < end && (newline = memchr(at, '\n', (size_t)(end - at))) != NULL; at = newline + 1) {
		struct span line = { at, (size_t)(newline - at) };

		if (line.len == 0)
			continue;
		if (inside_of(wrapping, line).text.ptr == NULL)
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

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		if (all_have(all[i], bytes, len))
			return all[i];
	}
	return WRAPPING_NONE;
}
