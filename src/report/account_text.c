/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * account_text: an account as a small table, and as JSON.
 *
 * Each name and class has a line with its points and its last event. Then come the credit, the balance and its meaning.
 * Names come from strangers and are escaped.
 */
#include "report/account_text.h"

#include <inttypes.h>

#include "base/when.h"
#include "judge/network.h"
#include "report/fields.h"
#include "report/text.h"

static void add_row(struct buf *out, int64_t points, uint32_t last)
{
	FREED_BY(buf_free) struct buf text = { 0 };

	points_add_rough(&text, points);
	buf_addf(out, "    %8s  ", buf_text(&text));
	if (last != 0)
		when_add_minute(out, last);
	else
		text_pad(out, out->len, WHEN_MINUTE_LEN);
	buf_add_text(out, "  ");
}

/* Shows a name of the account: as JSON where json is not NULL, else as a line of text. */
static void show_name(const struct judge *j, const struct account *a, const struct account_name *n, struct json *json,
	struct buf *out)
{
	const struct name *name = &j->accounts.names.all[n->name];
	int64_t capped = account_name_capped(a, n, j->settings);
	const struct field fields[] = {
		field_word("user", name_shown(name)),
		field_points("points", n->points),
		field_number("failures", n->failures),
		field_time("last_failure", n->last_failure),
		field_time("last_login", n->last_login),
		field_said(field_points("counts", capped)),
		field_said(field_word("for", n->name == NAME_NONE ? ", no name" : " for ")),
		field_said(field_points("of", capped < n->points ? n->points : 0)),
		field_end(),
	};

	if (json != NULL || n->points != 0)
		fields_tell(fields, json, "    {counts:>8}  {last_failure:17}  auth{for}{user}, "
			    "{failures|failure|failures}[; of {of}, since others log in]\n", out);
}

/* The end of the ban that stands: a person may have said that it has none. */
static int64_t end_of(const struct account *a)
{
	return a->until >= ACCOUNT_FOREVER ? WHEN_FOREVER : (int64_t)a->until;
}

/* Says how many points are missing to a ban. hosts: addresses that must have given points. */
static void add_missing(const struct account *a, int64_t missing, uint32_t hosts, struct buf *out)
{
	if (missing > 0) {
		points_add_rough(out, missing);
		buf_add_text(out, " more make a ban");
	} else {
		buf_add_text(out, "enough for a ban");
	}
	if (a->hosts < hosts)
		buf_addf(out, ", of %u addresses", hosts);
}

/* Whether a line that banned it, its own or that of a network around, was there at the last run. */
static bool had_line(const struct judge *j, const struct account *a)
{
	for (size_t i = 0; i < j->accounts.count; i++) {
		const struct account *around = accounts_at(&j->accounts, i);

		if ((around->flags & (ACCOUNT_LISTED | ACCOUNT_COVERED)) != 0 && addr_contains(&around->addr, &a->addr))
			return true;
	}
	return false;
}

/* Says what is missing to a ban, or until when the ban lasts. Who is allowed has a ban that is in no list, and so has
 * somebody whose line a person has just taken out. */
static void add_balance(const struct judge *j, const struct account *a, const struct banlist *bans, struct buf *out)
{
	const struct judge_aggregate *aggregate = network_aggregate(j->settings, &a->addr);
	int64_t threshold =
		aggregate == NULL ? j->settings->threshold : judge_network_threshold(j->settings, aggregate);
	int64_t balance = account_balance(a, j->settings);
	bool stands = banlist_covering(bans, &a->addr, 0) != NULL;

	add_row(out, balance, a->time);
	buf_add_text(out, "balance; ");
	if (!stands && had_line(j, a)) {
		buf_add_text(out, "its line was taken out, so the next run empties it");
	} else if (account_is_banned(a, j->now)) {
		buf_addf(out, "ban number %u %s ", a->level, stands ? "lasts" : "would last");
		text_add_until(out, end_of(a));
	} else {
		add_missing(a, threshold - balance, aggregate != NULL ? aggregate->hosts : 0, out);
	}
	buf_add_char(out, '\n');
	if (a->ended != 0 || (a->since != 0 && !account_is_banned(a, j->now))) {
		buf_add_text(out, "  history    ");
		buf_add_text(out, "the last ban was from ");
		when_add_minute(out, a->since != 0 && a->until <= j->now ? a->since : a->last_since);
		buf_add_text(out, " until ");
		when_add_minute(out, a->since != 0 && a->until <= j->now ? a->until : a->ended);
		buf_addf(out, ", by %s\n", event_class_name((enum event_class)a->by));
	}
}

/* Says how many points do not count where users log in. */
static void add_over(int64_t over, const char *of, struct buf *out)
{
	if (over == 0)
		return;
	add_row(out, -over, 0);
	buf_addf(out, "of the %s do not count, since users log in\n", of);
}

void account_text(const struct judge *j, const struct banlist *bans, const struct addr *net, struct buf *out)
{
	const struct account *a = accounts_find(&j->accounts, net);

	if (a == NULL || a->time == 0)
		return;
	buf_add_text(out, "  points     ");
	addr_add_to(out, net);
	if (a->hosts > 0) {
		buf_add_text(out, ", ");
		text_add_count(out, a->hosts, "address", "addresses");
	}
	buf_add_text(out, ", as of ");
	text_add_second(out, a->time);
	buf_add_char(out, '\n');
	for (unsigned i = 0; i < a->name_count; i++)
		show_name(j, a, &a->names[i], NULL, out);
	for (unsigned i = 0; i < ACCOUNT_CLASSES; i++) {
		if (a->points[i] == 0)
			continue;
		add_row(out, a->points[i], a->last[i]);
		buf_addf(out, "%s\n", event_class_name((enum event_class)i));
	}
	add_over(account_class_points(a) - account_capped(a, account_class_points(a), j->settings), "classes", out);
	add_over(account_names_over(a, j->settings), "names that log in", out);
	if (a->credit > 0) {
		add_row(out, -a->credit, a->last_good);
		buf_add_text(out, "credit, since users log in\n");
	}
	add_balance(j, a, bans, out);
}

void account_json(const struct judge *j, const struct addr *net, struct json *json)
{
	const struct account *a = j != NULL ? accounts_find(&j->accounts, net) : NULL;

	if (a == NULL || a->time == 0) {
		json_null(json);
		return;
	}
	json_open(json, '{');
	fields_members((const struct field[]){
		field_time("as_of", a->time),
		field_points("balance", account_balance(a, j->settings)),
		field_points("credit", a->credit),
		field_number("hits", a->hits),
		field_number("level", a->level),
		field_time("since", a->since),
		field_time("until", a->since != 0 ? end_of(a) : 0),
		field_end(),
	}, json);
	json_name(json, "classes");
	json_open(json, '{');
	for (unsigned i = 0; i < ACCOUNT_CLASSES; i++) {
		json_name(json, event_class_name((enum event_class)i));
		json_points(json, a->points[i]);
	}
	json_close(json, '}');
	json_list(json, "names");
	for (unsigned i = 0; i < a->name_count; i++)
		show_name(j, a, &a->names[i], json, NULL);
	json_close(json, ']');
	json_close(json, '}');
}
