/* SPDX-License-Identifier: GPL-2.0-or-later */
/* setting_kind: the kinds of settings, each a reader of one word. */
#include "app/setting_kind.h"

#include <confuse.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "addr/addr.h"
#include "base/points.h"
#include "base/when.h"
#include "firewall/firewall.h"
#include "fleet/settings.h"
#include "judge/settings.h"
#include "report/owner.h"

#define LETTERS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

static bool read_path(const char *word, int64_t *value)
{
	(void)value;
	return word[0] != '\0';
}

static bool read_net(const char *word, int64_t *value)
{
	struct addr ignored;

	(void)value;
	return addr_parse_net(&ignored, word, strlen(word));
}

static bool read_aggregate(const char *word, int64_t *value)
{
	struct judge_settings trial = { 0 };

	(void)value;
	return judge_settings_aggregate(&trial, word, true) == NULL;
}

/* A name of the zone database, or a rule such as CET-1CEST (POSIX, environment variable TZ). */
static bool read_zone(const char *word, int64_t *value)
{
	size_t letters = strspn(word, LETTERS);
	char path[300];

	(void)value;
	if (letters >= 3 && word[letters] != '\0' && strchr("+-0123456789", word[letters]) != NULL)
		return true;
	snprintf(path, sizeof(path), "/usr/share/zoneinfo/%s", word);
	return strcmp(word, "UTC") == 0 || (word[0] != '\0' && strstr(word, "..") == NULL && access(path, R_OK) == 0);
}

/* IPSET_MAXNAMELEN is 32 with the NUL (linux/netfilter/ipset/ip_set.h), and "-new" is put behind. nftables takes no
 * other characters (nft(8), lexical conventions). */
static bool read_set(const char *word, int64_t *value)
{
	(void)value;
	return strspn(word, LETTERS) > 0 && strlen(word) <= 27 && word[strspn(word, LETTERS "0123456789-_.")] == '\0';
}

/* Whether the word is among those, which a NULL ends; *value is its place there. */
static bool read_one_of(const char *const *words, const char *word, int64_t *value)
{
	for (*value = 0; words[*value] != NULL; ++*value) {
		if (strcmp(word, words[*value]) == 0)
			return true;
	}
	return false;
}

static bool read_backend(const char *word, int64_t *value)
{
	static const char *const words[] = { [FIREWALL_AUTO] = "auto", [FIREWALL_IPSET] = "ipset",
					     [FIREWALL_NFTABLES] = "nftables", NULL };

	return read_one_of(words, word, value);
}

static bool read_report(const char *word, int64_t *value)
{
	static const char *const words[] = { [false] = "short", [true] = "changes", NULL };

	return read_one_of(words, word, value);
}

static bool read_owners(const char *word, int64_t *value)
{
	static const char *const words[] = { [OWNERS_NONE] = "none", [OWNERS_FILES] = "auto", [OWNERS_DNS] = "dns",
					     NULL };

	return read_one_of(words, word, value);
}

static bool read_engine(const char *word, int64_t *value)
{
	struct fleet_url url;

	(void)value;
	return HAVE_HIREDIS && fleet_parse_url(word, &url) && (HAVE_HIREDIS_SSL || !url.tls);
}

static bool read_host(const char *word, int64_t *value)
{
	(void)value;
	return fleet_is_name(word, strlen(word));
}

static bool read_boolean(const char *word, int64_t *value)
{
	*value = cfg_parse_boolean(word);
	return *value >= 0;
}

static void add_boolean(struct buf *out, int64_t value)
{
	buf_add_text(out, value != 0 ? "true" : "false");
}

static bool read_number(const char *word, int64_t *value)
{
	char *end;

	*value = strtoll(word, &end, 10);
	return end != word && *end == '\0';
}

static void add_number(struct buf *out, int64_t value)
{
	buf_addf(out, "%lld", (long long)value);
}

static bool read_points(const char *word, int64_t *value)
{
	return points_parse(word, strlen(word), value);
}

const struct setting_kind
	kind_path = { .what = "the name of a file", .read = read_path, .is_text = true, .is_quoted = true },
	kind_other_path = { .what = "the name of a file", .read = read_path, .is_text = true, .is_optional = true,
			    .is_quoted = true },
	kind_engine = { .what = HAVE_HIREDIS_SSL ? "valkey://HOST:PORT/DATABASE, rediss://HOST:PORT/DATABASE or "
						   "unix:///PATH; fleet-password-file has user and password" :
			HAVE_HIREDIS ? "valkey://HOST:PORT/DATABASE or unix:///PATH, and this mailban was built "
				       "without the TLS of rediss://; fleet-password-file has user and password" :
			"anything that a mailban without hiredis can use", .read = read_engine, .is_text = true,
			.is_optional = true, .is_quoted = true },
	kind_host = { .what = "a name of up to 64 letters, digits, dots, dashes and underscores", .read = read_host,
		      .is_text = true, .is_optional = true, .is_quoted = true },
	kind_zone = { .what = "a time zone that this host knows", .read = read_zone, .is_text = true,
		      .is_optional = true, .is_quoted = true },
	kind_set = { .what = "a letter, and behind it at most 26 letters, digits, hyphens, underscores and dots",
		     .read = read_set, .is_text = true, .is_quoted = true },
	kind_paths = { .what = "a name", .read = read_path, .is_list = true, .is_optional = true },
	kind_nets = { .what = "an address or network", .read = read_net, .is_list = true, .is_optional = true },
	kind_aggregates = { .what = "a prefix (1 to 31 of IPv4, 33 to 127 of IPv6) and a count (2 to 1000), as 24:8",
			    .read = read_aggregate, .is_list = true, .is_optional = true },
	kind_backend = { .what = "one of auto, ipset, nftables", .read = read_backend, .is_quoted = true },
	kind_report = { .what = "short or changes", .read = read_report, .is_quoted = true },
	kind_owners = { .what = "one of auto, none, dns", .read = read_owners, .is_quoted = true },
	kind_zone_name = { .what = "a name", .read = read_path, .is_text = true, .is_optional = true,
			   .is_quoted = true },
	kind_boolean = { .what = "true or false", .read = read_boolean, .add = add_boolean },
	kind_number = { .what = "a number", .read = read_number, .add = add_number },
	kind_points = { .what = "a number of points", .read = read_points, .add = points_add },
	kind_length = { .what = "a length of time (90m, 12h, 1d, 1w)", .read = when_parse_duration,
			.add = when_add_duration, .is_quoted = true };
