/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * profile: gathers the events of one address or one user name.
 *
 * Counts every event, and keeps the last lines only, so that the memory does not grow with what an attacker
 * sends. Lines and names are copies: the scan's own go away. profile_show shows the profile.
 */
#include "report/profile.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { LINE_BYTES_MAX = 1000 };

void profile_begin(struct profile *profile, const struct ruleset *rules, size_t line_max)
{
	*profile = (struct profile){ .rules = rules, .line_max = line_max };
	profile->by_rule = mem_alloc(rules->count, sizeof(*profile->by_rule));
	for (size_t i = 0; i < rules->count; i++)
		profile->by_rule[i] = (struct profile_rule){ 0, WHEN_UNKNOWN, WHEN_UNKNOWN };
}

static void line_free(struct profile_line *line)
{
	free(line->text);
	free(line->source);
}

void profile_free(struct profile *profile)
{
	for (size_t i = 0; i < profile->line_count; i++)
		line_free(&profile->lines[i]);
	free(profile->lines);
	free(profile->by_rule);
	counts_free(&profile->partners);
}

static void keep_line(struct profile *d, const struct event *event, const char *source)
{
	size_t len = event->line.len < LINE_BYTES_MAX ? event->line.len : LINE_BYTES_MAX;
	struct profile_line line = { mem_text_of(event->line.ptr, len), len, mem_text(source), event->rule };

	d->line_total++;
	if (d->line_max > 0 && d->line_count == d->line_max) {
		size_t oldest = (size_t)((d->line_total - 1) % d->line_max);

		line_free(&d->lines[oldest]);
		d->lines[oldest] = line;
		return;
	}
	d->lines = mem_grow(d->lines, &d->line_capacity, d->line_count + 1, sizeof(*d->lines));
	d->lines[d->line_count++] = line;
}

static void count_partner(struct profile *d, const struct event *event)
{
	char text[ADDR_TEXT_MAX];

	if (d->user == NULL && event->user.len > 0)
		counts_add(&d->partners, event->user, event->count);
	else if (d->user != NULL && !(event->flags & EVENT_NO_ADDRESS))
		counts_add(&d->partners, (struct span){ text, addr_format(text, &event->addr) }, event->count);
}

void profile_add(struct profile *d, const struct event *event, const char *source)
{
	struct profile_rule *r = &d->by_rule[event->rule];

	r->count += event->count;
	if (event->time != WHEN_UNKNOWN) {
		r->first = r->first == WHEN_UNKNOWN || event->time < r->first ? event->time : r->first;
		r->last = event->time > r->last ? event->time : r->last;
	}
	count_partner(d, event);
	keep_line(d, event, source);
}

const struct profile_line *profile_line_at(const struct profile *d, size_t i)
{
	size_t first = d->line_max > 0 && d->line_total > d->line_count ? (size_t)(d->line_total % d->line_max) : 0;

	return &d->lines[(first + i) % d->line_count];
}

const struct ban *profile_ban(const struct profile *d)
{
	const struct ban *ban = d->bans != NULL ? banlist_covering(d->bans, &d->net, d->now + 1) : NULL;

	return ban == NULL && d->bans != NULL ? banlist_covering(d->bans, &d->net, 0) : ban;
}
