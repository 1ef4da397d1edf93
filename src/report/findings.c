/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * findings: tells what a scan found.
 *
 * A scan tells each address or network that reached a ban anywhere in the logs: its points, and whether the ban would
 * be over now. On request it tells all other counted addresses, too. All forms tell the same facts. Nothing is judged
 * or counted here.
 */
#include "report/findings.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "list/allow.h"
#include "report/changes.h"
#include "report/fields.h"
#include "report/text.h"
#include "report/unknown.h"

void findings_free(struct findings *f)
{
	free(f->all);
	*f = (struct findings){ 0 };
}

void findings_collect(struct findings *f, const struct judge *judge)
{
	f->judge = judge;
	for (size_t i = 0; i < judge->accounts.count; i++) {
		const struct account *a = accounts_at(&judge->accounts, i);

		if (a->since == 0 && a->last_since == 0)
			continue;
		f->all = mem_grow(f->all, &f->capacity, f->count + 1, sizeof(*f->all));
		f->all[f->count++] = (struct finding){ a, account_balance(a, judge->settings) };
	}
}

static int compare_worst(const void *a, const void *b)
{
	const struct finding *x = a, *y = b;

	if (x->points != y->points)
		return x->points > y->points ? -1 : 1;
	return addr_compare(&x->account->addr, &y->account->addr);
}

void findings_sort_worst(struct finding *all, size_t count)
{
	if (count > 0)
		qsort(all, count, sizeof(*all), compare_worst);
}

/* The beginning of the last ban, a whole minute. */
static int64_t since_of(const struct account *a)
{
	uint32_t since = a->since != 0 ? a->since : a->last_since;

	return since - since % 60;
}

enum { WORST = 20 };

#define ROW "{address:24} {class:8} {count:>8}  {first}  {last}  {points:>7}  "

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

/* The row of a finding: its address and the class for which it is banned. A network has no totals, so its account's
 * figures stand. */
static struct row row_of(const struct findings *f, const struct account *a)
{
	const struct totals_row *found = totals_find(f->totals, &a->addr);

	if (found != NULL && found->by_class[a->by].count > 0)
		return row_at(found, a->by);
	return (struct row){ &a->addr, a->by, a->hits, since_of(a), since_of(a) };
}

/* The form that is written. */
struct form {
	const struct findings *findings;
	struct buf *out;
	struct json *json;  /* NULL: another form */
	bool tsv;
	size_t at;          /* the first finding that is not before the row's address */
};

/* --tsv prints the first five fields. a is NULL where the address reached no ban. */
static void add_row(const struct form *form, const struct row *row, int64_t points, const struct account *a)
{
	int64_t until = a == NULL ? 0 : a->since != 0 ? a->until : a->ended;
	bool over = until <= form->findings->judge->now;
	const struct field fields[] = {
		field_addr("address", row->addr),
		field_word("class", event_class_name((enum event_class)row->event_class)),
		field_number("count", row->count),
		field_time("first", row->first),
		field_time("last", row->last),
		form->tsv ? field_end() : field_points("points", points),
		a == NULL ? field_end() : field_time("since", since_of(a)),
		field_time("until", until),
		field_number("hosts", a != NULL ? a->hosts : 0),
		field_number("level", a != NULL ? a->level : 0),
		field_bool("over", over),
		field_bool("breach", a != NULL && (a->flags & ACCOUNT_BREACHED) != 0),
		field_said(field_word("ends", over ? "over" : "until")),
		field_end(),
	};

	if (form->json != NULL)
		fields_json(fields, form->json);
	else if (form->tsv)
		fields_tsv(fields, form->out);
	else
		fields_say(fields, a == NULL ? ROW "-\n" : ROW "{ends} {until}[  {hosts} addresses]"
			   "[{breach}  BREACH: logged in after guessing]\n", form->out);
}

static void add_finding(const struct form *form, const struct finding *one)
{
	const struct row row = row_of(form->findings, one->account);

	add_row(form, &row, one->points, one->account);
}

/* Whether a finding stands for the row already. */
static bool is_told(struct form *o, const struct row *row)
{
	const struct findings *f = o->findings;

	while (o->at < f->count && addr_compare(&f->all[o->at].account->addr, row->addr) < 0)
		o->at++;
	return o->at < f->count && addr_equal(&f->all[o->at].account->addr, row->addr) &&
	       f->all[o->at].account->by == row->event_class;
}

static int64_t points_of(const struct findings *f, const struct addr *addr)
{
	const struct account *a = accounts_find(&f->judge->accounts, addr);

	return a != NULL ? account_balance(a, f->judge->settings) : 0;
}

/* Adds a row for each address and class that was counted, but for those that findings stand for. --tsv has all of them,
 * and no points. */
static void add_others(struct form *form)
{
	const struct findings *f = form->findings;

	for (size_t i = 0; i < f->totals->count; i++) {
		for (unsigned c = 0; c < CLASS_COUNT; c++) {
			struct row row = row_at(&f->totals->rows[i], c);

			if (row.count > 0 && (form->tsv || !is_told(form, &row)))
				add_row(form, &row, form->tsv ? 0 : points_of(f, row.addr), NULL);
		}
	}
}

static void add_summary(const struct findings *f, struct buf *out)
{
	text_add_count(out, f->count, "address or network reached a ban; ", "addresses and networks reached a ban; ");
	text_add_count(out, f->judge->events, "event", "events");
	buf_add_text(out, " of ");
	text_add_count(out, f->totals->count, "address", "addresses");
	buf_add_text(out, " in ");
	text_add_count(out, f->lines, "line\n", "lines\n");
	changes_uncounted(f->judge, out);
	if (f->too_long > 0)
		buf_addf(out, "lines too long to be a mail server's, passed over: %" PRIu64 "\n", f->too_long);
}

/* Adds the worst findings, then how to see the rest. */
static void add_worst(const struct form *form)
{
	const struct findings *f = form->findings;
	FREED_BY(mem_free) struct finding *sorted = mem_alloc(f->count + 1, sizeof(*sorted));

	for (size_t i = 0; i < f->count; i++)
		sorted[i] = f->all[i];
	findings_sort_worst(sorted, f->count);
	for (size_t i = 0; i < f->count && i < WORST; i++)
		add_finding(form, &sorted[i]);
	if (f->count > WORST)
		buf_addf(form->out, "the %d worst of %zu; --all shows all of them, by address\n", WORST, f->count);
}

static void add_all(const struct form *form)
{
	for (size_t i = 0; i < form->findings->count; i++)
		add_finding(form, &form->findings->all[i]);
}

static void add_findings_text(const struct findings *f, struct buf *out)
{
	struct form form = { .findings = f, .out = out };

	changes_news(f->news, f->judge, f->whole, out);
	if (f->count > 0 || f->everybody)
		buf_add_text(out,
			     "ADDRESS                  CLASS       COUNT  FIRST              LAST                POINTS"
			     "  BAN\n");
	if (f->whole)
		add_all(&form);
	else
		add_worst(&form);
	if (f->everybody)
		add_others(&form);
	if (f->drift != NULL)
		unknown_text(f->drift, f->everybody, out);
	add_summary(f, out);
}

static void add_tsv(const struct findings *f, struct buf *out)
{
	struct form form = { .findings = f, .out = out, .tsv = true };

	if (f->everybody)
		add_others(&form);
	else
		add_all(&form);
}

/* The addresses, for other programs to drop. Loopback and private ones are left out, as a run leaves them out. */
static void add_plain(const struct findings *f, struct buf *out)
{
	for (size_t i = 0; i < f->count; i++) {
		const struct addr *addr = &f->all[i].account->addr;

		if (allow_is_private(addr) && !f->judge->settings->ban_private)
			continue;
		addr_add_to(out, addr);
		buf_add_char(out, '\n');
	}
}

static void add_json(const struct findings *f, struct buf *out)
{
	struct json j;
	struct form form = { .findings = f, .json = &j };

	json_begin(&j, out);
	json_open(&j, '{');
	fields_members((const struct field[]){
		field_number("lines", f->lines),
		field_number("events", f->judge->events),
		field_number("without_address", f->judge->without_address),
		field_number("trouble", f->judge->troubles),
		field_end(),
	}, &j);
	changes_news_json(f->news, f->judge, &j);
	json_list(&j, "reached");
	add_all(&form);
	json_close(&j, ']');
	if (f->everybody) {
		json_list(&j, "others");
		add_others(&form);
		json_close(&j, ']');
	}
	if (f->drift != NULL)
		unknown_json(f->drift, &j);
	json_close(&j, '}');
}

void findings_add(const struct findings *f, enum findings_form form, struct buf *out)
{
	static void (*const add[])(const struct findings *f, struct buf *out) = {
		[FINDINGS_TEXT] = add_findings_text, [FINDINGS_TSV] = add_tsv, [FINDINGS_PLAIN] = add_plain,
		[FINDINGS_JSON] = add_json,
	};

	add[form](f, out);
}

/* ---- the classic judgement ---- */

void findings_classic(const struct classic_total *rows, size_t count, enum findings_form form, struct buf *out)
{
	static const char *const sentences[] = { "{address:24} {class:8} {count:>8}\n", "{address}\n" };
	struct json j;

	json_begin(&j, out);
	if (form == FINDINGS_JSON)
		json_open(&j, '[');
	for (size_t i = 0; i < count; i++) {
		const struct field fields[] = {
			field_addr("address", &rows[i].addr),
			field_word("class", event_class_name((enum event_class)rows[i].event_class)),
			field_number("count", rows[i].count),
			field_time("first", rows[i].first),
			field_time("last", rows[i].last),
			field_end(),
		};

		if (form == FINDINGS_JSON)
			fields_json(fields, &j);
		else if (form == FINDINGS_TSV)
			fields_tsv(fields, out);
		else
			fields_say(fields, sentences[form == FINDINGS_PLAIN], out);
	}
	if (form == FINDINGS_JSON)
		json_close(&j, ']');
	else if (form == FINDINGS_TEXT)
		text_add_count(out, count, "address counted more than once\n", "addresses counted more than once\n");
}
