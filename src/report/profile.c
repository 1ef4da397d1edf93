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
	for (size_t i = 0; i < profile->partner_count; i++)
		free(profile->partners[i].text);
	free(profile->partners);
	hash_free(&profile->partner_index);
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

static struct span text_of(const struct profile_partner *partner)
{
	return (struct span){ partner->text, partner->len };
}

/* The partner of that text, made where it is missing; NULL: there is no room. Attackers choose the texts: the table's
 * seed is random, so that nobody can make it slow. */
static struct profile_partner *partner_of(struct profile *d, struct span text)
{
	uint32_t hash;
	size_t at;

	hash_seed(&d->partner_index);
	hash = hash_of_bytes(&d->partner_index, text.ptr, text.len);
	for (uint32_t n = hash_first(&d->partner_index, hash, &at); n != HASH_NONE;
	     n = hash_next(&d->partner_index, hash, &at)) {
		if (span_equal(text_of(&d->partners[n]), text))
			return &d->partners[n];
	}
	if (d->partner_count == PROFILE_PARTNERS_MAX)
		return NULL;
	hash_put(&d->partner_index, hash, (uint32_t)d->partner_count);
	d->partners = mem_grow(d->partners, &d->partner_capacity, d->partner_count + 1, sizeof(*d->partners));
	d->partners[d->partner_count] = (struct profile_partner){ mem_text_of(text.ptr, text.len), text.len, 0 };
	return &d->partners[d->partner_count++];
}

static void count_partner(struct profile *d, const struct event *event)
{
	struct profile_partner *partner = NULL;
	char text[ADDR_TEXT_MAX];

	if (d->user == NULL && event->user.len > 0)
		partner = partner_of(d, event->user);
	else if (d->user != NULL && !(event->flags & EVENT_NO_ADDRESS))
		partner = partner_of(d, (struct span){ text, addr_format(text, &event->addr) });
	if (partner != NULL)
		partner->count += event->count;
}

static int compare_partners(const void *left, const void *right)
{
	const struct profile_partner *a = left, *b = right;

	if (a->count != b->count)
		return a->count > b->count ? -1 : 1;
	return span_compare(text_of(a), text_of(b));
}

void profile_sort(struct profile *d)
{
	if (d->partner_count > 0)
		qsort(d->partners, d->partner_count, sizeof(*d->partners), compare_partners);
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
