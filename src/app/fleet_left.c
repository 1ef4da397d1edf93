/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * fleet_left: what the fleet still has against what a person forgives.
 *
 * A ban that is lifted here comes again where the points of others suffice: whoever lifts it is to know.
 */
#include "app/fleet_left.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/msg.h"
#include "base/points.h"
#include "fleet/fleet.h"
#include "report/text.h"

static void say(const struct fleet_word *words, size_t count, const char *name, struct buf *out)
{
	int64_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += words[i].points;
	buf_add_text(out, "the fleet still has ");
	points_add_rough(out, sum);
	buf_addf(out, " points for %s:", name);
	for (size_t i = 0; i < count; i++) {
		buf_addf(out, "%s %s ", i > 0 ? "," : "", words[i].host);
		points_add_rough(out, words[i].points);
		if (words[i].until != 0) {
			buf_add_text(out, " (banned ");
			text_add_until(out, words[i].until);
			buf_add_char(out, ')');
		}
	}
	buf_addf(out, "; mailban unban --fleet %s has all hosts forget them\n", name);
}

int fleet_left(const struct edit *edit, const struct addr *net, const char *name)
{
	const struct fleet_settings *fleet = &edit->config->fleet;
	struct buf why = { 0 }, out = { 0 };
	struct fleet_word *words = NULL;
	size_t count = 0;
	bool ok;

	if (fleet->url == NULL || edit->options->dry_run)
		return EXIT_ALL_WELL;
	if (edit->options->fleet)
		ok = fleet_pardon(fleet, &edit->config->judge, net, &why);
	else
		ok = fleet_ask(fleet, &edit->config->judge, net, edit->now, &words, &count, &why);
	if (!ok)
		msg("%s: %s; %s", fleet->url, buf_text(&why), edit->options->fleet ?
		    "the other hosts were not told" : "whether other hosts have points for it is not known");
	else if (edit->options->fleet)
		buf_addf(&out, "all hosts of the fleet forget %s at their next runs\n", name);
	else if (count > 0)
		say(words, count, name, &out);
	if (!edit->options->quiet)
		text_print(&out);
	free(words);
	buf_free(&out);
	buf_free(&why);
	return ok ? EXIT_ALL_WELL : EXIT_IN_PART;
}
