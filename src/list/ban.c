/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * ban: the sorted list of bans.
 *
 * A list is filled with banlist_add() and sorted once; after that a search halves it. It owns every text that its
 * entries point to: a list can be passed on whole and freed in one place.
 */
#include "list/ban.h"

#include <stdlib.h>
#include <string.h>

#include "addr/order.h"
#include "base/buf.h"
#include "base/mem.h"
#include "base/msg.h"
#include "base/search.h"

struct span ban_line(const struct ban *ban)
{
	return (struct span){ ban->text, ban->line_len };
}

struct span ban_above(const struct ban *ban)
{
	return (struct span){ ban->above_len > 0 ? ban->text - ban->above_len : NULL, ban->above_len };
}

void banlist_free(struct banlist *list)
{
	for (size_t i = 0; i < list->note_count; i++)
		free(list->notes[i]);
	free(list->notes);
	free(list->text);
	free(list->bans);
	*list = (struct banlist){ 0 };
}

void banlist_add(struct banlist *list, const struct ban *ban)
{
	list->bans = mem_grow(list->bans, &list->capacity, list->count + 1, sizeof(*list->bans));
	list->bans[list->count++] = *ban;
}

void banlist_sort(struct banlist *list)
{
	addr_sort(list->bans, sizeof(*list->bans), list->count);
}

/* A copy of the text that lives as long as the list. */
static struct span keep_text(struct banlist *list, const char *bytes, size_t len)
{
	char *copy = mem_text_of(bytes, len);

	list->notes = mem_grow(list->notes, &list->note_capacity, list->note_count + 1, sizeof(*list->notes));
	list->notes[list->note_count++] = copy;
	return (struct span){ copy, len };
}

void banlist_remove_leaving(struct banlist *list)
{
	FREED_BY(buf_free) struct buf above = { 0 };
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		struct ban *ban = &list->bans[i];

		if (ban->leaves) {
			buf_add_span(&above, ban_above(ban));
			continue;
		}
		if (above.len > 0) {
			buf_add_span(&above, ban_above(ban));
			banlist_set_text(list, ban, buf_span(&above), ban_line(ban));
			buf_clear(&above);
		}
		/* another process may share the memory of an entry that stays in its place: it is not written to */
		if (kept < i)
			list->bans[kept] = *ban;
		kept++;
	}
	list->count = kept;
	if (above.len > 0) {
		buf_add_span(&above, list->tail);
		list->tail = keep_text(list, above.ptr, above.len);
	}
}

void banlist_set_text(struct banlist *list, struct ban *ban, struct span above, struct span line)
{
	FREED_BY(buf_free) struct buf text = { 0 };
	struct span kept;

	buf_add_span(&text, above);
	buf_add_span(&text, line);
	if (text.len > UINT32_MAX)
		msg_die("an entry of the blacklist with remarks of more than 4 GB is beyond this program");
	kept = keep_text(list, text.ptr, text.len);
	ban->text = kept.ptr + above.len;
	ban->line_len = (uint32_t)line.len;
	ban->above_len = (uint32_t)above.len;
}

static bool is_before(const void *ban, const void *net)
{
	return addr_compare(&((const struct ban *)ban)->net, net) < 0;
}

size_t banlist_seek(const struct banlist *list, const struct addr *net)
{
	return search_first(list->bans, list->count, sizeof(*list->bans), is_before, net);
}

struct ban *banlist_find(const struct banlist *list, const struct addr *net)
{
	size_t at = banlist_seek(list, net);

	return at < list->count && addr_equal(&list->bans[at].net, net) ? &list->bans[at] : NULL;
}

struct ban *banlist_covering(const struct banlist *list, const struct addr *a, int64_t until)
{
	unsigned widest = addr_is_v4(a) ? ADDR_V4_BITS : 0;

	for (unsigned prefix = a->prefix + 1U; prefix-- > widest;) {
		struct addr net = addr_network(a, (uint8_t)prefix);
		struct ban *ban = banlist_find(list, &net);

		if (ban != NULL && ban->until >= until)
			return ban;
	}
	return NULL;
}
