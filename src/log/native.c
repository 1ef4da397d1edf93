/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * native: the formats of servers that write logs of their own, without a syslog header.
 *
 * Each is told by the form of its beginning alone, which the server writes before anything that a client
 * said; the program name is then the server's, so that only that server's rules are tried. A form that two
 * servers share (a date and a time between blanks) is decided by what follows it.
 * Never allocates, never fails, never reads behind the line.
 */
#include "log/native.h"

#include <string.h>

static bool digit(char c)
{
	return (unsigned char)c - (unsigned)'0' <= 9;
}

static bool letter(char c)
{
	return ((unsigned char)c | 0x20u) - (unsigned)'a' < 26;
}

/* Compares text with a form: 0 stands for a digit, a for a letter, h for a hexadecimal digit, all else for
 * itself. */
static bool looks(const char *p, const char *end, const char *form)
{
	for (; *form != '\0'; form++, p++) {
		if (p >= end)
			return false;
		if (*form == '0' ? !digit(*p)
		    : *form == 'a' ? !letter(*p)
		    : *form == 'h' ? !digit(*p) && (((unsigned char)*p | 0x20u) - (unsigned)'a' > 5)
				   : *p != *form)
			return false;
	}
	return true;
}

static const char *skip_digits(const char *p, const char *end)
{
	while (p < end && digit(*p))
		p++;
	return p;
}

static bool starts(const char *p, const char *end, const char *text)
{
	size_t len = strlen(text);

	return (size_t)(end - p) >= len && memcmp(p, text, len) == 0;
}

static void name_program(struct header *header, const char *name)
{
	header->program = (struct span){ name, strlen(name) };
}

/* The same of a form that tells the server by itself. */
static void name_server(struct header *header, const char *name)
{
	name_program(header, name);
	header->server = name;
}

static void set(struct header *header, const char *stamp, const char *stamp_end, const char *message, const char *end)
{
	header->stamp = (struct span){ stamp, (size_t)(stamp_end - stamp) };
	header->message = (struct span){ message, (size_t)(end - message) };
}

const char *native_skip_time(const char *p, const char *end)
{
	if (!looks(p, end, "0000-00-00 00:00:00"))
		return NULL;
	p += 19;
	if (p + 1 < end && (*p == '.' || *p == ',') && digit(p[1]))
		p = skip_digits(p + 1, end);
	if (looks(p, end, " +0000") || looks(p, end, " -0000"))
		p += 6;
	else if (looks(p, end, "+00:00") || looks(p, end, "-00:00"))
		p += 6;
	else if (looks(p, end, "+0000") || looks(p, end, "-0000"))
		p += 5;
	return p;
}

bool native_is_dovecot(const char *p, const char *end)
{
	static const char *const names[] = { "auth(", "auth-worker(", "imap-login(", "pop3-login(", "imap(", "pop3(",
		"lmtp(", "lda(", "submission-login(", "submission(", "managesieve-login(", "managesieve(", "doveadm(",
		"sieve(", "indexer-worker(", "quota-status(" };
	static const char *const levels[] = { "Info: ", "Warning: ", "Error: ", "Debug: ", "Fatal: ", "Panic: " };
	const char *colon = p;

	for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (starts(p, end, names[i]))
			return true;
	}
	while (colon < end && (letter(*colon) || digit(*colon) || *colon == '-'))
		colon++;
	if (colon == p || end - colon < 8 || colon[0] != ':' || colon[1] != ' ')
		return false;
	for (unsigned i = 0; i < sizeof(levels) / sizeof(levels[0]); i++) {
		if (starts(colon + 2, end, levels[i]))
			return true;
	}
	return false;
}

/* "host program[pid]: ": a syslog line whose time has a blank in it. No server's own line begins so. */
static bool is_origin(const char *p, const char *end)
{
	const char *host = p;

	while (p < end && (letter(*p) || digit(*p) || *p == '.' || *p == '-' || *p == '_'))
		p++;
	if (p == host || p >= end || *p != ' ')
		return false;
	host = ++p;
	while (p < end && (letter(*p) || digit(*p) || *p == '/' || *p == '-' || *p == '_' || *p == '.'))
		p++;
	if (p == host || p >= end || *p != '[')
		return false;
	host = ++p;
	p = skip_digits(p, end);
	return p > host && looks(p, end, "]: ");
}

bool native_is_stalwart(const char *p, const char *end)
{
	const char *open = memchr(p, '(', end - p < 80 ? (size_t)(end - p) : 80), *name;

	if (open == NULL || open == p || open[-1] != ' ' || !letter(*p))
		return false;
	for (name = p; name < open; name++) {
		if (!letter(*name) && !digit(*name) && *name != ' ' && *name != '-' && *name != '/' && *name != '.')
			return false;
	}
	for (name++; name < end && (letter(*name) || *name == '-');)
		name++;
	if (name == open + 1 || name >= end || *name != '.')
		return false;
	for (name++; name < end && (letter(*name) || digit(*name) || *name == '-');)
		name++;
	return looks(name, end, ") ");
}

/* Behind a date and a time between blanks: Zimbra, Dovecot, a syslog line, Horde, or else Exim. */
static enum native_form read_dated(struct header *header, const char *p, const char *end)
{
	header->message = (struct span){ p, (size_t)(end - p) };
	if (starts(p, end, "INFO ") || starts(p, end, "WARN ") || starts(p, end, "ERROR ") ||
	    starts(p, end, "DEBUG ")) {
		name_server(header, "zimbra");
	} else if (native_is_dovecot(p, end)) {
		name_program(header, "dovecot");
	} else if (is_origin(p, end) || starts(p, end, "HORDE ")) {
		return NATIVE_ORIGIN;
	} else {
		name_program(header, "exim");
		if (*p == '[' && p + 1 < end && digit(p[1])) {
			const char *close = skip_digits(p + 1, end);

			if (looks(close, end, "] ")) {
				header->pid = (struct span){ p + 1, (size_t)(close - p - 1) };
				header->message = (struct span){ close + 2, (size_t)(end - close - 2) };
			}
		}
	}
	return NATIVE_WHOLE;
}

static enum native_form parse_dated(struct header *header, const char *line, const char *end)
{
	const char *p = native_skip_time(line, end), *message;

	if (p == NULL || p + 1 >= end || *p != ' ')
		return NATIVE_NONE;
	message = p + 1;
	/* a zone by its name: journalctl's "2026-11-03 10:00:00 CET host ..." */
	if (starts(message, end, "UTC ") || starts(message, end, "GMT ") || starts(message, end, "CET ") ||
	    (looks(message, end, "aaaa ") && message[3] == 'T' && message[2] == 'S')) {
		const char *behind = memchr(message, ' ', (size_t)(end - message));

		if (is_origin(behind + 1, end)) {
			p = behind;
			message = behind + 1;
		}
	}
	header->stamp = (struct span){ line, (size_t)(p - line) };
	return read_dated(header, message, end);
}

/* nginx: "2022/04/02 13:39:51 [info] 8#8: *6631 client ..." */
static bool parse_slashed(struct header *header, const char *line, const char *end)
{
	const char *p = line + 19;

	if (!looks(line, end, "0000/00/00 00:00:00 "))
		return false;
	set(header, line, p, p + 1, end);
	if (p + 1 == end || p[1] != '[')
		return true;
	for (p += 2; p < end && letter(*p);)
		p++;
	if (!looks(p, end, "] 0"))
		return true;
	p = skip_digits(p + 2, end);
	if (!looks(p, end, "#0"))
		return true;
	p = skip_digits(p + 1, end);
	if (!looks(p, end, ": "))
		return true;
	name_server(header, "nginx");
	header->message = (struct span){ p + 2, (size_t)(end - p - 2) };
	return true;
}

/* Exchange: "2022-07-20T21:28:50.530Z,session,..." */
static bool parse_exchange(struct header *header, const char *line, const char *end)
{
	const char *p = line + 19;

	if (!looks(line, end, "0000-00-00T00:00:00"))
		return false;
	if (p < end && *p == '.')
		p = skip_digits(p + 1, end);
	if (!looks(p, end, "Z,"))
		return false;
	set(header, line, p + 1, p + 2, end);
	name_server(header, "exchange");
	return true;
}

/* Domino ("08-09-2014 06:14:27   smtp: ...", "10/31/2014 09:41:05 AM  ...") and SquirrelMail's
 * "10/08/2013 21:06:28 [LOGIN_ERROR] ...". */
static bool parse_day_first(struct header *header, const char *line, const char *end)
{
	const char *p = line + 19, *stamp_end = p;

	if (!looks(line, end, "00-00-0000 00:00:00 ") && !looks(line, end, "00/00/0000 00:00:00 ") &&
	    !looks(line, end, "00.00.0000 00:00:00 "))
		return false;
	if (starts(p, end, " AM ") || starts(p, end, " PM "))
		stamp_end = p += 3;
	while (p < end && *p == ' ')
		p++;
	set(header, line, stamp_end, p, end);
	if (starts(p, end, "[LOGIN"))
		name_server(header, "squirrelmail");
	else
		name_program(header, "domino");
	return true;
}

/* "[...] text": Kerio, Roundcube, Python's logging (Mailu), Domino's thread numbers. */
static bool parse_bracketed(struct header *header, const char *line, const char *end)
{
	const char *close = memchr(line, ']', end - line < 64 ? (size_t)(end - line) : 64);

	if (close == NULL)
		return false;
	if (looks(line, end, "[00/aaa/0000 00:00:00")) {
		name_server(header, "kerio");
	} else if (looks(line, end, "[00-aaa-0000 00:00:00")) {
		name_server(header, "roundcube");
	} else if (looks(line, end, "[0000-00-00 00:00:00,000]")) {
		name_server(header, "mailu");
	} else if (looks(line, end, "[0000-00-00 00:00:00 ") && starts(close, end, "] info [")) {
		name_server(header, "cpanel");
	} else if (looks(line, end, "[hhhh") && close + 2 < end && close[1] == ' ') {
		return parse_day_first(header, close + 2, end);
	} else {
		return false;
	}
	set(header, line + 1, close, close + 1, end);
	if (looks(close, end, "]: "))
		header->message = (struct span){ close + 3, (size_t)(end - close - 3) };
	else if (looks(close, end, "] "))
		header->message = (struct span){ close + 2, (size_t)(end - close - 2) };
	return true;
}

/* ASSP: "Apr-07-13 07:08:36 ..." */
static bool parse_assp(struct header *header, const char *line, const char *end)
{
	if (!looks(line, end, "aaa-00-00 00:00:00 "))
		return false;
	set(header, line, line + 18, line + 19, end);
	name_server(header, "assp");
	return true;
}

/* multilog: "@" and a TAI64N label, then what the program wrote. */
static enum native_form parse_tai(struct header *header, const char *line, const char *end)
{
	if (!looks(line, end, "@hhhhhhhhhhhhhhhhhhhhhhhh "))
		return NATIVE_NONE;
	set(header, line, line + 25, line + 26, end);
	if (!native_is_dovecot(line + 26, end))
		return NATIVE_PROGRAM;
	name_program(header, "dovecot");
	return NATIVE_WHOLE;
}

/* IceWarp: "ADDR [SESSION] HH:MM:SS ..."; the message is the whole line, since the address comes first. */
static bool parse_icewarp(struct header *header, const char *line, const char *end)
{
	const char *p = line;

	while (p < end && (digit(*p) || letter(*p) || *p == '.' || *p == ':'))
		p++;
	if (p == line || p - line > 45)
		return false;
	while (p < end && (*p == ' ' || *p == '\t') && p - line < 64)
		p++;
	if (!looks(p, end, "[hh"))
		return false;
	for (p++; p < end && looks(p, end, "h");)
		p++;
	if (!looks(p, end, "] 00:00:00 "))
		return false;
	set(header, p + 2, p + 10, line, end);
	name_server(header, "icewarp");
	return true;
}

/* ts="..." ahead of other fields. */
static bool parse_quoted(struct header *header, const char *line, const char *end)
{
	const char *from = line + 4, *close;

	if (!starts(line, end, "ts=\""))
		return false;
	close = memchr(from, '"', (size_t)(end - from));
	if (close == NULL || close + 1 >= end || close[1] != ' ')
		return false;
	set(header, from, close, close + 2, end);
	return true;
}

/* Those forms that are taken apart here to the end, but for parse_dated() and parse_tai(). */
static bool parse_whole(struct header *header, const char *line, const char *end)
{
	if (digit(*line) && (parse_slashed(header, line, end) || parse_exchange(header, line, end) ||
			     parse_day_first(header, line, end)))
		return true;
	if (*line == '[')
		return parse_bracketed(header, line, end);
	if (!digit(*line) && (parse_assp(header, line, end) || parse_quoted(header, line, end)))
		return true;
	return parse_icewarp(header, line, end);
}

enum native_form native_parse(struct header *header, const char *line, const char *end)
{
	enum native_form form;

	if (end - line < 16)
		return NATIVE_NONE;
	if (*line == '@')
		return parse_tai(header, line, end);
	form = digit(*line) ? parse_dated(header, line, end) : NATIVE_NONE;
	if (form == NATIVE_NONE && parse_whole(header, line, end))
		return NATIVE_WHOLE;
	return form;
}
