/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * changes_json: what a run changed and what looks wrong, for programs.
 *
 * Tells all that the text tells, and cuts no list but those of names and addresses that were never kept whole. A
 * name is there even where its list is empty, so that nobody has to ask whether it is.
 */
#include "report/changes.h"

#include <string.h>

#include "judge/told.h"
#include "report/json.h"
#include "report/unknown.h"

enum { USERS_MAX = 32, ATTACKERS_MAX = 64 };

static const struct {
	enum change_kind kind;
	const char *name;
} lists[] = {
	{ CHANGE_BREACH, "breaches" }, { CHANGE_TOO_WIDE, "too_wide" }, { CHANGE_DEFERRED, "deferred" },
	{ CHANGE_ADDED, "added" }, { CHANGE_NETWORK, "networks" }, { CHANGE_RENEWED, "renewed" },
	{ CHANGE_MOVED, "moved" }, { CHANGE_EXPIRED, "expired" }, { CHANGE_FORGIVEN, "forgiven" },
	{ CHANGE_DISSOLVED, "dissolved" }, { CHANGE_ALLOWED, "allowed" }, { CHANGE_ATTACKED, "attacked" },
	{ CHANGE_FAILING, "failing" }, { CHANGE_REFUSED, "refused" }, { CHANGE_INTO, "into" },
};

static void add_users(const struct run_facts *facts, const struct change *c, struct json *j)
{
	const struct account *account = c->kind == CHANGE_ADDED ? accounts_find(&facts->judge->accounts, &c->net)
								: NULL;
	const char *names[USERS_MAX];
	size_t count = account != NULL ? told_names(facts->judge, account, names, USERS_MAX) : 0;

	if (c->kind != CHANGE_ADDED)
		return;
	json_name(j, "users");
	json_open(j, '[');
	for (size_t i = 0; i < count && i < USERS_MAX; i++)
		json_text(j, names[i], strlen(names[i]));
	json_close(j, ']');
	json_name(j, "more_users");
	json_bool(j, count > USERS_MAX);
}

static void add_attackers(const struct run_facts *facts, const struct change *c, struct json *j)
{
	struct addr addrs[ATTACKERS_MAX];
	size_t count = c->kind == CHANGE_ATTACKED ? told_attackers(facts->judge, c->user, addrs, ATTACKERS_MAX) : 0;

	if (c->kind != CHANGE_ATTACKED)
		return;
	json_name(j, "addresses");
	json_open(j, '[');
	for (size_t i = 0; i < count && i < ATTACKERS_MAX; i++)
		json_addr(j, &addrs[i]);
	json_close(j, ']');
}

static void add_example(const struct run_facts *facts, const struct change *c, struct json *j)
{
	struct span line = c->kind == CHANGE_ADDED ? facts->example(facts->example_context, &c->net, c->by)
						   : (struct span){ 0 };

	if (line.len == 0)
		return;
	json_name(j, "example");
	json_text(j, line.ptr, line.len);
}

static void add_count(struct json *j, const char *name, uint64_t count)
{
	if (count == 0)
		return;
	json_name(j, name);
	json_number(j, (int64_t)count);
}

static void add_times(const struct change *c, struct json *j)
{
	if (c->since != 0 || c->until != 0) {
		json_name(j, "since");
		json_time(j, c->since);
		json_name(j, "until");
		json_time(j, c->until);
	}
	if (c->when != 0) {
		json_name(j, "when");
		json_time(j, c->when);
	}
}

static void add_entry(const struct run_facts *facts, const struct change *c, struct json *j)
{
	json_open(j, '{');
	json_name(j, "address");
	json_addr(j, &c->net);
	add_times(c, j);
	if (c->by < CLASS_COUNT) {
		json_name(j, "class");
		json_word(j, event_class_name(c->by));
	}
	if (c->points != 0) {
		json_name(j, "points");
		json_points(j, c->points);
	}
	json_name(j, "hits");
	json_number(j, (int64_t)c->hits);
	add_count(j, "hosts", c->hosts);
	add_count(j, "names", c->names);
	add_count(j, "level", c->level);
	add_count(j, "packets", c->packets);
	if (c->user != NULL) {
		json_name(j, "user");
		json_text(j, c->user, strlen(c->user));
	}
	add_users(facts, c, j);
	add_attackers(facts, c, j);
	add_example(facts, c, j);
	json_close(j, '}');
}

static void add_list(const struct run_facts *facts, enum change_kind kind, const char *name, struct json *j)
{
	size_t count;
	const struct change *c = changes_of(facts, kind, &count);

	json_name(j, name);
	json_open(j, '[');
	for (size_t i = 0; i < count; i++)
		add_entry(facts, &c[i], j);
	json_close(j, ']');
}

void changes_news_json(const struct changes *changes, const struct judge *judge, struct json *j)
{
	const struct run_facts facts = { .changes = changes, .judge = judge };

	add_list(&facts, CHANGE_BREACH, "breaches", j);
	add_list(&facts, CHANGE_ATTACKED, "attacked", j);
	add_list(&facts, CHANGE_FAILING, "failing", j);
}

void changes_json(const struct run_facts *facts, struct buf *out)
{
	struct json j;

	json_begin(&j, out);
	json_open(&j, '{');
	json_name(&j, "lines");
	json_number(&j, (int64_t)facts->lines);
	json_name(&j, "events");
	json_number(&j, (int64_t)facts->events);
	json_name(&j, "without_address");
	json_number(&j, (int64_t)facts->judge->without_address);
	json_name(&j, "banned");
	json_number(&j, (int64_t)facts->banned);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		add_list(facts, lists[i].kind, lists[i].name, &j);
	json_name(&j, "unread");
	json_open(&j, '[');
	for (size_t i = 0; i < facts->unread_count; i++)
		json_word(&j, facts->unread[i]);
	json_close(&j, ']');
	if (facts->drift != NULL)
		unknown_json(facts->drift, &j);
	json_close(&j, '}');
}
