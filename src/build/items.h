/* SPDX-License-Identifier: GPL-2.0-or-later */
/* items: a pattern taken apart. */
#ifndef MAILBAN_BUILD_ITEMS_H
#define MAILBAN_BUILD_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ITEMS_MAX = 768, ALTERNATIVES_MAX = 128, ITEMS_ENDLESS = 1 << 30 };

enum item_kind { ITEM_BYTES, ITEM_ADDRESS, ITEM_AGAIN, ITEM_GROUP, ITEM_LINE_END, ITEM_WORD_EDGE };

enum group_kind { GROUP_PLAIN, GROUP_USER, GROUP_COUNT, GROUP_ATOMIC, GROUP_AHEAD, GROUP_NOT_AHEAD };

enum mode { MODE_GREEDY, MODE_LAZY, MODE_POSSESSIVE };

struct item {
	enum item_kind kind;
	enum group_kind group;
	enum mode mode;
	uint32_t min, max;        /* max ITEMS_ENDLESS: no end */
	uint8_t set[32];          /* ITEM_BYTES: one of these */
	int byte;                 /* the only one of set; -1: there are several */
	uint16_t alternatives;    /* of a group, from 1 */
	uint16_t next;            /* from 1; 0: none */
};

struct alternative {
	uint16_t items, next;     /* from 1; 0: none */
};

struct items {
	const char *at;           /* while the pattern is read */
	bool failed;              /* it has something that items do not know */
	unsigned depth;           /* inside how many groups */
	bool has_address;
	struct item items[ITEMS_MAX];
	unsigned item_count;
	struct alternative alternatives[ALTERNATIVES_MAX];
	unsigned alternative_count;
};

/* What a place in the pattern can go on with. */
struct first {
	uint8_t set[32];
	bool unknown;             /* it depends on more than the next byte */
	bool accepts;             /* the match may be complete here */
	bool at_end;              /* or the line may end here */
};

/* Takes the pattern apart into its alternatives, whose number it returns. items begin as zero. 0: it has something that
 * items do not know. */
uint16_t items_read(struct items *items, const char *pattern);

static inline const struct item *item_of(const struct items *items, uint16_t number)
{
	return number != 0 ? &items->items[number - 1] : NULL;
}

static inline const struct alternative *alternative_of(const struct items *items, uint16_t number)
{
	return number != 0 ? &items->alternatives[number - 1] : NULL;
}

/* Whether one of the alternatives can match without taking a byte. */
bool alternatives_empty(const struct items *items, uint16_t number);

/* What the items from that number on, or the alternatives, can begin with; behind: what stands behind them can. */
struct first first_of(const struct items *items, uint16_t number, const struct first *behind);
struct first first_of_alternatives(const struct items *items, uint16_t number, const struct first *behind);
void first_add(struct first *to, const struct first *from);

/* Whether no byte is in both sets. */
bool first_disjoint(const uint8_t *a, const uint8_t *b);

#endif
