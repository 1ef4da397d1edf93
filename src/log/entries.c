/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * entries: the entries of systemd's journal that mail units wrote, as lines of a log.
 *
 * An entry is believed by fields that journald itself wrote and nobody can send: the unit, the way, and the process
 * that sent it. A local user's logger(1) writes from the user's own unit, and a command in a ~/.forward under the
 * user's number: neither is believed. The unit may choose the program's name and the text. A line break inside a text
 * becomes a blank, so that one entry is one line. Owns its handle; prints nothing. Without libsystemd nothing is here,
 * and log/journal says so.
 */
#define _GNU_SOURCE
#include "log/entries.h"

#include <string.h>

#if HAVE_LIBSYSTEMD

#include <dlfcn.h>
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <stdlib.h>
#include <systemd/sd-journal.h>
#include <time.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/span.h"

#define LAST_SECOND UINT64_C(253402300799) /* of the year 9999 */

enum { FIRST_PERSON = 1000, LAST_PERSON = 60000, FIRST_WIDE = 65536, STREAMS = 16 };

static const char mail_units[] = "postfix.service,postfix@*.service,dovecot.service,exim.service,exim4*.service,"
				 "sendmail.service,sm-*.service,saslauthd*.service,opensmtpd.service,"
				 "smtpd.service,maddy.service,chasquid.service,mox.service,"
				 "stalwart*.service,haraka.service,wildduck*.service,gromox-*.service,"
				 "cyrus*.service,courier*.service,imapproxy.service,perdition*.service,qmail*.service";

struct entries {
	sd_journal *handle;
	bool empty;         /* none of the wanted units is in it */
	int broken;         /* -errno of the entry behind the given ones; else 0 */
	bool at_unread;     /* the handle stands on an entry that was not given yet */
	uint64_t goes_on[STREAMS]; /* streams whose last entry was no whole line; 0: none */
	unsigned next;
	char *cursor;
};

/* Whether the list has the unit. Names in the list may be globs, and may leave out ".service". */
static bool is_wanted(const char *units, const char *unit)
{
	while (*units != '\0') {
		size_t len = strcspn(units, ",");
		FREED_BY(mem_free) char *pattern = mem_alloc(len + sizeof(".service"), 1);

		memcpy(pattern, units, len);
		pattern[len] = '\0';
		if (memchr(units, '.', len) == NULL)
			memcpy(pattern + len, ".service", sizeof(".service"));
		if (fnmatch(pattern, unit, 0) == 0)
			return true;
		units += len + (units[len] == ',');
	}
	return false;
}

/* Makes the handle give entries of the wanted units only. Returns how many units these are, or -errno. */
static int match_units(sd_journal *handle, const char *units)
{
	const void *field;
	size_t len;
	int count = 0, ret = sd_journal_query_unique(handle, "_SYSTEMD_UNIT");

	if (ret < 0)
		return ret;
	SD_JOURNAL_FOREACH_UNIQUE(handle, field, len) {
		size_t name = strlen("_SYSTEMD_UNIT=");
		FREED_BY(mem_free) char *unit = len > name ? mem_text_of((const char *)field + name, len - name) : NULL;

		if (unit != NULL && is_wanted(units, unit)) {
			ret = sd_journal_add_match(handle, field, len);
			count++;
		}
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
	/* the library says nothing of files that may not be read */
	if (ret >= 0 && (sd_journal_get_usage(*handle, &bytes) < 0 || bytes == 0))
		ret = -ENODATA;
	if (ret < 0)
		sd_journal_close(*handle);
	return ret;
}

void entries_load(void)
{
	/* newer versions of libsystemd load them at the first entry that is compressed */
	static const char *const libraries[] = { "libzstd.so.1", "liblz4.so.1", "liblzma.so.5" };

	for (size_t i = 0; i < LENGTH_OF(libraries); i++)
		(void)dlopen(libraries[i], RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
}

struct entries *entries_open(const char *units, const char *directory, struct buf *why)
{
	struct entries *entries = mem_zalloc(1, sizeof(*entries));
	int ret = open_handle(&entries->handle, directory);

	if (ret < 0) {
		if (ret == -ENODATA)
			buf_add_text(why, "there is no journal, or none that this user may read; run as root or as a "
					  "member of the group systemd-journal");
		else
			buf_addf(why, "the journal cannot be read: %s", strerror(-ret));
		free(entries);
		return NULL;
	}
	ret = match_units(entries->handle, *units != '\0' ? units : mail_units);
	entries->empty = ret == 0;
	if (ret >= 0)
		return entries;
	buf_addf(why, "the journal cannot be read: %s", strerror(-ret));
	entries_close(entries);
	return NULL;
}

void entries_close(struct entries *entries)
{
	sd_journal_close(entries->handle);
	free(entries->cursor);
	free(entries);
}

/* The value of a field of the entry, len 0 where it has none. It is valid until the next field is asked for. */
static struct span field_of(sd_journal *handle, const char *name)
{
	const void *data;
	size_t len, skip = strlen(name) + 1;

	if (sd_journal_get_data(handle, name, &data, &len) < 0 || len < skip)
		return (struct span){ "", 0 };
	return (struct span){ (const char *)data + skip, len - skip };
}

/* journald makes several entries of a printed line that is longer than 48 KB or holds a NUL. The client chose where the
 * rest of it begins. Returns whether the entry is such a rest. */
static bool is_rest(struct entries *entries)
{
	struct span field = field_of(entries->handle, "_LINE_BREAK");
	bool goes_on = span_is(field, "line-max") || span_is(field, "nul");
	uint64_t stream;
	unsigned at = 0;

	field = field_of(entries->handle, "_STREAM_ID");
	if (field.len == 0)
		return false;
	stream = digest_of(field.ptr, field.len);
	while (at < STREAMS && entries->goes_on[at] != stream)
		at++;
	if (at == STREAMS && goes_on)
		entries->goes_on[entries->next++ % STREAMS] = stream;
	if (at < STREAMS && !goes_on)
		entries->goes_on[at] = 0;
	return at < STREAMS;
}

/* Places the handle behind the cursor's entry. Where that entry is gone, the next entry is the first later one. */
static int seek(struct entries *entries, const char *cursor, int64_t *gap)
{
	uint64_t from = 0, to = 0, lost;
	int ret = sd_journal_seek_cursor(entries->handle, cursor);

	if (ret >= 0)
		ret = sd_journal_next(entries->handle);
	if (ret < 0)
		return ret;
	if (ret > 0 && sd_journal_test_cursor(entries->handle, cursor) > 0) {
		(void)is_rest(entries);
		return 0;
	}
	entries->at_unread = ret > 0;
	/* the cursor holds the time of its entry, in hexadecimal microseconds */
	cursor = strstr(cursor, ";t=");
	lost = cursor != NULL ? strtoull(cursor + 3, NULL, 16) : 0;
	if (sd_journal_get_cutoff_realtime_usec(entries->handle, &from, &to) > 0 && from > lost)
		*gap = (int64_t)(from / 1000000);
	return 0;
}

int entries_begin(struct entries *entries, const char *cursor, int64_t *gap, struct buf *why)
{
	int ret = 0;

	*gap = WHEN_UNKNOWN;
	if (!entries->empty)
		ret = cursor != NULL ? seek(entries, cursor, gap) : sd_journal_seek_head(entries->handle);
	if (ret < 0)
		buf_addf(why, "the journal cannot be read: %s", strerror(-ret));
	return ret < 0 ? -1 : 0;
}

/* Whether a program of the unit sent the entry, and no person who runs something in the unit. */
static bool is_believed(sd_journal *handle)
{
	struct span transport = field_of(handle, "_TRANSPORT");
	struct span digits;
	uint64_t user = 0;

	if (!span_is(transport, "syslog") && !span_is(transport, "journal") && !span_is(transport, "stdout"))
		return false;
	digits = field_of(handle, "_UID");
	if (digits.len > 0 && !span_decimal(digits, UINT32_MAX, &user))
		return false;
	/* services without a fixed number have numbers between those of persons and of directories' users */
	return user < FIRST_PERSON || (user > LAST_PERSON && user < FIRST_WIDE);
}

static void add_time(struct buf *out, uint64_t usec)
{
	/* a header has years of four digits */
	time_t seconds = (time_t)(usec / 1000000 < LAST_SECOND ? usec / 1000000 : LAST_SECOND);
	struct tm tm;

	gmtime_r(&seconds, &tm);
	buf_addf(out, "%04d-%02d-%02dT%02d:%02d:%02d.%06u+00:00 ", tm.tm_year + 1900, tm.tm_mon + 1, tm.tm_mday,
		 tm.tm_hour, tm.tm_min, tm.tm_sec, (unsigned)(usec % 1000000));
}

/* Adds a word of the header. A byte that could end the word or begin the message becomes an underscore. */
static void add_word(struct buf *out, struct span word, const char *otherwise)
{
	if (word.len == 0)
		buf_add_text(out, otherwise);
	for (size_t i = 0; i < word.len; i++) {
		char c = word.ptr[i];

		buf_add_char(out, (unsigned char)c <= ' ' || c == ':' || c == '[' || c == ']' ? '_' : c);
	}
}

static void add_line(struct entries *entries, struct buf *out)
{
	uint64_t usec = 0;
	struct span text;

	if (!is_believed(entries->handle) || is_rest(entries))
		return;
	sd_journal_get_realtime_usec(entries->handle, &usec);
	add_time(out, usec);
	add_word(out, field_of(entries->handle, "_HOSTNAME"), "localhost");
	buf_add_char(out, ' ');
	text = field_of(entries->handle, "SYSLOG_IDENTIFIER");
	add_word(out, text.len > 0 ? text : field_of(entries->handle, "_COMM"), "-");
	text = field_of(entries->handle, "_PID");
	if (text.len > 0) {
		buf_add_char(out, '[');
		add_word(out, text, "");
		buf_add_char(out, ']');
	}
	buf_add_text(out, ": ");
	text = field_of(entries->handle, "MESSAGE");
	for (size_t i = 0; i < text.len; i++)
		buf_add_char(out,
			     text.ptr[i] == '\n' || text.ptr[i] == '\r' || text.ptr[i] == '\0' ? ' ' : text.ptr[i]);
	buf_add_char(out, '\n');
}

/* Names the entry under the handle. Behind the last entry, or a broken one, the handle still stands on an entry. */
static int take_cursor(struct entries *entries)
{
	char *cursor;
	int ret = sd_journal_get_cursor(entries->handle, &cursor);

	if (ret < 0)
		return ret;
	free(entries->cursor);
	entries->cursor = cursor;
	return 0;
}

int entries_next(struct entries *entries, struct buf *lines, const char **cursor, struct buf *why)
{
	int ret = entries->broken < 0 ? entries->broken : !entries->empty;

	while (lines->len < ENTRIES_BYTES && ret > 0) {
		if (!entries->at_unread)
			ret = sd_journal_next(entries->handle);
		entries->at_unread = false;
		if (ret > 0)
			add_line(entries, lines);
	}
	/* the entries before a broken place come first */
	entries->broken = ret < 0 ? ret : 0;
	if (lines->len > 0)
		ret = take_cursor(entries);
	*cursor = entries->cursor;
	/* an entry without a name would count again */
	if (ret < 0)
		buf_addf(why, "the journal cannot be read to its end: %s", strerror(-ret));
	return ret < 0 ? -1 : lines->len > 0;
}

int64_t entries_newest(const struct entries *entries)
{
	uint64_t usec;

	if (!entries->empty && sd_journal_seek_tail(entries->handle) >= 0 &&
	    sd_journal_previous(entries->handle) > 0 && sd_journal_get_realtime_usec(entries->handle, &usec) >= 0)
		return (int64_t)(usec / 1000000);
	return WHEN_UNKNOWN;
}

#endif
