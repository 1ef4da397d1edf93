/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blacklist_text: writing the blacklist file.
 *
 * An unchanged entry is written as it was read. A file that holds the same bytes already is not written: so its time
 * says when it changed.
 */
#include "list/blacklist.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/when.h"

void blacklist_format(const struct banlist *list, struct buf *out)
{
	buf_add_text(out, BLACKLIST_HEADER);
	for (size_t i = 0; i < list->count; i++) {
		const struct ban *ban = &list->bans[i];
		struct span line = ban_line(ban);

		buf_add_span(out, ban_above(ban));
		if (line.len > 0)
			buf_add_span(out, line);
		else
			blacklist_add_line(out, ban, line);
		buf_add_char(out, '\n');
	}
	buf_add_span(out, list->tail);
}

int blacklist_prepare(const char *path, const struct banlist *list, struct file_new *file, uint64_t *digest)
{
	struct file_look look;
	FREED_BY(buf_free) struct buf text = { 0 };

	*file = (struct file_new){ 0 };
	*digest = 0;
	if (list->count == 0 && list->tail.len == 0 && access(path, F_OK) < 0 && errno == ENOENT)
		return 0;
	blacklist_format(list, &text);
	*digest = digest_of(text.ptr, text.len);
	/* the file held the same when it was read, and is still there */
	if (*digest == list->digest && file_look(path, &look) && look.size == text.len)
		return 0;
	return file_prepare(file, path, buf_span(&text), BLACKLIST_FORMERS);
}

char *blacklist_former(const char *path, unsigned n)
{
	char suffix[16] = "";

	if (n > 0)
		snprintf(suffix, sizeof(suffix), ".%u", n);
	return file_beside(path, suffix);
}

/* Text behind the address begins in one column, unless the address is too long for that. */
static void add_address(struct buf *out, const struct addr *net, bool alone)
{
	size_t before = out->len;

	addr_add_to(out, net);
	if (alone)
		return;
	do
		buf_add_char(out, ' ');
	while (out->len - before < BLACKLIST_REMARK_COLUMN);
	buf_add(out, "# ", 2);
}

void blacklist_add_line(struct buf *out, const struct ban *ban, struct span note)
{
	add_address(out, &ban->net, ban->person && note.len == 0);
	if (!ban->person) {
		buf_add_text(out, "since ");
		when_add_minute(out, ban->since);
		buf_add_text(out, " until ");
		when_add_minute(out, ban->until);
		buf_add_text(out, " by ");
		buf_add_text(out, blacklist_by_name(ban->by));
		buf_addf(out, " hits %" PRIu64, ban->hits);
		if (ban->hosts > 0)
			buf_addf(out, " hosts %" PRIu32, ban->hosts);
		if (note.len > 0)
			buf_add_text(out, " note ");
	}
	buf_add_span(out, note);
}

void blacklist_change(struct banlist *list, struct ban *entry, const struct ban *now)
{
	struct span note = blacklist_note(entry);
	struct ban changed = *now;
	struct buf line = { 0 };

	changed.text = entry->text;
	changed.above_len = entry->above_len;
	changed.line_len = 0;
	if (note.len > 0) {
		blacklist_add_line(&line, &changed, note);
		banlist_set_text(list, &changed, ban_above(entry), buf_span(&line));
		buf_free(&line);
	}
	*entry = changed;
}
