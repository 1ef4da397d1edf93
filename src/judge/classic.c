/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * classic: the judgement of the shell recipe, exactly.
 *
 * For each of three phrases the recipe counts the lines an IPv4 address and bans what was counted more than
 * once, for ever. It knows no window, no success and no network. What it takes from other brackets on a line
 * is not taken here: an event has the one address that its line is about.
 */
#define _GNU_SOURCE
#include "judge/classic.h"

#include <stdlib.h>
#include <sys/random.h>

#include "base/mem.h"
#include "base/msg.h"

void classic_free(struct classic *c)
{
	free(c->rows);
	free(c->slots);
	*c = (struct classic){ 0 };
}

static size_t slot_of(const struct classic *c, uint64_t lo)
{
	uint64_t hash = (lo ^ c->seed) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(hash ^ hash >> 32) & (c->slot_count - 1);
}

static void put(struct classic *c, size_t row)
{
	size_t slot = slot_of(c, c->rows[row].lo);

	while (c->slots[slot] != 0)
		slot = (slot + 1) & (c->slot_count - 1);
	c->slots[slot] = (uint32_t)row + 1;
}

static void grow(struct classic *c)
{
	if (c->slot_count == 0 && getrandom(&c->seed, sizeof(c->seed), 0) != (ssize_t)sizeof(c->seed))
		msg_die("no random numbers to be had from the kernel; nothing was written");
	c->slot_count = c->slot_count == 0 ? 1024 : c->slot_count * 2;
	free(c->slots);
	c->slots = mem_zalloc(c->slot_count, sizeof(*c->slots));
	for (size_t i = 0; i < c->count; i++)
		put(c, i);
}

static struct classic_row *row_of(struct classic *c, uint64_t lo)
{
	if (c->count * 2 >= c->slot_count)
		grow(c);
	for (size_t slot = slot_of(c, lo); c->slots[slot] != 0; slot = (slot + 1) & (c->slot_count - 1)) {
		if (c->rows[c->slots[slot] - 1].lo == lo)
			return &c->rows[c->slots[slot] - 1];
	}
	c->rows = mem_grow(c->rows, &c->capacity, c->count + 1, sizeof(*c->rows));
	c->rows[c->count] = (struct classic_row){ .lo = lo };
	put(c, c->count);
	return &c->rows[c->count++];
}

void classic_add(struct classic *c, const struct event *event)
{
	struct classic_row *row;

	/* what repeats a line before it says so in words that the recipe does not know */
	if (event->phrases == 0 || event->repeats > 0 || (event->flags & EVENT_NO_ADDRESS) || !addr_is_v4(&event->addr))
		return;
	row = row_of(c, event->addr.lo);
	for (unsigned i = 0; i < CLASSIC_PHRASES; i++) {
		if (!(event->phrases >> i & 1))
			continue;
		if (row->lines[i] == 0 || event->time < row->first[i])
			row->first[i] = event->time;
		if (row->lines[i] == 0 || event->time > row->last[i])
			row->last[i] = event->time;
		if (row->lines[i] < UINT32_MAX && ++row->lines[i] == 2)
			row->second[i] = event->time;
	}
}

static bool is_banned(const struct classic_row *row)
{
	return row->lines[0] > 1 || row->lines[1] > 1 || row->lines[2] > 1;
}

/* The phrase with the most lines says what the ban is for. */
static unsigned most_of(const struct classic_row *row)
{
	unsigned most = 0;

	for (unsigned i = 1; i < CLASSIC_PHRASES; i++) {
		if (row->lines[i] > row->lines[most])
			most = i;
	}
	return most;
}

static uint8_t class_of(unsigned phrase)
{
	return phrase == 0 ? CLASS_AUTH : CLASS_UNKNOWN;
}

static struct ban ban_of(const struct classic_row *row)
{
	unsigned most = most_of(row);

	return (struct ban){
		.net = { .lo = row->lo, .prefix = ADDR_BITS }, .since = row->second[most] - row->second[most] % 60,
		.until = BAN_FOREVER, .hits = row->lines[most], .by = class_of(most),
	};
}

void classic_bans(struct classic *c, struct banlist *bans)
{
	for (size_t i = 0; i < c->count; i++) {
		struct ban ban;

		if (!is_banned(&c->rows[i]))
			continue;
		ban = ban_of(&c->rows[i]);
		banlist_add(bans, &ban);
	}
	banlist_sort(bans);
}

static int compare_rows(const void *a, const void *b)
{
	return addr_compare(&((const struct tally_row *)a)->addr, &((const struct tally_row *)b)->addr);
}

static struct tally_row row_to_tell(const struct classic_row *row)
{
	unsigned most = most_of(row);

	return (struct tally_row){
		.addr = { .lo = row->lo, .prefix = ADDR_BITS }, .count = row->lines[most], .first = row->first[most],
		.last = row->last[most], .event_class = class_of(most),
	};
}

size_t classic_rows(const struct classic *c, struct tally_row **rows)
{
	size_t count = 0;

	*rows = mem_zalloc(c->count + 1, sizeof(**rows));
	for (size_t i = 0; i < c->count; i++) {
		if (is_banned(&c->rows[i])) {
			(*rows)[count] = row_to_tell(&c->rows[i]);
			count++;
		}
	}
	qsort(*rows, count, sizeof(**rows), compare_rows);
	return count;
}

void classic_merge(const struct banlist *old, const struct banlist *bans, const struct netset *allow, int64_t now,
		   struct banlist *merged)
{
	for (size_t i = 0; i < old->count; i++) {
		if (old->bans[i].person || old->bans[i].until > now)
			banlist_add(merged, &old->bans[i]);
	}
	for (size_t i = 0; i < bans->count; i++) {
		const struct ban *standing = banlist_covering(old, &bans->bans[i].net);

		if ((standing == NULL || (!standing->person && standing->until <= now)) &&
		    !netset_contains(allow, &bans->bans[i].net))
			banlist_add(merged, &bans->bans[i]);
	}
	merged->tail = old->tail;
	merged->as_read = old->as_read;
	banlist_sort(merged);
}
