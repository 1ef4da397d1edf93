/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dossier: gathers what the logs say of one address or one user name.
 *
 * Counts every event, and keeps the last lines only, so that the memory does not grow with what an attacker
 * sends. Lines and names are copies: the scan's own go away. How it is shown is dossier_text's and
 * dossier_json's part.
 */
#include "report/dossier.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

enum { LINE_BYTES_MAX = 1000 };

void dossier_begin(struct dossier *dossier, const struct ruleset *rules, size_t line_max)
{
	*dossier = (struct dossier){ .rules = rules, .line_max = line_max };
	dossier->by_rule = mem_alloc(rules->count, sizeof(*dossier->by_rule));
	for (size_t i = 0; i < rules->count; i++)
		dossier->by_rule[i] = (struct dossier_rule){ 0, WHEN_UNKNOWN, WHEN_UNKNOWN };
}

static void line_free(struct dossier_line *line)
{
	free(line->text);
	free(line->source);
}

void dossier_free(struct dossier *dossier)
{
	for (size_t i = 0; i < dossier->line_count; i++)
		line_free(&dossier->lines[i]);
	free(dossier->lines);
	free(dossier->by_rule);
	counts_free(&dossier->partners);
}

static void keep_line(struct dossier *d, const struct event *event, const char *source)
{
	size_t len = event->line.len < LINE_BYTES_MAX ? event->line.len : LINE_BYTES_MAX;
	struct dossier_line line = { mem_text_of(event->line.ptr, len), len, mem_text(source), event->rule };

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

static void count_partner(struct dossier *d, const struct event *event)
{
	char text[ADDR_TEXT_MAX];

	if (d->user == NULL && event->user.len > 0)
		counts_add(&d->partners, event->user, event->count, event->time);
	else if (d->user != NULL && !(event->flags & EVENT_NO_ADDRESS))
		counts_add(&d->partners, (struct span){ text, addr_format(text, &event->addr) }, event->count,
			   event->time);
}

void dossier_add(struct dossier *d, const struct event *event, const char *source)
{
	struct dossier_rule *r = &d->by_rule[event->rule];

	r->count += event->count;
	if (event->time != WHEN_UNKNOWN) {
		r->first = r->first == WHEN_UNKNOWN || event->time < r->first ? event->time : r->first;
		r->last = event->time > r->last ? event->time : r->last;
	}
	count_partner(d, event);
	keep_line(d, event, source);
}

/* Turns the ring so that the oldest line that was kept comes first. */
void dossier_finish(struct dossier *d)
{
	size_t first = d->line_max > 0 && d->line_total > d->line_count ? (size_t)(d->line_total % d->line_max) : 0;
	struct dossier_line *turned;

	counts_sort(&d->partners);
	if (first == 0)
		return;
	turned = mem_alloc(d->line_count, sizeof(*turned));
	for (size_t i = 0; i < d->line_count; i++)
		turned[i] = d->lines[(first + i) % d->line_count];
	free(d->lines);
	d->lines = turned;
}

const struct ban *dossier_ban(const struct dossier *d)
{
	return d->bans != NULL ? banlist_covering(d->bans, &d->net) : NULL;
}
