/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal: the entries of mail units, as lines of a log.
 *
 * Takes an entry only by fields that journald itself wrote and nobody can send: the unit it came from, how
 * it came, and whose process sent it. What a local user gives to logger(1) comes from the user's own unit,
 * and what a command in somebody's ~/.forward says comes from the user's number: neither is believed. The
 * program's name and the text are the unit's own affair. A line break inside a text becomes a blank, so
 * that one entry is one line. Built without libsystemd it only says so. Owns its handle; prints nothing.
 */
#define _GNU_SOURCE
#include "log/journal.h"

#include <string.h>

#if HAVE_LIBSYSTEMD

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <systemd/sd-journal.h>
#include <time.h>

#include "base/mem.h"
#include "base/span.h"

#define LAST_SECOND UINT64_C(253402300799) /* of the year 9999 */

enum { PENDING = 1 << 16, FIRST_PERSON = 1000, LAST_PERSON = 60000, FIRST_WIDE = 65536 };

static const char mail_units[] = "postfix.service,postfix@*.service,dovecot.service,exim.service,exim4*.service,"
				 "sendmail.service,sm-*.service,saslauthd*.service,opensmtpd.service,"
				 "smtpd.service,maddy.service,"
				 "stalwart*.service,haraka.service,wildduck*.service,"
				 "cyrus*.service,courier*.service,imapproxy.service,perdition*.service,qmail*.service";

struct journal {
	sd_journal *handle;
	bool empty;         /* no unit of those that are wanted is in it */
	int broken;         /* -errno of what comes behind pending; else 0 */
	bool at_unread;     /* the handle stands on an entry that was not given yet */
	int64_t gap;
	struct buf pending; /* lines that are not given yet, from given on */
	size_t given;
	char *cursor;
};

/* Whether the unit is one of the list, whose names may be globs and may leave out ".service". */
static bool is_wanted(const char *units, const char *unit)
{
	while (*units != '\0') {
		size_t len = strcspn(units, ",");
		char *pattern = mem_alloc(len + sizeof(".service"), 1);
		bool match;

		memcpy(pattern, units, len);
		pattern[len] = '\0';
		if (memchr(units, '.', len) == NULL)
			memcpy(pattern + len, ".service", sizeof(".service"));
		match = fnmatch(pattern, unit, 0) == 0;
		free(pattern);
		if (match)
			return true;
		units += len + (units[len] == ',');
	}
	return false;
}

/* Makes the handle give the wanted units' entries only. Returns how many units these are, or -errno. */
static int match_units(sd_journal *handle, const char *units)
{
	const void *field;
	size_t len;
	int count = 0, ret = sd_journal_query_unique(handle, "_SYSTEMD_UNIT");

	if (ret < 0)
		return ret;
	SD_JOURNAL_FOREACH_UNIQUE(handle, field, len) {
		size_t name = strlen("_SYSTEMD_UNIT=");
		char *unit = len > name ? mem_text_of((const char *)field + name, len - name) : NULL;

		if (unit != NULL && is_wanted(units, unit)) {
			ret = sd_journal_add_match(handle, field, len);
			count++;
		}
		free(unit);
		if (ret < 0)
			return ret;
	}
	return count;
}

static int open_handle(sd_journal **handle, const char *directory)
{
	uint64_t bytes = 0;
	int ret;

	*handle = NULL;
	ret = directory != NULL ? sd_journal_open_directory(handle, directory, 0)
				: sd_journal_open(handle, SD_JOURNAL_LOCAL_ONLY | SD_JOURNAL_SYSTEM);
	/* files that may not be read are passed over in silence */
	if (ret >= 0 && (sd_journal_get_usage(*handle, &bytes) < 0 || bytes == 0))
		ret = -ENODATA;
	if (ret < 0)
		sd_journal_close(*handle);
	return ret;
}

/* Places the handle behind the cursor's entry; where that is gone, before the first one that came later. */
static int seek(struct journal *journal, const char *cursor)
{
	uint64_t from = 0, to = 0, lost;
	int ret = sd_journal_seek_cursor(journal->handle, cursor);

	if (ret >= 0)
		ret = sd_journal_next(journal->handle);
	if (ret < 0)
		return ret;
	if (ret > 0 && sd_journal_test_cursor(journal->handle, cursor) > 0)
		return 0;
	journal->at_unread = ret > 0;
	/* the cursor tells when its entry was made, in hexadecimal microseconds */
	cursor = strstr(cursor, ";t=");
	lost = cursor != NULL ? strtoull(cursor + 3, NULL, 16) : 0;
	if (sd_journal_get_cutoff_realtime_usec(journal->handle, &from, &to) > 0 && from > lost)
		journal->gap = (int64_t)(from / 1000000);
	return 0;
}

struct journal *journal_open(const char *units, const char *directory, const char *cursor, struct buf *why)
{
	struct journal *journal = mem_zalloc(1, sizeof(*journal));
	int ret = open_handle(&journal->handle, directory);

	journal->gap = INT64_MIN;
	if (ret < 0) {
		if (ret == -ENODATA)
			buf_add_text(why, "there is no journal, or none that this user may read; run as root or as a "
					  "member of the group systemd-journal");
		else
			buf_addf(why, "the journal cannot be read: %s", strerror(-ret));
		free(journal);
		return NULL;
	}
	ret = match_units(journal->handle, *units != '\0' ? units : mail_units);
	journal->empty = ret == 0;
	if (ret > 0)
		ret = cursor != NULL ? seek(journal, cursor) : sd_journal_seek_head(journal->handle);
	if (ret < 0) {
		buf_addf(why, "the journal cannot be read: %s", strerror(-ret));
		journal_close(journal);
		return NULL;
	}
	journal->cursor = cursor != NULL ? mem_text(cursor) : NULL;
	return journal;
}

void journal_close(struct journal *journal)
{
	if (journal == NULL)
		return;
	sd_journal_close(journal->handle);
	buf_free(&journal->pending);
	free(journal->cursor);
	free(journal);
}

/* The value of a field of the entry, len 0 where it has none; valid until the next one is asked for. */
static struct span field_of(sd_journal *handle, const char *name)
{
	const void *data;
	size_t len, skip = strlen(name) + 1;

	if (sd_journal_get_data(handle, name, &data, &len) < 0 || len < skip)
		return (struct span){ "", 0 };
	return (struct span){ (const char *)data + skip, len - skip };
}

/* Whether the entry came from a program of the unit, and not from a person who runs something in it. */
static bool is_believed(sd_journal *handle)
{
	struct span transport = field_of(handle, "_TRANSPORT");
	unsigned long user = 0;
	struct span digits;

	if (!span_is(transport, "syslog") && !span_is(transport, "journal") && !span_is(transport, "stdout"))
		return false;
	digits = field_of(handle, "_UID");
	for (size_t i = 0; i < digits.len; i++) {
		if (digits.ptr[i] < '0' || digits.ptr[i] > '9' || user > FIRST_WIDE)
			return false;
		user = user * 10 + (unsigned long)(digits.ptr[i] - '0');
	}
	/* between persons and directories' users lie the numbers of services that have no fixed one */
	return user < FIRST_PERSON || (user > LAST_PERSON && user < FIRST_WIDE);
}

static void add_time(struct buf *out, uint64_t usec)
{
	/* a year of five digits is none that a header may have */
	time_t seconds = (time_t)(usec / 1000000 < LAST_SECOND ? usec / 1000000 : LAST_SECOND);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%06u+00:00 ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		 tm.tm_hour, tm.tm_min, tm.tm_sec, (unsigned)(usec % 1000000));
}

/* A word of the header: nothing in it may end it, or begin the message. */
static void add_word(struct buf *out, struct span word, const char *otherwise)
{
	if (word.len == 0)
		buf_add_text(out, otherwise);
	for (size_t i = 0; i < word.len; i++) {
		char c = word.ptr[i];

		buf_add_char(out, (unsigned char)c <= ' ' || c == ':' || c == '[' || c == ']' ? '_' : c);
	}
}

static void add_line(struct journal *journal)
{
	struct buf *out = &journal->pending;
	uint64_t usec = 0;
	struct span text;

	if (!is_believed(journal->handle))
		return;
	sd_journal_get_realtime_usec(journal->handle, &usec);
	add_time(out, usec);
	add_word(out, field_of(journal->handle, "_HOSTNAME"), "localhost");
	buf_add_char(out, ' ');
	text = field_of(journal->handle, "SYSLOG_IDENTIFIER");
	add_word(out, text.len > 0 ? text : field_of(journal->handle, "_COMM"), "-");
	text = field_of(journal->handle, "_PID");
	if (text.len > 0) {
		buf_add_char(out, '[');
		add_word(out, text, "");
		buf_add_char(out, ']');
	}
	buf_add_text(out, ": ");
	text = field_of(journal->handle, "MESSAGE");
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(out,
			     text.ptr[i] == '\n' || text.ptr[i] == '\r' || text.ptr[i] == '\0' ? ' ' : text.ptr[i]);
	buf_add_char(out, '\n');
}

/* Names the entry that the handle stands on; behind the last one it still does, and behind a broken one. */
static int take_cursor(struct journal *journal)
{
	char *cursor;
	int ret = sd_journal_get_cursor(journal->handle, &cursor);

	if (ret < 0)
		return ret;
	free(journal->cursor);
	journal->cursor = cursor;
	return 0;
}

/* Makes lines of the next entries. Returns 1, 0 at the end, or -errno, but first what comes before a broken place. */
static int refill(struct journal *journal)
{
	int ret = journal->broken < 0 ? journal->broken : 1;

	buf_clear(&journal->pending);
	journal->given = 0;
	while (journal->pending.len < PENDING && ret > 0) {
		if (!journal->at_unread)
			ret = sd_journal_next(journal->handle);
		journal->at_unread = false;
		if (ret > 0)
			add_line(journal);
	}
	journal->broken = ret < 0 ? ret : 0;
	if (journal->pending.len == 0)
		return ret < 0 ? ret : 0;
	/* an entry that cannot be named would count again */
	ret = take_cursor(journal);
	if (ret < 0)
		buf_clear(&journal->pending);
	return ret < 0 ? ret : 1;
}

ssize_t journal_read(struct journal *journal, char *bytes, size_t room, struct buf *why)
{
	size_t len;

	if (!journal->empty && journal->given == journal->pending.len) {
		int ret = refill(journal);

		if (ret < 0) {
			buf_addf(why, "the journal cannot be read to its end: %s", strerror(-ret));
			return -1;
		}
	}
	len = journal->pending.len - journal->given;
	len = len < room ? len : room;
	if (len > 0)
		memcpy(bytes, journal->pending.ptr + journal->given, len);
	journal->given += len;
	return (ssize_t)len;
}

const char *journal_cursor(struct journal *journal)
{
	return journal->given == journal->pending.len ? journal->cursor : NULL;
}

int64_t journal_gap(const struct journal *journal)
{
	return journal->gap;
}

int64_t journal_newest(const char *units, const char *directory)
{
	int64_t newest = INT64_MIN;
	sd_journal *handle;
	uint64_t usec;

	if (open_handle(&handle, directory) < 0)
		return INT64_MIN;
	if (match_units(handle, *units != '\0' ? units : mail_units) > 0 && sd_journal_seek_tail(handle) >= 0 &&
	    sd_journal_previous(handle) > 0 && sd_journal_get_realtime_usec(handle, &usec) >= 0)
		newest = (int64_t)(usec / 1000000);
	sd_journal_close(handle);
	return newest;
}

#else

struct journal *journal_open(const char *units, const char *directory, const char *cursor, struct buf *why)
{
	(void)units;
	(void)directory;
	(void)cursor;
	buf_add_text(why, "this mailban was built without libsystemd and cannot read the journal; name a log file, or "
			  "build with libsystemd");
	return NULL;
}

void journal_close(struct journal *journal)
{
	(void)journal;
}

ssize_t journal_read(struct journal *journal, char *bytes, size_t room, struct buf *why)
{
	(void)journal;
	(void)bytes;
	(void)room;
	(void)why;
	return -1;
}

const char *journal_cursor(struct journal *journal)
{
	(void)journal;
	return NULL;
}

int64_t journal_gap(const struct journal *journal)
{
	(void)journal;
	return INT64_MIN;
}

int64_t journal_newest(const char *units, const char *directory)
{
	(void)units;
	(void)directory;
	return INT64_MIN;
}

#endif
