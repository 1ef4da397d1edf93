/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * findings: what a scan found.
 *
 * A scan tells who reached a threshold anywhere in the logs, for which class, and whether a ban for it would
 * be over by now; on request also everyone else that was counted. All forms tell the same facts. Nothing is
 * judged or counted here.
 */
#include "report/findings.h"

#include <inttypes.h>
#include <string.h>

#include "base/when.h"
#include "detect/event.h"
#include "report/json.h"
#include "report/text.h"
#include "report/unknown.h"

static struct tally_row row_of(const struct findings *f, const struct verdict *v)
{
	struct tally_row row = { .addr = v->net, .count = v->hits, .first = v->since, .last = v->since,
				 .event_class = v->by };

	/* a ban of a network has no row: its own figures stand */
	(void)tally_find(f->tally, &v->net, (enum event_class)v->by, &row);
	return row;
}

static const char *remark_on(const struct verdict *v)
{
	if (v->allowed)
		return "  never banned: allowlist";
	return v->breach ? "  BREACH: logged in after guessing" : "";
}

static void add_row(struct buf *out, const struct tally_row *row)
{
	size_t start = out->len;

	text_add_addr(out, &row->addr, 24);
	buf_addf(out, " %-8s %8" PRIu64 "  ", event_class_name(row->event_class), row->count);
	when_add_minute(out, row->first);
	buf_add_text(out, "  ");
	when_add_minute(out, row->last);
	text_pad(out, start, 82);
}

static void add_verdict(const struct findings *f, const struct verdict *v, struct buf *out)
{
	struct tally_row row = row_of(f, v);

	add_row(out, &row);
	buf_add_text(out, v->over ? "over " : "until ");
	when_add_minute(out, v->until);
	buf_add_text(out, remark_on(v));
	buf_add_char(out, '\n');
}

struct others {
	const struct findings *findings;
	struct buf *out;
	struct json *json;
	size_t at;          /* the verdict not before the row's address */
};

/* Whether a verdict stands for the row already. Rows come in the order of the verdicts' addresses. */
static bool is_told(struct others *o, const struct tally_row *row)
{
	const struct findings *f = o->findings;
	size_t i;

	while (o->at < f->verdict_count && addr_compare(&f->verdicts[o->at].net, &row->addr) < 0)
		o->at++;
	for (i = o->at; i < f->verdict_count && addr_equal(&f->verdicts[i].net, &row->addr); i++) {
		if (f->verdicts[i].by == row->event_class)
			return true;
	}
	return false;
}

static void add_other_text(void *context, const struct tally_row *row)
{
	struct others *o = context;

	if (is_told(o, row))
		return;
	add_row(o->out, row);
	buf_add_text(o->out, "-\n");
}

static void add_summary(const struct findings *f, struct buf *out)
{
	uint64_t without = tally_without_address(f->tally);

	text_add_count(out, f->verdict_count, "threshold was reached; ", "thresholds were reached; ");
	text_add_count(out, f->events, "event", "events");
	buf_add_text(out, " of ");
	text_add_count(out, tally_addresses(f->tally), "address", "addresses");
	buf_add_text(out, " in ");
	text_add_count(out, f->lines, "line\n", "lines\n");
	if (without > 0)
		buf_addf(out, "failures without an address: %" PRIu64 "\n", without);
	if (f->too_long > 0)
		buf_addf(out, "lines too long to be a mail server's, passed over: %" PRIu64 "\n", f->too_long);
}

void findings_text(const struct findings *f, struct buf *out)
{
	struct others others = { .findings = f, .out = out };

	if (f->verdict_count > 0 || f->all)
		buf_add_text(out, "ADDRESS                  CLASS       COUNT  FIRST              LAST               BAN\n");
	for (size_t i = 0; i < f->verdict_count; i++)
		add_verdict(f, &f->verdicts[i], out);
	if (f->all)
		tally_each(f->tally, add_other_text, &others);
	if (f->drift != NULL)
		unknown_text(f->drift, f->all, out);
	add_summary(f, out);
}

static void add_tsv_row(struct buf *out, const struct tally_row *row)
{
	addr_add_to(out, &row->addr);
	buf_addf(out, "\t%s\t%" PRIu64 "\t", event_class_name(row->event_class), row->count);
	text_add_second(out, row->first);
	buf_add_char(out, '\t');
	text_add_second(out, row->last);
	buf_add_char(out, '\n');
}

static void add_all_tsv(void *context, const struct tally_row *row)
{
	add_tsv_row(context, row);
}

static bool same_as_before(const struct findings *f, size_t i)
{
	for (size_t j = i; j > 0 && addr_equal(&f->verdicts[j - 1].net, &f->verdicts[i].net); j--) {
		if (f->verdicts[j - 1].by == f->verdicts[i].by)
			return true;
	}
	return false;
}

void findings_tsv(const struct findings *f, struct buf *out)
{
	if (f->all) {
		tally_each(f->tally, add_all_tsv, out);
		return;
	}
	for (size_t i = 0; i < f->verdict_count; i++) {
		struct tally_row row = row_of(f, &f->verdicts[i]);

		/* one that came back after its ban was over has two verdicts and one count */
		if (!same_as_before(f, i))
			add_tsv_row(out, &row);
	}
}

void findings_plain(const struct findings *f, struct buf *out)
{
	for (size_t i = 0; i < f->verdict_count; i++) {
		if (i > 0 && addr_equal(&f->verdicts[i].net, &f->verdicts[i - 1].net))
			continue;
		addr_add_to(out, &f->verdicts[i].net);
		buf_add_char(out, '\n');
	}
}

static void json_row(struct json *j, const struct tally_row *row)
{
	json_name(j, "address");
	json_addr(j, &row->addr);
	json_name(j, "class");
	json_word(j, event_class_name(row->event_class));
	json_name(j, "count");
	json_number(j, (int64_t)row->count);
	json_name(j, "first");
	json_time(j, row->first);
	json_name(j, "last");
	json_time(j, row->last);
}

static void json_verdict(const struct findings *f, const struct verdict *v, struct json *j)
{
	struct tally_row row = row_of(f, v);

	json_open(j, '{');
	json_row(j, &row);
	json_name(j, "since");
	json_time(j, v->since);
	json_name(j, "until");
	json_time(j, v->until);
	json_name(j, "over");
	json_bool(j, v->over);
	json_name(j, "allowed");
	json_bool(j, v->allowed);
	json_name(j, "breach");
	json_bool(j, v->breach);
	json_close(j, '}');
}

static void json_other(void *context, const struct tally_row *row)
{
	struct others *o = context;

	if (is_told(o, row))
		return;
	json_open(o->json, '{');
	json_row(o->json, row);
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
	json_number(&j, (int64_t)f->events);
	json_name(&j, "without_address");
	json_number(&j, (int64_t)tally_without_address(f->tally));
	json_name(&j, "reached");
	json_open(&j, '[');
	for (size_t i = 0; i < f->verdict_count; i++)
		json_verdict(f, &f->verdicts[i], &j);
	json_close(&j, ']');
	if (f->all) {
		json_name(&j, "others");
		json_open(&j, '[');
		tally_each(f->tally, json_other, &others);
		json_close(&j, ']');
	}
	if (f->drift != NULL)
		unknown_json(f->drift, &j);
	json_close(&j, '}');
}

void findings_classic_text(const struct tally_row *rows, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		text_add_addr(out, &rows[i].addr, 24);
		buf_addf(out, " %-8s %8" PRIu64 "\n", event_class_name(rows[i].event_class), rows[i].count);
	}
	text_add_count(out, count, "address counted more than once\n", "addresses counted more than once\n");
}

void findings_classic_tsv(const struct tally_row *rows, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++)
		add_tsv_row(out, &rows[i]);
}

void findings_classic_plain(const struct tally_row *rows, size_t count, struct buf *out)
{
	for (size_t i = 0; i < count; i++) {
		addr_add_to(out, &rows[i].addr);
		buf_add_char(out, '\n');
	}
}

void findings_classic_json(const struct tally_row *rows, size_t count, struct buf *out)
{
	struct json j;

	json_begin(&j, out);
	json_open(&j, '[');
	for (size_t i = 0; i < count; i++) {
		json_open(&j, '{');
		json_row(&j, &rows[i]);
		json_close(&j, '}');
	}
	json_close(&j, ']');
}
