/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * items: takes a pattern's text apart (pcre2pattern(3) says what its parts mean).
 *
 * Whatever is not known for certain makes the whole pattern PCRE2's: options, look behind, other escapes.
 */
#include "build/items.h"

#include <string.h>

#include "detect/walk.h"

enum { DEPTH_MAX = 12, COUNT_MOST = 1000 };

static uint16_t read_alternatives(struct items *m);

static uint32_t read_number(struct items *m)
{
	uint32_t value = 0;

	if (*m->at < '0' || *m->at > '9')
		m->failed = true;
	while (*m->at >= '0' && *m->at <= '9' && value < COUNT_MOST)
		value = value * 10 + (uint32_t)(*m->at++ - '0');
	return value;
}

static void read_quantifier(struct items *m, struct item *item)
{
	item->min = *m->at == '?' || *m->at == '*' ? 0 : 1;
	item->max = *m->at == '*' || *m->at == '+' ? ITEMS_ENDLESS : 1;
	item->mode = MODE_GREEDY;
	if (!walk_is_quantifier(*m->at))
		return;
	if (*m->at++ == '{') {
		item->min = item->max = read_number(m);
		if (*m->at == ',') {
			m->at++;
			item->max = *m->at == '}' ? ITEMS_ENDLESS : read_number(m);
		}
		m->failed |= *m->at != '}' || item->min > item->max || item->max == 0;
		m->at += *m->at == '}';
	}
	if (*m->at == '?' || *m->at == '+')
		item->mode = *m->at++ == '?' ? MODE_LAZY : MODE_POSSESSIVE;
	m->failed |= walk_is_quantifier(*m->at);
}

static bool take_text(struct items *m, const char *text)
{
	size_t len = strlen(text);

	if (strncmp(m->at, text, len) != 0)
		return false;
	m->at += len;
	return true;
}

static void read_group(struct items *m, struct item *item)
{
	item->kind = ITEM_GROUP;
	m->at++;
	if (take_text(m, "?:"))
		item->group = GROUP_PLAIN;
	else if (take_text(m, "?>"))
		item->group = GROUP_ATOMIC;
	else if (take_text(m, "?="))
		item->group = GROUP_AHEAD;
	else if (take_text(m, "?!"))
		item->group = GROUP_NOT_AHEAD;
	else if (take_text(m, "?<user>"))
		item->group = GROUP_USER;
	else if (take_text(m, "?<count>"))
		item->group = GROUP_COUNT;
	else
		m->failed = true;
	if (++m->depth > DEPTH_MAX)
		m->failed = true;
	item->alternatives = m->failed ? 0 : read_alternatives(m);
	m->depth--;
	m->failed |= *m->at != ')';
	m->at += *m->at == ')';
}

static void read_bytes(struct items *m, struct item *item)
{
	struct walk w = { .at = m->at };
	int byte;

	item->kind = ITEM_BYTES;
	item->byte = -1;
	if (*m->at == '.') {
		m->at++;
		memset(item->set, 0xff, sizeof(item->set));
	} else if (walk_item_bytes(&w, item->set)) {
		m->at = w.at;
	} else if ((byte = walk_byte(&w)) >= 0) {
		m->at = w.at;
		item->byte = byte;
		byteset_add(item->set, (unsigned)byte);
	} else {
		m->failed = true;
	}
}

static void read_item(struct items *m, struct item *item)
{
	*item = (struct item){ 0 };
	if (take_text(m, "<ADDR>")) {
		item->kind = ITEM_ADDRESS;
		m->failed |= m->has_address;
		m->has_address = true;
	} else if (take_text(m, "\\k<ADDR>")) {
		item->kind = ITEM_AGAIN;
		m->failed |= !m->has_address;
	} else if (*m->at == '(') {
		read_group(m, item);
	} else if (take_text(m, "$")) {
		item->kind = ITEM_LINE_END;
	} else if (take_text(m, "\\b")) {
		item->kind = ITEM_WORD_EDGE;
	} else {
		read_bytes(m, item);
	}
	read_quantifier(m, item);
}

static uint16_t read_sequence(struct items *m)
{
	uint16_t begin = 0, last = 0;

	while (!m->failed && *m->at != '\0' && *m->at != '|' && *m->at != ')') {
		uint16_t number;

		if (m->item_count == ITEMS_MAX) {
		m->failed = true;
			break;
		}
		number = (uint16_t)++m->item_count;
		read_item(m, &m->items[number - 1]);
		if (last != 0)
			m->items[last - 1].next = number;
		else
			begin = number;
		last = number;
	}
	return begin;
}

static uint16_t read_alternatives(struct items *m)
{
	uint16_t begin = 0, last = 0;

	do {
		uint16_t number;

		m->at += begin != 0; /* the | */
		if (m->alternative_count == ALTERNATIVES_MAX) {
			m->failed = true;
			break;
		}
		number = (uint16_t)++m->alternative_count;
		m->alternatives[number - 1] = (struct alternative){ 0 };
		m->alternatives[number - 1].items = read_sequence(m);
		if (last != 0)
			m->alternatives[last - 1].next = number;
		else
			begin = number;
		last = number;
	} while (!m->failed && *m->at == '|');
	return begin;
}

uint16_t items_read(struct items *m, const char *pattern)
{
	uint16_t all;

	m->at = pattern + (*pattern == '^');
	all = read_alternatives(m);
	return m->failed || *m->at != '\0' ? 0 : all;
}
