/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history_table: addresses and user names of an open day.
 *
 * Clients choose both, so each table is bounded. A full table drops at least an eighth of its items, those up to
 * some weight. This weight is taken off the others (Misra and Gries, Finding repeated elements,
 * 1982). So an item that comes often stays, whatever else comes. Which items stay depends on the events alone.
 *
 *	2026-11-28 203.0.113.9 auth=330 probe=7
 *	2026-11-28 u:anna failures=24 addresses=3
 *	2026-11-28 192.0.2.0/24 events=96 hosts=8
 */
#include "record/history_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/mem.h"
#include "base/when.h"

enum { GO = HISTORY_APART / 8 };

static uint32_t hash_of(const struct history_table *table, const struct addr *addr, const char *user)
{
	return user != NULL ? hash_of_bytes(&table->index, user, strlen(user))
			    : hash_of_numbers(&table->index, addr->hi, addr->lo);
}

/* A weight that at least an eighth of the items does not exceed: the least of 0, 1, 3, 7, 15, ... */
static uint32_t light_weight(const struct history_table *table)
{
	size_t of_bits[33] = { 0 }, sum = 0;
	unsigned bits = 0;

	for (size_t i = 0; i < table->count; i++)
		of_bits[table->items[i].weight > 0 ? 32 - __builtin_clz(table->items[i].weight) : 0]++;
	while ((sum += of_bits[bits]) < GO)
		bits++;
	return (uint32_t)((UINT64_C(1) << bits) - 1);
}

static void let_go(struct history_table *table)
{
	uint32_t weight = light_weight(table);
	size_t kept = 0;

	hash_clear(&table->index);
	for (size_t i = 0; i < table->count; i++) {
		struct history_item *item = &table->items[i];

		if (item->weight <= weight) {
			free(item->user);
			continue;
		}
		item->weight -= weight;
		hash_put(&table->index, hash_of(table, &item->addr, item->user), (uint32_t)kept);
		table->items[kept++] = *item;
	}
	table->count = kept;
}

static struct history_item *find(const struct history_table *table, uint32_t hash, const struct addr *addr,
				 const char *user)
{
	size_t at;

	for (uint32_t n = hash_first(&table->index, hash, &at); n != HASH_NONE;
	     n = hash_next(&table->index, hash, &at)) {
		struct history_item *item = &table->items[n];

		if (user != NULL ? strcmp(item->user, user) == 0 : addr_equal(&item->addr, addr))
			return item;
	}
	return NULL;
}

static struct history_item *make(struct history_table *table, uint32_t hash, const struct addr *addr, const char *user)
{
	struct history_item *item;

	if (table->count == HISTORY_APART)
		let_go(table);
	if (table->items == NULL)
		table->items = mem_alloc(HISTORY_APART, sizeof(*table->items));
	item = &table->items[table->count];
	*item = (struct history_item){ .kind = user != NULL ? HISTORY_USER : HISTORY_ADDRESS, .addr = *addr };
	item->user = user != NULL ? mem_text(user) : NULL;
	hash_put(&table->index, hash, (uint32_t)table->count++);
	return item;
}

struct history_item *history_item_of(struct history_table *table, const struct addr *addr, const char *user)
{
	struct history_item *item;
	uint32_t hash;

	hash_seed(&table->index);
	hash = hash_of(table, addr, user);
	item = find(table, hash, addr, user);
	return item != NULL ? item : make(table, hash, addr, user);
}

void history_item_add(struct history_item *item, unsigned which, uint32_t count, bool weighs)
{
	item->count[which] = count_sum(item->count[which], count);
	if (weighs)
		item->weight = count_sum(item->weight, count);
}

void history_table_clear(struct history_table *table)
{
	for (size_t i = 0; i < table->count; i++)
		free(table->items[i].user);
	free(table->items);
	hash_free(&table->index);
	*table = (struct history_table){ 0 };
}

/* ---- networks ---- */

static uint64_t events_of(const struct history_item *item)
{
	uint64_t sum = 0;

	for (unsigned c = 0; item->kind == HISTORY_ADDRESS && c < CLASS_GOOD; c++)
		sum += item->count[c];
	return item->kind == HISTORY_ADDRESS ? sum : item->count[0];
}

static int by_key(const void *a, const void *b)
{
	const struct history_item *x = a, *y = b;

	return x->user != NULL ? strcmp(x->user, y->user) : addr_compare(&x->addr, &y->addr);
}

/* Items with the most events first; of user names those for which the most addresses failed. */
static int by_events(const void *a, const void *b)
{
	const struct history_item *x = a, *y = b;
	uint64_t p = events_of(x), q = events_of(y);

	if (x->kind == HISTORY_USER && x->count[1] != y->count[1])
		return x->count[1] > y->count[1] ? -1 : 1;
	return p != q ? (p > q ? -1 : 1) : by_key(a, b);
}

static struct addr network_of(const struct addr *a)
{
	return addr_network(a, addr_is_v4(a) ? ADDR_V4_BITS + 24 : 48);
}

size_t history_networks(const struct history_table *addrs, struct history_item **all)
{
	struct history_item *nets = mem_alloc(addrs->count + 1, sizeof(*nets));
	size_t count = 0;

	for (size_t i = 0; i < addrs->count; i++) {
		nets[i] = (struct history_item){ .kind = HISTORY_NETWORK, .addr = network_of(&addrs->items[i].addr) };
		nets[i].count[0] = count_sum(nets[i].count[0], (uint32_t)(events_of(&addrs->items[i]) & UINT32_MAX));
		nets[i].count[1] = 1;
	}
	qsort(nets, addrs->count, sizeof(*nets), by_key);
	for (size_t i = 0; i < addrs->count; i++) {
		if (count > 0 && addr_equal(&nets[count - 1].addr, &nets[i].addr)) {
			nets[count - 1].count[0] = count_sum(nets[count - 1].count[0], nets[i].count[0]);
			nets[count - 1].count[1]++;
		} else {
			nets[count++] = nets[i];
		}
	}
	qsort(nets, count, sizeof(*nets), by_events);
	*all = nets;
	return count;
}

/* ---- lines ---- */

static const char *const words[][CLASS_GOOD] = {
	[HISTORY_USER] = { "failures", "addresses" },
	[HISTORY_NETWORK] = { "events", "hosts" },
};

static const char *word_of(unsigned kind, unsigned which)
{
	return kind == HISTORY_ADDRESS ? event_class_name((enum event_class)which) : words[kind][which];
}

void history_add_day(struct buf *out, uint32_t day)
{
	when_add_minute(out, (int64_t)day * WHEN_DAY);
	out->len -= sizeof("T00:00Z") - 1;
}

bool history_read_day(struct line *line, uint32_t *day)
{
	char text[WHEN_MINUTE_LEN + 1] = "2026-11-28T00:00Z";
	int64_t time;

	if (!line_word(line) || line->name.len != 10 || line->value.len > 0)
		return false;
	memcpy(text, line->name.ptr, line->name.len);
	if (!when_parse_minute(text, WHEN_MINUTE_LEN, &time) || time < 0 || time / WHEN_DAY > UINT32_MAX)
		return false;
	*day = (uint32_t)(time / WHEN_DAY);
	return true;
}

/* day: the word of the day and a blank. */
static void add_item(const struct history_item *item, const struct buf *day, struct buf *out)
{
	buf_add_span(out, buf_span(day));
	if (item->user != NULL)
		line_add_user(out, item->user);
	else
		addr_add_to(out, &item->addr);
	for (unsigned i = 0; i < CLASS_GOOD; i++) {
		if (word_of(item->kind, i) != NULL)
			line_add_number(out, word_of(item->kind, i), item->count[i]);
	}
}

/* A sorted copy of the items, which shares their names. */
static struct history_item *sorted(const struct history_table *table, int (*compare)(const void *, const void *))
{
	struct history_item *items = mem_alloc(table->count + 1, sizeof(*items));

	if (table->count > 0)
		memcpy(items, table->items, table->count * sizeof(*items));
	qsort(items, table->count, sizeof(*items), compare);
	return items;
}

void history_add_open(struct history_table tables[2], uint32_t day, struct buf *out)
{
	FREED_BY(buf_free) struct buf word = { 0 };

	history_add_day(&word, day);
	buf_add_char(&word, ' ');
	for (unsigned kind = HISTORY_ADDRESS; kind <= HISTORY_USER; kind++) {
		FREED_BY(mem_free) struct history_item *items = sorted(&tables[kind], by_key);

		for (size_t i = 0; i < tables[kind].count; i++) {
			add_item(&items[i], &word, out);
			if (items[i].weight != events_of(&items[i]))
				line_add_number(out, "weight", items[i].weight);
			buf_add_char(out, '\n');
		}
	}
}

static void add_first(const struct history_item *items, size_t count, const struct buf *day, struct buf *out)
{
	for (size_t i = 0; i < count && i < HISTORY_TOP; i++) {
		add_item(&items[i], day, out);
		buf_add_char(out, '\n');
	}
}

void history_add_closed(struct history_table tables[2], uint32_t day, struct buf *out)
{
	struct history_item *nets;
	size_t count = history_networks(&tables[HISTORY_ADDRESS], &nets);
	FREED_BY(buf_free) struct buf word = { 0 };

	history_add_day(&word, day);
	buf_add_char(&word, ' ');
	for (unsigned kind = HISTORY_ADDRESS; kind <= HISTORY_USER; kind++) {
		FREED_BY(mem_free) struct history_item *items = sorted(&tables[kind], by_events);

		add_first(items, tables[kind].count, &word, out);
	}
	add_first(nets, count, &word, out);
	free(nets);
}

/* Reads a word of an item. The word says the item's kind, too. */
static bool read_word(const struct line *line, struct history_item *item)
{
	for (unsigned kind = HISTORY_ADDRESS; kind <= HISTORY_NETWORK; kind++) {
		for (unsigned i = 0; i < CLASS_GOOD; i++) {
			if (word_of(kind, i) == NULL || !line_is(line, word_of(kind, i)))
				continue;
			item->kind = (uint8_t)kind;
			return (item->user != NULL) == (kind == HISTORY_USER) && line_u32(line, &item->count[i]);
		}
	}
	return line_is(line, "weight") && line_u32(line, &item->weight);
}

static bool read_key(struct line *line, struct history_item *item)
{
	char user[USER_MAX + 1];
	size_t len;

	if (!line_word(line))
		return false;
	if (addr_parse_net(&item->addr, line->name.ptr, line->name.len))
		return true;
	if (!line_user(line, user, USER_MAX, &len))
		return false;
	item->user = mem_text_of(user, len);
	item->kind = HISTORY_USER;
	return true;
}

bool history_read_item(struct line *line, struct history_item *item)
{
	bool good;

	*item = (struct history_item){ 0 };
	good = history_read_day(line, &item->day) && read_key(line, item);
	while (good && line_word(line))
		good = read_word(line, item);
	if (good && item->weight == 0)
		item->weight = (uint32_t)(events_of(item) & UINT32_MAX);
	if (!good)
		free(item->user);
	return good;
}
