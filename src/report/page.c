/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page: the figures of some days, put together.
 *
 * The history has, for each day, the items with the most events. The page adds them up over its days. An address that
 * comes on many days, but never among the most, is missing here.
 */
#include "report/page.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/when.h"
#include "report/text.h"

enum { WEEK = 7, DAYS_APART = 92 /* more of them are shown by weeks */ };

void page_begin(struct page *p, uint32_t first, uint32_t last, int64_t now)
{
	*p = (struct page){ .now = now, .first = first, .day_count = last - first + 1 };
	p->days = mem_zalloc(p->day_count, sizeof(*p->days));
	for (uint32_t i = 0; i < p->day_count; i++)
		p->days[i].day = first + i;
}

static void free_row(struct page_row *row)
{
	free(row->user);
	free(row->days);
}

void page_free(struct page *p)
{
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++) {
		for (size_t i = 0; i < p->rows[kind].count; i++)
			free_row(&p->rows[kind].all[i]);
		free(p->rows[kind].all);
		hash_free(&p->rows[kind].index);
	}
	for (size_t i = 0; i < p->need_count; i++) {
		free(p->needs[i].what);
		free(p->needs[i].details);
	}
	free(p->needs);
	free(p->days);
	*p = (struct page){ 0 };
}

void page_need(struct page *p, bool urgent, const char *what, const char *details)
{
	p->needs = mem_grow(p->needs, &p->need_capacity, p->need_count + 1, sizeof(*p->needs));
	p->needs[p->need_count++] = (struct page_need){ urgent, mem_text(what), mem_text(details) };
}

/* ---- the history ---- */

static void take_day(struct page *p, const struct history_day *of)
{
	p->days[of->day - p->first] = *of;
	p->failures += of->events[CLASS_AUTH];
	p->lines += of->lines;
	p->runs += of->runs;
}

static uint32_t hash_of(const struct hash *index, const struct history_item *item)
{
	return item->user != NULL ? hash_of_bytes(index, item->user, strlen(item->user)) :
				    hash_of_numbers(index, item->addr.hi, item->addr.lo);
}

static struct page_row *row_of(struct page *p, const struct history_item *item)
{
	struct page_rows *rows = &p->rows[item->kind];
	struct page_row *row;
	uint32_t hash;
	size_t at;

	hash_seed(&rows->index);
	hash = hash_of(&rows->index, item);
	for (uint32_t n = hash_first(&rows->index, hash, &at); n != HASH_NONE; n = hash_next(&rows->index, hash, &at)) {
		row = &rows->all[n];
		if (item->user != NULL ? strcmp(row->user, item->user) == 0 : addr_equal(&row->addr, &item->addr))
			return row;
	}
	rows->all = mem_grow(rows->all, &rows->capacity, rows->count + 1, sizeof(*rows->all));
	row = &rows->all[rows->count];
	*row = (struct page_row){ .kind = item->kind, .addr = item->addr };
	row->user = item->user != NULL ? mem_text(item->user) : NULL;
	row->days = mem_zalloc(p->day_count, sizeof(*row->days));
	hash_put(&rows->index, hash, (uint32_t)rows->count++);
	return row;
}

static void take_item(void *context, const struct history_item *item)
{
	struct page *p = context;
	struct page_row *row;
	uint64_t events = item->count[0];

	if (item->day < p->first || item->day - p->first >= p->day_count)
		return;
	row = row_of(p, item);
	for (unsigned c = 0; item->kind == HISTORY_ADDRESS && c < CLASS_GOOD; c++) {
		row->by_class[c] += item->count[c];
		events += c > 0 ? item->count[c] : 0;
	}
	row->events += events;
	row->days[item->day - p->first] += (uint32_t)events;
	if (item->kind != HISTORY_ADDRESS && item->count[1] > row->most)
		row->most = item->count[1];
}

unsigned page_take_history(struct page *p, const struct history *h)
{
	for (size_t i = 0; i < h->count; i++) {
		const struct history_day *of = &h->days[i];

		if (of->day < p->first && (uint64_t)of->day + p->day_count >= p->first)
			p->before += of->events[CLASS_AUTH];
		else if (of->day >= p->first && of->day - p->first < p->day_count)
			take_day(p, of);
	}
	p->has_before = h->count > 0 && (uint64_t)h->days[0].day + p->day_count <= p->first && p->before > 0;
	return history_tops(h, take_item, p);
}

/* ---- rows ---- */

/* Rows with the most events first; of user names those for which the most addresses failed. Networks of one host are
 * told as hosts. */
static int compare_rows(const void *a, const void *b)
{
	const struct page_row *x = a, *y = b;

	if (x->kind == HISTORY_NETWORK && (x->most > 1) != (y->most > 1))
		return x->most > 1 ? -1 : 1;
	if (x->attacked != y->attacked)
		return x->attacked ? -1 : 1;
	if (x->kind == HISTORY_USER && x->most != y->most)
		return x->most > y->most ? -1 : 1;
	if (x->events != y->events)
		return x->events > y->events ? -1 : 1;
	return x->user != NULL ? strcmp(x->user, y->user) : addr_compare(&x->addr, &y->addr);
}

static int compare_needs(const void *a, const void *b)
{
	const struct page_need *x = a, *y = b;

	if (x->urgent != y->urgent)
		return x->urgent ? -1 : 1;
	return strcmp(x->what, y->what);
}

static void keep_first(struct page_rows *rows, struct owners *owners)
{
	size_t kept = 0;

	if (rows->count > 0)
		qsort(rows->all, rows->count, sizeof(*rows->all), compare_rows);
	while (kept < rows->count && kept < PAGE_ROWS &&
	       (rows->all[kept].kind != HISTORY_NETWORK || rows->all[kept].most > 1))
		kept++;
	for (size_t i = 0; i < rows->count; i++) {
		if (i >= kept)
			free_row(&rows->all[i]);
		else if (rows->all[i].kind != HISTORY_USER)
			(void)owners_find(owners, &rows->all[i].addr, &rows->all[i].owner);
	}
	rows->count = kept;
}

void page_finish(struct page *p)
{
	for (unsigned kind = 0; kind < PAGE_KINDS; kind++)
		keep_first(&p->rows[kind], p->owners);
	if (p->need_count > 0)
		qsort(p->needs, p->need_count, sizeof(*p->needs), compare_needs);
}

/* ---- bars ---- */

unsigned page_bar_days(const struct page *p)
{
	return p->day_count > DAYS_APART ? WEEK : 1;
}

size_t page_bar_count(const struct page *p)
{
	return (p->day_count + page_bar_days(p) - 1) / page_bar_days(p);
}

size_t page_bar_of(const struct page *p, size_t day)
{
	return page_bar_count(p) - 1 - (p->day_count - 1 - day) / page_bar_days(p);
}

uint32_t page_bar_begins(const struct page *p, size_t bar)
{
	size_t behind = (page_bar_count(p) - bar) * page_bar_days(p);

	return p->first + (behind < p->day_count ? p->day_count - (uint32_t)behind : 0);
}

uint64_t *page_row_bars(const struct page *p, const struct page_row *row, size_t from, uint64_t *most)
{
	size_t bars = page_bar_count(p);
	uint64_t *sums = mem_zalloc(bars, sizeof(*sums));

	*most = 1;
	for (size_t i = 0; i < p->day_count; i++)
		sums[page_bar_of(p, i)] += row->days[i];
	for (size_t b = from; b < bars; b++)
		*most = sums[b] > *most ? sums[b] : *most;
	return sums;
}

int64_t page_banned_at(const struct page *p, size_t day)
{
	while (day > 0 && p->days[day].runs == 0)
		day--;
	return p->days[day].runs > 0 ? (int64_t)p->days[day].banned : -1;
}

/* ---- words ---- */

void page_add_number(struct buf *out, uint64_t number)
{
	char digits[32];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, number);

	for (int i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_add_char(out, ',');
		buf_add_char(out, digits[i]);
	}
}

void page_add_date(struct buf *out, uint32_t day)
{
	/* 1970-01-01 was a Thursday */
	static const char *const days[] = { "Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed" };
	static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
					      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	unsigned month, of_month;
	int64_t year;

	when_civil(day, &year, &month, &of_month);
	buf_addf(out, "%s %u %s", days[day % 7], of_month, months[month - 1]);
}

void page_add_time(const struct page *p, struct buf *out)
{
	uint32_t last = p->first + p->day_count - 1;
	unsigned month, of_month;
	int64_t year, first_year;

	page_add_date(out, p->first);
	when_civil(p->first, &first_year, &month, &of_month);
	when_civil(last, &year, &month, &of_month);
	if (first_year != year)
		buf_addf(out, " %" PRId64, first_year);
	if (p->day_count > 1) {
		buf_add_text(out, " to ");
		page_add_date(out, last);
	}
	buf_addf(out, " %" PRId64, year);
	if (p->lines > 0) {
		buf_add_text(out, "; ");
		page_add_number(out, p->lines);
		buf_add_text(out, p->runs == 1 ? " lines read in one run" : " lines read in ");
		if (p->runs != 1)
			text_add_count(out, p->runs, "run", "runs");
	}
	buf_add_text(out, "; times in UTC");
}

const char *page_class_name(unsigned event_class)
{
	static const char *const names[] = {
		[CLASS_AUTH] = "failed logins", [CLASS_UNKNOWN] = "nameless clients", [CLASS_HELO] = "known bots",
		[CLASS_REJECT] = "refused commands", [CLASS_PROBE] = "probes", [CLASS_GOOD] = "logins",
		[HISTORY_MAILS] = "accepted mails",
	};

	return names[event_class];
}

static void add_trend(const struct page *p, struct buf *name)
{
	int64_t percent;

	if (!p->has_before)
		return;
	percent = ((int64_t)p->failures - (int64_t)p->before) * 100 / (int64_t)p->before;
	buf_addf(name, " (%+" PRId64 "%%)", percent);
}

static void add_days(const struct page *p, struct buf *name)
{
	buf_add_text(name, " in ");
	text_add_count(name, p->day_count, "day", "days");
}

static uint64_t addresses_of_a_day(const struct page *p)
{
	uint64_t most = 0;

	for (size_t i = 0; i < p->day_count; i++)
		most = p->days[i].addresses > most ? p->days[i].addresses : most;
	return most;
}

void page_figure(const struct page *p, unsigned number, struct buf *value, struct buf *name)
{
	const uint64_t values[PAGE_FIGURES] = { p->failures, p->banned, addresses_of_a_day(p), p->failing };

	page_add_number(value, values[number]);
	if (number == 0) {
		buf_add_text(name, values[0] == 1 ? "failed login" : "failed logins");
		add_days(p, name);
		add_trend(p, name);
	} else if (number == 1) {
		buf_add_text(name, "banned now, ");
		page_add_number(name, p->fresh);
		buf_add_text(name, " of them new");
		add_days(p, name);
	} else {
		buf_add_text(name, number == 2 ? "hostile addresses on the busiest day" :
						 "users with an old password, by their failures");
	}
}
