/* SPDX-License-Identifier: GPL-2.0-or-later */
/* page_json: the page for programs. Days are those of UTC. All days are told, however many. */
#include "report/page.h"

#include <string.h>

#include "report/json.h"

static void add_date(struct json *j, const char *name, uint32_t day)
{
	struct buf text = { 0 };

	history_add_day(&text, day);
	json_name(j, name);
	json_text(j, text.ptr, text.len);
	buf_free(&text);
}

static void add_number(struct json *j, const char *name, uint64_t number)
{
	json_name(j, name);
	json_number(j, (int64_t)number);
}

static void add_time(struct json *j, const char *name, int64_t time)
{
	json_name(j, name);
	if (time != 0)
		json_time(j, time);
	else
		json_null(j);
}

static void add_needs(struct json *j, const struct page *p)
{
	json_name(j, "needs");
	json_open(j, '[');
	for (size_t i = 0; i < p->need_count; i++) {
		json_open(j, '{');
		json_name(j, "urgent");
		json_bool(j, p->needs[i].urgent);
		json_name(j, "what");
		json_text(j, p->needs[i].what, strlen(p->needs[i].what));
		json_name(j, "details");
		json_text(j, p->needs[i].details, strlen(p->needs[i].details));
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_days(struct json *j, const struct page *p)
{
	json_name(j, "days");
	json_open(j, '[');
	for (size_t i = 0; i < p->day_count; i++) {
		const struct history_day *of = &p->days[i];

		json_open(j, '{');
		add_date(j, "day", of->day);
		for (unsigned c = 0; c < HISTORY_CLASSES; c++)
			add_number(j, history_class_word(c), of->events[c]);
		add_number(j, "addresses", of->addresses);
		add_number(j, "runs", of->runs);
		add_number(j, "lines", of->lines);
		add_number(j, "added", of->added);
		add_number(j, "over", of->over);
		json_name(j, "banned");
		if (page_banned_at(p, i) >= 0)
			json_number(j, page_banned_at(p, i));
		else
			json_null(j);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_row(struct json *j, const struct page *p, const struct page_row *row)
{
	static const char *const keys[] = { "address", "user", "network" };
	static const char *const most[] = { NULL, "addresses", "hosts" };

	json_open(j, '{');
	json_name(j, keys[row->kind]);
	if (row->user != NULL)
		json_text(j, row->user, strlen(row->user));
	else
		json_addr(j, &row->addr);
	add_number(j, row->kind == HISTORY_USER ? "failures" : "events", row->events);
	for (unsigned c = 0; row->kind == HISTORY_ADDRESS && c < CLASS_GOOD; c++)
		add_number(j, history_class_word(c), row->by_class[c]);
	if (most[row->kind] != NULL)
		add_number(j, most[row->kind], row->most);
	if (row->kind == HISTORY_USER) {
		json_name(j, "attacked");
		json_bool(j, row->attacked);
		add_time(j, "login", row->login);
	} else {
		json_name(j, "banned");
		json_bool(j, row->until != 0);
		add_time(j, "until", row->until);
		owner_members(&row->owner, j);
	}
	json_name(j, "days");
	json_open(j, '[');
	for (size_t i = 0; i < p->day_count; i++)
		json_number(j, row->days[i]);
	json_close(j, ']');
	json_close(j, '}');
}

static void add_rows(struct json *j, const struct page *p, const char *name, enum history_kind kind)
{
	json_name(j, name);
	json_open(j, '[');
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
	add_number(&j, "banned", p->banned);
	add_number(&j, "banned_new", p->fresh);
	add_number(&j, "failing", p->failing);
	add_days(&j, p);
	add_rows(&j, p, "users", HISTORY_USER);
	add_rows(&j, p, "networks", HISTORY_NETWORK);
	add_rows(&j, p, "addresses", HISTORY_ADDRESS);
	json_close(&j, '}');
}
