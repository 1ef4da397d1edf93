/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * history: days, and the state's lines of them.
 *
 *	history	2026-11-28 auth=3633 helo=37 login=812 mail=1904 addresses=931 open
 *	runs	2026-11-28 runs=24 lines=29862 added=52 over=23 banned=596
 *	tops	lines of record/history_table.c: those of closed days, a day after another, then the open ones
 *
 * Lines of closed days are kept as a text. A run takes apart only the lines of the open days, one or two.
 */
#include "record/history_inside.h"

#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/mem.h"

enum { GRACE = 3600 /* of an open day */, DAY_LEN = sizeof("2026-11-28") - 1 };

void history_free(struct history *h)
{
	for (unsigned i = 0; i < 4; i++)
		history_table_clear(&h->open[i / 2][i % 2]);
	buf_free(&h->closed);
	free(h->days);
	*h = (struct history){ 0 };
}

/* ---- days ---- */

/* The place of a day, made where it is missing; NULL: the day is too old. */
static struct history_day *day_at(struct history *h, uint32_t day)
{
	size_t i = h->count;

	while (i > 0 && h->days[i - 1].day > day)
		i--;
	if (i > 0 && h->days[i - 1].day == day)
		return &h->days[i - 1];
	if (h->count > 0 && (uint64_t)day + HISTORY_DAYS <= h->days[h->count - 1].day)
		return NULL;
	h->days = mem_grow(h->days, &h->capacity, h->count + 1, sizeof(*h->days));
	memmove(&h->days[i + 1], &h->days[i], (h->count - i) * sizeof(*h->days));
	h->days[i] = (struct history_day){ .day = day };
	h->count++;
	return &h->days[i];
}

static void forget_old(struct history *h)
{
	uint32_t last = h->count > 0 ? h->days[h->count - 1].day : 0;
	size_t gone = 0;

	while (gone < h->count && (uint64_t)h->days[gone].day + HISTORY_DAYS <= last)
		gone++;
	if (gone == 0)
		return;
	h->count -= gone;
	memmove(h->days, h->days + gone, h->count * sizeof(*h->days));
}

static bool is_open(const struct history *h, uint32_t day)
{
	return h->clock != 0 && (day == h->clock || (h->yesterday && day + 1 == h->clock));
}

static uint32_t first_open(const struct history *h)
{
	return h->yesterday ? h->clock - 1 : h->clock;
}

static void close_day(struct history *h, uint32_t day)
{
	history_add_closed(h->open[day & 1], day, &h->closed);
	for (unsigned kind = 0; kind < 2; kind++)
		history_table_clear(&h->open[day & 1][kind]);
}

static void close_yesterday(struct history *h)
{
	if (h->yesterday)
		close_day(h, h->clock - 1);
	h->yesterday = false;
}

static void set_clock(struct history *h, uint32_t day)
{
	close_yesterday(h);
	h->yesterday = h->clock != 0 && h->clock + 1 == day;
	if (h->clock != 0 && !h->yesterday)
		close_day(h, h->clock);
	h->clock = day;
}

/* The place of the first line of closed days that is not before that day. */
static size_t closed_from(const struct history *h, uint32_t day)
{
	FREED_BY(buf_free) struct buf border = { 0 };
	size_t at = 0;

	history_add_day(&border, day);
	while (at < h->closed.len && memcmp(h->closed.ptr + at, border.ptr, DAY_LEN) < 0)
		at = (size_t)((char *)memchr(h->closed.ptr + at, '\n', h->closed.len - at) + 1 - h->closed.ptr);
	return at;
}

/* Forgets the events of that day and of later days, but not their runs. */
static void forget_from(struct history *h, uint32_t day)
{
	h->closed.len = closed_from(h, day);
	for (size_t i = 0; i < h->count; i++) {
		if (h->days[i].day < day)
			continue;
		memset(h->days[i].events, 0, sizeof(h->days[i].events));
		h->days[i].addresses = 0;
	}
	for (uint32_t open = first_open(h); is_open(h, open); open++) {
		for (unsigned kind = 0; kind < 2 && open >= day; kind++)
			history_table_clear(&h->open[open & 1][kind]);
	}
	if (h->clock > day) {
		h->yesterday = false;
		h->clock = day;
	}
}

void history_event(struct history *h, const struct addr *addr, const struct event *event, uint32_t time)
{
	unsigned event_class = (event->flags & EVENT_ACCEPTED) != 0 ? HISTORY_MAILS : event->event_class;
	uint32_t day = time / WHEN_DAY;
	struct history_day *of;
	struct history_item *item;

	if (event->event_class == CLASS_TROUBLE)
		return;
	if (h->anew)
		forget_from(h, day);
	h->anew = false;
	if (day > h->clock)
		set_clock(h, day);
	if (h->yesterday && time >= h->clock * WHEN_DAY + GRACE)
		close_yesterday(h);
	of = day_at(h, day);
	if (of == NULL)
		return;
	of->events[event_class] = count_sum(of->events[event_class], event->count);
	if (event_class >= CLASS_GOOD || !is_open(h, day))
		return;
	item = history_item_of(&h->open[day & 1][HISTORY_ADDRESS], addr, NULL);
	of->addresses += item->weight == 0;
	history_item_add(item, event_class, event->count, true);
}

void history_failures(struct history *h, const char *user, uint32_t count, bool first, uint32_t time)
{
	uint32_t day = time / WHEN_DAY;
	struct history_item *item;

	if (count == 0 || !is_open(h, day))
		return;
	item = history_item_of(&h->open[day & 1][HISTORY_USER], &(struct addr){ 0 }, user);
	history_item_add(item, 0, count, true);
	history_item_add(item, 1, first ? 1 : 0, false);
}

void history_run(struct history *h, const struct history_day *run)
{
	struct history_day *of = day_at(h, run->day);

	if (of == NULL)
		return;
	of->runs += run->runs;
	of->added += run->added;
	of->over += run->over;
	of->lines += run->lines;
	of->banned = run->banned;
}

/* ---- lines ---- */

const char *history_class_word(unsigned event_class)
{
	return event_class == HISTORY_MAILS ? "mail" :
	       event_class == CLASS_GOOD    ? "login" :
					      event_class_name((enum event_class)event_class);
}

static void save_events(const struct history_day *of, bool open, struct buf *out)
{
	size_t begin = out->len, words;

	history_add_day(out, of->day);
	words = out->len;
	for (unsigned c = 0; c < HISTORY_CLASSES; c++)
		line_add_number(out, history_class_word(c), of->events[c]);
	line_add_number(out, "addresses", of->addresses);
	if (out->len == words) {
		out->len = begin;
		return;
	}
	line_add_flag(out, "open", open);
	buf_add_char(out, '\n');
}

static const struct line_member run_words[] = {
	LINE_MEMBER("runs", struct history_day, runs), LINE_MEMBER("lines", struct history_day, lines),
	LINE_MEMBER("added", struct history_day, added), LINE_MEMBER("over", struct history_day, over),
	LINE_MEMBER("banned", struct history_day, banned),
};

static void save_runs(const struct history_day *of, struct buf *out)
{
	if (of->runs == 0)
		return;
	history_add_day(out, of->day);
	line_add_members(out, run_words, LENGTH_OF(run_words), of);
	buf_add_char(out, '\n');
}

void history_save(struct history *h, struct state *state)
{
	size_t from = h->clock >= HISTORY_DAYS ? closed_from(h, h->clock - HISTORY_DAYS + 1) : 0;
	struct buf days = { 0 }, runs = { 0 }, tops = { 0 };

	forget_old(h);
	for (size_t i = 0; i < h->count; i++) {
		save_events(&h->days[i], is_open(h, h->days[i].day), &days);
		save_runs(&h->days[i], &runs);
	}
	buf_add(&tops, h->closed.ptr + from, h->closed.len - from);
	for (uint32_t day = first_open(h); is_open(h, day); day++)
		history_add_open(h->open[day & 1], day, &tops);
	state_take(state, STATE_HISTORY, &days);
	state_take(state, STATE_RUNS, &runs);
	state_take(state, STATE_TOPS, &tops);
}

static bool load_word(const struct line *line, struct history_day *of)
{
	for (unsigned c = 0; c < HISTORY_CLASSES; c++) {
		if (line_is(line, history_class_word(c)))
			return line_u32(line, &of->events[c]);
	}
	return line_is(line, "addresses") && line_u32(line, &of->addresses);
}

unsigned history_load_days(struct history *h, struct span lines)
{
	struct line line = { .lines = lines };
	bool was_open = false;

	while (line_next(&line)) {
		uint32_t day;
		struct history_day *of = history_read_day(&line, &day) ? day_at(h, day) : NULL;
		bool open = false;

		if (of == NULL || day <= h->clock)
			return line.number;
		while (line_word(&line)) {
			if (line_is(&line, "open"))
				open = true;
			else if (!load_word(&line, of))
				return line.number;
		}
		/* that it is open counts where the next day comes behind it */
		h->yesterday = was_open && day == h->clock + 1;
		h->clock = day;
		was_open = open;
	}
	return 0;
}

unsigned history_load_runs(struct history *h, struct span lines)
{
	struct line line = { .lines = lines };

	while (line_next(&line)) {
		uint32_t day;
		struct history_day *of = history_read_day(&line, &day) ? day_at(h, day) : NULL;

		if (of == NULL)
			return line.number;
		while (line_word(&line)) {
			if (!line_take_member(&line, run_words, LENGTH_OF(run_words), of))
				return line.number;
		}
	}
	return 0;
}

static bool load_open(struct history *h, struct line *line)
{
	struct history_item item, *to;
	struct history_table *table;

	if (!history_read_item(line, &item))
		return false;
	if (item.kind == HISTORY_NETWORK || !is_open(h, item.day)) {
		free(item.user);
		return false;
	}
	table = &h->open[item.day & 1][item.kind];
	to = history_item_of(table, &item.addr, item.user);
	memcpy(to->count, item.count, sizeof(to->count));
	to->weight = item.weight;
	free(item.user);
	return true;
}

unsigned history_load_tops(struct history *h, struct span lines)
{
	struct line line = { .lines = lines };
	FREED_BY(buf_free) struct buf border = { 0 };
	unsigned bad = 0;

	if (h->clock > 0)
		history_add_day(&border, first_open(h));
	while (bad == 0 && line_next(&line)) {
		if (line.rest.len > DAY_LEN && border.len > 0 && memcmp(line.rest.ptr, border.ptr, DAY_LEN) < 0) {
			buf_add_span(&h->closed, line.rest);
			buf_add_char(&h->closed, '\n');
		} else if (!load_open(h, &line)) {
			bad = line.number;
		}
	}
	return bad;
}

/* ---- what came most ---- */

static void hand_on(const struct history_item *items, size_t count, uint32_t day, history_take *take, void *context)
{
	for (size_t i = 0; i < count; i++) {
		struct history_item item = items[i];

		item.day = day;
		take(context, &item);
	}
}

static void hand_on_open(const struct history *h, uint32_t day, history_take *take, void *context)
{
	const struct history_table *tables = h->open[day & 1];
	struct history_item *nets;
	size_t count = history_networks(&tables[HISTORY_ADDRESS], &nets);

	hand_on(tables[HISTORY_ADDRESS].items, tables[HISTORY_ADDRESS].count, day, take, context);
	hand_on(tables[HISTORY_USER].items, tables[HISTORY_USER].count, day, take, context);
	hand_on(nets, count, day, take, context);
	free(nets);
}

unsigned history_tops(const struct history *h, history_take *take, void *context)
{
	struct line line = { .lines = buf_span(&h->closed) };
	struct history_item item;

	while (line_next(&line)) {
		if (!history_read_item(&line, &item))
			return line.number;
		take(context, &item);
		free(item.user);
	}
	for (uint32_t day = first_open(h); is_open(h, day); day++)
		hand_on_open(h, day, take, context);
	return 0;
}
