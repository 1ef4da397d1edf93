/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * why: shows everything known of an address or a user name.
 *
 * Puts together the blacklist, the allowlist, the account, and the set's counters. Adds the lines of all logs that
 * are still there, rotated and compressed logs, too. The rules that counted the lines find them again. Only reads, and
 * takes no lock. A part that cannot be read is told, and the exit status is then 1.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "app/config.h"
#include "app/deeds.h"
#include "app/detection.h"
#include "app/edit.h"
#include "app/kernel.h"
#include "app/remembered.h"
#include "base/mem.h"
#include "base/msg.h"
#include "cmd/commands.h"
#include "list/blacklist.h"
#include "log/reading.h"
#include "report/profile.h"
#include "report/text.h"

enum { LINES_SHOWN = 20 };

/* A question, and everything that its answer needs. */
struct question {
	const struct config *config;
	const struct options *options;
	struct profile profile;
	struct banlist bans;
	struct allow allow;
	struct judge judge;
	struct firewall firewall;
	struct reading reading;
	struct buf deeds;
	struct buf state;        /* as it was read, to be taken apart in the glass */
	char *user;              /* the name that was asked for */
	bool has_state;
	int64_t since, until;    /* events before since and after until are left out */
	bool in_part;
};

/* Whether a name of the log is the one asked for; "ann@" is Ann of any domain. */
static bool is_user(struct span name, const char *asked)
{
	size_t len = strlen(asked);

	return (len > 0 && asked[len - 1] == '@' ? name.len >= len : name.len == len) &&
	       strncasecmp(name.ptr, asked, len) == 0;
}

static void take(void *context, const struct event *event)
{
	struct question *q = context;
	const struct profile *d = &q->profile;

	if (event->time < q->since || event->time > q->until)
		return;
	if (d->user != NULL) {
		/* typed as reports show it, or as it stands in the log */
		if (!is_user(event->user, d->user) && !is_user(event->user, q->options->args[0]))
			return;
	} else if ((event->flags & EVENT_NO_ADDRESS) || !addr_contains(&d->unit, &event->addr)) {
		return;
	}
	profile_add(&q->profile, event, source_name(q->reading.sources[event->source].source));
}

/* Fades the accounts that are shown to the present time. */
static void fade(struct judge *judge, const struct addr *net)
{
	struct account *a = accounts_find(&judge->accounts, net);

	if (a != NULL)
		account_fade(a, (uint32_t)judge->now, judge->settings, &judge->accounts.names);
}

static void read_accounts(struct question *q)
{
	const struct judge_settings *settings = &q->config->judge;
	struct profile *d = &q->profile;

	if (remembered_parse(&q->state, q->config->state, settings, d->now, &q->judge) < 0) {
		q->in_part = true;
		return;
	}
	d->judge = &q->judge;
	fade(&q->judge, &d->unit);
	for (unsigned i = 0; d->user == NULL && i < settings->aggregate_count; i++) {
		struct addr net = addr_network(&d->net, settings->aggregates[i].prefix);

		if (settings->aggregates[i].v4 == addr_is_v4(&d->net) && !addr_equal(&net, &d->unit))
			fade(&q->judge, &net);
	}
}

/* Reads all logs from their start: the logs that a run reads with their rotated files, or the logs that are named. */
static int read_logs(struct question *q, struct detection *detection)
{
	struct reading_options options = {
		.full = true, .directory = q->options->directory, .bounds = &q->config->unpack,
	};
	struct positions none = { 0 };
	bool named = q->options->arg_count > 1;
	struct scan_log *logs;

	reading_open(&q->reading, named ? q->options->args + 1 : q->config->logs.texts,
		     named ? (size_t)q->options->arg_count - 1 : q->config->logs.count, &options);
	if (detection_enter_glass(detection, UINT64_MAX) != EXIT_ALL_WELL) {
		reading_free(&q->reading);
		return EXIT_NOTHING;
	}
	if (q->has_state)
		read_accounts(q);
	reading_begin(&q->reading, &none);
	for (size_t i = 0; i < q->reading.note_count; i++) {
		if (q->reading.notes[i].kind == READING_UNREADABLE)
			msg("%s", q->reading.notes[i].text);
	}
	logs = mem_zalloc(q->reading.count + 1, sizeof(*logs));
	for (size_t i = 0; i < q->reading.count; i++) {
		logs[i].source = q->reading.sources[i].source;
		logs[i].take_unterminated = true;
	}
	if (detection_scan(detection, q->config, logs, q->reading.count, true, NULL, take, q) > 0 ||
	    q->reading.in_part)
		q->in_part = true;
	free(logs);
	reading_free(&q->reading);
	profile_sort(&q->profile);
	return EXIT_ALL_WELL;
}

static void read_counters(struct question *q)
{
	FREED_BY(buf_free) struct buf error = { 0 };

	if (q->options->no_sync)
		return;
	/* a user who may not ask the kernel is told the rest */
	if (kernel_try_read(&q->firewall, q->config, &error) == 0)
		q->profile.firewall = &q->firewall;
	else if (q->options->verbose)
		msg("%s", buf_text(&error));
}

/* Reads the blacklist, which is needed for an address and for a user name. */
static int read_bans(struct question *q)
{
	if (blacklist_read(q->config->blacklist, &q->bans) < 0)
		return EXIT_NOTHING;
	q->profile.bans = &q->bans;
	return EXIT_ALL_WELL;
}

static int read_lists(struct question *q)
{
	if (config_gather_allow(q->config, &q->allow) < 0)
		return EXIT_USAGE;
	if (read_bans(q) != EXIT_ALL_WELL)
		return EXIT_NOTHING;
	deeds_of(q->config->blacklist, &q->profile.net, &q->deeds);
	q->profile.deeds = buf_span(&q->deeds);
	q->profile.allowed = allow_overlapping(&q->allow, &q->profile.net);
	/* an address of IPv6 is judged with its network, which is not banned where some of it is allowed */
	if (q->profile.allowed == NULL && banlist_covering(&q->bans, &q->profile.net, q->profile.now + 1) == NULL)
		q->profile.allowed = allow_overlapping(&q->allow, &q->profile.unit);
	q->profile.allow_path = q->config->allow;
	return EXIT_ALL_WELL;
}

/* Whether asked is a mistyped address or network, and so no user name: a network may have a wrong prefix. */
static bool is_no_name(const char *asked)
{
	const char *slash = strchr(asked, '/');
	struct addr ignored;

	/* 192.0.2.300, 2001:db8::g: digits and dots alone, or two colons, are no user name */
	if (strspn(asked, "0123456789.") == strlen(asked) && strchr(asked, '.') != NULL)
		return true;
	if (strchr(asked, ':') != NULL && strchr(strchr(asked, ':') + 1, ':') != NULL && strchr(asked, '@') == NULL)
		return true;
	return asked[0] == '\0' || (slash != NULL && addr_parse(&ignored, asked, (size_t)(slash - asked)));
}

/* The name that reports show so: a byte that a terminal does not show stands as \\xHH, and a backslash twice. */
static char *name_as_shown(const char *asked)
{
	char *name = mem_text(asked), *to = name;
	unsigned byte;

	for (const char *from = asked; *from != '\0';) {
		if (from[0] == '\\' && from[1] == 'x' && isxdigit((unsigned char)from[2]) &&
		    isxdigit((unsigned char)from[3]) && sscanf(from + 2, "%2x", &byte) == 1 && byte != 0 &&
		    (byte < 0x20 || byte >= 0x7f)) {
			*to++ = (char)byte;
			from += 4;
			continue;
		}
		from += from[0] == '\\' && from[1] == '\\';
		*to++ = *from++;
	}
	*to = '\0';
	return name;
}

static int answer(struct question *q, struct detection *detection)
{
	const char *asked = q->options->args[0];
	struct profile *d = &q->profile;
	FREED_BY(buf_free) struct buf out = { 0 };
	int ret = EXIT_ALL_WELL;

	d->now = time(NULL);
	if (addr_parse_net(&d->net, asked, strlen(asked))) {
		d->unit = judge_unit(&q->config->judge, &d->net);
		ret = read_lists(q);
		if (ret != EXIT_ALL_WELL)
			return ret;
		read_counters(q);
	} else if (is_no_name(asked)) {
		(void)edit_parse_net(&d->net, asked);
		return EXIT_USAGE;
	} else {
		q->user = name_as_shown(asked);
		d->user = q->user;
		ret = read_bans(q);
		if (ret != EXIT_ALL_WELL)
			return ret;
	}
	q->has_state = state_read(q->config->state, &q->state) == 0;
	q->in_part |= !q->has_state;
	ret = read_logs(q, detection);
	if (ret != EXIT_ALL_WELL)
		return ret;
	if (q->options->json)
		profile_json(d, &out);
	else
		profile_text(d, &out);
	text_print(&out);
	return q->in_part ? EXIT_IN_PART : EXIT_ALL_WELL;
}

static int run(const struct config *config, const struct options *options)
{
	FREED_BY(detection_close) struct detection detection = { 0 };
	struct question q = { .config = config, .options = options };
	int ret = config_since(options->since, &q.since);

	if (ret == EXIT_ALL_WELL)
		ret = config_until(options->until, &q.until);
	if (ret == EXIT_ALL_WELL)
		ret = detection_open(&detection, config, options, RULES_WITHOUT_SAMPLES);
	if (ret == EXIT_ALL_WELL) {
		profile_begin(&q.profile, &detection.set, options->verbose ? 0 : LINES_SHOWN);
		q.profile.settings = &config->judge;
		q.profile.owners = owners_open(&config->owners);
		ret = answer(&q, &detection);
		owners_close(q.profile.owners);
		profile_free(&q.profile);
	}
	firewall_free(&q.firewall);
	judge_free(&q.judge);
	allow_free(&q.allow);
	banlist_free(&q.bans);
	buf_free(&q.deeds);
	buf_free(&q.state);
	free(q.user);
	return ret;
}

const struct command command_why = {
	.name = "why",
	.synopsis = "ADDR|USER [FILE...]",
	.summary = "tell all that is known of an address or a user name",
	.details =
	"Whether it is banned, since and until when, and what for; who has it; its account: points by class and by\n"
	"name, credit, balance, what it takes to a ban or until when it lasts; what was dropped; then the lines of\n"
	"the logs that counted, rotated and compressed logs included. ADDR may be a network, USER is a whole name,\n"
	"ann@example.com, or ann@ for Ann of any domain. With -v all lines, else the last 20. FILE...: these logs\n"
	"instead of the usual.",
	.options = " config verbose json blacklist state allow rules threads no-sync since until directory "
		   "no-prefilter ",
	.min_args = 1,
	.max_args = -1,
	.run = run,
};
