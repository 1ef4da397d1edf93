/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list: shows the blacklist.
 *
 * Shows the blacklist as it stands in the file, with the points of accounts: all entries, or those that overlap the
 * named addresses and networks. Only reads, and takes no lock. Notes are a person's bytes and are shown escaped.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "app/edit.h"
#include "app/remembered.h"
#include "base/glass.h"
#include "base/mem.h"
#include "base/msg.h"
#include "base/when.h"
#include "cmd/commands.h"
#include "list/blacklist.h"
#include "report/fields.h"
#include "report/text.h"

/* What the command line asks for. */
struct filter {
	struct netset nets;       /* empty: all */
	int64_t since;            /* bans that began then or later; WHEN_UNKNOWN: all */
	unsigned by;              /* BAN_BY_HAND + 1: all */
	int64_t now;              /* seconds since the epoch */
	const struct options *options;
};

static int read_by(struct filter *filter, const char *text)
{
	filter->by = 0;
	while (text != NULL && filter->by <= BAN_BY_HAND && strcmp(text, blacklist_by_name(filter->by)) != 0)
		filter->by++;
	if (text == NULL)
		filter->by = BAN_BY_HAND + 1;
	else if (filter->by > BAN_BY_HAND) {
		FREED_BY(buf_free) struct buf names = { 0 };

		for (unsigned i = 0; i < CLASS_GOOD; i++)
			buf_addf(&names, "%s, ", event_class_name((enum event_class)i));
		msg("--by %s: is none of %shand", text, buf_text(&names));
		return EXIT_USAGE;
	}
	return EXIT_ALL_WELL;
}

static int read_filter(struct filter *filter)
{
	const struct options *options = filter->options;
	int ret = config_since(options->since, &filter->since);

	if (ret == EXIT_ALL_WELL)
		ret = read_by(filter, options->by);
	if (options->sort != NULL && strcmp(options->sort, "points") != 0 && strcmp(options->sort, "until") != 0 &&
	    strcmp(options->sort, "address") != 0) {
		msg("--sort %s: is none of points, until, address", options->sort);
		ret = EXIT_USAGE;
	}
	for (int i = 0; i < options->arg_count && ret == EXIT_ALL_WELL; i++) {
		struct addr net;

		if (!edit_parse_net(&net, options->args[i]))
			return EXIT_USAGE;
		netset_add(&filter->nets, &net);
	}
	netset_finish(&filter->nets);
	return ret;
}

static bool is_asked_for(const struct filter *filter, const struct ban *ban)
{
	return (filter->nets.count == 0 || netset_overlaps(&filter->nets, &ban->net)) &&
	       (filter->by > BAN_BY_HAND || (!ban->person && ban->by == filter->by) ||
		(ban->person && filter->by == BAN_BY_HAND)) &&
	       (filter->since == WHEN_UNKNOWN || (!ban->person && ban->since >= filter->since));
}

static void apply_filter(struct banlist *list, const struct filter *filter)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		if (is_asked_for(filter, &list->bans[i]))
			list->bans[kept++] = list->bans[i];
	}
	list->count = kept;
}

/* The end of the sentence that a network is not banned; NULL where the list has a ban of it that is not over. */
static const char *why_missing(const struct filter *filter, const struct banlist *list, const struct addr *net)
{
	bool over = false;

	for (size_t i = 0; i < list->count; i++) {
		if (!addr_overlaps(net, &list->bans[i].net))
			continue;
		if (list->bans[i].until > filter->now)
			return NULL;
		over = true;
	}
	if (over)
		return " any more: the ban is over";
	return filter->since != WHEN_UNKNOWN || filter->by <= BAN_BY_HAND ? " so" :
									    "; mailban why tells what is known of it";
}

/* Says of each address that was named that it is not banned, where that is so. */
static int tell_missing(const struct filter *filter, const struct banlist *list)
{
	int ret = EXIT_ALL_WELL;

	for (int i = 0; i < filter->options->arg_count; i++) {
		const char *end;
		struct addr net;

		(void)edit_parse_net(&net, filter->options->args[i]);
		end = why_missing(filter, list, &net);
		if (end == NULL)
			continue;
		msg("%s is not banned%s", filter->options->args[i], end);
		ret = EXIT_IN_PART;
	}
	return ret;
}

/* The sources of facts that the blacklist has not. */
struct known {
	struct judge *judge;
	struct owners *owners;   /* NULL: owners are not wanted */
};

/* The balance now; false where the state has no account. */
static bool points_of(struct judge *judge, const struct addr *net, int64_t *points)
{
	struct account *a = accounts_find(&judge->accounts, net);

	if (a == NULL)
		return false;
	account_fade(a, (uint32_t)judge->now, judge->settings, &judge->accounts.names);
	*points = account_balance(a, judge->settings);
	return true;
}

/* The columns of the table, and the members in JSON. */
static void add_ban(const struct ban *ban, const struct known *known, const char *sentence, struct json *json,
	struct buf *out)
{
	int64_t points = 0;
	bool has_points = points_of(known->judge, &ban->net, &points);
	FREED_BY(buf_free) struct buf text = { 0 };
	struct owner owner;

	(void)owners_find(known->owners, &ban->net, &owner);
	owner_add_text(&text, &owner);
	const struct field fields[] = {
		field_addr("address", &ban->net),
		ban->person ? field_word("since", NULL) : field_time("since", ban->since),
		field_time("until", ban->until),
		field_word("by", blacklist_by_name(ban->by)),
		field_number("hits", ban->hits),
		has_points ? field_points("points", points) : field_word("points", NULL),
		field_number("hosts", ban->hosts),
		field_text("note", blacklist_note(ban)),
		field_said(field_text("owner", buf_span(&text))),
		field_end(),
	};

	if (sentence != NULL)
		fields_say(fields, sentence, out);
	if (json != NULL) {
		json_open(json, '{');
		fields_members(fields, json);
		if (known->owners != NULL)
			owner_members(&owner, json);
		json_close(json, '}');
	}
}

static void add_json(struct buf *out, const struct banlist *list, const struct known *known)
{
	struct json json;

	json_begin(&json, out);
	json_open(&json, '[');
	for (size_t i = 0; i < list->count; i++)
		add_ban(&list->bans[i], known, NULL, &json, NULL);
	json_close(&json, ']');
}

struct ranked {
	struct ban ban;
	int64_t key;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	return x->key != y->key ? (x->key > y->key ? -1 : 1) : addr_compare(&x->ban.net, &y->ban.net);
}

/* Sorts the list: most points first, or the earliest end first. */
static void sort(struct banlist *list, struct judge *judge, const char *by)
{
	struct ranked *all;

	if (by == NULL || strcmp(by, "address") == 0)
		return;
	all = mem_alloc(list->count + 1, sizeof(*all));
	for (size_t i = 0; i < list->count; i++) {
		all[i] = (struct ranked){ .ban = list->bans[i], .key = INT64_MIN };
		if (strcmp(by, "until") == 0)
			all[i].key = -list->bans[i].until;
		else
			(void)points_of(judge, &list->bans[i].net, &all[i].key);
	}
	qsort(all, list->count, sizeof(*all), compare_ranked);
	for (size_t i = 0; i < list->count; i++)
		list->bans[i] = all[i].ban;
	free(all);
}

static void add_plain(struct buf *out, const struct banlist *list)
{
	for (size_t i = 0; i < list->count; i++) {
		addr_add_to(out, &list->bans[i].net);
		buf_add_char(out, '\n');
	}
}

static size_t widest_address(const struct banlist *list)
{
	size_t width = sizeof("ADDRESS") - 1;

	for (size_t i = 0; i < list->count; i++) {
		size_t len = strlen(addr_text(&list->bans[i].net).text);

		width = len > width ? len : width;
	}
	return width;
}

static void add_table(struct buf *out, const struct banlist *list, const struct known *known)
{
	int width = (int)widest_address(list);
	FREED_BY(buf_free) struct buf sentence = { 0 };

	if (list->count == 0)
		return;
	buf_addf(out, "%-*s  %-*s  %-*s  %-8s  %8s  %8s\n", width, "ADDRESS", WHEN_MINUTE_LEN, "SINCE", WHEN_MINUTE_LEN,
		 "UNTIL", "BY", "HITS", "POINTS");
	buf_addf(&sentence, "{address:%d}  {since:%d}  {until:%d}  {by:8}  {hits:>8}  {points:>8}"
		 "[  {hosts} hosts][  {owner}][  {note}]\n", width, WHEN_MINUTE_LEN, WHEN_MINUTE_LEN);
	for (size_t i = 0; i < list->count; i++)
		add_ban(&list->bans[i], known, buf_text(&sentence), NULL, out);
}

/* Reads the state, and enters the glass for good. A user who may not read the state is shown the list all the same. The
 * caller frees the judge. */
static int read_state(const struct config *config, struct judge *judge)
{
	int64_t now = time(NULL);
	bool ok;

	if (access(config->state, R_OK) == 0) {
		ok = remembered_load(config->state, &config->judge, now, judge) == 0;
	} else {
		judge_init(judge, &config->judge, now);
		ok = glass_enter_or_say();
	}
	return ok ? EXIT_ALL_WELL : EXIT_IN_PART;
}

static int show_with_points(const struct config *config, const struct options *options, struct banlist *list,
	struct buf *out)
{
	FREED_BY(judge_free) struct judge judge = { 0 };
	struct owners *owners = options->verbose ? owners_open(&config->owners) : NULL;
	int ret = read_state(config, &judge);
	/* answers of a DNS server are read in the glass or not at all */
	const struct known known = { &judge, ret == EXIT_ALL_WELL ? owners : NULL };

	sort(list, &judge, options->sort);
	if (options->plain)
		add_plain(out, list);
	else if (options->json)
		add_json(out, list, &known);
	else
		add_table(out, list, &known);
	owners_close(owners);
	return ret;
}

static int show(const struct config *config, const struct options *options)
{
	struct filter filter = { .options = options, .now = time(NULL) };
	FREED_BY(banlist_free) struct banlist list = { 0 };
	FREED_BY(buf_free) struct buf out = { 0 };
	int ret = read_filter(&filter), missing = EXIT_ALL_WELL;

	if (ret == EXIT_ALL_WELL && blacklist_read(config->blacklist, &list) < 0)
		ret = EXIT_NOTHING;
	if (ret == EXIT_ALL_WELL) {
		if (access(config->blacklist, F_OK) < 0)
			msg("%s: is not there: nobody is banned by it", config->blacklist);
		apply_filter(&list, &filter);
		missing = tell_missing(&filter, &list);
		if (options->plain && options->sort == NULL)
			add_plain(&out, &list);
		else
			ret = show_with_points(config, options, &list, &out);
		text_print(&out);
	}
	netset_free(&filter.nets);
	return ret != EXIT_ALL_WELL ? ret : missing;
}

const struct command command_list = {
	.name = "list",
	.synopsis = "[ADDR|NET...]",
	.summary = "show who is banned, since and until when, what for, and with how many points",
	.details =
	"With addresses or networks: only the entries that have an address in common with them; status 1 where one\n"
	"of them is not banned. --by and --since leave out other bans; --sort puts first who has most points, or\n"
	"whose ban ends first. POINTS is the balance of the account as it is now; - where the state has none.\n"
	"With -v: who has the address, where that is known (mailban.conf(5), owners).",
	.options = " config verbose blacklist state json plain by since sort ",
	.max_args = -1,
	.run = show,
};
