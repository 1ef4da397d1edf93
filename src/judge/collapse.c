/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * collapse: neighbouring networks with the same dates become one.
 *
 * One pass with a stack over the sorted list: two halves of a wider network meet on top of it and are joined, which may
 * make a half of a still wider one. Hosts are left alone, since each line says why that host is banned; so are persons'
 * lines, and whatever would grow wider than a run may ban.
 */
#include "judge/judging.h"

static bool is_network(const struct judge_settings *settings, const struct ban *ban)
{
	return !ban->person && ban->by < CLASS_GOOD &&
	       ban->net.prefix < (addr_is_v4(&ban->net) ? ADDR_BITS : settings->ipv6_prefix);
}

static bool are_halves(const struct judge_settings *settings, const struct ban *a, const struct ban *b)
{
	struct addr around, other;

	if (!is_network(settings, a) || !is_network(settings, b) || a->net.prefix != b->net.prefix || a->since != b->since ||
	    a->until != b->until || a->by != b->by ||
	    addr_text_prefix(&a->net) <= (addr_is_v4(&a->net) ? settings->max_prefix4 : settings->max_prefix6))
		return false;
	around = addr_network(&a->net, (uint8_t)(a->net.prefix - 1));
	other = addr_network(&b->net, (uint8_t)(b->net.prefix - 1));
	return addr_equal(&around, &other);
}

void judging_collapse(struct judging *j)
{
	size_t top = 0;

	for (size_t i = 0; i < j->listed_count; i++) {
		j->listed[top++] = j->listed[i];
		while (top >= 2) {
			const struct ban *low = judging_listed(j, top - 2), *high = judging_listed(j, top - 1);
			struct ban joined;

			if (!are_halves(j->in->settings, low, high))
				break;
			joined = *low;
			joined.net = addr_network(&joined.net, (uint8_t)(joined.net.prefix - 1));
			joined.hits += high->hits;
			joined.hosts += high->hosts;
			joined.text = NULL;
			joined.line_len = joined.above_len = 0;
			banlist_add(&j->made, &joined);
			j->listed[top - 2] = (uint32_t)(j->made.count - 1) | LISTED_MADE;
			top--;
		}
	}
	j->listed_count = top;
}
