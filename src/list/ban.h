/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ban: one entry of the blacklist and the sorted list of them. What reads and writes the file is
 * list/blacklist, what decides is judge/decide, what projects it into the kernel is firewall/firewall. */
#ifndef MAILBAN_LIST_BAN_H
#define MAILBAN_LIST_BAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "addr/addr.h"
#include "base/span.h"
#include "base/when.h"
#include "detect/event.h"

/* What a ban is for: a class, or a person who said so with a time limit. */
enum ban_by {
	BAN_BY_CLASS_LAST = CLASS_COUNT - 1, /* values up to here are enum event_class */
	BAN_BY_HAND = CLASS_COUNT,
};

struct ban {
	struct addr net;
	int64_t since, until;  /* seconds since the epoch, whole minutes; until may be WHEN_FOREVER */
	uint64_t hits;         /* events counted when it began */
	const char *text;      /* the begin of the line as it was read, for ban_line() and ban_above() */
	uint32_t line_len;     /* no newline; 0 for a ban that is new or changed. The byte behind the line can be read:
	                          a newline, or the NUL of a kept text */
	uint32_t above_len;    /* of the comment and blank lines that stand above the line, and in front of it in
	                        * memory */
	uint32_t hosts;        /* a network: how many banned hosts it was formed of; else 0 */
	uint8_t by;            /* enum ban_by */
	bool person;           /* a person's line: permanent, kept to the letter, never judged */
	bool leaves;           /* banlist_remove_leaving() takes it out */
};

/* Sorted by addr_compare(), no address twice. Owns the array and the texts that the spans point into. */
struct banlist {
	struct ban *bans;
	size_t count, capacity;
	struct span tail;      /* comment and blank lines behind the last entry */
	uint64_t digest;       /* of the file as it was read (base/digest); 0: there was none */
	char *text;            /* the file as it was read; spans of its entries point into it */
	size_t text_len;
	char **notes;          /* further texts that spans point into, owned */
	size_t note_count, note_capacity;
};

/* Whether a person made it: a line of his own, or a ban by hand that ends. */
static inline bool ban_is_of_person(const struct ban *ban)
{
	return ban->person || ban->by == BAN_BY_HAND;
}

/* The entry's line as it was read, without its newline; and the comment and blank lines above it. */
struct span ban_line(const struct ban *ban);
struct span ban_above(const struct ban *ban);

void banlist_free(struct banlist *list);
void banlist_add(struct banlist *list, const struct ban *ban);     /* at the end; banlist_sort() later */
void banlist_sort(struct banlist *list);                           /* entries of one address stay in their order */

/* Takes out the entries that leave. What stood above such an entry then stands above the next one. */
void banlist_remove_leaving(struct banlist *list);

/* Gives an entry the lines above it and its line; the list keeps a copy of both. */
void banlist_set_text(struct banlist *list, struct ban *ban, struct span above, struct span line);

/* The first entry that does not stand before net, or count. */
size_t banlist_seek(const struct banlist *list, const struct addr *net);

/* The entry that is exactly net, or NULL. */
struct ban *banlist_find(const struct banlist *list, const struct addr *net);
/* The narrowest entry that contains a and whose end is not before until, or NULL. */
struct ban *banlist_covering(const struct banlist *list, const struct addr *a, int64_t until);

#endif
