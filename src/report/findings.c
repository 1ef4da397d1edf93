/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * findings: what a scan found.
 *
 * A scan tells who reached a ban anywhere in the logs, with how many points, and whether the ban would be over by now;
 * on request also everyone else that was counted. All forms tell the same facts. Nothing is judged or counted here.
 */
#include "report/findings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "base/when.h"
#include "report/changes.h"
#include "report/json.h"
#include "report/text.h"
#include "report/unknown.h"

void findings_free(struct findings *f)
{
	free(f->all);
	*f = (struct findings){ 0 };
}

static struct finding finding_of(const struct account *a, const struct judge_settings *settings, int64_t now)
{
	bool stands = a->since != 0;
	uint32_t since = stands ? a->since : a->last_since;

	return (struct finding){
		.net = a->addr,
		.since = since - since % 60,
		.until = stands ? a->until : a->ended,
		.points = account_balance(a, settings),
		.hits = a->hits,
		.hosts = a->hosts,
		.by = a->by,
		.level = a->level,
		.over = (stands ? a->until : a->ended) <= now,
	};
}

void findings_collect(struct findings *f, const struct judge *judge, int64_t now)
{
	f->judge = judge;
	for (size_t i = 0; i < judge->accounts.count; i++) {
		const struct account *a = accounts_at(&judge->accounts, i);

		if (a->since == 0 && a->last_since == 0)
			continue;
		f->all = mem_grow(f->all, &f->capacity, f->count + 1, sizeof(*f->all));
		f->all[f->count++] = finding_of(a, judge->settings, now);
	}
}

static bool is_breached(const struct findings *f, const struct addr *net)
{
	for (size_t i = 0; i < f->judge->breach_count; i++) {
		if (addr_equal(&f->judge->breaches[i].addr, net))
			return true;
	}
	return false;
}

/* One address and class. */
struct row {
	const struct addr *addr;
	unsigned event_class;
	uint64_t count;
	int64_t first, last;
};

static struct row row_at(const struct totals_row *totals, unsigned event_class)
{
	const struct total *t = &totals->by_class[event_class];

	return (struct row){ &totals->addr, event_class, t->count, t->first, t->last };
}

/* Calls take for every address and class that was counted, in this order. */
static void each_row(const struct totals *totals, void (*take)(void *context, const struct row *row), void *context)
{
	for (size_t i = 0; i < totals->count; i++) {
		for (unsigned c = 0; c < CLASS_COUNT; c++) {
			struct row row = row_at(&totals->rows[i], c);

			if (row.count > 0)
				take(context, &row);
		}
	}
}

/* What an address made of the class that it is banned for. A network has no total: its own figures stand. */
static struct row row_of(const struct findings *f, const struct finding *one)
{
	const struct totals_row *found = totals_find(f->totals, &one->net);

	if (found != NULL && found->by_class[one->by].count > 0)
		return row_at(found, one->by);
	return (struct row){ &one->net, one->by, one->hits, one->since, one->since };
}

static void add_row(struct buf *out, const struct row *row)
{
	size_t start = out->len;

	text_add_addr(out, row->addr, 24);
	buf_addf(out, " %-8s %8" PRIu64 "  ", event_class_name((enum event_class)row->event_class), row->count);
	when_add_minute(out, row->first);
	buf_add_text(out, "  ");
	when_add_minute(out, row->last);
	text_pad(out, start, 82);
}

static void add_points(struct buf *out, int64_t points)
{
	struct buf text = { 0 };

	points_add_rough(&text, points);
	buf_addf(out, "%7s  ", buf_text(&text));
	buf_free(&text);
}

static void add_finding(const struct findings *f, const struct finding *one, struct buf *out)
{
	struct row row = row_of(f, one);

	add_row(out, &row);
	add_points(out, one->points);
	buf_add_text(out, one->over ? "over " : "until ");
	when_add_minute(out, one->until);
	if (one->hosts > 0)
		buf_addf(out, "  %" PRIu32 " addresses", one->hosts);
	buf_add_text(out, is_breached(f, &one->net) ? "  BREACH: logged in after guessing\n" : "\n");
}

/* Who was counted and reached no ban, row by row in the order of the findings' addresses. */
struct others {
	const struct findings *findings;
	struct buf *out;
	struct json *json;
	size_t at;          /* the finding not before the row's address */
};

/* Whether a finding stands for the row already. */
static bool is_told(struct others *o, const struct row *row)
{
	const struct findings *f = o->findings;

	while (o->at < f->count && addr_compare(&f->all[o->at].net, row->addr) < 0)
		o->at++;
	return o->at < f->count && addr_equal(&f->all[o->at].net, row->addr) && f->all[o->at].by == row->event_class;
}

static int64_t points_of(const struct findings *f, const struct addr *addr)
{
	const struct account *a = accounts_find(&f->judge->accounts, addr);

	return a != NULL ? account_balance(a, f->judge->settings) : 0;
}

static void add_other(void *context, const struct row *row)
{
	struct others *o = context;

	if (is_told(o, row))
		return;
	add_row(o->out, row);
	add_points(o->out, points_of(o->findings, row->addr));
	buf_add_text(o->out, "-\n");
}

static void add_summary(const struct findings *f, struct buf *out)
{
	text_add_count(out, f->count, "address or network reached a ban; ", "addresses and networks reached a ban; ");
	text_add_count(out, f->judge->events, "event", "events");
	buf_add_text(out, " of ");
	text_add_count(out, f->totals->count, "address", "addresses");
	buf_add_text(out, " in ");
	text_add_count(out, f->lines, "line\n", "lines\n");
	if (f->judge->without_address > 0)
		buf_addf(out, "failures without an address: %" PRIu64 "\n", f->judge->without_address);
	if (f->judge->troubles > 0)
		buf_addf(out, "this server's own trouble, which is nobody's failure: %" PRIu64 "\n",
			 f->judge->troubles);
	if (f->too_long > 0)
		buf_addf(out, "lines too long to be a mail server's, passed over: %" PRIu64 "\n", f->too_long);
}

void findings_text(const struct findings *f, struct buf *out)
{
	struct others others = { .findings = f, .out = out };

	changes_news(f->news, f->judge, f->everybody, out);
	if (f->count > 0 || f->everybody)
		buf_add_text(out,
			     "ADDRESS                  CLASS       COUNT  FIRST              LAST                POINTS"
			     "  BAN\n");
	for (size_t i = 0; i < f->count; i++)
		add_finding(f, &f->all[i], out);
	if (f->everybody)
		each_row(f->totals, add_other, &others);
	if (f->drift != NULL)
		unknown_text(f->drift, f->everybody, out);
	add_summary(f, out);
}

static void add_tsv_row(struct buf *out, const struct row *row)
{
	addr_add_to(out, row->addr);
	buf_addf(out, "\t%s\t%" PRIu64 "\t", event_class_name((enum event_class)row->event_class), row->count);
	text_add_second(out, row->first);
	buf_add_char(out, '\t');
	text_add_second(out, row->last);
	buf_add_char(out, '\n');
}

static void add_any_tsv(void *context, const struct row *row)
{
	add_tsv_row(context, row);
}

void findings_tsv(const struct findings *f, struct buf *out)
{
	if (f->everybody)
		each_row(f->totals, add_any_tsv, out);
	for (size_t i = 0; !f->everybody && i < f->count; i++) {
		struct row row = row_of(f, &f->all[i]);

		add_tsv_row(out, &row);
	}
}

void findings_plain(const struct findings *f, struct buf *out)
{
	for (size_t i = 0; i < f->count; i++) {
		addr_add_to(out, &f->all[i].net);
		buf_add_char(out, '\n');
	}
}

static void json_row(struct json *j, const struct row *row)
{
	json_name(j, "address");
	json_addr(j, row->addr);
	json_name(j, "class");
	json_word(j, event_class_name((enum event_class)row->event_class));
	json_name(j, "count");
	json_number(j, (int64_t)row->count);
	json_name(j, "first");
	json_time(j, row->first);
	json_name(j, "last");
	json_time(j, row->last);
}

static void json_finding(const struct findings *f, const struct finding *one, struct json *j)
{
	struct row row = row_of(f, one);

	json_open(j, '{');
	json_row(j, &row);
	json_name(j, "points");
	json_points(j, one->points);
	json_name(j, "since");
	json_time(j, one->since);
	json_name(j, "until");
	json_time(j, one->until);
	json_name(j, "hosts");
	json_number(j, one->hosts);
	json_name(j, "level");
	json_number(j, one->level);
	json_name(j, "over");
	json_bool(j, one->over);
	json_name(j, "breach");
	json_bool(j, is_breached(f, &one->net));
	json_close(j, '}');
}

static void json_other(void *context, const struct row *row)
{
	struct others *o = context;

	if (is_told(o, row))
		return;
	json_open(o->json, '{');
	json_row(o->json, row);
	json_name(o->json, "points");
	json_points(o->json, points_of(o->findings, row->addr));
	json_close(o->json, '}');
}

void findings_json(const struct findings *f, struct buf *out)
{
	struct json j;
	struct others others = { .findings = f, .json = &j };

	json_begin(&j, out);
	json_open(&j, '{');
	json_name(&j, "lines");
	json_number(&j, (int64_t)f->lines);
	json_name(&j, "events");
	json_number(&j, (int64_t)f->judge->events);
	json_name(&j, "without_address");
	json_number(&j, (int64_t)f->judge->without_address);
	json_name(&j, "trouble");
	json_number(&j, (int64_t)f->judge->troubles);
	changes_news_json(f->news, f->judge, &j);
	json_name(&j, "reached");
	json_open(&j, '[');
	for (size_t i = 0; i < f->count; i++)
		json_finding(f, &f->all[i], &j);
	json_close(&j, ']');
	if (f->everybody) {
		json_name(&j, "others");
		json_open(&j, '[');
		each_row(f->totals, json_other, &others);
		json_close(&j, ']');
	}
	if (f->drift != NULL)
		unknown_json(f->drift, &j);
	json_close(&j, '}');
}

static struct row classic_row_of(const struct classic_total *t)
{
	return (struct row){ &t->addr, t->event_class, t->count, t->first, t->last };
}

void findings_classic_text(const struct classic_total *rows, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		text_add_addr(out, &rows[i].addr, 24);
		buf_addf(out, " %-8s %8" PRIu64 "\n", event_class_name((enum event_class)rows[i].event_class),
			 rows[i].count);
	}
	text_add_count(out, count, "address counted more than once\n", "addresses counted more than once\n");
}

void findings_classic_tsv(const struct classic_total *rows, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		struct row row = classic_row_of(&rows[i]);

		add_tsv_row(out, &row);
	}
}

void findings_classic_plain(const struct classic_total *rows, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		addr_add_to(out, &rows[i].addr);
		buf_add_char(out, '\n');
	}
}

void findings_classic_json(const struct classic_total *rows, size_t count, struct buf *out)
{
	struct json j;

	json_begin(&j, out);
	json_open(&j, '[');
	for (size_t i = 0; i < count; i++) {
		struct row row = classic_row_of(&rows[i]);

		json_open(&j, '{');
		json_row(&j, &row);
		json_close(&j, '}');
	}
	json_close(&j, ']');
}
