/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * native: the formats of servers that write logs of their own, without a syslog header.
 *
 * The beginning of a line alone tells its form, since the server writes it before any word of a client. The program
 * name is then the server's, so that only that server's rules are tried. Several servers begin with a date and a time
 * between blanks: the text behind them decides. Never allocates, never fails, never reads behind the line.
 */
#include "log/header_inside.h"

#include <string.h>

#include "log/form.h"

static void name_program(struct header *header, const char *name)
{
	header->program = (struct span){ name, strlen(name) };
}

/* The same of a form that only this server writes. */
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

/* Whether "host program[pid]: " begins here: a syslog line whose time has a blank in it. No server begins its own lines
 * so. */
static bool is_origin(const char *p, const char *end)
{
	const char *blank = form_skip_name(p, end, ".-_"), *open, *close;

	if (blank == p || blank >= end || *blank != ' ')
		return false;
	open = form_skip_name(blank + 1, end, "/-_.");
	if (open == blank + 1 || open >= end || *open != '[')
		return false;
	close = form_skip_digits(open + 1, end);
	return close > open + 1 && form_fits(close, end, "]: ");
}

/* chasquid begins with the client's address and port, or with the mail's number, which are never Exim's first word. */
static bool is_chasquid(const char *p, const char *end)
{
	const char *blank = memchr(p, ' ', (size_t)(end - p));

	if (blank == NULL || blank == p)
		return false;
	if (form_starts(blank, end, " from="))
		return true;
	return (form_is_digit(*p) || *p == '[') && form_is_digit(blank[-1]) &&
	       memchr(p, ':', (size_t)(blank - p)) != NULL &&
	       (form_starts(blank, end, " auth ") || form_starts(blank, end, " rejected "));
}

/* Reads the text behind a date and a time between blanks: Zimbra, Dovecot, chasquid, a syslog line, Horde, or else
 * Exim. */
static bool read_dated(struct header *header, const char *p, const char *end)
{
	header->message = (struct span){ p, (size_t)(end - p) };
	if (form_starts(p, end, "INFO ") || form_starts(p, end, "WARN ") || form_starts(p, end, "ERROR ") ||
	    form_starts(p, end, "DEBUG ")) {
		name_server(header, "zimbra");
	} else if (form_is_dovecot(p, end)) {
		name_program(header, "dovecot");
	} else if (is_chasquid(p, end)) {
		name_program(header, "chasquid");
	} else if (is_origin(p, end) || form_starts(p, end, "HORDE ")) {
		header_read_origin(header, p, end);
	} else {
		name_program(header, "exim");
		if (*p == '[' && p + 1 < end && form_is_digit(p[1])) {
			const char *close = form_skip_digits(p + 1, end);

			if (form_fits(close, end, "] ")) {
				header->pid = (struct span){ p + 1, (size_t)(close - p - 1) };
				header->message = (struct span){ close + 2, (size_t)(end - close - 2) };
			}
		}
	}
	return true;
}

/* Domino writes the date as its system does, here year first, and three blanks behind the time. */
static bool read_domino(struct header *header, const char *stamp, const char *stamp_end, const char *end)
{
	if (stamp_end == NULL || !form_starts(stamp_end, end, "   "))
		return false;
	set(header, stamp, stamp_end, stamp_end + 3, end);
	name_program(header, "domino");
	return true;
}

static bool parse_dated(struct header *header, const char *line, const char *end)
{
	const char *p = form_skip_time(line, end), *message;

	if (p == NULL || p + 1 >= end || *p != ' ')
		return false;
	if (read_domino(header, line, p, end))
		return true;
	message = p + 1;
	/* a zone by its name: journalctl's "2026-11-03 10:00:00 CET host ..." */
	if (form_starts(message, end, "UTC ") || form_starts(message, end, "GMT ") ||
	    form_starts(message, end, "CET ") ||
	    (form_fits(message, end, "aaaa ") && message[3] == 'T' && message[2] == 'S')) {
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

	if (!form_fits(line, end, "0000/00/00 00:00:00 "))
		return false;
	set(header, line, p, p + 1, end);
	if (p + 1 == end || p[1] != '[')
		return true;
	for (p += 2; p < end && form_is_letter(*p);)
		p++;
	if (!form_fits(p, end, "] 0"))
		return true;
	p = form_skip_digits(p + 2, end);
	if (!form_fits(p, end, "#0"))
		return true;
	p = form_skip_digits(p + 1, end);
	if (!form_fits(p, end, ": "))
		return true;
	name_server(header, "nginx");
	header->message = (struct span){ p + 2, (size_t)(end - p - 2) };
	return true;
}

/* Exchange: "2022-07-20T21:28:50.530Z,session,..." */
static bool parse_exchange(struct header *header, const char *line, const char *end)
{
	const char *p = line + 19;

	if (!form_fits(line, end, "0000-00-00T00:00:00"))
		return false;
	if (p < end && *p == '.')
		p = form_skip_digits(p + 1, end);
	if (!form_fits(p, end, "Z,"))
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

	if (!form_fits(line, end, "00-00-0000 00:00:00 ") && !form_fits(line, end, "00/00/0000 00:00:00 ") &&
	    !form_fits(line, end, "00.00.0000 00:00:00 "))
		return false;
	if (form_starts(p, end, " AM ") || form_starts(p, end, " PM "))
		stamp_end = p += 3;
	while (p < end && *p == ' ')
		p++;
	set(header, line, stamp_end, p, end);
	if (form_starts(p, end, "[LOGIN"))
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
	if (form_fits(line, end, "[00/aaa/0000 00:00:00")) {
		name_server(header, "kerio");
	} else if (form_fits(line, end, "[00-aaa-0000 00:00:00")) {
		name_server(header, "roundcube");
	} else if (form_fits(line, end, "[0000-00-00 00:00:00,000]")) {
		name_server(header, "mailu");
	} else if (form_fits(line, end, "[0000-00-00 00:00:00 ") && form_starts(close, end, "] info [")) {
		name_server(header, "cpanel");
	} else if (form_fits(line, end, "[hhhh") && close + 2 < end && close[1] == ' ') {
		return parse_day_first(header, close + 2, end) ||
		       read_domino(header, close + 2, form_skip_time(close + 2, end), end);
	} else {
		return false;
	}
	set(header, line + 1, close, close + 1, end);
	if (form_fits(close, end, "]: "))
		header->message = (struct span){ close + 3, (size_t)(end - close - 3) };
	else if (form_fits(close, end, "] "))
		header->message = (struct span){ close + 2, (size_t)(end - close - 2) };
	return true;
}

/* ASSP: "Apr-07-13 07:08:36 ..." */
static bool parse_assp(struct header *header, const char *line, const char *end)
{
	if (!form_fits(line, end, "aaa-00-00 00:00:00 "))
		return false;
	set(header, line, line + 18, line + 19, end);
	name_server(header, "assp");
	return true;
}

/* multilog: "@" and a TAI64N label, then what the program wrote. */
static bool parse_tai(struct header *header, const char *line, const char *end)
{
	if (!form_fits(line, end, "@hhhhhhhhhhhhhhhhhhhhhhhh "))
		return false;
	set(header, line, line + 25, line + 26, end);
	if (form_is_dovecot(line + 26, end))
		name_program(header, "dovecot");
	else
		header_read_program(header, line + 26, end);
	return true;
}

/* IceWarp: "ADDR [SESSION] HH:MM:SS ..."; the message is the whole line, since the address comes first. */
static bool parse_icewarp(struct header *header, const char *line, const char *end)
{
	const char *p = line;

	while (p < end && (form_is_digit(*p) || form_is_letter(*p) || *p == '.' || *p == ':'))
		p++;
	if (p == line || p - line > 45)
		return false;
	while (p < end && (*p == ' ' || *p == '\t') && p - line < 64)
		p++;
	if (!form_fits(p, end, "[hh"))
		return false;
	for (p++; p < end && form_fits(p, end, "h");)
		p++;
	if (!form_fits(p, end, "] 00:00:00 "))
		return false;
	set(header, p + 2, p + 10, line, end);
	name_server(header, "icewarp");
	return true;
}

/* ts="..." ahead of other fields. */
static bool parse_quoted(struct header *header, const char *line, const char *end)
{
	const char *from = line + 4, *close;

	if (!form_starts(line, end, "ts=\""))
		return false;
	close = memchr(from, '"', (size_t)(end - from));
	if (close == NULL || close + 1 >= end || close[1] != ' ')
		return false;
	set(header, from, close, close + 2, end);
	return true;
}

/* Tries all forms but those of parse_dated() and parse_tai(). */
static bool parse_whole(struct header *header, const char *line, const char *end)
{
	if (form_is_digit(*line) && (parse_slashed(header, line, end) || parse_exchange(header, line, end) ||
			     parse_day_first(header, line, end)))
		return true;
	if (*line == '[')
		return parse_bracketed(header, line, end);
	if (!form_is_digit(*line) && (parse_assp(header, line, end) || parse_quoted(header, line, end)))
		return true;
	return parse_icewarp(header, line, end);
}

bool native_parse(struct header *header, const char *line, const char *end)
{
	if (end - line < 16)
		return false;
	if (*line == '@')
		return parse_tai(header, line, end);
	return (form_is_digit(*line) && parse_dated(header, line, end)) || parse_whole(header, line, end);
}
