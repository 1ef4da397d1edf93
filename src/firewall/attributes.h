/* SPDX-License-Identifier: GPL-2.0-or-later */
/* attributes: reads a row of netlink attributes, one by one.
 *
 * An entry has some ten attributes. A call of libmnl for each would cost as much as the rest of a listing, so these
 * functions are inline. They check every length against the bytes around it. */
#ifndef MAILBAN_FIREWALL_ATTRIBUTES_H
#define MAILBAN_FIREWALL_ATTRIBUTES_H

#include <linux/netlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum {
	ATTRIBUTE_HEAD = 4,      /* bytes in front of a value, and what attributes are aligned to */
	ATTRIBUTE_TYPE = 0x3fff, /* the other bits of the type are flags */
};

_Static_assert(sizeof(struct nlattr) == ATTRIBUTE_HEAD && NLA_ALIGNTO == ATTRIBUTE_HEAD, "the layout of attributes");

/* Where reading stands, and the attribute that was read last. */
struct attributes {
	const char *at, *end;
	const char *value;
	size_t len;
	unsigned type;
};

/* Reads the next attribute; false at the end, or where the next attribute is damaged. */
static inline bool attributes_next(struct attributes *a)
{
	struct nlattr head;
	size_t left = (size_t)(a->end - a->at), step;

	if (left < sizeof(head))
		return false;
	memcpy(&head, a->at, sizeof(head));
	if (head.nla_len < ATTRIBUTE_HEAD || head.nla_len > left)
		return false;
	step = ((size_t)head.nla_len + ATTRIBUTE_HEAD - 1) / ATTRIBUTE_HEAD * ATTRIBUTE_HEAD;
	a->type = (unsigned)head.nla_type & ATTRIBUTE_TYPE;
	a->value = a->at + ATTRIBUTE_HEAD;
	a->len = (size_t)head.nla_len - ATTRIBUTE_HEAD;
	a->at += step < left ? step : left;
	return true;
}

/* Reads on to the next attribute of that type; false where there is none. */
static inline bool attributes_find(struct attributes *a, unsigned type)
{
	while (attributes_next(a)) {
		if (a->type == type)
			return true;
	}
	return false;
}

/* The attributes inside the one that was read last. */
static inline struct attributes attributes_inside(const struct attributes *a)
{
	return (struct attributes){ .at = a->value, .end = a->value + a->len };
}

/* The value of the last attribute as a number of up to 8 bytes, the highest byte first. */
static inline uint64_t attributes_number(const struct attributes *a)
{
	uint64_t value = 0;

	for (size_t i = 0; i < a->len && i < 8; i++)
		value = value << 8 | (unsigned char)a->value[i];
	return value;
}

#endif
