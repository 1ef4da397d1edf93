/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * list: who is banned.
 *
 * Shows the blacklist as it stands in the file, all of it or what has to do with the addresses and networks
 * that are named. Only reads, and takes no lock. Notes are a person's bytes and are shown escaped.
 */
#include "base/when.h"
#include "cmd/commands.h"
#include "cmd/edit.h"
#include "list/blacklist.h"
#include "report/json.h"
#include "report/text.h"

enum { BY_WIDTH = 8, HITS_WIDTH = 8, GAP = 2 };

/* What the command line asks for; empty: everything. */
static int read_filter(const struct options *options, struct netset *filter)
{
	for (int i = 0; i < options->arg_count; i++) {
		struct addr net;

		if (!edit_parse_net(&net, options->args[i]))
			return EXIT_USAGE;
		netset_add(filter, &net);
	}
	netset_finish(filter);
	return EXIT_ALL_WELL;
}

/* Keeps the entries that have an address in common with the filter. */
static void apply_filter(struct banlist *list, const struct netset *filter)
{
	size_t kept = 0;

	if (filter->count == 0)
		return;
	for (size_t i = 0; i < list->count; i++) {
		if (netset_overlaps(filter, &list->bans[i].net))
			list->bans[kept++] = list->bans[i];
	}
	list->count = kept;
}

static void add_json(struct buf *out, const struct banlist *list)
{
	struct json json;

	json_begin(&json, out);
	json_open(&json, '[');
	for (size_t i = 0; i < list->count; i++) {
		const struct ban *ban = &list->bans[i];
		struct span note = blacklist_note(ban);

		json_open(&json, '{');
		json_name(&json, "address");
		json_addr(&json, &ban->net);
		json_name(&json, "since");
		json_time(&json, ban->person ? WHEN_FOREVER : ban->since);
		json_name(&json, "until");
		json_time(&json, ban->until);
		json_name(&json, "by");
		json_word(&json, blacklist_by_name(ban->by));
		json_name(&json, "hits");
		json_number(&json, (int64_t)ban->hits);
		json_name(&json, "hosts");
		json_number(&json, ban->hosts);
		json_name(&json, "note");
		json_text(&json, note.ptr, note.len);
		json_close(&json, '}');
	}
	json_close(&json, ']');
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
		char text[ADDR_TEXT_MAX];
		size_t len = addr_format(text, &list->bans[i].net);

		width = len > width ? len : width;
	}
	return width;
}

static void add_column(struct buf *out, size_t *start, size_t width)
{
	text_pad(out, *start, width);
	buf_add(out, "  ", GAP);
	*start = out->len;
}

static void add_row(struct buf *out, const struct ban *ban, size_t width)
{
	struct span note = blacklist_note(ban);
	size_t start = out->len;

	addr_add_to(out, &ban->net);
	add_column(out, &start, width);
	if (ban->person)
		buf_add_char(out, '-');
	else
		when_add_minute(out, ban->since);
	add_column(out, &start, WHEN_MINUTE_LEN);
	when_add_minute(out, ban->until);
	add_column(out, &start, WHEN_MINUTE_LEN);
	buf_add_text(out, blacklist_by_name(ban->by));
	add_column(out, &start, BY_WIDTH);
	buf_addf(out, "%*llu", HITS_WIDTH, (unsigned long long)ban->hits);
	if (ban->hosts > 0)
		buf_addf(out, "  %u hosts", ban->hosts);
	if (note.len > 0) {
		buf_add_text(out, "  ");
		buf_add_escaped(out, note.ptr, note.len);
	}
	buf_add_char(out, '\n');
}

static void add_table(struct buf *out, const struct banlist *list)
{
	size_t width = widest_address(list);

	if (list->count == 0)
		return;
	buf_addf(out, "%-*s  %-*s  %-*s  %-*s  %*s\n", (int)width, "ADDRESS", WHEN_MINUTE_LEN, "SINCE", WHEN_MINUTE_LEN,
		 "UNTIL", BY_WIDTH, "BY", HITS_WIDTH, "HITS");
	for (size_t i = 0; i < list->count; i++)
		add_row(out, &list->bans[i], width);
}

static int show(const struct config *config, const struct options *options)
{
	struct banlist list = { 0 };
	struct netset filter = { 0 };
	struct buf out = { 0 };
	int ret = read_filter(options, &filter);

	if (ret == EXIT_ALL_WELL && blacklist_read(config->blacklist, &list) < 0)
		ret = EXIT_NOTHING;
	if (ret == EXIT_ALL_WELL) {
		apply_filter(&list, &filter);
		if (options->json)
			add_json(&out, &list);
		else if (options->plain)
			add_plain(&out, &list);
		else
			add_table(&out, &list);
		text_print(&out);
	}
	buf_free(&out);
	netset_free(&filter);
	banlist_free(&list);
	return ret;
}

const struct command command_list = {
	.name = "list",
	.synopsis = "[ADDR|NET...]",
	.summary = "show who is banned, since and until when, and what for",
	.details = "With addresses or networks: only the entries that have an address in common with them.",
	.options = " config blacklist json plain ",
	.max_args = -1,
	.run = show,
};
