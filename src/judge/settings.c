/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * settings: what the judgement can be told, and what it does where nobody told it anything.
 *
 * Reads no file: cmd/config fills the struct, tests write it down. The struct holds no pointers, so that it can be
 * copied and never needs freeing. Nothing here prints; what is wrong is said in words for the caller's message.
 */
#include "judge/settings.h"

#include <stdlib.h>

#include "base/when.h"

enum { MINUTE = 60, HOUR = 3600, DAY = 86400, WEEK = 7 * DAY };

static void set_class(struct judge_settings *settings, enum event_class event_class, uint32_t threshold)
{
	settings->classes[event_class] = (struct judge_class){ .threshold = threshold, .window = DAY,
		.bans = { WEEK, 4 * WEEK, 26 * WEEK }, .ban_count = 3 };
}

void judge_settings_defaults(struct judge_settings *settings)
{
	*settings = (struct judge_settings){
		.repeat = 10 * MINUTE,
		.known = 30 * DAY,
		.known_threshold = 100,
		.known_window = DAY,
		.breach_users = 3,
		.attack_addresses = 20,
		.attack_window = DAY,
		.ipv6_prefix = 64,
		.collapse = true,
		.forget = 180 * DAY,
		.max_new = 100000,
		.max_prefix4 = 16,
		.max_prefix6 = 32,
		.renew = true,
	};
	set_class(settings, CLASS_AUTH, 5);
	set_class(settings, CLASS_UNKNOWN, 10);
	set_class(settings, CLASS_HELO, 1);
	set_class(settings, CLASS_REJECT, 20);
	set_class(settings, CLASS_PROBE, 10);
	judge_settings_net_hosts(settings, 8);
}

/* Narrow networks come first: they are tried before wider ones. */
static void add_aggregate(struct judge_settings *settings, unsigned text_prefix, uint32_t hosts)
{
	bool v4 = text_prefix <= 32;
	struct judge_aggregate added = { (uint8_t)(v4 ? text_prefix + ADDR_V4_BITS : text_prefix), v4, hosts };
	unsigned at = settings->aggregate_count++;

	while (at > 0 && settings->aggregates[at - 1].prefix < added.prefix) {
		settings->aggregates[at] = settings->aggregates[at - 1];
		at--;
	}
	settings->aggregates[at] = added;
}

void judge_settings_net_hosts(struct judge_settings *settings, uint32_t hosts)
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
	if (hosts < 2 || hosts > 1000000)
		return "has a count that is not from 2 to 1000000";
	if (settings->aggregate_count == JUDGE_AGGREGATES)
		return "is one prefix too many";
	add_aggregate(settings, (unsigned)prefix, (uint32_t)hosts);
	return NULL;
}

static const char *check_class(const struct judge_class *c)
{
	if (c->window < 1 || c->window > JUDGE_WINDOW_MAX)
		return "a window is not between 1s and 366d";
	if (c->threshold > JUDGE_THRESHOLD_MAX)
		return "a threshold is over 2000";
	if (c->ban_count < 1)
		return "a class has no length of ban";
	for (unsigned i = 0; i < c->ban_count; i++) {
		if (c->bans[i] < MINUTE)
			return "a ban is shorter than a minute";
	}
	return NULL;
}

const char *judge_settings_check(const struct judge_settings *settings)
{
	const char *wrong = NULL;

	for (unsigned c = 0; c < CLASS_GOOD && wrong == NULL; c++)
		wrong = check_class(&settings->classes[c]);
	if (wrong != NULL)
		return wrong;
	if (settings->known_threshold > JUDGE_THRESHOLD_MAX)
		return "known-threshold is over 2000";
	if (settings->breach_users < 1 || settings->breach_users > 16)
		return "breach-users is not between 1 and 16";
	if (settings->attack_addresses > 64)
		return "attack-addresses is over 64";
	if (settings->repeat < 0 || settings->repeat > JUDGE_WINDOW_MAX)
		return "repeat is over 366d";
	if (settings->ipv6_prefix < 16 || settings->ipv6_prefix > ADDR_BITS)
		return "ipv6-prefix is not between 16 and 128";
	for (unsigned i = 0; i < settings->aggregate_count; i++) {
		if (!settings->aggregates[i].v4 && settings->aggregates[i].prefix >= settings->ipv6_prefix)
			return "an aggregate is not wider than ipv6-prefix";
	}
	return NULL;
}

int64_t judge_ban_length(const struct judge_settings *settings, unsigned event_class, unsigned level)
{
	const struct judge_class *c = &settings->classes[event_class];

	return c->bans[(level < c->ban_count ? level : c->ban_count) - 1];
}
