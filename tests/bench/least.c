/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * least: the least that a parser of mail logs can do, for the bench: what a scan may cost at best on this machine.
 *
 *	least LOG
 *
 * It knows the log that generate writes and nothing else: lines delimited with memchr(), the minute of the last line
 * remembered, the program by its name's length and last letters, the message by its first letter, one bracket or "rip="
 * looked for, one IPv4 address read, and its events counted in a table that never grows. No rule, no user, no window, no
 * judgement, nothing checked that an attacker could have written otherwise; so it is no parser that anybody should use.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK = 1 << 18, SLOTS = 1 << 16 };

struct client {
	uint32_t address, events, first, last;
};

static struct client clients[SLOTS];
static char block[BLOCK];
static uint64_t lines, events, addresses;

static uint32_t seconds_of(const char *line)
{
	static char known[9];
	static uint32_t minute;

	/* "Nov  3 10:00:00": what stands behind the month and ahead of the seconds */
	if (memcmp(known, line + 4, 9) != 0) {
		memcpy(known, line + 4, 9);
		minute = (uint32_t)((line[4] & 15) * 10 + (line[5] & 15)) * 1440 +
			 (uint32_t)((line[7] & 15) * 10 + (line[8] & 15)) * 60 +
			 (uint32_t)((line[10] & 15) * 10 + (line[11] & 15));
	}
	return minute * 60 + (uint32_t)((line[13] & 15) * 10 + (line[14] & 15));
}

static void count(const char *p, const char *end, uint32_t when)
{
	uint32_t address = 0, byte = 0, slot;

	for (; p < end && (*p == '.' || (unsigned char)(*p - '0') < 10); p++) {
		if (*p == '.') {
			address = address << 8 | byte;
			byte = 0;
		} else {
			byte = byte * 10 + (uint32_t)(*p - '0');
		}
	}
	address = address << 8 | byte;
	/* Knuth's multiplier, 2^32 divided by the golden ratio */
	for (slot = address * 2654435761U >> 16; clients[slot].events != 0 && clients[slot].address != address;)
		slot = (slot + 1) % SLOTS;
	if (clients[slot].events++ == 0) {
		if (++addresses == SLOTS)
			_exit(2);
		clients[slot].address = address;
		clients[slot].first = when;
	}
	clients[slot].last = when;
	events++;
}

/* Counts what stands behind the mark. */
static void count_behind(const char *from, const char *end, const char *mark, size_t len, uint32_t when)
{
	const char *found = len == 1 ? memchr(from, *mark, (size_t)(end - from)) : memmem(from, (size_t)(end - from), mark, len);

	if (found != NULL)
		count(found + len, end, when);
}

static void smtpd(const char *message, const char *end, uint32_t when)
{
	const char *colon;

	switch (*message) {
	case 'c':
	case 'd':
		if (memcmp(message + (*message == 'c' ? 13 : 16), "unknown[", 8) == 0)
			count_behind(message, end, "[", 1, when);
		break;
	case 'l':
	case 'N':
	case 'w':
		count_behind(message, end, "[", 1, when);
		break;
	default:
		colon = memchr(message, ':', (size_t)(end - message));
		if (colon != NULL && end - colon > 8 && memcmp(colon + 2, "client", 6) == 0)
			count_behind(colon, end, "[", 1, when);
	}
}

static void parse(const char *line, const char *end)
{
	const char *name = line + 16, *stop, *message;

	while (name < end && *name++ != ' ')
		;
	for (stop = name; stop < end && *stop != '['; stop++)
		;
	for (message = stop; message < end && *message++ != ':';)
		;
	if (end - message < 24)
		return;
	message++;
	if (memcmp(stop - 5, "smtpd", 5) == 0)
		smtpd(message, end, seconds_of(line));
	else if (stop - name == 7 && memcmp(name, "dovecot", 7) == 0 && memcmp(message, "imap-login", 10) == 0)
		count_behind(message, end, "rip=", 4, seconds_of(line));
}

int main(int argc, char **argv)
{
	int fd = argc == 2 ? open(argv[1], O_RDONLY) : -1;
	size_t kept = 0;
	ssize_t got;

	if (fd < 0)
		return 2;
	while ((got = read(fd, block + kept, sizeof(block) - kept)) > 0) {
		const char *line = block, *end = block + kept + got, *newline;

		for (; (newline = memchr(line, '\n', (size_t)(end - line))) != NULL; line = newline + 1) {
			lines++;
			if (newline - line > 48)
				parse(line, newline);
		}
		kept = (size_t)(end - line);
		memmove(block, line, kept);
	}
	printf("%ju events of %ju addresses in %ju lines\n", (uintmax_t)events, (uintmax_t)addresses, (uintmax_t)lines);
	return got < 0;
}
