/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * header: takes a log line apart.
 *
 * A few bytes at fixed places tell the two forms that nearly all lines have, traditional syslog and RFC 3339. Other
 * forms are tried only where those bytes do not fit: RFC 5424 here, the servers' own formats in native.c. Never
 * allocates, never fails, never reads behind the line. A line that fits no form is all message.
 */
#include "log/header_inside.h"

#include <string.h>

#include "log/form.h"

/* The usual width, with a blank behind it: "Nov  3 10:00:00 ". */
static inline bool is_syslog(const char *p, const char *end)
{
	return end - p > 15 && form_is_letter(*p) && p[3] == ' ' && p[6] == ' ' && p[9] == ':' && p[12] == ':' &&
	       p[15] == ' ';
}

static bool is_iso(const char *p, const char *end)
{
	return end - p > 19 && p[4] == '-' && p[7] == '-' && p[10] == 'T' && p[13] == ':' && p[16] == ':' &&
	       form_is_digit(*p);
}

/* "Nov  3 10:00:00", "Nov 3 ...", "Nov 03 2026 10:00:00", with or without a fraction. Returns its end, or NULL. */
static const char *skip_syslog_time(const char *p, const char *end)
{
	if (end - p < 15 || p[3] != ' ')
		return NULL;
	p += 4;
	p += *p == ' ';
	for (int digits = 0; digits < 2 && form_is_digit(*p); digits++)
		p++;
	if (*p++ != ' ')
		return NULL;
	if (end - p > 13 && form_is_digit(p[0]) && form_is_digit(p[3]) && p[4] == ' ')
		p += 5;
	if (end - p < 8 || !form_is_digit(p[0]) || p[2] != ':' || p[5] != ':')
		return NULL;
	p += 8;
	if (p < end && *p == '.')
		p = form_skip_digits(p + 1, end);
	return p;
}

static bool parse_syslog(struct header *header, const char *line, const char *end)
{
	const char *p = skip_syslog_time(line, end);

	if (p == NULL || p >= end || *p != ' ')
		return false;
	header->stamp = (struct span){ line, (size_t)(p - line) };
	header_read_origin(header, p + 1, end);
	return true;
}

static bool parse_iso(struct header *header, const char *line, const char *end)
{
	const char *p;

	if (!is_iso(line, end))
		return false;
	p = form_skip_zone(line + 19, end);
	if (p >= end || *p != ' ')
		return false;
	header->stamp = (struct span){ line, (size_t)(p - line) };
	header_read_origin(header, p + 1, end);
	return true;
}

/* Reads one word up to a blank; "-" stands for an empty word. Returns the place behind the blank, or NULL. */
static const char *read_word(struct span *word, const char *p, const char *end)
{
	const char *stop = p >= end ? NULL : memchr(p, ' ', (size_t)(end - p));

	if (stop == NULL)
		return NULL;
	*word = stop - p == 1 && *p == '-' ? (struct span){ p, 0 } : (struct span){ p, (size_t)(stop - p) };
	return stop + 1;
}

/* RFC 5424's structured data: "-" or "[id name="value"]...". A bracket inside a value is no end of it. */
static const char *skip_structured(const char *p, const char *end)
{
	bool quoted = false;

	if (p < end && *p == '-')
		return p + 1;
	while (p < end && *p == '[') {
		for (p++; p < end && (quoted || *p != ']'); p++) {
			if (quoted && *p == '\\' && p + 1 < end)
				p++;
			else if (*p == '"')
				quoted = !quoted;
		}
		if (p >= end)
			return NULL;
		p++;
	}
	return p;
}

/* "<22>1 2026-11-03T10:00:00Z host program pid id data message"; the number ahead is optional. */
static bool parse_rfc5424(struct header *header, const char *p, const char *end)
{
	struct header h = *header;
	struct span id;

	if (end - p < 22 || p[0] != '1' || p[1] != ' ')
		return false;
	p += 2;
	if (*p != '-' && !is_iso(p, end))
		return false;
	if ((p = read_word(&h.stamp, p, end)) == NULL || (p = read_word(&h.host, p, end)) == NULL ||
	    (p = read_word(&h.program, p, end)) == NULL || (p = read_word(&h.pid, p, end)) == NULL ||
	    (p = read_word(&id, p, end)) == NULL || (p = skip_structured(p, end)) == NULL)
		return false;
	*header = h;
	if (p < end && *p == ' ')
		p++;
	if (end - p >= 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	header_set_message(header, p, end);
	return true;
}

/* "<22>": a network log begins with the number of facility and level. */
static const char *skip_priority(const char *line, const char *end)
{
	const char *p = line + 1;

	while (p < end && p - line <= 3 && form_is_digit(*p))
		p++;
	return p > line + 1 && p < end && *p == '>' ? p + 1 : NULL;
}

static bool weekday(const char *p, const char *end)
{
	static const char names[] = "SunMonTueWedThuFriSat";

	if (end - p < 20 || (p[3] != ' ' && (p[3] != ',' || p[4] != ' ')))
		return false;
	for (unsigned i = 0; i < 7; i++) {
		if (memcmp(names + 3 * i, p, 3) == 0)
			return true;
	}
	return false;
}

static bool parse_other(struct header *header, const char *p, const char *end)
{
	if (end - p > 3 && memcmp(p, "\xef\xbb\xbf", 3) == 0)
		p += 3;
	if (p < end && *p == '<') {
		p = skip_priority(p, end);
		if (p == NULL)
			return false;
		if (parse_rfc5424(header, p, end))
			return true;
	}
	if (weekday(p, end))
		p += p[3] == ',' ? 5 : 4;
	return parse_syslog(header, p, end) || parse_iso(header, p, end) || parse_rfc5424(header, p, end) ||
	       native_parse(header, p, end);
}

static __attribute__((noinline)) void parse_odd(struct header *header, const char *line, const char *end)
{
	if (!parse_iso(header, line, end) && !parse_other(header, line, end))
		header->message = (struct span){ line, (size_t)(end - line) };
}

void header_parse(struct header *header, const char *line, size_t len)
{
	const char *end = line + len;

	/* one by one: clearing the struct at once takes longer to begin */
	header->stamp = header->host = header->program = header->pid = (struct span){ NULL, 0 };
	header->message = (struct span){ line, len };
	header->server = NULL;
	header->cut = false;
	if (!is_syslog(line, end)) {
		parse_odd(header, line, end);
		return;
	}
	header->stamp = (struct span){ line, 15 };
	header_read_origin(header, line + 16, end);
}
