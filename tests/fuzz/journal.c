/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * journal: entries with any bytes in their fields. What they are in is played here, instead of libsystemd: NAME=VALUE
 * with a length of one byte before each, a length of 0 between entries. Each line is one, with a time.
 */
#include "fuzz.h"

#include <errno.h>
#include <systemd/sd-journal.h>

#include "log/entries.h"
#include "log/header.h"

static const uint8_t *entry, *next, *end;

static const uint8_t *behind(const uint8_t *field)
{
	return field + 1 + *field <= end ? field + 1 + *field : end;
}

int sd_journal_open(sd_journal **journal, int flags)
{
	(void)flags;
	*journal = (sd_journal *)(void *)&entry;
	return 0;
}

int sd_journal_open_directory(sd_journal **journal, const char *path, int flags)
{
	(void)path;
	return sd_journal_open(journal, flags);
}

void sd_journal_close(sd_journal *journal)
{
	(void)journal;
}

int sd_journal_get_usage(sd_journal *journal, uint64_t *bytes)
{
	(void)journal;
	*bytes = 1;
	return 0;
}

int sd_journal_query_unique(sd_journal *journal, const char *field)
{
	(void)journal;
	(void)field;
	return 0;
}

static bool unit_given;

void sd_journal_restart_unique(sd_journal *journal)
{
	(void)journal;
	unit_given = false;
}

int sd_journal_enumerate_unique(sd_journal *journal, const void **data, size_t *len)
{
	(void)journal;
	*data = "_SYSTEMD_UNIT=postfix.service";
	*len = strlen(*data);
	unit_given = !unit_given;
	return unit_given;
}

int sd_journal_add_match(sd_journal *journal, const void *data, size_t size)
{
	(void)journal;
	(void)data;
	(void)size;
	return 0;
}

int sd_journal_seek_head(sd_journal *journal)
{
	(void)journal;
	return 0;
}

int sd_journal_seek_tail(sd_journal *journal)
{
	(void)journal;
	return 0;
}

int sd_journal_previous(sd_journal *journal)
{
	(void)journal;
	return 0;
}

int sd_journal_seek_cursor(sd_journal *journal, const char *cursor)
{
	(void)journal;
	(void)cursor;
	return 0;
}

int sd_journal_test_cursor(sd_journal *journal, const char *cursor)
{
	(void)journal;
	(void)cursor;
	return 0;
}

int sd_journal_get_cutoff_realtime_usec(sd_journal *journal, uint64_t *from, uint64_t *to)
{
	(void)journal;
	*from = *to = 1;
	return 1;
}

int sd_journal_next(sd_journal *journal)
{
	(void)journal;
	entry = next;
	if (entry >= end)
		return 0;
	while (next < end && *next != 0)
		next = behind(next);
	next += next < end;
	return 1;
}

int sd_journal_get_realtime_usec(sd_journal *journal, uint64_t *usec)
{
	(void)journal;
	*usec = 0;
	memcpy(usec, entry, (size_t)(end - entry) < sizeof(*usec) ? (size_t)(end - entry) : sizeof(*usec));
	return 0;
}

int sd_journal_get_cursor(sd_journal *journal, char **cursor)
{
	(void)journal;
	*cursor = mem_text("s=0");
	return 0;
}

int sd_journal_get_data(sd_journal *journal, const char *field, const void **data, size_t *len)
{
	size_t name = strlen(field);

	(void)journal;
	for (const uint8_t *at = entry; at < end && *at != 0; at = behind(at)) {
		*len = (size_t)(behind(at) - at) - 1;
		*data = at + 1;
		if (*len > name && memcmp(*data, field, name) == 0 && at[1 + name] == '=')
			return 0;
	}
	return -ENOENT;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf why = { 0 }, all = { 0 }, lines = { 0 };
	struct entries *entries;
	const char *cursor;
	int64_t gap;

	entry = next = data;
	end = data + size;
	entries = entries_open("", NULL, &why);
	fuzz_check(entries != NULL && entries_begin(entries, NULL, &gap, &why) == 0);
	while (entries_next(entries, &lines, &cursor, &why) > 0) {
		buf_add(&all, lines.ptr, lines.len);
		buf_clear(&lines);
	}
	for (size_t from = 0; from < all.len;) {
		const char *newline = memchr(all.ptr + from, '\n', all.len - from);
		struct header header;

		fuzz_check(newline != NULL);
		header_parse(&header, all.ptr + from, (size_t)(newline - all.ptr) - from);
		fuzz_check(header.stamp.len > 0);
		from = (size_t)(newline - all.ptr) + 1;
	}
	entries_close(entries);
	buf_free(&all);
	buf_free(&lines);
	buf_free(&why);
	return 0;
}
