/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dossier_json: what is known of an address or a user name, for programs.
 *
 * The same facts as dossier_text, all of them; absent ones are null or empty.
 */
#include <string.h>

#include "list/blacklist.h"
#include "report/dossier.h"
#include "report/json.h"

static void add_ban(struct json *j, const struct ban *ban)
{
	struct span note;

	json_name(j, "ban");
	if (ban == NULL) {
		json_null(j);
		return;
	}
	note = blacklist_note(ban);
	json_open(j, '{');
	json_name(j, "address");
	json_addr(j, &ban->net);
	json_name(j, "since");
	json_time(j, ban->person ? BAN_FOREVER : ban->since);
	json_name(j, "until");
	json_time(j, ban->until);
	json_name(j, "by");
	json_word(j, blacklist_by_name(ban->by));
	json_name(j, "hits");
	json_number(j, (int64_t)ban->hits);
	json_name(j, "hosts");
	json_number(j, ban->hosts);
	json_name(j, "note");
	json_text(j, note.ptr, note.len);
	json_close(j, '}');
}

static void add_names(struct json *j, const struct judge *judge, const struct account *a)
{
	json_name(j, "names");
	json_open(j, '[');
	for (unsigned i = 0; i < a->name_count; i++) {
		const struct account_name *n = &a->names[i];
		const char *text = name_shown(&judge->accounts.names.all[n->name]);

		json_open(j, '{');
		json_name(j, "user");
		json_text(j, text, strlen(text));
		json_name(j, "points");
		json_points(j, n->points);
		json_name(j, "failures");
		json_number(j, n->fails);
		json_name(j, "last_failure");
		json_time(j, n->fail != 0 ? n->fail : BAN_FOREVER);
		json_name(j, "last_login");
		json_time(j, n->login != 0 ? n->login : BAN_FOREVER);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_classes(struct json *j, const struct account *a)
{
	json_name(j, "classes");
	json_open(j, '{');
	for (unsigned i = 0; i < ACCOUNT_CLASSES; i++) {
		json_name(j, event_class_name((enum event_class)i));
		json_points(j, a->points[i]);
	}
	json_close(j, '}');
}

static void add_account(struct json *j, const struct judge *judge, const struct addr *net)
{
	const struct account *a = judge != NULL ? accounts_find(&judge->accounts, net) : NULL;

	json_name(j, "account");
	if (a == NULL || a->time == 0) {
		json_null(j);
		return;
	}
	json_open(j, '{');
	json_name(j, "as_of");
	json_time(j, a->time);
	json_name(j, "balance");
	json_points(j, account_balance(a, judge->settings));
	json_name(j, "credit");
	json_points(j, a->credit);
	add_classes(j, a);
	add_names(j, judge, a);
	json_name(j, "hits");
	json_number(j, a->hits);
	json_name(j, "level");
	json_number(j, a->level);
	json_name(j, "since");
	json_time(j, a->since != 0 ? a->since : BAN_FOREVER);
	json_name(j, "until");
	json_time(j, a->since != 0 ? a->until : BAN_FOREVER);
	json_close(j, '}');
}

static void add_address(const struct dossier *d, struct json *j)
{
	const struct ban *ban = dossier_ban(d);
	const struct firewall_entry *entry;

	json_name(j, "address");
	json_addr(j, &d->net);
	json_name(j, "banned");
	json_bool(j, ban != NULL && ban->until > d->now);
	add_ban(j, ban);
	json_name(j, "allowed");
	if (d->allowed != NULL)
		json_word(j, allow_from_name(d->allowed->from));
	else
		json_null(j);
	add_account(j, d->judge, &d->unit);
	entry = d->firewall != NULL && ban != NULL ? firewall_find(d->firewall, &ban->net) : NULL;
	json_name(j, "packets");
	if (entry != NULL)
		json_number(j, (int64_t)entry->packets);
	else
		json_null(j);
}

static void add_rules(const struct dossier *d, struct json *j)
{
	json_name(j, "events");
	json_open(j, '[');
	for (size_t i = 0; i < d->rules->count; i++) {
		if (d->by_rule[i].count == 0)
			continue;
		json_open(j, '{');
		json_name(j, "class");
		json_word(j, event_class_name(d->rules->rules[i].event_class));
		json_name(j, "rule");
		json_word(j, d->rules->rules[i].name);
		json_name(j, "count");
		json_number(j, (int64_t)d->by_rule[i].count);
		json_name(j, "first");
		json_time(j, d->by_rule[i].first);
		json_name(j, "last");
		json_time(j, d->by_rule[i].last);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_partners(const struct dossier *d, struct json *j)
{
	json_name(j, d->user != NULL ? "addresses" : "users");
	json_open(j, '[');
	for (size_t i = 0; i < d->partners.count; i++) {
		json_open(j, '{');
		json_name(j, d->user != NULL ? "address" : "user");
		json_text(j, d->partners.items[i].text, d->partners.items[i].len);
		json_name(j, "count");
		json_number(j, (int64_t)d->partners.items[i].count);
		json_close(j, '}');
	}
	json_close(j, ']');
}

static void add_lines(const struct dossier *d, struct json *j)
{
	json_name(j, "line_count");
	json_number(j, (int64_t)d->line_total);
	json_name(j, "lines");
	json_open(j, '[');
	for (size_t i = 0; i < d->line_count; i++) {
		json_open(j, '{');
		json_name(j, "log");
		json_word(j, d->lines[i].source);
		json_name(j, "rule");
		json_word(j, d->rules->rules[d->lines[i].rule].name);
		json_name(j, "line");
		json_text(j, d->lines[i].text, d->lines[i].len);
		json_close(j, '}');
	}
	json_close(j, ']');
}

void dossier_json(const struct dossier *d, struct buf *out)
{
	struct json json;

	json_begin(&json, out);
	json_open(&json, '{');
	if (d->user != NULL) {
		json_name(&json, "user");
		json_text(&json, d->user, strlen(d->user));
	} else {
		add_address(d, &json);
	}
	add_rules(d, &json);
	add_partners(d, &json);
	add_lines(d, &json);
	json_close(&json, '}');
}
