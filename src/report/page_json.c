/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page_json: the page for programs. Days are those of UTC. All days are told, however many. */
#include "report/page.h"

#include "report/fields.h"
#include "report/json.h"

#define MEMBERS(j, ...) fields_members((const struct field[]){ __VA_ARGS__, field_end() }, j)

static void add_date(struct json *j, const char *name, uint32_t day)
{
	FREED_BY(buf_free) struct buf text = { 0 };

	history_add_day(&text, day);
	MEMBERS(j, field_text(name, buf_span(&text)));
}

static void add_needs(struct json *j, const struct page *p)
{
	json_list(j, "needs");
	for (size_t i = 0; i < p->need_count; i++)
		fields_json((const struct field[]){ field_bool("urgent", p->needs[i].urgent),
						    field_word("what", p->needs[i].what),
						    field_word("details", p->needs[i].details), field_end() }, j);
	json_close(j, ']');
}

static void add_days(struct json *j, const struct page *p)
{
	json_list(j, "days");
	for (size_t i = 0; i < p->day_count; i++) {
		const struct history_day *of = &p->days[i];
		int64_t banned = page_banned_at(p, i);

		json_open(j, '{');
		add_date(j, "day", of->day);
		for (unsigned c = 0; c < HISTORY_CLASSES; c++)
			MEMBERS(j, field_number(history_class_word(c), of->events[c]));
		MEMBERS(j, field_number("addresses", of->addresses), field_number("runs", of->runs),
			field_number("lines", of->lines), field_number("added", of->added),
			field_number("over", of->over),
			banned >= 0 ? field_number("banned", (uint64_t)banned) : field_word("banned", NULL));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_row(struct json *j, const struct page *p, const struct page_row *row)
{
	json_open(j, '{');
	if (row->kind == HISTORY_USER) {
		MEMBERS(j, field_word("user", row->user), field_number("failures", row->events),
			field_number("addresses", row->most), field_bool("attacked", row->attacked),
			field_time("login", row->login));
	} else {
		MEMBERS(j, field_addr(row->kind == HISTORY_NETWORK ? "network" : "address", &row->addr),
			field_number("events", row->events));
		for (unsigned c = 0; row->kind == HISTORY_ADDRESS && c < CLASS_GOOD; c++)
			MEMBERS(j, field_number(history_class_word(c), row->by_class[c]));
		MEMBERS(j, field_if(row->kind == HISTORY_NETWORK, field_number("hosts", row->most)),
			field_bool("banned", row->until != 0), field_time("until", row->until));
		owner_members(&row->owner, j);
	}
	json_list(j, "days");
	for (size_t i = 0; i < p->day_count; i++)
		json_number(j, row->days[i]);
	json_close(j, ']');
	json_close(j, '}');
}

static void add_rows(struct json *j, const struct page *p, const char *name, enum history_kind kind)
{
	json_list(j, name);
	for (size_t i = 0; i < p->rows[kind].count; i++)
		add_row(j, p, &p->rows[kind].all[i]);
	json_close(j, ']');
}

void page_json(const struct page *p, struct buf *out)
{
	struct json j;

	json_begin(&j, out);
	json_open(&j, '{');
	add_date(&j, "since", p->first);
	add_date(&j, "until", p->first + p->day_count - 1);
	add_needs(&j, p);
	MEMBERS(&j, field_number("banned", p->banned), field_number("banned_new", p->fresh),
		field_number("failing", p->failing));
	add_days(&j, p);
	add_rows(&j, p, "users", HISTORY_USER);
	add_rows(&j, p, "networks", HISTORY_NETWORK);
	add_rows(&j, p, "addresses", HISTORY_ADDRESS);
	json_close(&j, '}');
}
