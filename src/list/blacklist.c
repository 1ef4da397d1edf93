/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blacklist: reading the blacklist file.
 *
 * The file is read whole and taken apart once: a daily run may read a million lines. Entries keep the span of their
 * line. So an unchanged line is written back as it stood, and a person's line always is. The list owns the text. Lines
 * may stand in any order, and an address twice, since a person may have appended it. Then a person's line wins, else
 * the ban that ends last; of two equal ones the first with a note. An unreadable line is fatal to reading, by (9) of
 * src/README.md.
 */
#include "list/blacklist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/msg.h"

enum { QUOTE_MAX = 60 };

static const char family[] = "# mailban blacklist ";

/* Takes away each \r before a newline or the end, which an editor of another system left. */
static void even_out_lines(struct buf *text)
{
	const char *from = text->len > 0 ? memchr(text->ptr, '\r', text->len) : NULL, *end = text->ptr + text->len;
	char *into;

	if (from == NULL)
		return;
	for (into = text->ptr + (from - text->ptr); from < end;) {
		const char *run = from;

		while (from < end && *from == '\r')
			from++;
		while (run < from && from < end && *from != '\n')
			*into++ = *run++;
		if (from < end)
			*into++ = *from++;
	}
	text->len = (size_t)(into - text->ptr);
}

/* Finds the header among the comments before the entries and moves it to the first line: a person's remarks may stand
 * there. *header_len is its length, or 0 where a person began the file without one. Returns 0, or -1 after saying that
 * the file is of another version. */
static int read_header(char *bytes, size_t text_len, const char *name, size_t *header_len)
{
	const size_t len = sizeof(family) - 1, whole = sizeof(BLACKLIST_HEADER) - 1;
	char *at = bytes, *end = bytes + text_len;

	*header_len = 0;
	for (unsigned long number = 1; at < end && (*at == '#' || *at == '\n'); number++) {
		size_t rest = (size_t)(end - at);

		if (rest >= len && memcmp(at, family, len) == 0) {
			if (rest < whole || memcmp(at, BLACKLIST_HEADER, whole) != 0) {
				msg_at(name, number, "a blacklist of another version; this mailban reads version 1");
				return -1;
			}
			memmove(bytes + whole, bytes, (size_t)(at - bytes));
			memcpy(bytes, BLACKLIST_HEADER, whole);
			*header_len = whole;
			return 0;
		}
		at = (char *)memchr(at, '\n', rest) + 1;
	}
	return 0;
}

static bool wins(const struct ban *a, const struct ban *b)
{
	if (a->person != b->person)
		return a->person;
	if (a->until != b->until)
		return a->until > b->until;
	return blacklist_note(a).len > 0 && blacklist_note(b).len == 0;
}

void blacklist_drop_duplicates(struct banlist *list)
{
	for (size_t i = 1, kept = 0; i < list->count; i++) {
		bool same = addr_equal(&list->bans[kept].net, &list->bans[i].net);

		if (same && !wins(&list->bans[i], &list->bans[kept])) {
			list->bans[i].leaves = true;
			continue;
		}
		list->bans[kept].leaves = same;
		kept = i;
	}
	banlist_remove_leaving(list);
}

static bool is_entry(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return *at != '#' && *at != '\n';
}

/* Reads whole lines, each with its newline, into the empty list; number is that of the first one. *in_order: the
 * entries are sorted and no address stands twice. Returns 0, or -1 after a message. */
static int read_lines(struct span lines, const char *name, unsigned long number, struct banlist *list,
	bool *in_order)
{
	const char *above = lines.ptr, *at = lines.ptr, *end = lines.ptr + lines.len;

	*in_order = true;
	for (; at < end; number++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at)), *wrong;
		struct span line = { at, (size_t)(newline - at) }, note;
		struct ban ban, *last;

		at = newline + 1;
		if (!is_entry(line.ptr))
			continue;
		wrong = blacklist_take_line(line, &ban, &note);
		if (wrong != NULL) {
			line = ban_line(&ban);
			msg_at(name, number, "\"%.*s\" %s", (int)(line.len < QUOTE_MAX ? line.len : QUOTE_MAX),
			       line.ptr, wrong);
			return -1;
		}
		ban.above_len = (uint32_t)(line.ptr - above);
		above = at;
		last = list->count > 0 ? &list->bans[list->count - 1] : NULL;
		*in_order = *in_order && (last == NULL || addr_compare(&last->net, &ban.net) < 0);
		banlist_add(list, &ban);
	}
	list->tail = (struct span){ above, (size_t)(end - above) };
	return 0;
}

/* Reads header and lines. Returns 0, or -1 after a message. */
static int take(const struct buf *text, const char *name, struct banlist *list)
{
	size_t header_len = 0;
	struct span lines;
	bool in_order;

	/* lengths of texts are kept in 32 bits */
	if (text->len > UINT32_MAX) {
		msg("%s: a blacklist of more than 4 GB is beyond this program; nothing was changed", name);
		return -1;
	}
	if (read_header(text->ptr, text->len, name, &header_len) < 0)
		return -1;
	lines = (struct span){ text->ptr + header_len, text->len - header_len };
	if (read_lines(lines, name, header_len > 0 ? 2 : 1, list, &in_order) < 0)
		return -1;
	if (!in_order) {
		banlist_sort(list);
		blacklist_drop_duplicates(list);
	}
	return 0;
}

int blacklist_parse(struct buf *text, const char *name, struct banlist *list)
{
	uint64_t digest = digest_of(text->ptr, text->len);
	int ret;

	if (text->len > 0) {
		even_out_lines(text);
		if (text->len == 0 || text->ptr[text->len - 1] != '\n')
			buf_add_char(text, '\n');
	}
	ret = text->len > 0 ? take(text, name, list) : 0;
	/* from here on the list owns the text, even after an error */
	list->text = text->ptr;
	list->text_len = text->len;
	list->digest = digest;
	*text = (struct buf){ 0 };
	if (ret < 0)
		banlist_free(list);
	return ret;
}

int blacklist_read(const char *path, struct banlist *list)
{
	struct buf text = { 0 };
	int ret = file_read(path, &text);
	bool missing = ret == -ENOENT;

	if (ret < 0 && !missing) {
		msg("%s: the blacklist cannot be read: %s; --blacklist names another file", path, file_why(ret));
		buf_free(&text);
		return -1;
	}
	ret = blacklist_parse(&text, path, list);
	if (missing)
		list->digest = 0;
	return ret;
}
