/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blacklist_text: writing the blacklist file.
 *
 * The new file is put together of pieces: what did not change is one long piece of the file as it was read,
 * only new and changed lines are made. So writing a million lines of which a few changed copies no text.
 * Nothing is written where the file holds the same bytes already, so that its time says when it changed.
 */
#include "list/blacklist.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/when.h"
#include "list/blacklist_inside.h"

/* The pieces of a file. One with ptr NULL is the next of made, which may still move while it grows. */
struct pieces {
	struct span *parts;
	size_t count, capacity;
	struct buf made;
};

static void add_part(struct pieces *p, struct span part)
{
	p->parts = mem_grow(p->parts, &p->capacity, p->count + 1, sizeof(*p->parts));
	p->parts[p->count++] = part;
}

static void add_old(struct pieces *p, const char *bytes, size_t len)
{
	struct span *last = p->count > 0 ? &p->parts[p->count - 1] : NULL;

	if (len == 0)
		return;
	if (last != NULL && last->ptr != NULL && last->ptr + last->len == bytes)
		last->len += len;
	else
		add_part(p, (struct span){ bytes, len });
}

/* What was added to made since it held before bytes. */
static void add_made(struct pieces *p, size_t before)
{
	struct span *last = p->count > 0 ? &p->parts[p->count - 1] : NULL;

	if (last != NULL && last->ptr == NULL)
		last->len += p->made.len - before;
	else
		add_part(p, (struct span){ NULL, p->made.len - before });
}

static void add_entry(struct pieces *p, const struct ban *ban)
{
	bool ends_line = ban->line_len > 0 && ban->text[ban->line_len] == '\n';
	struct span above = ban_above(ban);
	size_t before;

	if (ends_line) {
		add_old(p, ban->text - ban->above_len, (size_t)ban->above_len + ban->line_len + 1);
		return;
	}
	add_old(p, above.ptr, above.len);
	before = p->made.len;
	if (ban->line_len > 0)
		buf_add_span(&p->made, ban_line(ban));
	else
		blacklist_add_line(&p->made, ban, (struct span){ NULL, 0 });
	buf_add_char(&p->made, '\n');
	add_made(p, before);
}

static void make(struct pieces *p, const struct banlist *list)
{
	const char *made;

	buf_add_text(&p->made, BLACKLIST_HEADER);
	add_made(p, 0);
	for (size_t i = 0; i < list->count; i++)
		add_entry(p, &list->bans[i]);
	add_old(p, list->tail.ptr, list->tail.len);
	made = p->made.ptr;
	for (size_t i = 0; i < p->count; i++) {
		if (p->parts[i].ptr == NULL) {
			p->parts[i].ptr = made;
			made += p->parts[i].len;
		}
	}
}

static void pieces_free(struct pieces *p)
{
	buf_free(&p->made);
	free(p->parts);
}

void blacklist_format(const struct banlist *list, struct buf *out)
{
	struct pieces p = { 0 };

	make(&p, list);
	for (size_t i = 0; i < p.count; i++)
		buf_add_span(out, p.parts[i]);
	pieces_free(&p);
}

/* Whether the pieces are the header and all that stood behind it in the file that the list was read from, which is
 * still there: a large one need not be read again to be compared. */
static bool is_as_read(const char *path, const struct pieces *p, const struct banlist *list)
{
	struct stat st;

	return list->as_read.len > 0 && p->count == 2 && p->parts[0].len == sizeof(BLACKLIST_HEADER) - 1 &&
	       p->parts[1].ptr == list->as_read.ptr && p->parts[1].len == list->as_read.len && stat(path, &st) == 0 &&
	       S_ISREG(st.st_mode) && (size_t)st.st_size == p->parts[0].len + p->parts[1].len;
}

static uint64_t digest_of(const struct pieces *p)
{
	struct digest digest = { 0 };

	for (size_t i = 0; i < p->count; i++)
		digest_add(&digest, p->parts[i].ptr, p->parts[i].len);
	return digest_value(&digest);
}

int blacklist_prepare(const char *path, const struct banlist *list, struct file_new *file, uint64_t *digest)
{
	bool nothing = list->count == 0 && list->tail.len == 0 && access(path, F_OK) < 0 && errno == ENOENT;
	struct pieces p = { 0 };
	int ret = 0;

	*file = (struct file_new){ 0 };
	make(&p, list);
	if (!nothing && !is_as_read(path, &p, list) && !file_holds(path, p.parts, p.count))
		ret = file_prepare(file, path, p.parts, p.count, BLACKLIST_FORMERS);
	if (digest != NULL)
		*digest = nothing ? 0 : digest_of(&p);
	pieces_free(&p);
	return ret;
}

int blacklist_write(const char *path, const struct banlist *list, bool *changed)
{
	struct file_new file;
	int ret = blacklist_prepare(path, list, &file, NULL);

	if (changed != NULL)
		*changed = ret == 0 && file.path != NULL;
	return ret == 0 ? file_commit(&file) : ret;
}

/* Text behind the address begins in one column where the address is not too long. */
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

static void add_number(struct buf *out, const char *word, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do
		digits[--at] = (char)('0' + value % 10);
	while ((value /= 10) != 0);
	buf_add_text(out, word);
	buf_add(out, digits + at, sizeof(digits) - at);
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
		add_number(out, " hits ", ban->hits);
		if (ban->hosts > 0)
			add_number(out, " hosts ", ban->hosts);
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
		banlist_set_text(list, &changed, ban_above(entry), (struct span){ line.ptr, line.len });
		buf_free(&line);
	}
	*entry = changed;
}
