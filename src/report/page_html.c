/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_html: a page of HTML that needs nothing from outside.
 *
 * All markup is in page.html, in parts. This file has the values of the parts' fields, and the paths of charts. Bars
 * are drawn into a picture of 100 by 10 a bar, which the page stretches.
 */
#include "report/page.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/when.h"
#include "report/template.h"
#include "report/text.h"

enum { BAR = 10, GAP = 2, HEIGHT = 100, NEEDS = 24 /* boxes */ };

/* page.html, embedded */
extern const char page_html_template[];

/* Classes from the bottom of a bar to its top. */
static const uint8_t stacked[] = { CLASS_AUTH, CLASS_REJECT, CLASS_PROBE, CLASS_UNKNOWN, CLASS_HELO };

static struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

#define FIELDS(...) (const struct template_field[]){ __VA_ARGS__, { 0 } }

static void add(struct buf *out, const char *part, const struct template_field *fields)
{
	template_add(out, page_html_template, part, fields);
}

static const char *each(const struct page *p)
{
	return page_bar_days(p) == 1 ? "a day" : "a week";
}

/* ---- charts ---- */

/* Sums of the days of each bar; the caller frees them. */
static uint64_t *bars_of(const struct page *p, unsigned event_class)
{
	uint64_t *bars = mem_zalloc(page_bar_count(p), sizeof(*bars));

	for (size_t i = 0; i < p->day_count; i++)
		bars[page_bar_of(p, i)] += p->days[i].events[event_class];
	return bars;
}

/* A round number for the end of a scale, no less than the value: a digit that can be halved, and noughts. */
static uint64_t rounded_up(uint64_t value)
{
	static const uint8_t ends[] = { 10, 12, 16, 20, 24, 30, 40, 50, 60, 80, 100 };
	uint64_t power = 1;
	unsigned i = 0;

	while (power * 100 < value)
		power *= 10;
	while (ends[i] * power < value)
		i++;
	return ends[i] * power;
}

static double height_of(uint64_t value, uint64_t most)
{
	return (double)value * (double)HEIGHT / (double)most;
}

static void add_bar(struct buf *path, size_t bar, double bottom, double height)
{
	if (height > 0)
		buf_addf(path, "M%zu %.4gv%.4gh%dv%.4gz", bar * BAR + GAP / 2, (double)HEIGHT - bottom, -height,
			 BAR - GAP, height);
}

struct chart {
	uint64_t most;
	const char *name;
	struct buf shapes;
};

static void add_chart(const struct page *p, struct chart *chart, struct buf *out)
{
	FREED_BY(buf_free) struct buf most = { 0 }, half = { 0 }, width = { 0 };
	FREED_BY(buf_free) struct buf first = { 0 }, middle = { 0 }, last = { 0 };

	page_add_number(&most, chart->most);
	page_add_number(&half, chart->most / 2);
	page_add_date(&first, p->first);
	if (p->day_count > 2)
		page_add_date(&middle, p->first + p->day_count / 2);
	if (p->day_count > 1)
		page_add_date(&last, p->first + p->day_count - 1);
	buf_addf(&width, "%zu", page_bar_count(p) * BAR);
	add(out, "chart", FIELDS({ "most", buf_span(&most) }, { "half", buf_span(&half) },
				 { "first", buf_span(&first) }, { "middle", buf_span(&middle) },
				 { "last", buf_span(&last) },
				 { "width", buf_span(&width) }, { "name", span_of(chart->name) },
				 { "shapes", buf_span(&chart->shapes) }));
	buf_free(&chart->shapes);
}

/* "Fri 20 Nov: 3,587 failed logins, 229 known bots" */
static void add_seen(const struct page *p, uint64_t *const counts[], size_t bar, struct buf *out)
{
	FREED_BY(buf_free) struct buf text = { 0 }, path = { 0 };

	page_add_date(&text, page_bar_begins(p, bar));
	buf_addf(&text, "%s:", page_bar_days(p) == 1 ? "" : " and the six days behind it");
	for (unsigned i = 0; i < LENGTH_OF(stacked); i++) {
		if (counts[i][bar] == 0)
			continue;
		buf_add_char(&text, ' ');
		page_add_number(&text, counts[i][bar]);
		buf_addf(&text, " %s,", page_class_name(stacked[i]));
	}
	text.len--;
	add_bar(&path, bar, 0, HEIGHT);
	add(out, "seen", FIELDS({ "path", buf_span(&path) }, { "text", buf_span(&text) }));
}

static void add_event_chart(const struct page *p, struct buf *out)
{
	struct chart chart = { .name = "events by kind" };
	size_t bars = page_bar_count(p);
	uint64_t *counts[LENGTH_OF(stacked)], *below = mem_zalloc(bars, sizeof(*below));

	for (unsigned i = 0; i < LENGTH_OF(stacked); i++) {
		counts[i] = bars_of(p, stacked[i]);
		for (size_t b = 0; b < bars; b++) {
			below[b] += counts[i][b];
			chart.most = below[b] > chart.most ? below[b] : chart.most;
		}
	}
	chart.most = rounded_up(chart.most);
	memset(below, 0, bars * sizeof(*below));
	for (unsigned i = 0; i < LENGTH_OF(stacked); i++) {
		FREED_BY(buf_free) struct buf path = { 0 };

		for (size_t b = 0; b < bars; b++) {
			add_bar(&path, b, height_of(below[b], chart.most), height_of(counts[i][b], chart.most));
			below[b] += counts[i][b];
		}
		add(&chart.shapes, "bars",
		    FIELDS({ "class", span_of(event_class_name(stacked[i])) }, { "path", buf_span(&path) }));
	}
	for (size_t b = 0; b < bars; b++)
		add_seen(p, counts, b, &chart.shapes);
	add_chart(p, &chart, out);
	for (unsigned i = 0; i < LENGTH_OF(stacked); i++)
		free(counts[i]);
	free(below);
}

/* The blacklist at the end of each day; days before the first run have no point. */
static void add_banned_chart(const struct page *p, struct buf *out)
{
	struct chart chart = { .most = 1, .name = "entries of the blacklist" };
	FREED_BY(buf_free) struct buf path = { 0 }, area = { 0 }, section = { 0 };
	double step = (double)(page_bar_count(p) * BAR) / p->day_count, first = -1, x = 0;

	for (size_t i = 0; i < p->day_count; i++)
		chart.most = page_banned_at(p, i) > (int64_t)chart.most ? (uint64_t)page_banned_at(p, i) : chart.most;
	chart.most = rounded_up(chart.most);
	for (size_t i = 0; i < p->day_count; i++) {
		int64_t banned = page_banned_at(p, i);

		if (banned < 0)
			continue;
		x = step * ((double)i + 0.5);
		buf_addf(&path, "%c%.5g %.4g", first < 0 ? 'M' : 'L', x,
			 (double)HEIGHT - height_of((uint64_t)banned, chart.most));
		first = first < 0 ? x : first;
	}
	if (first >= 0 && x > first) {
		buf_add_span(&area, buf_span(&path));
		buf_addf(&area, "V%dH%.5gz", HEIGHT, first);
		add(&chart.shapes, "line", FIELDS({ "area", buf_span(&area) }, { "path", buf_span(&path) }));
		add_chart(p, &chart, &section);
		add(out, "banned", FIELDS({ "chart", buf_span(&section) }));
	}
}

static void add_charts(const struct page *p, struct buf *out)
{
	FREED_BY(buf_free) struct buf legend = { 0 }, events = { 0 }, banned = { 0 };

	for (unsigned i = 0; i < LENGTH_OF(stacked); i++)
		add(&legend, "legend", FIELDS({ "class", span_of(event_class_name(stacked[i])) },
					      { "name", span_of(page_class_name(stacked[i])) }));
	add_event_chart(p, &events);
	add_banned_chart(p, &banned);
	add(out, "charts", FIELDS({ "each", span_of(each(p)) }, { "legend", buf_span(&legend) },
				  { "events", buf_span(&events) }, { "banned", buf_span(&banned) }));
}

static void add_spark(const struct page *p, const struct page_row *row, struct buf *out)
{
	size_t bars = page_bar_count(p);
	uint64_t most, *sums = page_row_bars(p, row, 0, &most);
	FREED_BY(buf_free) struct buf path = { 0 }, width = { 0 };

	for (size_t b = 0; b < bars; b++)
		add_bar(&path, b, 0, height_of(sums[b], most));
	buf_addf(&width, "%zu", bars * BAR);
	add(out, "spark",
	    FIELDS({ "width", buf_span(&width) }, { "each", span_of(each(p)) }, { "path", buf_span(&path) }));
	free(sums);
}

/* ---- tables ---- */

static unsigned most_class(const struct page_row *row)
{
	unsigned most = 0;

	for (unsigned c = 1; c < CLASS_GOOD; c++)
		most = row->by_class[c] > row->by_class[most] ? c : most;
	return most;
}

static void add_row(const struct page *p, const struct page_row *row, struct buf *out)
{
	static const char *const parts[] = { "address", "user", "network" };
	FREED_BY(buf_free) struct buf key = { 0 }, events = { 0 }, most = { 0 }, spark = { 0 };
	FREED_BY(buf_free) struct buf owner = { 0 }, ban = { 0 }, login = { 0 };

	if (row->user != NULL)
		buf_add_text(&key, row->user);
	else
		addr_add_to(&key, &row->addr);
	page_add_number(&events, row->events);
	page_add_number(&most, row->most);
	add_spark(p, row, &spark);
	owner_add_text(&owner, &row->owner);
	if (row->until != 0)
		text_add_until(&ban, row->until);
	if (row->login != 0)
		when_add_minute(&login, row->login);
	else
		buf_add_text(&login, "none is known");
	add(out, parts[row->kind],
	    FIELDS({ "address", buf_span(&key) }, { "user", buf_span(&key) }, { "network", buf_span(&key) },
		   { "events", buf_span(&events) }, { "failures", buf_span(&events) }, { "hosts", buf_span(&most) },
		   { "addresses", buf_span(&most) }, { "spark", buf_span(&spark) }, { "owner", buf_span(&owner) },
		   { "ban", buf_span(&ban) }, { "login", buf_span(&login) },
		   { "mostly", span_of(page_class_name(most_class(row))) }));
}

static void add_table(const struct page *p, enum history_kind kind, struct buf *out)
{
	static const char *const parts[] = { "addresses", "users", "networks" };
	FREED_BY(buf_free) struct buf rows = { 0 };

	for (size_t i = 0; i < p->rows[kind].count; i++)
		add_row(p, &p->rows[kind].all[i], &rows);
	if (rows.len > 0)
		add(out, parts[kind], FIELDS({ "rows", buf_span(&rows) }, { "each", span_of(each(p)) }));
}

/* ---- the whole ---- */

static void add_needs(const struct page *p, struct buf *out)
{
	for (size_t i = 0; i < p->need_count && i < NEEDS; i++)
		add(out, "need", FIELDS({ "class", span_of(p->needs[i].urgent ? "bad" : "warn") },
					{ "what", span_of(p->needs[i].what) },
					{ "details", span_of(p->needs[i].details) }));
	if (p->need_count > NEEDS)
		add(out, "more", FIELDS({ 0 }));
	if (p->need_count == 0)
		add(out, "nothing", FIELDS({ 0 }));
}

static void add_figures(const struct page *p, struct buf *out)
{
	for (unsigned i = 0; i < PAGE_FIGURES; i++) {
		FREED_BY(buf_free) struct buf value = { 0 }, name = { 0 };

		page_figure(p, i, &value, &name);
		add(out, "figure", FIELDS({ "value", buf_span(&value) }, { "name", buf_span(&name) }));
	}
}

void page_html(const struct page *p, struct buf *out)
{
	FREED_BY(buf_free) struct buf title = { 0 }, time = { 0 }, needs = { 0 };
	FREED_BY(buf_free) struct buf figures = { 0 }, charts = { 0 }, tables = { 0 };

	if (p->host != NULL)
		buf_addf(&title, " on %s", p->host);
	page_add_time(p, &time);
	add_needs(p, &needs);
	add_figures(p, &figures);
	add_charts(p, &charts);
	add_table(p, HISTORY_USER, &tables);
	add_table(p, HISTORY_NETWORK, &tables);
	add_table(p, HISTORY_ADDRESS, &tables);
	add(out, "page", FIELDS({ "title", buf_span(&title) }, { "time", buf_span(&time) },
				{ "needs", buf_span(&needs) }, { "figures", buf_span(&figures) },
				{ "charts", buf_span(&charts) }, { "tables", buf_span(&tables) },
				{ "end", span_of("mailban why ADDRESS tells all that is known of one; mailban unban "
						 "ADDRESS lifts a ban.") }));
}
