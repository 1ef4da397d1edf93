/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * split: takes addresses out of a blacklist.
 *
 * An address that is unbanned or allowed must be so at once, even inside a banned network. So the fewest networks that
 * hold all other addresses replace that network. Remarks above an entry stay where they stood. The caller reads and
 * writes the list.
 */
#include "list/split.h"

#include "list/blacklist.h"

void split_free(struct split *split)
{
	netset_free(&split->lifted);
	netset_free(&split->networks);
}

/* Adds the rest of a network to parts. The list keeps the new texts. */
static void add_parts(struct banlist *parts, struct banlist *list, struct ban *whole, const struct addr *hole)
{
	FREED_BY(netset_free) struct netset around = { 0 }, out = { 0 }, rest = { 0 };
	struct span note = blacklist_note(whole);
	struct ban part = *whole;

	netset_add(&around, &whole->net);
	netset_add(&out, hole);
	netset_subtract(&rest, &around, &out);
	for (size_t i = 0; i < rest.count; i++) {
		part.net = rest.nets[i];
		part.hosts = part.net.prefix < ADDR_BITS ? whole->hosts : 0;
		if (part.person || note.len > 0) {
			FREED_BY(buf_free) struct buf line = { 0 };

			blacklist_add_line(&line, &part, note);
			banlist_set_text(list, &part, ban_above(&part), buf_span(&line));
		} else {
			part.line_len = 0;
		}
		banlist_add(parts, &part);
		part.above_len = 0;
	}
	whole->above_len = 0;
}

void split_out(struct banlist *list, const struct addr *hole, struct split *split)
{
	FREED_BY(banlist_free) struct banlist parts = { 0 };

	*split = (struct split){ 0 };
	for (size_t i = 0; i < list->count; i++) {
		struct ban *ban = &list->bans[i];

		if (addr_contains(hole, &ban->net)) {
			netset_add(&split->lifted, &ban->net);
			ban->leaves = true;
		} else if (addr_contains(&ban->net, hole)) {
			netset_add(&split->networks, &ban->net);
			add_parts(&parts, list, ban, hole);
			ban->leaves = true;
		}
	}
	banlist_remove_leaving(list);
	for (size_t i = 0; i < parts.count; i++)
		banlist_add(list, &parts.bans[i]);
	banlist_sort(list);
	/* networks inside one another became the same parts */
	blacklist_drop_duplicates(list);
}
