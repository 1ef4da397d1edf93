/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * first: what a place in a pattern can go on with.
 *
 * The next byte decides most choices that a pattern leaves open. Where it does not, that is said, and nothing is concluded.
 */
#include <string.h>

#include "build/items.h"
#include "detect/walk.h"

void first_add(struct first *to, const struct first *from)
{
	for (unsigned i = 0; i < 32; i++)
		to->set[i] |= from->set[i];
	to->unknown |= from->unknown;
	to->accepts |= from->accepts;
	to->at_end |= from->at_end;
}

/* Whether the item can match without taking a byte. */
static bool is_empty(const struct items *m, const struct item *item)
{
	if (item->kind == ITEM_GROUP)
		return item->min == 0 || item->group == GROUP_AHEAD || item->group == GROUP_NOT_AHEAD ||
		       alternatives_empty(m, item->alternatives);
	return item->kind == ITEM_LINE_END || item->kind == ITEM_WORD_EDGE || item->min == 0;
}

static bool sequence_empty(const struct items *m, uint16_t number)
{
	for (const struct item *item = item_of(m, number); item != NULL; item = item_of(m, item->next)) {
		if (!is_empty(m, item))
			return false;
	}
	return true;
}

bool alternatives_empty(const struct items *m, uint16_t number)
{
	for (const struct alternative *a = alternative_of(m, number); a != NULL; a = alternative_of(m, a->next)) {
		if (sequence_empty(m, a->items))
			return true;
	}
	return false;
}

/* What the item can begin with; what stands behind it is the caller's to add where it can be empty. */
static struct first first_of_item(const struct items *m, const struct item *item)
{
	struct first f = { .unknown = false }, none = { .unknown = false };

	switch (item->kind) {
	case ITEM_BYTES:
		memcpy(f.set, item->set, sizeof(f.set));
		break;
	case ITEM_ADDRESS:
		for (unsigned c = 0; c < 256; c++) {
			if ((c >= '0' && c <= ':') || ((c | 0x20) >= 'a' && (c | 0x20) <= 'f'))
				byteset_add(f.set, c);
		}
		break;
	case ITEM_GROUP:
		if (item->group == GROUP_AHEAD || item->group == GROUP_NOT_AHEAD)
			f.unknown = true;
		else
			f = first_of_alternatives(m, item->alternatives, &none);
		break;
	case ITEM_LINE_END:
		f.at_end = true;
		break;
	case ITEM_AGAIN:
	case ITEM_WORD_EDGE:
		f.unknown = true;
		break;
	}
	return f;
}

struct first first_of(const struct items *m, uint16_t number, const struct first *behind)
{
	struct first f = { .unknown = false };

	for (const struct item *item = item_of(m, number); item != NULL; item = item_of(m, item->next)) {
		struct first of_item = first_of_item(m, item);

		first_add(&f, &of_item);
		if (item->kind == ITEM_LINE_END || !is_empty(m, item))
			return f;
	}
	first_add(&f, behind);
	return f;
}

struct first first_of_alternatives(const struct items *m, uint16_t number, const struct first *behind)
{
	struct first f = { .unknown = false };

	for (const struct alternative *a = alternative_of(m, number); a != NULL; a = alternative_of(m, a->next)) {
		struct first of_one = first_of(m, a->items, behind);

		first_add(&f, &of_one);
	}
	return f;
}

bool first_disjoint(const uint8_t *a, const uint8_t *b)
{
	for (unsigned i = 0; i < 32; i++) {
		if ((a[i] & b[i]) != 0)
			return false;
	}
	return true;
}
