/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blacklist: reading the blacklist file.
 *
 * The file is read whole and taken apart once, by hand-made scanners: a million lines go through here in a
 * daily run. Entries keep the span of their line, so that what did not change is written back as it stood,
 * and a person's line always is. The list owns the text. Lines may stand in any order and an address may
 * stand there twice (a person appended one): a person's line wins, then the one that ends last.
 * An unreadable line is fatal to reading: a list that was half understood must never be written.
 */
#include "list/blacklist.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"
#include "base/together.h"
#include "list/blacklist_inside.h"

enum { THREADS_MAX = 4 };

static const char family[] = "# mailban blacklist ";

/* What an editor of another system left is taken away: the \r before a newline. */
static void even_out_lines(struct buf *text)
{
	const char *from, *end = text->ptr + text->len;
	char *into = text->ptr;

	for (from = into; from < end; from++) {
		if (*from != '\r' || from[1] != '\n')
			*into++ = *from;
	}
	text->len = (size_t)(into - text->ptr);
}

/* Whether such a line stands before the first entry, or is that: what is read of a header must be evened out. Each line
 * ends with a newline. */
static bool begins_uneven(const struct buf *text)
{
	const char *at = text->ptr, *end = at + text->len;

	while (at < end) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		if (newline > at && newline[-1] == '\r')
			return true;
		if (*at != '#' && *at != '\n')
			return false;
		at = newline + 1;
	}
	return false;
}

/* Finds the header among the comments in front of the entries and brings it up to the first line, where a
 * person's remarks may have taken its place. Returns 0 with the bytes it takes (0 where a person began the
 * file without one), or -1 after saying that it is one of another version. */
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
	return a->person != b->person ? a->person : a->until > b->until;
}

/* Of several entries for one address one is kept. What stood above the others goes above the next. */
static void drop_duplicates(struct banlist *list)
{
	bool *gone = NULL;
	size_t kept = 0;

	for (size_t i = 1; i < list->count; i++) {
		if (!addr_equal(&list->bans[kept].net, &list->bans[i].net)) {
			kept = i;
			continue;
		}
		if (gone == NULL)
			gone = mem_zalloc(list->count, sizeof(*gone));
		if (wins(&list->bans[i], &list->bans[kept])) {
			gone[kept] = true;
			kept = i;
		} else {
			gone[i] = true;
		}
	}
	if (gone != NULL)
		banlist_remove(list, gone);
	free(gone);
}

/* Lengths of texts are kept in 32 bits. */
static int refuse_size(const char *name)
{
	msg("%s: a blacklist of more than 4 GB is beyond this program; nothing was changed", name);
	return -1;
}

/* Reads header and lines. Returns 0, -1 after a message, or 1 where lines must be evened out first: only where
 * uneven. */
static int take(const struct buf *text, const char *name, unsigned threads, bool uneven, struct banlist *list,
		bool *in_order)
{
	struct blacklist_lines lines = { .name = name, .number = 1, .threads = threads, .uneven = uneven };
	size_t header_len = 0;

	if (text->len > UINT32_MAX)
		return refuse_size(name);
	if (read_header(text->ptr, text->len, name, &header_len) < 0)
		return -1;
	if (header_len > 0)
		lines.number = 2;
	lines.text = (struct span){ text->ptr + header_len, text->len - header_len };
	*in_order = true;
	return lines.text.len > 0 ? blacklist_take_lines(&lines, list, in_order) : 0;
}

static int parse(struct buf *text, const char *name, unsigned threads, struct banlist *list)
{
	const size_t header = sizeof(BLACKLIST_HEADER) - 1;
	bool as_it_was = text->len >= header && memcmp(text->ptr, BLACKLIST_HEADER, header) == 0, in_order = true;
	struct digest digest = { 0 };
	int ret = 1;

	if (text->len > 0)
		digest_add(&digest, text->ptr, text->len);

	if (text->len > 0 && text->ptr[text->len - 1] != '\n') {
		buf_add_char(text, '\n');
		as_it_was = false;
	}
	if (!begins_uneven(text))
		ret = take(text, name, threads, true, list, &in_order);
	if (ret > 0) {
		even_out_lines(text);
		as_it_was = false;
		ret = take(text, name, threads, false, list, &in_order);
	}
	/* from here on the list owns the text, whatever happens */
	list->text = text->ptr;
	list->digest = digest_value(&digest);
	if (as_it_was)
		list->as_read = (struct span){ text->ptr + header, text->len - header };
	*text = (struct buf){ 0 };
	if (ret < 0) {
		banlist_free(list);
		return ret;
	}
	if (!in_order) {
		banlist_sort(list);
		drop_duplicates(list);
	}
	return 0;
}

int blacklist_parse(struct buf *text, const char *name, struct banlist *list)
{
	return parse(text, name, together_threads(THREADS_MAX), list);
}

static int read_with(const char *path, unsigned threads, struct banlist *list)
{
	struct buf text = { 0 };
	int ret = file_read_with(path, threads, &text);
	bool missing = ret == -ENOENT;

	if (ret < 0 && ret != -ENOENT) {
		msg("%s: the blacklist cannot be read: %s; nothing was changed", path,
		    ret == -EINVAL ? "it is no regular file" : strerror(-ret));
		buf_free(&text);
		return -1;
	}
	ret = parse(&text, path, threads, list);
	if (missing)
		list->digest = 0;
	return ret;
}

int blacklist_read(const char *path, struct banlist *list)
{
	return read_with(path, together_threads(THREADS_MAX), list);
}

int blacklist_read_beside(const char *path, struct banlist *list)
{
	unsigned threads = together_threads(THREADS_MAX + 1);

	return read_with(path, threads > 1 ? threads - 1 : 1, list);
}
