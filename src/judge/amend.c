/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * amend: what a judgement changes in the list.
 *
 * The process that judges works on bytes of strangers, who might take it over. So it does not write the list: it names
 * the lines that come and the lines that go. Another process checks them, and changes its own list. A line that is not
 * named stays to the letter.
 */
#include "judge/amend.h"

#include <inttypes.h>

#include "base/msg.h"
#include "judge/decide.h"
#include "list/allow.h"
#include "list/blacklist.h"

static void write_line(struct buf *out, const struct change *c)
{
	const struct ban ban = { .net = c->net, .since = c->since, .until = c->until, .hits = c->hits,
				 .hosts = c->hosts, .by = c->by };

	blacklist_add_line(out, &ban, (struct span){ NULL, 0 });
	buf_add_char(out, '\n');
}

void amend_write(const struct changes *changes, struct buf *put, struct buf *gone)
{
	for (size_t i = 0; i < changes->count; i++) {
		const struct change *c = &changes->all[i];

		switch (c->kind) {
		case CHANGE_ADDED:
		case CHANGE_NETWORK:
		case CHANGE_MOVED:
			write_line(put, c);
			break;
		case CHANGE_EXPIRED:
		case CHANGE_FORGIVEN:
		case CHANGE_DISSOLVED:
		case CHANGE_ALLOWED:
		case CHANGE_INTO:
			addr_add_to(gone, &c->net);
			buf_add_char(gone, '\n');
			break;
		default:
			break;
		}
	}
}

/* ---- what may be ---- */

static int refuse(const struct addr *net, const char *what)
{
	msg("the reader of logs %s %s, which no judgement does; nothing was changed", what, addr_text(net).text);
	return -1;
}

static int check_line(const struct ban *ban, const struct ban *old, const struct amend_limits *limits)
{
	if (ban_is_of_person(ban))
		return refuse(&ban->net, "puts a person's line for");
	if (netset_overlaps(limits->allow, &ban->net))
		return refuse(&ban->net, "bans what is allowed:");
	if (!limits->settings->ban_private && allow_is_private(&ban->net))
		return refuse(&ban->net, "bans what is private:");
	if (!limits->force && decide_is_too_wide(limits->settings, &ban->net))
		return refuse(&ban->net, "bans what is too wide:");
	if (old != NULL && old->person)
		return refuse(&ban->net, "changes a person's line for");
	return 0;
}

static int check_lines(const struct banlist *old, const struct banlist *put, const struct amend_limits *limits)
{
	uint64_t count = 0;

	for (size_t i = 0; i < put->count; i++) {
		const struct ban *before = banlist_find(old, &put->bans[i].net);

		if (check_line(&put->bans[i], before, limits) < 0)
			return -1;
		count += before == NULL;
	}
	if (limits->force || count <= limits->settings->max_new)
		return 0;
	msg("the reader of logs bans %" PRIu64 " addresses, and max-new allows %" PRIu64 "; nothing was changed", count,
	    (uint64_t)limits->settings->max_new);
	return -1;
}

/* Marks the entries whose addresses stand there, one a line. */
static int mark_gone(struct banlist *list, struct span gone)
{
	struct span line;

	while (span_take_line(&gone, &line)) {
		struct ban *ban = NULL;
		struct addr net;

		/* half a line has no newline behind it */
		if (gone.ptr > line.ptr + line.len && addr_parse_net(&net, line.ptr, line.len))
			ban = banlist_find(list, &net);
		if (ban == NULL) {
			msg("the reader of logs takes away what is not there; nothing was changed");
			return -1;
		}
		if (ban->person)
			return refuse(&net, "takes away a person's line for");
		ban->leaves = true;
	}
	return 0;
}

/* New entries go behind the old ones, and are sorted in at the end. */
static void put_lines(struct banlist *list, const struct banlist *put)
{
	size_t at = 0, old_count = list->count;

	for (size_t i = 0; i < put->count; i++) {
		const struct ban *said = &put->bans[i];
		const struct ban ban = { .net = said->net, .since = said->since, .until = said->until,
					 .hits = said->hits, .hosts = said->hosts, .by = said->by };

		while (at < old_count && addr_compare(&list->bans[at].net, &ban.net) < 0)
			at++;
		if (at < old_count && addr_equal(&list->bans[at].net, &ban.net))
			blacklist_change(list, &list->bans[at], &ban);
		else
			banlist_add(list, &ban);
	}
	banlist_sort(list);
}

/* Collects the bans by hand that have an end and are not over. */
static void collect_asked(const struct banlist *list, const struct amend_limits *limits, struct banlist *asked)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct ban *ban = &list->bans[i];

		if (!ban->person && ban->by == BAN_BY_HAND && ban->until > limits->now &&
		    !netset_overlaps(limits->allow, &ban->net))
			banlist_add(asked, ban);
	}
}

/* A ban by hand with an end lasts at least until that end: by its own line, by a later end, or by a network. */
static int check_asked(const struct banlist *list, const struct banlist *asked)
{
	for (size_t i = 0; i < asked->count; i++) {
		if (banlist_covering(list, &asked->bans[i].net, asked->bans[i].until) == NULL)
			return refuse(&asked->bans[i].net, "lifts too early what a person banned:");
	}
	return 0;
}

int amend_apply(struct banlist *list, const struct amend_limits *limits, struct buf *put, struct span gone)
{
	FREED_BY(banlist_free) struct banlist lines = { 0 }, asked = { 0 };
	int ret = blacklist_parse(put, "what the reader of logs bans", &lines);

	if (ret == 0)
		ret = check_lines(list, &lines, limits);
	if (ret == 0)
		ret = mark_gone(list, gone);
	if (ret == 0) {
		collect_asked(list, limits, &asked);
		put_lines(list, &lines);
		banlist_remove_leaving(list);
		ret = check_asked(list, &asked);
	}
	return ret < 0 ? -1 : 0;
}
