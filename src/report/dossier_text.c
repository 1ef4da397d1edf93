/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dossier_text: what is known of an address or a user name, for a person to read.
 *
 * First the answer (banned or not, by what, until when), then the history, then what the logs say. Names and
 * lines come from strangers and are escaped.
 */
#include <inttypes.h>
#include <string.h>

#include "base/when.h"
#include "list/blacklist.h"
#include "report/account_text.h"
#include "report/dossier.h"
#include "report/text.h"

enum { LABEL_WIDTH = 11, PARTNERS_SHOWN = 10, INSIDE_SHOWN = 10, DAY = 86400, HOUR = 3600, MINUTE = 60 };

static void add_label(struct buf *out, const char *label)
{
	size_t start;

	buf_add_text(out, "  ");
	start = out->len;
	buf_add_text(out, label);
	text_pad(out, start, LABEL_WIDTH);
}

/* "6d 12h", "12h 5m", "5m". */
static void add_rough(struct buf *out, int64_t seconds)
{
	if (seconds >= DAY)
		buf_addf(out, "%" PRId64 "d %" PRId64 "h", seconds / DAY, seconds % DAY / HOUR);
	else if (seconds >= HOUR)
		buf_addf(out, "%" PRId64 "h %" PRId64 "m", seconds / HOUR, seconds % HOUR / MINUTE);
	else
		buf_addf(out, "%" PRId64 "m", seconds / MINUTE);
}

static void add_when(struct buf *out, int64_t seconds)
{
	if (seconds == EVENT_TIME_UNKNOWN)
		buf_add_text(out, "at an unknown time");
	else
		when_add_minute(out, seconds);
}

static void add_until(struct buf *out, int64_t until, int64_t now)
{
	when_add_minute(out, until);
	if (until == BAN_FOREVER)
		return;
	buf_add_text(out, until > now ? " (" : " (over");
	if (until > now) {
		add_rough(out, until - now);
		buf_add_text(out, " left");
	}
	buf_add_char(out, ')');
}

static void add_ban(const struct dossier *d, const struct ban *ban, struct buf *out)
{
	struct span note = blacklist_note(ban);

	if (!addr_equal(&ban->net, &d->net)) {
		add_label(out, "network");
		addr_add_to(out, &ban->net);
		if (ban->hosts > 0)
			buf_addf(out, ", of %" PRIu32 " addresses", ban->hosts);
		buf_add_char(out, '\n');
	}
	if (!ban->person) {
		add_label(out, "since");
		when_add_minute(out, ban->since);
		buf_add_char(out, '\n');
	}
	add_label(out, "until");
	add_until(out, ban->until, d->now);
	buf_add_char(out, '\n');
	add_label(out, "by");
	buf_add_text(out, blacklist_by_name(ban->by));
	if (ban->by != BAN_BY_HAND) {
		buf_add_text(out, ", ");
		text_add_count(out, ban->hits, "hit", "hits");
	}
	buf_add_char(out, '\n');
	if (note.len > 0) {
		add_label(out, "note");
		buf_add_escaped(out, note.ptr, note.len);
		buf_add_char(out, '\n');
	}
}

static void add_inside(const struct dossier *d, struct buf *out)
{
	size_t count = 0;

	for (size_t i = 0; i < d->bans->count; i++) {
		const struct ban *ban = &d->bans->bans[i];

		if (addr_equal(&ban->net, &d->net) || !addr_contains(&d->net, &ban->net) || ++count > INSIDE_SHOWN)
			continue;
		add_label(out, "inside");
		addr_add_to(out, &ban->net);
		buf_add_text(out, " until ");
		when_add_minute(out, ban->until);
		buf_add_char(out, '\n');
	}
	if (count > INSIDE_SHOWN) {
		add_label(out, "inside");
		buf_addf(out, "%zu more\n", count - INSIDE_SHOWN);
	}
}

static void add_networks(const struct dossier *d, struct buf *out)
{
	const struct judge_settings *settings = d->judge != NULL ? d->judge->settings : NULL;

	for (unsigned i = 0; settings != NULL && i < settings->aggregate_count; i++) {
		const struct judge_aggregate *aggregate = &settings->aggregates[i];
		struct addr net = addr_network(&d->net, aggregate->prefix);

		if (aggregate->v4 == addr_is_v4(&d->net) && !addr_equal(&net, &d->unit))
			account_text(d->judge, &net, out);
	}
}

static void add_packets(const struct dossier *d, const struct ban *ban, struct buf *out)
{
	const struct firewall_entry *entry;

	if (d->firewall == NULL || ban == NULL)
		return;
	entry = firewall_find(d->firewall, &ban->net);
	add_label(out, "packets");
	if (entry == NULL)
		buf_add_text(out, "not in the set; mailban sync puts it there\n");
	else
		buf_addf(out, "%" PRIu64 " dropped, %" PRIu64 " bytes\n", entry->packets, entry->bytes);
}

static void add_address(const struct dossier *d, struct buf *out)
{
	const struct ban *ban = dossier_ban(d);

	addr_add_to(out, &d->net);
	buf_add_text(out, ban == NULL ? ": not banned\n" : ban->until <= d->now ? ": was banned\n" : ": banned\n");
	if (ban != NULL)
		add_ban(d, ban, out);
	add_inside(d, out);
	if (d->allowed != NULL) {
		add_label(out, "allowed");
		buf_add_text(out, allow_from_name(d->allowed->from));
		if (d->allowed->from == ALLOW_FILE)
			buf_addf(out, ", %s:%lu", d->allow_path, d->allowed->line);
		buf_add_text(out, ": ");
		addr_add_to(out, &d->allowed->net);
		buf_add_char(out, '\n');
	}
	if (d->judge != NULL)
		account_text(d->judge, &d->unit, out);
	add_networks(d, out);
	add_packets(d, ban, out);
}

static void add_rules(const struct dossier *d, struct buf *out)
{
	bool any = false;

	for (size_t i = 0; i < d->rules->count; i++) {
		const struct dossier_rule *r = &d->by_rule[i];

		if (r->count == 0)
			continue;
		any = true;
		add_label(out, event_class_name(d->rules->rules[i].event_class));
		buf_addf(out, "%" PRIu64 " by %s, ", r->count, d->rules->rules[i].name);
		add_when(out, r->first);
		if (r->last > r->first) {
			buf_add_text(out, " to ");
			add_when(out, r->last);
		}
		buf_add_char(out, '\n');
	}
	if (!any)
		buf_add_text(out, "  the logs that are still there say nothing\n");
}

static void add_partners(const struct dossier *d, struct buf *out)
{
	for (size_t i = 0; i < d->partners.count && i < PARTNERS_SHOWN; i++) {
		const struct count *one = &d->partners.items[i];

		add_label(out, d->user != NULL ? "from" : "user");
		buf_add_escaped(out, one->text, one->len);
		buf_addf(out, ", %" PRIu64 "\n", one->count);
	}
	if (d->partners.count > PARTNERS_SHOWN) {
		add_label(out, d->user != NULL ? "from" : "user");
		buf_addf(out, "%zu more\n", d->partners.count - PARTNERS_SHOWN);
	}
}

static void add_lines(const struct dossier *d, struct buf *out)
{
	if (d->line_count == 0)
		return;
	if (d->line_count < d->line_total)
		buf_addf(out, "the last %zu of %" PRIu64 " lines (-v: all):\n", d->line_count, d->line_total);
	else
		buf_addf(out, d->line_count == 1 ? "the line:\n" : "the lines:\n");
	for (size_t i = 0; i < d->line_count; i++) {
		buf_add_escaped(out, d->lines[i].text, d->lines[i].len);
		buf_add_char(out, '\n');
	}
}

void dossier_text(const struct dossier *d, struct buf *out)
{
	if (d->user != NULL) {
		buf_add_escaped(out, d->user, strlen(d->user));
		buf_add_text(out, ": a user name\n");
	} else {
		add_address(d, out);
	}
	add_rules(d, out);
	add_partners(d, out);
	add_lines(d, out);
}
