/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * exempt: entries that stand in the blacklist and must never come into the set.
 *
 * The judgement bans no allowed address, and `mailban ban` refuses to. But a person may write any line into the file,
 * or copy other people's lists into it. One such line may lock its author out. So each way into the kernel leads
 * through this file. The blacklist is left as it is. Of a network that has an allowed address in it, the rest is
 * banned.
 */
#include "app/exempt.h"

#include "addr/netset.h"
#include "base/msg.h"
#include "judge/decide.h"
#include "list/blacklist.h"

static unsigned long newlines(const char *from, const char *to)
{
	unsigned long n = 0;

	for (; from < to; from++)
		n += *from == '\n';
	return n;
}

/* The number of the first such line in the file as it was read. The text of an entry may be a copy: where a duplicate
 * went, the remarks above it were put above the next entry. */
static unsigned long line_as_read(const struct banlist *bans, struct span wanted)
{
	struct span rest = { bans->text, bans->text_len }, line;
	unsigned long number = 1;

	while (span_take_line(&rest, &line) && !span_equal(line, wanted))
		number++;
	return number;
}

/* The line number of an entry: in the file as it was read, or in the file as it was written, behind the header. */
static unsigned long line_of(const struct exempt *e, const struct banlist *bans, const struct ban *ban)
{
	unsigned long line = 1;

	if (e->as_read)
		return line_as_read(bans, ban_line(ban));
	for (const struct ban *b = bans->bans; b <= ban; b++) {
		struct span above = ban_above(b);

		line += 1 + newlines(above.ptr, above.ptr + above.len);
	}
	return line;
}

static bool is_too_wide(const struct exempt *e, const struct addr *net)
{
	return !e->force && decide_is_too_wide(&e->config->judge, net);
}

static void tell_wide(const struct exempt *e, const struct banlist *bans, const struct ban *ban)
{
	bool v4 = addr_is_v4(&ban->net);

	msg("%s:%lu: %s is wider than /%u and does not come into the set; take the line out, or say so with %s",
	    e->config->blacklist, line_of(e, bans, ban), addr_text(&ban->net).text,
	    v4 ? e->config->judge.max_prefix4 : e->config->judge.max_prefix6, v4 ? "max-prefix" : "max-prefix6");
}

static void tell_allowed(const struct exempt *e, const struct banlist *bans, const struct ban *ban)
{
	const struct allow_entry *entry = allow_overlapping(e->allow, &ban->net);

	if (entry == NULL)
		return;
	msg("%s:%lu: bans %s, but %s is allowed as %s and does not come into the set; run: mailban unban %s",
	    e->config->blacklist, line_of(e, bans, ban), addr_text(&ban->net).text, addr_text(&entry->net).text,
	    allow_from_name(entry->from), addr_text(&entry->net).text);
}

/* Adds the rest of a network without the allowed addresses and networks. */
static void add_rest(struct exempt *e, const struct ban *ban)
{
	FREED_BY(netset_free) struct netset whole = { 0 }, rest = { 0 };
	struct ban part = *ban;

	netset_add(&whole, &ban->net);
	netset_finish(&whole);
	netset_subtract(&rest, &whole, &e->allow->nets);
	for (size_t i = 0; i < rest.count; i++) {
		part.net = rest.nets[i];
		banlist_add(&e->fit, &part);
	}
}

static bool fits(const struct exempt *e, const struct ban *ban)
{
	return ban->until <= e->now || (!is_too_wide(e, &ban->net) && !netset_overlaps(&e->allow->nets, &ban->net));
}

static void take(struct exempt *e, const struct banlist *bans, const struct ban *ban)
{
	if (fits(e, ban)) {
		banlist_add(&e->fit, ban);
	} else if (is_too_wide(e, &ban->net)) {
		tell_wide(e, bans, ban);
	} else {
		tell_allowed(e, bans, ban);
		add_rest(e, ban);
	}
}

const struct banlist *exempt_leave_out(struct exempt *e, const struct banlist *bans)
{
	e->left_out = false;
	for (size_t i = 0; i < bans->count && !e->left_out; i++)
		e->left_out = !fits(e, &bans->bans[i]);
	if (!e->left_out)
		return bans;
	for (size_t i = 0; i < bans->count; i++)
		take(e, bans, &bans->bans[i]);
	/* the rest of a network may stand behind entries inside the network, and a part of it may equal one of them */
	banlist_sort(&e->fit);
	blacklist_drop_duplicates(&e->fit);
	return &e->fit;
}

void exempt_free(struct exempt *e)
{
	banlist_free(&e->fit);
}
