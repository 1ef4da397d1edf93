/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * header_origin: who wrote a line of syslog.
 *
 * The program name decides which rules are tried. So it is taken only from the place where the logger writes it. A
 * "host" with a parenthesis is a Dovecot process with a user's name. Never allocates, never fails.
 */
#include "log/header_inside.h"

#include <string.h>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "log/form.h"

#define HOT static inline __attribute__((always_inline))

/* The place of a blank or of one of two other bytes, or the end. */
HOT const char *find_stop(const char *p, const char *end, char one, char other)
{
#ifdef __SSE2__
	/* sixteen bytes a step: this is most of the cost of a line that no rule is about */
	const __m128i blanks = _mm_set1_epi8(' '), ones = _mm_set1_epi8(one), others = _mm_set1_epi8(other);

	for (; end - p >= 16; p += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)p);
		__m128i found = _mm_or_si128(_mm_cmpeq_epi8(bytes, blanks),
					     _mm_or_si128(_mm_cmpeq_epi8(bytes, ones), _mm_cmpeq_epi8(bytes, others)));
		unsigned bits = (unsigned)_mm_movemask_epi8(found);

		if (bits != 0)
			return p + __builtin_ctz(bits);
	}
#endif
	while (p < end && *p != ' ' && *p != one && *p != other)
		p++;
	return p;
}

HOT struct span span_of(const char *from, const char *to)
{
	return (struct span){ from, (size_t)(to - from) };
}

/* The place behind a process id in brackets and its blank, if the id is the header's or the header has none; else p. */
static const char *skip_pid(const struct header *header, const char *p, const char *end)
{
	const char *close = p < end && *p == '[' ? form_skip_digits(p + 1, end) : p;
	size_t len = (size_t)(close - p) - (close > p);

	if (len == 0 || end - close < 2 || close[0] != ']' || close[1] != ' ')
		return p;
	if (header->pid.len > 0 && (header->pid.len != len || memcmp(header->pid.ptr, p + 1, len) != 0))
		return p;
	return close + 2;
}

/* The place behind the time and the level that Stalwart writes on standard error, or p where they are not there. */
static const char *skip_stalwart(const char *p, const char *end)
{
	const char *level = p + 21, *behind;

	if (!form_fits(p, end, "0000-00-00T00:00:00Z "))
		return p;
	behind = form_skip_name(level, end, "");
	if (behind == level || behind == end || *behind != ' ' || !form_is_stalwart(behind + 1, end))
		return p;
	return behind + 1;
}

/* The place of the message behind Solaris's "[ID 801593 mail.info] ", and behind a time and a process id of the
 * server's own (Exim). Nothing more is taken off: a client may have written the rest. */
static const char *skip_tags(const struct header *header, const char *p, const char *end)
{
	if (end - p > 4 && *p == '[' && p[1] == 'I' && p[2] == 'D' && p[3] == ' ') {
		const char *close = memchr(p, ']', (size_t)(end - p));

		if (close != NULL && close + 1 < end && close[1] == ' ')
			p = close + 2;
	}
	if (span_starts(header->program, "stalwart"))
		return skip_stalwart(p, end);
	if (end - p > 20 && p[4] == '-' && p[10] == ' ' && form_is_digit(*p)) {
		const char *behind = form_skip_time(p, end);

		if (behind != NULL && behind < end && *behind == ' ')
			return skip_pid(header, behind + 1, end);
	}
	return header->pid.len > 0 ? skip_pid(header, p, end) : p;
}

/* Sets the message, without the one blank ahead. */
HOT void set_message(struct header *header, const char *p, const char *end)
{
	if (p < end && *p == ' ')
		p++;
	if (end - p > 4 && (*p == '[' || (form_is_digit(*p) && p[4] == '-')))
		p = skip_tags(header, p, end);
	header->message = span_of(p, end);
}

/* Reads [digits] at p: sets the pid. Returns the place behind them, or NULL. */
HOT const char *read_pid(struct header *header, const char *p, const char *end)
{
	const char *from = p + 1;

	if (p >= end || *p != '[')
		return NULL;
	p = form_skip_digits(from, end);
	if (p == from || p >= end || *p != ']')
		return NULL;
	header->pid = span_of(from, p);
	return p + 1;
}

/* "mail.info": BusyBox's syslogd writes facility and level behind the host. */
static bool is_priority(const char *p, const char *end)
{
	static const char *const levels[] = { "emerg",   "alert",  "crit", "err",   "error", "warn",
					      "warning", "notice", "info", "debug", "panic" };
	const char *dot = p;

	while (dot < end && (form_is_digit(*dot) || ((unsigned char)*dot - (unsigned)'a' < 26)))
		dot++;
	if (dot == p || dot >= end || *dot != '.')
		return false;
	for (size_t i = 0; i < LENGTH_OF(levels); i++) {
		size_t len = strlen(levels[i]);

		if ((size_t)(end - dot - 1) == len && memcmp(dot + 1, levels[i], len) == 0)
			return true;
	}
	return false;
}

/* No program stands at p: BusyBox's facility and level may stand there, and the program behind them. Else all is
 * message. BusyBox reads 255 bytes of a line, if it is built as usual. It leaves out 21 of them: a number, the time and
 * a blank. */
static void read_no_program(struct header *header, const char *p, const char *stop, const char *end)
{
	enum { BUSYBOX_WHOLE = 255 - 21 };
	const char *name = stop + 1;

	static const char box[] = "Mail-in-a-Box Management Daemon: ";

	header->program.len = 0;
	header->pid.len = 0;
	header->message = span_of(p, end);
	/* the one known program with blanks in its name */
	if ((size_t)(end - p) >= sizeof(box) && memcmp(p, box, sizeof(box) - 1) == 0) {
		header->program = span_of(p, p + 13);
		header->message = span_of(p + sizeof(box) - 1, end);
		return;
	}
	if (name >= end || *stop != ' ' || !is_priority(p, stop) ||
	    is_priority(name, find_stop(name, end, '(', '(')))
		return;
	header_read_program(header, name, end);
	header->cut = end - name >= BUSYBOX_WHOLE;
}

HOT void read_program(struct header *header, const char *p, const char *end)
{
	const char *name = p, *behind;

	p = find_stop(p, end, '[', ':');
	header->program = span_of(name, p);
	behind = read_pid(header, p, end);
	if (behind != NULL && (behind == end || *behind == ':' || *behind == ' ')) {
		/* "sogod [26818]: ..." in SOGo's own file has no host: the word taken for it is the program */
		if (p == name) {
			header->program = header->host;
			header->host.len = 0;
			if (span_is(header->program, "sogod"))
				header->server = "sogo";
		}
		set_message(header, behind + (behind < end && *behind == ':'), end);
	} else if (p > name && p < end && *p == ':') {
		set_message(header, p + 1, end);
	} else if (p > name && (behind = read_pid(header, p + 1, end)) != NULL && behind < end && *behind == ':') {
		/* "host sogod [26818]: ..." */
		set_message(header, behind + 1, end);
	} else {
		read_no_program(header, name, p, end);
	}
}

void header_set_message(struct header *header, const char *p, const char *end)
{
	set_message(header, p, end);
}

void header_read_program(struct header *header, const char *p, const char *end)
{
	read_program(header, p, end);
}

/* Reads lines whose first word behind the time is no host. */
static void read_origin_odd(struct header *header, const char *p, const char *stop, const char *end)
{
	const char *close;

	if (*p == '<') {
		/* <mail.notice> */
		close = memchr(p, '>', (size_t)(stop - p));
		if (close != NULL && close + 2 < end && close[1] == ' ' && close[2] != '<') {
			header_read_origin(header, close + 2, end);
			return;
		}
	} else if (*p == '[' && stop - p > 2 && (form_is_digit(p[1]) || memchr(p, ':', (size_t)(stop - p)) != NULL)) {
		/* an address in brackets for the host */
		header->host = span_of(p, stop);
		header_read_program(header, stop + 1, end);
		return;
	} else if (*p == '[' && stop - p > 2 && stop[-1] == ']') {
		/* metalog: "[exim] message" */
		header->program = span_of(p + 1, stop - 1);
		set_message(header, stop, end);
		return;
	} else if (form_is_dovecot(p, end)) {
		header->program = (struct span){ "dovecot", 7 };
		header->message = span_of(p, end);
		return;
	} else if (stop[-1] == ':') {
		if (end - stop > 7 && memcmp(stop, " HORDE ", 7) == 0)
			header_read_origin(header, stop + 1, end);
		else
			header_read_program(header, p, end);
		return;
	}
	header->message = span_of(p, end);
}

/* Docker images of Postfix write the level, filled up with blanks, in the place of the host. */
static bool is_level(struct span host)
{
	static const char *const levels[] = { "DEBUG", "INFO",  "NOTICE", "WARN", "WARNING",
					      "ERR",   "ERROR", "CRIT",   "ALERT" };

	for (size_t i = 0; i < LENGTH_OF(levels); i++) {
		if (span_is(host, levels[i]))
			return true;
	}
	return false;
}

static const char *skip_level(const char *p, const char *end)
{
	while (p < end && *p == ' ')
		p++;
	return p;
}

void header_read_origin(struct header *header, const char *p, const char *end)
{
	const char *stop = find_stop(p, end, '(', '(');

	if (stop == end || stop == p) {
		header->message = span_of(p, end);
		return;
	}
	if (*stop == '(' || *p == '<' || *p == '[' || stop[-1] == ':') {
		read_origin_odd(header, p, stop, end);
		return;
	}
	header->host = span_of(p, stop);
	p = stop + 1;
	/* no other host is so short and in capitals: nearly all lines end here */
	if (header->host.len <= 7 && (unsigned char)header->host.ptr[0] - (unsigned)'A' < 26 &&
	    is_level(header->host)) {
		header->host.len = 0;
		p = skip_level(p, end);
		if (form_is_stalwart(p, end)) {
			header->program = (struct span){ "stalwart", 8 };
			header->server = "stalwart";
			header->message = span_of(p, end);
			return;
		}
	}
	if (p < end && *p == '<') {
		stop = memchr(p, '>', (size_t)(end - p));
		if (stop != NULL && stop + 1 < end && stop[1] == ' ')
			p = stop + 2;
	}
	read_program(header, p, end);
	if (header->program.len == 0 && span_is(header->host, "HORDE")) {
		header->program = header->host;
		header->host.len = 0;
		header->server = "horde";
	}
}
