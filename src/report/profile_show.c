/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile_show: the profile of an address or a user name, as text and as JSON.
 *
 * First the answer (banned or not, by what, until when), then the history, then the events in the logs. Missing
 * values are null or empty in JSON, and left out of the text. Names and lines come from strangers and are escaped.
 */
#include <inttypes.h>

#include "judge/decide.h"
#include "list/blacklist.h"
#include "report/account_text.h"
#include "report/profile.h"
#include "report/fields.h"

enum { PARTNERS_SHOWN = 10, INSIDE_SHOWN = 10, HOUR = 3600 };

/* "6d 12h", "12h 5m", "5m". */
static void add_rough(struct buf *out, int64_t seconds)
{
	if (seconds >= WHEN_DAY)
		buf_addf(out, "%" PRId64 "d %" PRId64 "h", seconds / WHEN_DAY, seconds % WHEN_DAY / HOUR);
	else if (seconds >= HOUR)
		buf_addf(out, "%" PRId64 "h %" PRId64 "m", seconds / HOUR, seconds % HOUR / WHEN_MINUTE);
	else
		buf_addf(out, "%" PRId64 "m", seconds / WHEN_MINUTE);
}

/* " (6d 12h left)" */
static void add_left(const struct profile *d, const struct ban *ban, struct buf *out)
{
	if (ban->until == WHEN_FOREVER)
		return;
	buf_add_text(out, ban->until > d->now ? " (" : " (over");
	if (ban->until > d->now) {
		add_rough(out, ban->until - d->now);
		buf_add_text(out, " left");
	}
	buf_add_char(out, ')');
}

static void show_ban(const struct profile *d, const struct ban *ban, struct json *j, struct buf *out)
{
	FREED_BY(buf_free) struct buf left = { 0 };
	bool other = !addr_equal(&ban->net, &d->net);

	add_left(d, ban, &left);
	{
		const struct field fields[] = {
			field_addr("address", &ban->net),
			field_time("since", ban->person ? 0 : ban->since),
			field_time("until", ban->until),
			field_word("by", blacklist_by_name(ban->by)),
			field_number("hits", ban->hits),
			field_number("hosts", ban->hosts),
			field_text("note", blacklist_note(ban)),
			field_said(field_addr("network", other ? &ban->net : NULL)),
			field_said(field_number("of", other ? ban->hosts : 0)),
			field_said(field_bool("counted", ban->by != BAN_BY_HAND)),
			field_said(field_text("left", buf_span(&left))),
			field_end(),
		};

		fields_tell(fields, j, "[  network    {network}[, of {of} addresses]\n][  since      {since}\n]"
			    "  until      {until}{left}\n  by         {by}"
			    "[{counted}, {hits|hit|hits}]\n[  note       {note}\n]", out);
	}
}

static void add_inside(const struct profile *d, struct buf *out)
{
	size_t count = 0;

	for (size_t i = 0; i < d->bans->count; i++) {
		const struct ban *ban = &d->bans->bans[i];
		const struct field fields[] = { field_addr("address", &ban->net), field_time("until", ban->until),
						field_end() };

		if (!addr_equal(&ban->net, &d->net) && addr_contains(&d->net, &ban->net) && ++count <= INSIDE_SHOWN)
			fields_say(fields, "  inside     {address} until {until}\n", out);
	}
	if (count > INSIDE_SHOWN)
		buf_addf(out, "  inside     %zu more\n", count - INSIDE_SHOWN);
}

static void add_networks(const struct profile *d, struct buf *out)
{
	for (unsigned i = 0; d->judge != NULL && i < d->settings->aggregate_count; i++) {
		const struct judge_aggregate *aggregate = &d->settings->aggregates[i];
		struct addr net = addr_network(&d->net, aggregate->prefix);

		if (aggregate->v4 == addr_is_v4(&d->net) && !addr_equal(&net, &d->unit))
			account_text(d->judge, d->bans, &net, out);
	}
}

/* The kernel's entry of the ban; NULL where the sets were not read, or have no such entry. */
static const struct firewall_entry *entry_of(const struct profile *d, const struct ban *ban)
{
	return d->firewall != NULL && ban != NULL ? firewall_find(d->firewall, &ban->net) : NULL;
}

/* Whether the set should hold the ban, but for its width. It should not where the ban is over or allowed, nor where the
 * set has a wider entry, or the rest of the network. */
static bool is_missing(const struct profile *d, const struct ban *ban)
{
	return ban->until > d->now && d->allowed == NULL && !firewall_holds(d->firewall, &d->net);
}

static void add_owner(const struct profile *d, struct buf *out)
{
	struct owner owner;

	if (!owners_find(d->owners, &d->net, &owner))
		return;
	buf_add_text(out, "  owner      ");
	owner_add_text(out, &owner);
	buf_add_char(out, '\n');
}

static void add_address(const struct profile *d, struct buf *out)
{
	const struct ban *ban = profile_ban(d);
	const struct firewall_entry *entry = entry_of(d, ban);
	struct span deeds = d->deeds, line;

	addr_add_to(out, &d->net);
	buf_add_text(out, ban == NULL ? ": not banned\n" : ban->until <= d->now ? ": was banned\n" : ": banned\n");
	if (ban != NULL)
		show_ban(d, ban, NULL, out);
	add_inside(d, out);
	add_owner(d, out);
	if (d->allowed != NULL) {
		buf_addf(out, "  allowed    %s", allow_from_name(d->allowed->from));
		if (d->allowed->from == ALLOW_FILE)
			buf_addf(out, ", %s:%lu", d->allow_path, d->allowed->line);
		buf_add_text(out, ": ");
		addr_add_to(out, &d->allowed->net);
		buf_add_char(out, '\n');
	} else if (!d->settings->ban_private && allow_is_private(&d->unit)) {
		buf_add_text(out, "  private    no run bans it unless the setting ban-private says so\n");
	}
	if (d->judge != NULL)
		account_text(d->judge, d->bans, &d->unit, out);
	add_networks(d, out);
	while (span_take_line(&deeds, &line))
		buf_addf(out, "  by hand    %.*s\n", (int)line.len, line.ptr);
	if (entry != NULL)
		buf_addf(out, "  packets    %" PRIu64 " dropped, %" PRIu64 " bytes\n", entry->packets, entry->bytes);
	else if (d->firewall != NULL && ban != NULL && is_missing(d, ban))
		buf_add_text(out, decide_is_too_wide(d->settings, &ban->net) ?
			     "  packets    not in the set: the network is wider than max-prefix allows\n" :
			     "  packets    not in the set; mailban sync puts it there\n");
}

static void json_address(const struct profile *d, struct json *j)
{
	const struct ban *ban = profile_ban(d);
	const struct firewall_entry *entry = entry_of(d, ban);
	struct owner owner;

	fields_members((const struct field[]){
		field_addr("address", &d->net),
		field_bool("banned", ban != NULL && ban->until > d->now),
		field_end(),
	}, j);
	(void)owners_find(d->owners, &d->net, &owner);
	owner_members(&owner, j);
	json_name(j, "ban");
	if (ban != NULL)
		show_ban(d, ban, j, NULL);
	else
		json_null(j);
	fields_members((const struct field[]){
		field_word("allowed", d->allowed != NULL ? allow_from_name(d->allowed->from) : NULL),
		field_end(),
	}, j);
	json_name(j, "account");
	account_json(d->judge, &d->unit, j);
	json_name(j, "packets");
	if (entry != NULL)
		json_number(j, (int64_t)entry->packets);
	else
		json_null(j);
}

/* Each list is JSON where j is not NULL, else text. */
static bool show_rules(const struct profile *d, struct json *j, struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < d->rules->count; i++) {
		const struct profile_rule *r = &d->by_rule[i];
		const struct field fields[] = {
			field_word("class", event_class_name(d->rules->rules[i].event_class)),
			field_word("rule", d->rules->rules[i].name),
			field_number("count", r->count),
			field_time("first", r->first),
			field_time("last", r->last),
			field_said(field_time("to", r->last > r->first ? r->last : 0)),
			field_end(),
		};

		if (r->count == 0)
			continue;
		any = true;
		fields_tell(fields, j, "  {class:10} {count} by {rule}, {first}[ to {to}]\n", out);
	}
	return any;
}

static bool is_entered(const struct profile *d, const struct entered *e)
{
	return d->user != NULL ? entered_is_user(e, (struct span){ d->user, strlen(d->user) })
			       : addr_overlaps(&e->addr, &d->net);
}

/* Shows accounts that strangers entered, from the address or of the user name, whether seen to or not. */
static void show_entered(const struct profile *d, struct json *j, struct buf *out)
{
	for (size_t i = 0; d->judge != NULL && i < d->judge->entered.count; i++) {
		const struct entered *e = &d->judge->entered.all[i];
		const struct field fields[] = {
			field_word("user", e->user), field_addr("address", &e->addr), field_time("when", e->time),
			field_bool("guessed", e->how != ENTERED_UNGUESSED), field_number("hits", e->hits),
			field_number("names", e->names), field_number("logins", e->logins),
			field_number("mails", e->mails), field_time("done", e->done), field_end(),
		};

		if (!is_entered(d, e))
			continue;
		if (j != NULL) {
			fields_json(fields, j);
			continue;
		}
		fields_say(fields, e->how == ENTERED_UNGUESSED ?
			   "  entered    {user} may be, from {address} since {when}" :
			   "  entered    {user} from {address} at {when}, after {hits|failure|failures}", out);
		fields_say(fields, "; since then {logins|login|logins}, {mails|mail|mails}", out);
		fields_say(fields, e->done != 0 ? "; seen to at {done}\n" : "; nobody has seen to it\n", out);
	}
}

/* The ban that covers an address, which is given as a text. */
static const struct ban *ban_of(const struct profile *d, const struct profile_partner *one)
{
	struct addr addr;
	const struct ban *ban = NULL;

	if (d->user != NULL && d->bans != NULL && addr_parse(&addr, one->text, one->len))
		ban = banlist_covering(d->bans, &addr, d->now + 1);
	return ban;
}

static void show_partner(const struct profile *d, const struct profile_partner *one, struct json *j, struct buf *out)
{
	const struct ban *ban = ban_of(d, one);
	const struct field fields[] = {
		field_text(d->user != NULL ? "address" : "user", (struct span){ one->text, one->len }),
		field_number("count", one->count),
		field_if(d->user != NULL, field_bool("banned", ban != NULL)),
		field_said(field_time("until", ban != NULL ? ban->until : 0)),
		field_end(),
	};

	fields_tell(fields, j, d->user != NULL ? "  from       {address}, {count}[; banned until {until}]\n" :
		    "  user       {user}, {count}\n", out);
}

/* Shows the addresses of a user, banned ones first, since a person asks because a user is shut out. */
static void show_partners(const struct profile *d, struct json *j, struct buf *out)
{
	size_t shown = 0;

	for (unsigned pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < d->partner_count; i++) {
			if ((ban_of(d, &d->partners[i]) != NULL) != (pass == 0) ||
			    (j == NULL && shown >= PARTNERS_SHOWN))
				continue;
			show_partner(d, &d->partners[i], j, out);
			shown++;
		}
	}
	if (shown < d->partner_count)
		buf_addf(out, "  %-10s %zu more\n", d->user != NULL ? "from" : "user", d->partner_count - shown);
}

static void show_lines(const struct profile *d, struct json *j, struct buf *out)
{
	for (size_t i = 0; i < d->line_count; i++) {
		const struct profile_line *line = profile_line_at(d, i);
		const struct field fields[] = {
			field_word("log", line->source), field_word("rule", d->rules->rules[line->rule].name),
			field_text("line", (struct span){ line->text, line->len }), field_end(),
		};

		fields_tell(fields, j, "{line}\n", out);
	}
}

void profile_text(const struct profile *d, struct buf *out)
{
	if (d->user != NULL) {
		buf_add_escaped(out, d->user, strlen(d->user));
		buf_add_text(out, ": a user name\n");
	} else {
		add_address(d, out);
	}
	show_entered(d, NULL, out);
	if (!show_rules(d, NULL, out))
		buf_add_text(out, "  the logs that are still there say nothing\n");
	show_partners(d, NULL, out);
	if (d->line_count < d->line_total)
		buf_addf(out, "the last %zu of %" PRIu64 " lines (-v: all):\n", d->line_count, d->line_total);
	else if (d->line_count > 0)
		buf_add_text(out, d->line_count == 1 ? "the line:\n" : "the lines:\n");
	show_lines(d, NULL, out);
}

void profile_json(const struct profile *d, struct buf *out)
{
	struct json j;

	json_begin(&j, out);
	json_open(&j, '{');
	if (d->user != NULL)
		fields_members((const struct field[]){ field_word("user", d->user), field_end() }, &j);
	else
		json_address(d, &j);
	json_list(&j, "entered");
	show_entered(d, &j, NULL);
	json_close(&j, ']');
	json_list(&j, "events");
	(void)show_rules(d, &j, NULL);
	json_close(&j, ']');
	json_list(&j, d->user != NULL ? "addresses" : "users");
	show_partners(d, &j, NULL);
	json_close(&j, ']');
	json_name(&j, "line_count");
	json_number(&j, (int64_t)d->line_total);
	json_list(&j, "lines");
	show_lines(d, &j, NULL);
	json_close(&j, ']');
	json_close(&j, '}');
}
