/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * page_text: the page for a terminal, at most 80 columns but for long names.
 */
#include "report/page.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/when.h"
#include "report/text.h"

enum { BAR = 40, KEY = 24, EIGHTHS = 8, WIDTH = 77, INDENT = 3 };

/* A column of eight heights, or the nearest sign of ASCII. */
static void add_height(struct buf *out, uint64_t value, uint64_t most, bool blocks)
{
	static const char signs[] = " .:-=+*#%";
	unsigned eighths = (unsigned)((value * EIGHTHS + most - 1) / most);

	if (blocks && eighths > 0)
		buf_addf(out, "\xe2\x96%c", 0x80 + eighths);
	else
		buf_add_char(out, signs[eighths]);
}

static void add_bar(struct buf *out, uint64_t value, uint64_t most, bool blocks)
{
	for (uint64_t i = 0; i < value * BAR / most; i++)
		buf_add_text(out, blocks ? "\xe2\x96\x88" : "#");
	if (blocks && value * BAR * 2 / most % 2 == 1)
		buf_add_text(out, "\xe2\x96\x8c");
}

static void add_right(struct buf *out, uint64_t number, size_t width)
{
	FREED_BY(buf_free) struct buf text = { 0 };

	page_add_number(&text, number);
	for (size_t i = text.len; i < width; i++)
		buf_add_char(out, ' ');
	buf_add_span(out, buf_span(&text));
}

static void add_escaped(struct buf *out, const char *text)
{
	buf_add_escaped(out, text, strlen(text));
}

/* Lines of at most WIDTH bytes behind an indent, broken at blanks. */
static void add_wrapped(struct buf *out, const char *text)
{
	FREED_BY(buf_free) struct buf escaped = { 0 };
	const char *at, *end;

	add_escaped(&escaped, text);
	at = buf_text(&escaped);
	for (end = at + escaped.len; at < end;) {
		const char *stop = end - at > WIDTH - INDENT ? at + WIDTH - INDENT : end;

		while (stop < end && *stop != ' ' && stop > at)
			stop--;
		if (stop == at)
			stop = at + strcspn(at, " ");
		buf_addf(out, "%*s%.*s\n", INDENT, "", (int)(stop - at), at);
		at = stop + (stop < end);
	}
}

static void add_needs(const struct page *p, struct buf *out)
{
	if (p->need_count == 0)
		buf_add_text(out, "Nothing needs you.\n");
	for (size_t i = 0; i < p->need_count; i++) {
		buf_add_text(out, p->needs[i].urgent ? "!! " : " ! ");
		add_escaped(out, p->needs[i].what);
		buf_add_char(out, '\n');
		add_wrapped(out, p->needs[i].details);
	}
	buf_add_char(out, '\n');
	for (unsigned i = 0; i < PAGE_FIGURES; i++) {
		FREED_BY(buf_free) struct buf value = { 0 }, name = { 0 };

		page_figure(p, i, &value, &name);
		buf_addf(out, "%12s  %s\n", buf_text(&value), buf_text(&name));
	}
}

/* Failed logins and all else that speaks against somebody, of the days of a bar. */
struct sums {
	uint64_t failed, other, banned;
};

static struct sums *sums_of(const struct page *p, uint64_t *most)
{
	struct sums *sums = mem_zalloc(page_bar_count(p), sizeof(*sums));

	*most = 1;
	for (size_t i = 0; i < p->day_count; i++) {
		struct sums *s = &sums[page_bar_of(p, i)];

		s->failed += p->days[i].events[CLASS_AUTH];
		for (unsigned c = 0; c < CLASS_GOOD; c++)
			s->other += c != CLASS_AUTH ? p->days[i].events[c] : 0;
		s->banned = page_banned_at(p, i) > 0 ? (uint64_t)page_banned_at(p, i) : 0;
		*most = s->failed + s->other > *most ? s->failed + s->other : *most;
	}
	return sums;
}

static void add_days(const struct page *p, bool blocks, struct buf *out)
{
	uint64_t most;
	FREED_BY(mem_free) struct sums *sums = sums_of(p, &most);
	size_t bars = page_bar_count(p), start;

	buf_addf(out, "\n%s        FAILED    OTHER   BANNED\n", page_bar_days(p) == 1 ? "DAY " : "WEEK");
	for (size_t b = 0; b < bars; b++) {
		start = out->len;
		page_add_date(out, page_bar_begins(p, b));
		text_pad(out, start, 10);
		add_right(out, sums[b].failed, 8);
		add_right(out, sums[b].other, 9);
		add_right(out, sums[b].banned, 9);
		buf_add_text(out, "  ");
		add_bar(out, sums[b].failed + sums[b].other, most, blocks);
		while (out->ptr[out->len - 1] == ' ')
			out->len--;
		buf_add_char(out, '\n');
	}
}

static void add_spark(const struct page *p, const struct page_row *row, bool blocks, struct buf *out)
{
	enum { SHOWN = 14 };
	size_t bars = page_bar_count(p), from = bars > SHOWN ? bars - SHOWN : 0;
	uint64_t most, *sums = page_row_bars(p, row, from, &most);

	for (size_t b = from; b < bars; b++)
		add_height(out, sums[b], most, blocks);
	for (size_t b = bars - from; b < SHOWN; b++)
		buf_add_char(out, ' ');
	free(sums);
}

static void add_row(const struct page *p, const struct page_row *row, bool blocks, struct buf *out)
{
	size_t start = out->len;

	if (row->user != NULL)
		add_escaped(out, row->user);
	else
		addr_add_to(out, &row->addr);
	text_pad(out, start, KEY);
	if (row->kind == HISTORY_ADDRESS)
		buf_add_text(out, "         ");
	else
		add_right(out, row->most, 9);
	add_right(out, row->events, 9);
	buf_add_text(out, "  ");
	add_spark(p, row, blocks, out);
	buf_add_text(out, "  ");
	if (row->login != 0)
		when_add_minute(out, row->login);
	else if (row->user == NULL)
		owner_add_text(out, &row->owner);
	while (out->ptr[out->len - 1] == ' ')
		out->len--;
	buf_add_char(out, '\n');
}

static void add_table(const struct page *p, enum history_kind kind, bool blocks, struct buf *out)
{
	static const char *const heads[] = {
		[HISTORY_ADDRESS] = "ADDRESS                             EVENTS                  OWNER",
		[HISTORY_USER] = "USER                    ADDRESSES FAILURES                  LAST LOGIN",
		[HISTORY_NETWORK] = "NETWORK                     HOSTS   EVENTS                  OWNER",
	};

	if (p->rows[kind].count > 0)
		buf_addf(out, "\n%s\n", heads[kind]);
	for (size_t i = 0; i < p->rows[kind].count; i++)
		add_row(p, &p->rows[kind].all[i], blocks, out);
}

void page_text(const struct page *p, bool blocks, struct buf *out)
{
	page_add_time(p, out);
	buf_add_text(out, "\n\n");
	add_needs(p, out);
	add_days(p, blocks, out);
	add_table(p, HISTORY_USER, blocks, out);
	add_table(p, HISTORY_NETWORK, blocks, out);
	add_table(p, HISTORY_ADDRESS, blocks, out);
}
