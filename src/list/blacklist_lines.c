/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * blacklist_lines: all lines of the blacklist, read side by side.
 *
 * A large text is cut into parts at line ends, and each part is read by a thread of its own into its own
 * stretch of one array. What comes out, messages included, does not depend on the number of parts.
 */
#include <string.h>

#include "base/mem.h"
#include "base/msg.h"
#include "base/together.h"
#include "list/blacklist_inside.h"

enum { PARTS_MAX = 4, PART_BYTES = 1 << 20, QUOTE_MAX = 60 };

/* Some lines in a row. */
struct part {
	const char *at, *end;
	unsigned long lines;      /* how many there are */
	struct ban *bans;         /* room for as many entries */
	size_t count;
	struct span tail;         /* remarks behind the last entry */
	const char *wrong;        /* what is wrong with the first line that is unreadable; NULL: nothing */
	struct span wrong_line;
	unsigned long wrong_number; /* in this part, from 0 */
	bool in_order;
	bool uneven, found_uneven; /* a line may have a \r before the newline, and has */
};

static bool is_entry(const char *at)
{
	while (*at == ' ' || *at == '\t')
		at++;
	return *at != '#' && *at != '\n';
}

static void read_part(void *item)
{
	struct part *p = item;
	const char *above = p->at, *at = p->at;
	struct ban *ban = p->bans;

	p->in_order = true;
	p->found_uneven = false;
	for (unsigned long number = 0; at < p->end; number++) {
		const char *newline = memchr(at, '\n', (size_t)(p->end - at));

		if (p->uneven && newline > at && newline[-1] == '\r') {
			p->found_uneven = true;
			return;
		}
		if (is_entry(at)) {
			struct span note;

			p->wrong = blacklist_take_line((struct span){ at, (size_t)(newline - at) }, ban, &note);
			if (p->wrong != NULL) {
				p->wrong_line = ban_line(ban);
				p->wrong_number = number;
				return;
			}
			ban->above_len = (uint32_t)(at - above);
			p->in_order = p->in_order && (ban == p->bans || addr_compare(&ban[-1].net, &ban->net) < 0);
			above = newline + 1;
			ban++;
		}
		at = newline + 1;
	}
	p->count = (size_t)(ban - p->bans);
	p->tail = (struct span){ above, (size_t)(p->end - above) };
}

static void count_lines(void *item)
{
	struct part *p = item;

	for (const char *at = p->at; at < p->end; p->lines++)
		at = (const char *)memchr(at, '\n', (size_t)(p->end - at)) + 1;
}

/* Cuts the text at line ends. Returns the number of parts, at least 1. */
static unsigned cut(const struct blacklist_lines *lines, struct part *parts)
{
	const char *at = lines->text.ptr, *end = at + lines->text.len;
	unsigned most = lines->threads < PARTS_MAX ? lines->threads : PARTS_MAX, count = 0;
	size_t size = lines->text.len / most < PART_BYTES ? PART_BYTES : lines->text.len / most;

	do {
		struct part *p = &parts[count++];

		*p = (struct part){ .at = at, .end = end, .uneven = lines->uneven };
		if (count < most && (size_t)(end - at) > size)
			p->end = (const char *)memchr(at + size, '\n', (size_t)(end - at) - size) + 1;
		at = p->end;
	} while (at < end);
	return count;
}

/* The first unreadable line of all. Returns 0 where there is none. */
static int say_unreadable(const struct part *parts, unsigned count, unsigned long number, const char *name)
{
	for (unsigned i = 0; i < count; i++) {
		const struct part *p = &parts[i];

		if (p->wrong != NULL) {
			msg_at(name, number + p->wrong_number, "\"%.*s\" %s",
			       (int)(p->wrong_line.len < QUOTE_MAX ? p->wrong_line.len : QUOTE_MAX), p->wrong_line.ptr,
			       p->wrong);
			return -1;
		}
		number += p->lines;
	}
	return 0;
}

/* Puts the parts' entries in a row. Remarks at the end of one part stand above the first entry of the next. */
static bool join(struct banlist *list, const struct part *parts, unsigned count)
{
	bool in_order = true;

	for (unsigned i = 0; i < count; i++) {
		const struct part *p = &parts[i];
		struct ban *first = list->bans + list->count;
		struct span above = list->tail;

		list->tail = p->tail;
		if (p->count == 0) {
			/* the texts lie side by side */
			list->tail = (struct span){ above.len > 0 ? above.ptr : p->tail.ptr, above.len + p->tail.len };
			continue;
		}
		memmove(first, p->bans, p->count * sizeof(*first));
		first->above_len += (uint32_t)above.len;
		in_order = in_order && p->in_order &&
			   (list->count == 0 || addr_compare(&first[-1].net, &first->net) < 0);
		list->count += p->count;
	}
	return in_order;
}

static bool any_uneven(const struct part *parts, unsigned count)
{
	bool any = false;

	for (unsigned i = 0; i < count; i++)
		any = any || parts[i].found_uneven;
	return any;
}

int blacklist_take_lines(const struct blacklist_lines *lines, struct banlist *list, bool *in_order)
{
	struct part parts[PARTS_MAX];
	unsigned count = cut(lines, parts);
	size_t room = 0;

	together(count_lines, parts, sizeof(*parts), count);
	for (unsigned i = 0; i < count; i++)
		room += parts[i].lines;
	list->bans = mem_grow(list->bans, &list->capacity, room, sizeof(*list->bans));
	room = 0;
	for (unsigned i = 0; i < count; i++) {
		parts[i].bans = list->bans + room;
		room += parts[i].lines;
	}
	together(read_part, parts, sizeof(*parts), count);
	if (any_uneven(parts, count))
		return 1;
	if (say_unreadable(parts, count, lines->number, lines->name) < 0)
		return -1;
	*in_order = join(list, parts, count);
	return 0;
}
