/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * header: takes a log line apart.
 *
 * The two forms that nearly all lines have (traditional syslog and RFC 3339) are told by a few bytes at fixed places;
 * all else is looked at only where those do not fit: RFC 5424 here, the servers' own formats in native.c. What
 * header_usual.h reads of them is read alike. Never allocates, never fails, never reads behind the line; a line that
 * fits nothing is all message. The program name decides which rules are tried, so it is taken only from where the
 * logger writes it: a "host" that has a parenthesis in it is a Dovecot process with a user's name, not a host.
 */
#include "log/header.h"

#include <string.h>

#include "log/header_usual.h"
#include "log/native.h"

/* For lines that are not the usual ones: what stands behind the time, and program[pid]: message. */
static void header_read_origin(struct header *header, const char *p, const char *end);
static void header_read_program(struct header *header, const char *p, const char *end);

/* Where a process id in brackets ends that is the header's, or the only one, and the blank behind it; else p. */
static const char *skip_pid(const struct header *header, const char *p, const char *end)
{
	const char *close = p < end && *p == '[' ? header_skip_digits(p + 1, end) : p;
	size_t len = (size_t)(close - p) - (close > p);

	if (len == 0 || end - close < 2 || close[0] != ']' || close[1] != ' ')
		return p;
	if (header->pid.len > 0 && (header->pid.len != len || memcmp(header->pid.ptr, p + 1, len) != 0))
		return p;
	return close + 2;
}

/* Where the message begins behind Solaris's "[ID 801593 mail.info] ", and behind a time and a process id of the
 * server's own that syslog's make superfluous (Exim). No more is taken off: what follows may be what a client wrote. */
const char *header_skip_tags(const struct header *header, const char *p, const char *end)
{
	if (end - p > 4 && *p == '[' && p[1] == 'I' && p[2] == 'D' && p[3] == ' ') {
		const char *close = memchr(p, ']', (size_t)(end - p));

		if (close != NULL && close + 1 < end && close[1] == ' ')
			p = close + 2;
	}
	if (end - p > 20 && p[4] == '-' && p[10] == ' ' && header_is_digit(*p)) {
		const char *behind = native_skip_time(p, end);

		if (behind != NULL && behind < end && *behind == ' ')
			return skip_pid(header, behind + 1, end);
	}
	return header->pid.len > 0 ? skip_pid(header, p, end) : p;
}

/* [digits] at p: sets the pid and returns what is behind it, or NULL. */
HEADER_HOT const char *read_pid(struct header *header, const char *p, const char *end)
{
	const char *from = p + 1;

	if (p >= end || *p != '[')
		return NULL;
	p = header_skip_digits(from, end);
	if (p == from || p >= end || *p != ']')
		return NULL;
	header->pid = header_span(from, p);
	return p + 1;
}

/* "mail.info": BusyBox's syslogd writes facility and level behind the host. */
static bool is_priority(const char *p, const char *end)
{
	static const char *const levels[] = { "emerg",   "alert",  "crit", "err",   "error", "warn",
					      "warning", "notice", "info", "debug", "panic" };
	const char *dot = p;

	while (dot < end && (header_is_digit(*dot) || ((unsigned char)*dot - (unsigned)'a' < 26)))
		dot++;
	if (dot == p || dot >= end || *dot != '.')
		return false;
	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		size_t len = strlen(levels[i]);

		if ((size_t)(end - dot - 1) == len && memcmp(dot + 1, levels[i], len) == 0)
			return true;
	}
	return false;
}

/* Where no program stands: BusyBox's mark and the program behind it, or all is message. BusyBox reads 255 bytes of a
 * line, unless it was built to read more, and does not write 21 of them: a number, the time, a blank. */
static void read_no_program(struct header *header, const char *p, const char *stop, const char *end)
{
	enum { BUSYBOX_WHOLE = 255 - 21 };
	const char *name = stop + 1;

	static const char box[] = "Mail-in-a-Box Management Daemon: ";

	header->program.len = 0;
	header->pid.len = 0;
	header->message = header_span(p, end);
	/* the one program that is known to have blanks in its name */
	if ((size_t)(end - p) >= sizeof(box) && memcmp(p, box, sizeof(box) - 1) == 0) {
		header->program = header_span(p, p + 13);
		header->message = header_span(p + sizeof(box) - 1, end);
		return;
	}
	if (name >= end || *stop != ' ' || !is_priority(p, stop) ||
	    is_priority(name, header_find_stop(name, end, HEADER_STOP_HOST)))
		return;
	header_read_program(header, name, end);
	header->cut = end - name >= BUSYBOX_WHOLE;
}

HEADER_HOT void read_program(struct header *header, const char *p, const char *end)
{
	const char *name = p, *behind;

	p = header_find_stop(p, end, HEADER_STOP_PROGRAM);
	header->program = header_span(name, p);
	behind = read_pid(header, p, end);
	if (behind != NULL && (behind == end || *behind == ':' || *behind == ' ')) {
		/* "sogod [26818]: ..." has no host: what was taken for it is the program */
		if (p == name) {
			header->program = header->host;
			header->host.len = 0;
		}
		header_set_message(header, behind + (behind < end && *behind == ':'), end);
	} else if (p > name && p < end && *p == ':') {
		header_set_message(header, p + 1, end);
	} else if (p > name && (behind = read_pid(header, p + 1, end)) != NULL && behind < end && *behind == ':') {
		/* "host sogod [26818]: ..." */
		header_set_message(header, behind + 1, end);
	} else {
		read_no_program(header, name, p, end);
	}
}

static void header_read_program(struct header *header, const char *p, const char *end)
{
	read_program(header, p, end);
}

static bool span_is(struct span s, const char *text)
{
	return s.len == strlen(text) && memcmp(s.ptr, text, s.len) == 0;
}

/* Lines whose first word behind the time is no host. */
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
	} else if (*p == '[' && stop - p > 2 && (header_is_digit(p[1]) || memchr(p, ':', (size_t)(stop - p)) != NULL)) {
		/* an address in brackets for the host */
		header->host = header_span(p, stop);
		header_read_program(header, stop + 1, end);
		return;
	} else if (*p == '[' && stop - p > 2 && stop[-1] == ']') {
		/* metalog: "[exim] message" */
		header->program = header_span(p + 1, stop - 1);
		header_set_message(header, stop, end);
		return;
	} else if (native_is_dovecot(p, end)) {
		header->program = (struct span){ "dovecot", 7 };
		header->message = header_span(p, end);
		return;
	} else if (stop[-1] == ':') {
		if (end - stop > 7 && memcmp(stop, " HORDE ", 7) == 0)
			header_read_origin(header, stop + 1, end);
		else
			header_read_program(header, p, end);
		return;
	}
	header->message = header_span(p, end);
}

/* Docker images of Postfix write the level in the host's place, filled up with blanks. */
static bool is_level(struct span host)
{
	static const char *const levels[] = { "DEBUG", "INFO",  "NOTICE", "WARN", "WARNING",
					      "ERR",   "ERROR", "CRIT",   "ALERT" };

	for (size_t i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
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

HEADER_HOT void read_origin(struct header *header, const char *p, const char *end)
{
	const char *stop = header_find_stop(p, end, HEADER_STOP_HOST);

	if (stop == end || stop == p) {
		header->message = header_span(p, end);
		return;
	}
	if (*stop == '(' || *p == '<' || *p == '[' || stop[-1] == ':') {
		read_origin_odd(header, p, stop, end);
		return;
	}
	header->host = header_span(p, stop);
	p = stop + 1;
	/* no other host is so short and in capitals: nearly all lines are not looked at further */
	if (header->host.len <= 7 && (unsigned char)header->host.ptr[0] - (unsigned)'A' < 26 &&
	    is_level(header->host)) {
		header->host.len = 0;
		p = skip_level(p, end);
		if (native_is_stalwart(p, end)) {
			header->program = (struct span){ "stalwart", 8 };
			header->server = "stalwart";
			header->message = header_span(p, end);
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

static void header_read_origin(struct header *header, const char *p, const char *end)
{
	read_origin(header, p, end);
}

/* "Nov  3 10:00:00", "Nov 3 ...", "Nov 03 2026 10:00:00", with or without a fraction: where it ends, or NULL. */
static const char *skip_syslog_time(const char *p, const char *end)
{
	if (end - p < 15 || p[3] != ' ')
		return NULL;
	p += 4;
	p += *p == ' ';
	for (int digits = 0; digits < 2 && header_is_digit(*p); digits++)
		p++;
	if (*p++ != ' ')
		return NULL;
	if (end - p > 13 && header_is_digit(p[0]) && header_is_digit(p[3]) && p[4] == ' ')
		p += 5;
	if (end - p < 8 || !header_is_digit(p[0]) || p[2] != ':' || p[5] != ':')
		return NULL;
	p += 8;
	if (p < end && *p == '.') {
		for (p++; p < end && header_is_digit(*p);)
			p++;
	}
	return p;
}

static bool parse_syslog(struct header *header, const char *line, const char *end)
{
	const char *p = line + 15;

	if (!header_is_syslog(line, end))
		p = skip_syslog_time(line, end);
	if (p == NULL || p >= end || *p != ' ')
		return false;
	header->stamp = header_span(line, p);
	header_read_origin(header, p + 1, end);
	return true;
}

/* Where the time zone behind "YYYY-MM-DDTHH:MM:SS" ends, the fraction included. */
static const char *skip_zone(const char *p, const char *end)
{
	if (p < end && (*p == '.' || *p == ',')) {
		const char *from = p++;

		while (p < end && header_is_digit(*p))
			p++;
		if (p == from + 1)
			return from;
	}
	if (p < end && (*p == 'Z' || *p == 'z'))
		return p + 1;
	if (end - p >= 5 && (*p == '+' || *p == '-') && header_is_digit(p[1]) && header_is_digit(p[2])) {
		if (end - p >= 6 && p[3] == ':' && header_is_digit(p[4]) && header_is_digit(p[5]))
			return p + 6;
		if (header_is_digit(p[3]) && header_is_digit(p[4]))
			return p + 5;
	}
	return p;
}

static bool parse_iso(struct header *header, const char *line, const char *end)
{
	const char *p;

	if (!header_is_iso(line, end))
		return false;
	p = skip_zone(line + 19, end);
	if (p >= end || *p != ' ')
		return false;
	header->stamp = header_span(line, p);
	header_read_origin(header, p + 1, end);
	return true;
}

/* One word up to a blank; "-" is none. Returns what is behind the blank, or NULL. */
static const char *read_word(struct span *word, const char *p, const char *end)
{
	const char *stop = p >= end ? NULL : memchr(p, ' ', (size_t)(end - p));

	if (stop == NULL)
		return NULL;
	*word = stop - p == 1 && *p == '-' ? (struct span){ p, 0 } : header_span(p, stop);
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

/* "<22>1 2026-11-03T10:00:00Z host program pid id data message", the number ahead being optional. */
static bool parse_rfc5424(struct header *header, const char *p, const char *end)
{
	struct header h = *header;
	struct span id;

	if (end - p < 22 || p[0] != '1' || p[1] != ' ')
		return false;
	p += 2;
	if (*p != '-' && !header_is_iso(p, end))
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

/* "<22>": the number of facility and level that a network log carries ahead. */
static const char *skip_priority(const char *line, const char *end)
{
	const char *p = line + 1;

	while (p < end && p - line <= 3 && header_is_digit(*p))
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

/* The servers' own forms. Some of them go on as a line of syslog does. */
static bool parse_native(struct header *header, const char *p, const char *end)
{
	switch (native_parse(header, p, end)) {
	case NATIVE_ORIGIN:
		header_read_origin(header, header->message.ptr, end);
		return true;
	case NATIVE_PROGRAM:
		header_read_program(header, header->message.ptr, end);
		return true;
	case NATIVE_WHOLE:
		return true;
	case NATIVE_NONE:
		break;
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
	       parse_native(header, p, end);
}

/* The same, and remembers the host. */
static void read_next_origin(struct header *header, const char *p, const char *end, struct header_host *host)
{
	read_origin(header, p, end);
	/* what stands there is a host and one blank */
	if (header->host.ptr == p && header->host.len > 0 && header->host.len < START_MAX && header->program.len > 0)
		*host = (struct header_host){ start_of(p, header->host.len + 1), header->host.len + 1 };
}

void header_parse_next(struct header *header, const char *line, size_t len, struct header_host *host)
{
	const char *end = line + len;
	size_t stamp_len = header_stamp_len(line, end);

	*header = (struct header){ .message = { line, len } };
	if (stamp_len > 0) {
		header->stamp = (struct span){ line, stamp_len };
		read_next_origin(header, line + stamp_len + 1, end, host);
	} else if (!parse_iso(header, line, end) && !parse_other(header, line, end)) {
		header->message = (struct span){ line, len };
	}
}

void header_parse(struct header *header, const char *line, size_t len)
{
	struct header_host none = { .len = 0 };

	header_parse_next(header, line, len, &none);
}
