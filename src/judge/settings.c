/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settings: the settings of the judgement and their defaults.
 *
 * Reads no file: app/config fills the struct, tests fill it themselves. Nothing here prints: errors are returned as
 * words for the caller's message.
 */
#include "judge/settings.h"

#include <stdlib.h>

void judge_settings_defaults(struct judge_settings *settings)
{
	*settings = (struct judge_settings){
		.threshold = 5 * POINT,
		.half_life = 4 * WHEN_DAY,
		.known = 30 * WHEN_DAY,
		.forget = 36 * WHEN_DAY,
		.ban_least = 0,
		.ban_most = 182 * WHEN_DAY,
		.ipv6_prefix = 64,
		.renew = true,
		.entered_within = WHEN_DAY,
		.entered_mails = 30,
		.max_new = 100000,
		.max_prefix4 = 16,
		.max_prefix6 = 32,
		.accounts = 1000000,
	};
	for (unsigned c = 0; c < CLASS_GOOD; c++)
		settings->points[c] = event_classes[c].points;
	judge_settings_networks(settings, 8);
}

static void add_aggregate(struct judge_settings *settings, unsigned text_prefix, uint32_t hosts)
{
	bool v4 = text_prefix <= 32;

	settings->aggregates[settings->aggregate_count++] =
		(struct judge_aggregate){ (uint8_t)(v4 ? text_prefix + ADDR_V4_BITS : text_prefix), v4, hosts };
}

void judge_settings_networks(struct judge_settings *settings, uint32_t hosts)
{
	settings->aggregate_count = 0;
	if (hosts == 0)
		return;
	add_aggregate(settings, 24, hosts);
	add_aggregate(settings, 48, hosts);
}

const char *judge_settings_aggregate(struct judge_settings *settings, const char *word, bool reset)
{
	unsigned long prefix, hosts;
	char *end;

	if (reset)
		settings->aggregate_count = 0;
	if (*word < '0' || *word > '9')
		return "is no prefix and count such as 24:8";
	prefix = strtoul(word, &end, 10);
	if (*end != ':' || end[1] < '0' || end[1] > '9')
		return "is no prefix and count such as 24:8";
	hosts = strtoul(end + 1, &end, 10);
	if (*end != '\0')
		return "is no prefix and count such as 24:8";
	if (prefix < 1 || prefix == 32 || prefix > 127)
		return "has a prefix that is none of a network: 1 to 31 are IPv4, 33 to 127 IPv6";
	if (hosts < 2 || hosts > 1000)
		return "has a count that is not from 2 to 1000";
	if (settings->aggregate_count == JUDGE_AGGREGATES)
		return "is one prefix too many";
	add_aggregate(settings, (unsigned)prefix, (uint32_t)hosts);
	return NULL;
}

const char *judge_settings_check(const struct judge_settings *settings)
{
	if (settings->ban_most < settings->ban_least)
		return "ban-most is shorter than ban-least";
	if (settings->ipv6_prefix < 16 || settings->ipv6_prefix > ADDR_BITS)
		return "ipv6-prefix is not between 16 and 128";
	for (unsigned i = 0; i < settings->aggregate_count; i++) {
		const struct judge_aggregate *a = &settings->aggregates[i];

		if (!a->v4 && a->prefix >= settings->ipv6_prefix)
			return "an aggregate is not wider than ipv6-prefix";
		for (unsigned j = 0; j < i; j++) {
			if (settings->aggregates[j].prefix == a->prefix && settings->aggregates[j].v4 == a->v4)
				return "an aggregate is there twice";
		}
	}
	return NULL;
}
