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

#include "base/file.h"
#include "base/mem.h"
#include "base/msg.h"
#include "base/when.h"

enum { QUOTE_MAX = 60 };

static const char family[] = "# mailban blacklist ";

/* Where reading stands in a line, or in the text. */
struct cursor {
	const char *at, *end;
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct cursor *c)
{
	while (c->at < c->end && is_blank(*c->at))
		c->at++;
}

static bool at_word_end(const struct cursor *c)
{
	return c->at == c->end || is_blank(*c->at);
}

/* Whether the next word is this one; then it is taken. Words are never searched for their end: a line of
 * mailban's own is read by comparing it with what it should be. */
static inline bool take_bytes(struct cursor *c, const char *word, size_t len)
{
	struct cursor next = *c;

	skip_blanks(&next);
	if ((size_t)(next.end - next.at) < len || memcmp(next.at, word, len) != 0)
		return false;
	next.at += len;
	if (!at_word_end(&next))
		return false;
	*c = next;
	return true;
}

#define take(c, word) take_bytes(c, word, sizeof(word) - 1)

static bool take_minute(struct cursor *c, int64_t *seconds)
{
	skip_blanks(c);
	if ((size_t)(c->end - c->at) < WHEN_MINUTE_LEN || !when_parse_minute(c->at, WHEN_MINUTE_LEN, seconds))
		return false;
	c->at += WHEN_MINUTE_LEN;
	return at_word_end(c);
}

static bool take_until(struct cursor *c, int64_t *seconds)
{
	if (!take(c, "forever"))
		return take_minute(c, seconds);
	*seconds = BAN_FOREVER;
	return true;
}

static bool take_number(struct cursor *c, uint64_t *value)
{
	const char *first;

	skip_blanks(c);
	first = c->at;
	for (*value = 0; c->at < c->end && *c->at >= '0' && *c->at <= '9'; c->at++) {
		if (__builtin_mul_overflow(*value, (uint64_t)10, value) ||
		    __builtin_add_overflow(*value, (uint64_t)(*c->at - '0'), value))
			return false;
	}
	return c->at > first && at_word_end(c);
}

const char *blacklist_by_name(unsigned by)
{
	return by == BAN_BY_HAND ? "hand" : event_class_name((enum event_class)by);
}

static bool take_by(struct cursor *c, uint8_t *by)
{
	for (unsigned i = 0; i <= BAN_BY_HAND; i++) {
		const char *name = blacklist_by_name(i);

		if (take_bytes(c, name, strlen(name))) {
			*by = (uint8_t)i;
			return true;
		}
	}
	return false;
}

static struct span rest_of(struct cursor *c)
{
	skip_blanks(c);
	while (c->end > c->at && is_blank(c->end[-1]))
		c->end--;
	return (struct span){ c->at, (size_t)(c->end - c->at) };
}

/* "TIME until TIME by CLASS hits N[ hosts N][ note TEXT]", as it stands behind the word since. */
static bool read_facts(struct cursor *c, struct ban *ban, struct span *note)
{
	uint64_t hosts = 0;

	if (!take_minute(c, &ban->since) || !take(c, "until") || !take_until(c, &ban->until) || !take(c, "by") ||
	    !take_by(c, &ban->by) || !take(c, "hits") || !take_number(c, &ban->hits))
		return false;
	if (take(c, "hosts") && (!take_number(c, &hosts) || hosts > UINT32_MAX))
		return false;
	ban->hosts = (uint32_t)hosts;
	if (take(c, "note")) {
		*note = rest_of(c);
		return true;
	}
	skip_blanks(c);
	return c->at == c->end;
}

/* Takes the line of an entry apart. Returns NULL, or what is wrong with it. */
static const char *read_entry(struct cursor c, struct ban *ban, struct span *note)
{
	struct span address;

	*ban = (struct ban){ .line = { c.at, (size_t)(c.end - c.at) }, .until = BAN_FOREVER, .by = BAN_BY_HAND,
			     .person = true };
	*note = (struct span){ c.end, 0 };
	skip_blanks(&c);
	address.ptr = c.at;
	while (c.at < c.end && !is_blank(*c.at) && *c.at != '#')
		c.at++;
	address.len = (size_t)(c.at - address.ptr);
	if (!addr_parse_net(&ban->net, address.ptr, address.len))
		return "does not begin with an address or a network without bits behind its prefix; mend or delete it";
	skip_blanks(&c);
	if (c.at == c.end)
		return NULL;
	if (*c.at++ != '#')
		return "holds more than one address; write remarks behind #";
	if (!take(&c, "since")) {
		*note = rest_of(&c);
		return NULL;
	}
	ban->person = false;
	return read_facts(&c, ban, note) ? NULL : "says since, but not \"since TIME until TIME by CLASS hits N\"; "
						  "mend it, or take the word away to make the line your own";
}

struct span blacklist_note(const struct ban *ban)
{
	struct span note = { NULL, 0 };
	struct ban ignored;

	if (ban->line.len > 0)
		read_entry((struct cursor){ ban->line.ptr, ban->line.ptr + ban->line.len }, &ignored, &note);
	return note;
}

/* Every line ends with one newline and no \r: what an editor of another system left is taken away. */
static void even_out_lines(struct buf *text)
{
	const char *from, *end;
	char *into;

	if (text->len == 0)
		return;
	if (text->ptr[text->len - 1] != '\n')
		buf_add_char(text, '\n');
	into = memchr(text->ptr, '\r', text->len);
	if (into == NULL)
		return;
	end = text->ptr + text->len;
	for (from = into; from < end; from++) {
		if (*from != '\r' || from[1] != '\n')
			*into++ = *from;
	}
	text->len = (size_t)(into - text->ptr);
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

static size_t count_lines(const char *at, const char *end)
{
	size_t lines = 0;

	for (; at < end; lines++)
		at = (const char *)memchr(at, '\n', (size_t)(end - at)) + 1;
	return lines;
}

static bool is_entry(const char *at)
{
	while (is_blank(*at))
		at++;
	return *at != '#' && *at != '\n';
}

static int say_unreadable(const char *name, unsigned long number, struct span line, const char *wrong)
{
	msg_at(name, number, "\"%.*s\" %s", (int)(line.len < QUOTE_MAX ? line.len : QUOTE_MAX), line.ptr, wrong);
	return -1;
}

static int read_lines(const char *at, const char *end, unsigned long number, const char *name, struct banlist *list)
{
	const char *above = at;

	for (; at < end; number++) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));

		if (is_entry(at)) {
			struct ban ban;
			struct span note;
			const char *wrong = read_entry((struct cursor){ at, newline }, &ban, &note);

			if (wrong != NULL)
				return say_unreadable(name, number, ban.line, wrong);
			ban.above = (struct span){ above, (size_t)(at - above) };
			banlist_add(list, &ban);
			above = newline + 1;
		}
		at = newline + 1;
	}
	list->tail = (struct span){ above, (size_t)(end - above) };
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

int blacklist_parse(struct buf *text, const char *name, struct banlist *list)
{
	size_t len, header_len;
	int ret;

	even_out_lines(text);
	len = text->len;
	/* from here on the list owns the text, whatever happens */
	list->text = text->ptr;
	*text = (struct buf){ 0 };
	ret = read_header(list->text, len, name, &header_len);
	if (ret == 0 && len > header_len) {
		const char *at = list->text + header_len, *end = list->text + len;

		list->bans = mem_grow(list->bans, &list->capacity, count_lines(at, end), sizeof(*list->bans));
		ret = read_lines(at, end, header_len > 0 ? 2 : 1, name, list);
	}
	if (ret < 0) {
		banlist_free(list);
		return ret;
	}
	banlist_sort(list);
	drop_duplicates(list);
	return 0;
}

int blacklist_read(const char *path, struct banlist *list)
{
	struct buf text = { 0 };
	int ret = file_read(path, &text);

	if (ret < 0 && ret != -ENOENT) {
		msg("%s: the blacklist cannot be read: %s; nothing was changed", path,
		    ret == -EINVAL ? "it is no regular file" : strerror(-ret));
		buf_free(&text);
		return -1;
	}
	return blacklist_parse(&text, path, list);
}
