/* SPDX-License-Identifier: GPL-2.0-or-later */
/* header_usual: what runs on every line of a log to take it apart, for the compiler to put into its place: a line with
 * one of the two usual times, of the host that wrote the line before, by a program with a process id. */
#ifndef MAILBAN_LOG_HEADER_USUAL_H
#define MAILBAN_LOG_HEADER_USUAL_H

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "log/header_parts.h"

/* Where the message begins, behind tags and times that some put ahead of it. */
const char *header_skip_tags(const struct header *header, const char *p, const char *end);

#define HEADER_HOT static inline __attribute__((always_inline))

enum { HEADER_STOP_HOST = 1, HEADER_STOP_PROGRAM = 2 };

static const uint8_t header_stops[256] = {
	[' '] = HEADER_STOP_HOST | HEADER_STOP_PROGRAM,
	['('] = HEADER_STOP_HOST,
	['['] = HEADER_STOP_PROGRAM,
	[':'] = HEADER_STOP_PROGRAM,
};

HEADER_HOT bool header_is_digit(char c)
{
	return (unsigned char)c - (unsigned)'0' <= 9;
}

HEADER_HOT const char *header_find_stop(const char *p, const char *end, uint8_t kind)
{
#ifdef __SSE2__
	/* sixteen bytes a step: this is most of what a line costs that no rule is about */
	const __m128i blank = _mm_set1_epi8(' '), second = _mm_set1_epi8(kind == HEADER_STOP_HOST ? '(' : '['),
		      third = _mm_set1_epi8(kind == HEADER_STOP_HOST ? '(' : ':');

	for (; end - p >= START_MAX; p += START_MAX) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, blank),
					     _mm_or_si128(_mm_cmpeq_epi8(bytes, second), _mm_cmpeq_epi8(bytes, third)));
		unsigned bits = (unsigned)_mm_movemask_epi8(found);

		if (bits != 0)
			return p + __builtin_ctz(bits);
	}
#endif
	while (p < end && (header_stops[(unsigned char)*p] & kind) == 0)
		p++;
	return p;
}

HEADER_HOT const char *header_skip_digits(const char *p, const char *end)
{
#ifdef __SSE2__
	if (end - p >= START_MAX) {
		__m128i bytes = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)(const void *)p), _mm_set1_epi8('0'));
		__m128i is_digit = _mm_cmpeq_epi8(_mm_min_epu8(bytes, _mm_set1_epi8(9)), bytes);
		unsigned others = ~(unsigned)_mm_movemask_epi8(is_digit) & 0xffff;

		if (others != 0)
			return p + __builtin_ctz(others);
	}
#endif
	while (p < end && header_is_digit(*p))
		p++;
	return p;
}

HEADER_HOT struct span header_span(const char *from, const char *to)
{
	return (struct span){ from, (size_t)(to - from) };
}

/* Sets the message, without the one blank ahead. */
HEADER_HOT void header_set_message(struct header *header, const char *p, const char *end)
{
	if (p < end && *p == ' ')
		p++;
	if (end - p > 4 && (*p == '[' || (header_is_digit(*p) && p[4] == '-')))
		p = header_skip_tags(header, p, end);
	header->message = header_span(p, end);
}

/* The usual width, with a blank behind it: "Nov  3 10:00:00 ". */
HEADER_HOT bool header_is_syslog(const char *p, const char *end)
{
	static const struct start form = { { 0, 0, 0, ' ', 0, 0, ' ', 0, 0, ':', 0, 0, ':', 0, 0, ' ' },
					   { 0, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 255, 0, 0, 255 } };

	return end - p > START_MAX && start_fits(&form, p);
}

HEADER_HOT bool header_is_iso(const char *p, const char *end)
{
	return end - p > 19 && p[4] == '-' && p[7] == '-' && p[10] == 'T' && p[13] == ':' && p[16] == ':' &&
	       header_is_digit(*p);
}

/* "2026-11-03T10:00:00.123456+00:00 ", as rsyslog writes it. */
HEADER_HOT bool header_is_precise(const char *p, const char *end)
{
	if (end - p <= 33 || !header_is_iso(p, end) || p[19] != '.' || (p[26] != '+' && p[26] != '-') || p[29] != ':' ||
	    p[32] != ' ')
		return false;
	for (unsigned i = 20; i < 26; i++) {
		if (!header_is_digit(p[i]))
			return false;
	}
	return header_is_digit(p[27]) && header_is_digit(p[28]) && header_is_digit(p[30]) && header_is_digit(p[31]);
}

/* The length of a usual time at the line's beginning, behind which a blank stands; 0 where there is none. */
HEADER_HOT size_t header_stamp_len(const char *line, const char *end)
{
	if (header_is_syslog(line, end) && (unsigned char)line[0] - (unsigned)'A' < 26)
		return 15;
	return header_is_precise(line, end) ? 32 : 0;
}

/* "host program[pid]:" of the known host. Returns what is behind it; NULL where it is something else. */
HEADER_HOT const char *header_read_usual_origin(struct header *header, const char *p, const char *end,
						const struct header_host *host)
{
	const char *name = p + host->len, *stop, *pid;

	if (host->len == 0 || end - p <= START_MAX || !start_fits(&host->start, p))
		return NULL;
	stop = header_find_stop(name, end, HEADER_STOP_PROGRAM);
	if (stop == name || stop == end || *stop != '[')
		return NULL;
	pid = stop + 1;
	stop = header_skip_digits(pid, end);
	if (stop == pid || end - stop < 2 || stop[0] != ']' || stop[1] != ':')
		return NULL;
	header->host = (struct span){ p, host->len - 1 };
	header->program = header_span(name, pid - 1);
	header->pid = header_span(pid, stop);
	return stop + 2;
}

/* Takes the line apart but for its message: header_set_message() does, with what this returns, where the message is
 * wanted. NULL where the line is not a usual one, and header then means nothing: header_parse_next() is to be asked. */
HEADER_HOT const char *header_read_usual(struct header *header, const char *line, const char *end,
					 const struct header_host *host)
{
	size_t stamp_len = header_stamp_len(line, end);

	if (stamp_len == 0)
		return NULL;
	header->stamp = (struct span){ line, stamp_len };
	header->cut = false;
	return header_read_usual_origin(header, line + stamp_len + 1, end, host);
}

#endif
