/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history: what is remembered of the bans that were, and of the ones that stand.
 *
 * One record an address or network, about its last ban, is all that the next ban's length and the networks need. The
 * judgement writes it new at each run; here it is turned into text and back, and searched. Times of bans are whole
 * minutes and written as minutes.
 */
#include "judge/history.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "judge/fields.h"

enum { MINUTE = 60, FIELDS = 12 };

void history_free(struct history *history)
{
	free(history->pasts);
	free(history->goods);
	*history = (struct history){ 0 };
}

struct addr past_addr(const struct past *past)
{
	return (struct addr){ past->hi, past->lo, past->prefix };
}

void history_add(struct history *history, const struct past *past)
{
	history->pasts = mem_grow(history->pasts, &history->capacity, history->count + 1, sizeof(*history->pasts));
	history->pasts[history->count++] = *past;
}

void history_add_good(struct history *history, const struct good_net *good)
{
	history->goods = mem_grow(history->goods, &history->good_capacity, history->good_count + 1,
		sizeof(*history->goods));
	history->goods[history->good_count++] = *good;
}

static uint64_t minutes(uint32_t time)
{
	return time == PAST_FOREVER ? PAST_FOREVER : time / MINUTE;
}

static bool read_minutes(struct fields *f, uint32_t *time)
{
	uint32_t value;

	if (!fields_u32(f, &value) || (value != PAST_FOREVER && value > (PAST_FOREVER - 1) / MINUTE))
		return false;
	*time = value == PAST_FOREVER ? PAST_FOREVER : value * MINUTE;
	return true;
}

static void save_past(const struct past *p, struct buf *out)
{
	struct addr a = past_addr(p);
	const uint64_t values[FIELDS] = { minutes(p->since), minutes(p->until), p->hits, p->level, p->by, p->hosts, p->users,
					  minutes(p->before), p->level_before, p->flags, p->sole, p->packets };

	addr_add_to(out, &a);
	fields_add_all(out, values, FIELDS);
	buf_add_char(out, '\n');
}

/* What is not there is zero: fields_add_all() left it out. */
static bool load_past(struct fields *f, struct past *p)
{
	struct addr a;

	*p = (struct past){ 0 };
	if (!fields_addr(f, &a) || !read_minutes(f, &p->since) || !read_minutes(f, &p->until) || !fields_u32(f, &p->hits) ||
	    !fields_u8(f, &p->level))
		return false;
	p->hi = a.hi;
	p->lo = a.lo;
	p->prefix = a.prefix;
	return (fields_at_end(f) || fields_u8(f, &p->by)) && (fields_at_end(f) || fields_u32(f, &p->hosts)) &&
	       (fields_at_end(f) || fields_u32(f, &p->users)) && (fields_at_end(f) || read_minutes(f, &p->before)) &&
	       (fields_at_end(f) || fields_u8(f, &p->level_before)) && (fields_at_end(f) || fields_u8(f, &p->flags)) &&
	       (fields_at_end(f) || fields_number(f, UINT64_MAX, &p->sole)) &&
	       (fields_at_end(f) || fields_u32(f, &p->packets)) && fields_at_end(f) && p->by < CLASS_GOOD && p->level > 0;
}

void history_save(const struct history *history, struct buf *out)
{
	buf_add_text(out, "over");
	fields_add(out, history->over);
	buf_add_char(out, '\n');
	for (size_t i = 0; i < history->good_count; i++) {
		buf_add_text(out, "good ");
		addr_add_to(out, &history->goods[i].net);
		fields_add(out, history->goods[i].first);
		fields_add(out, history->goods[i].last);
		buf_add_char(out, '\n');
	}
	for (size_t i = 0; i < history->count; i++)
		save_past(&history->pasts[i], out);
}

/* Records stand in their order: what is out of order was not written by history_save(). */
static bool load_line(struct history *history, struct fields *f)
{
	struct addr a, last;
	struct good_net good;
	struct past past;

	if (f->line_end - f->at > 5 && memcmp(f->at, "over ", 5) == 0) {
		f->at += 5;
		return fields_u32(f, &history->over) && fields_at_end(f);
	}
	if (f->line_end - f->at > 5 && memcmp(f->at, "good ", 5) == 0) {
		f->at += 5;
		if (!fields_addr(f, &good.net) || !fields_u32(f, &good.first) || !fields_u32(f, &good.last) ||
		    !fields_at_end(f) || good.first > good.last)
			return false;
		if (history->good_count > 0 &&
		    addr_compare(&history->goods[history->good_count - 1].net, &good.net) > 0)
			return false;
		history_add_good(history, &good);
		return true;
	}
	if (!load_past(f, &past))
		return false;
	a = past_addr(&past);
	if (history->count > 0) {
		last = past_addr(&history->pasts[history->count - 1]);
		if (addr_compare(&last, &a) >= 0)
			return false;
	}
	history_add(history, &past);
	return true;
}

int history_load(struct history *history, const char *text, size_t len, unsigned long *bad_line)
{
	struct fields f = { 0 };

	*history = (struct history){ 0 };
	while (fields_line(&f, text, len)) {
		if (!load_line(history, &f)) {
			*bad_line = f.line;
			history_free(history);
			return -1;
		}
	}
	return 0;
}

size_t history_lower_bound(const struct history *history, const struct addr *net)
{
	size_t low = 0, high = history->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct addr a = past_addr(&history->pasts[middle]);

		if (addr_compare(&a, net) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

const struct past *history_find(const struct history *history, const struct addr *net)
{
	size_t at = history_lower_bound(history, net);
	struct addr a;

	if (at == history->count)
		return NULL;
	a = past_addr(&history->pasts[at]);
	return addr_equal(&a, net) ? &history->pasts[at] : NULL;
}
